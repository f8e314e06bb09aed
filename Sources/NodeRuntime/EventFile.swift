import Catalog
import Foundation
import Replication

/// `serve --record FILE`: everything that reached the core, and what it answered, so that the run can be repeated.
final class EventFile {
  private let handle: FileHandle
  private let recorder: EventRecorder

  /// Appends to the file; a later start of the node goes on in it.
  init(path: String, _ recorder: EventRecorder) throws(NodeError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .refused("file", "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    self.recorder = recorder
    do { try handle.write(contentsOf: recorder.start) } catch {
      throw .refused("file", "\(path) cannot be written: \(error.localizedDescription)")
    }
  }

  /// Throws if the disk refuses: a recording with a hole would replay to something that never happened.
  func record(_ event: Replication.Event, at now: Int64, _ effects: [Replication.Effect]) throws {
    try handle.write(contentsOf: recorder.record(event, at: now, effects))
  }
}

/// Repeats a recorded run through a fresh core.
package enum RecordedRun {
  package struct Report: Sendable {
    package var starts: Int
    package var events: Int
    package var effects: Int
    /// The first event at which the core now answers otherwise; nil if it never does.
    package var difference: String?
  }

  package static func replay(_ path: String) throws -> Report {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw NodeError.refused("file", "\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { try? handle.close() }
    var replay = EventReplay()
    do {
      while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty { try replay.feed([UInt8](chunk)) }
      let outcome = try replay.finish()
      return Report(
        starts: outcome.starts, events: outcome.events, effects: outcome.effects,
        difference: outcome.firstDifference.map { difference in
          "event \(difference.event), \(difference.kind): recorded \(difference.recorded), now \(difference.replayed)"
        })
    } catch { throw NodeError.refused("recording", "\(path) is no recording of a node: \(error)") }
  }
}
