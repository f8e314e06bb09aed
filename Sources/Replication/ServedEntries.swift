import Catalog
import Cryptography

/// Consecutive entries of a log, as one peer served them: nothing of it is proven yet.
///
/// Frames can be read as entries while they arrive, ahead of the core. That is a function of the frames and their log, so
/// it is no part of what was served: two answers of the same frames are equal, and a recording holds the frames alone.
package struct ServedEntries: Sendable {
  package var first: UInt64
  package var frames: [Frame] {
    didSet { reading = nil }
  }
  /// From the end of `frames` to the size that was asked for as `treeSize`; empty where they meet.
  package var consistency: [Digest]
  /// Texts of lists that the entries name and that are not held yet.
  package var texts: [[UInt8]]
  private var reading: Reading?

  package init(first: UInt64, frames: [Frame] = [], consistency: [Digest] = [], texts: [[UInt8]] = []) {
    self.first = first
    self.frames = frames
    self.consistency = consistency
    self.texts = texts
  }

  /// Of a log whose frames are about to arrive: each is read when it is appended.
  package init(first: UInt64, readingFor origin: Origin) {
    self.init(first: first)
    reading = Reading(origin)
  }

  package mutating func append(_ frame: Frame) {
    var reading = reading
    self.reading = nil
    reading?.take(frame)
    frames.append(frame)
    self.reading = reading
  }

  /// Bytes of the frame appended last, with the body that its leaf commits to even where it brings none; 0 while frames are not
  /// read as they are appended.
  package var lastWholeLength: Int { reading?.entries.last?.wholeLength ?? 0 }

  /// The frames as entries of a log, up to the first one that is false.
  func read(as origin: Origin) -> Reading {
    if let reading, reading.origin == origin { return reading }
    var reading = Reading(origin)
    for frame in frames { reading.take(frame) }
    return reading
  }

  /// The lists that entries name, each with the place among `frames` of the first that does.
  package func namedLists(of origin: Origin) -> [(place: Int, list: Digest)] {
    var seen: Set<Digest> = []
    return read(as: origin).entries.enumerated().compactMap { place, entry in
      entry.namedList.flatMap { seen.insert($0).inserted ? (place, $0) : nil }
    }
  }

  /// Only its first entries.
  package mutating func keepFirst(_ count: Int) {
    let kept = reading?.prefix(count)
    frames.removeSubrange(min(count, frames.count)...)
    reading = kept
  }

  /// Without its first entries.
  func dropFirst(_ count: Int) -> ServedEntries {
    var rest = ServedEntries(
      first: first + UInt64(count), frames: Array(frames.dropFirst(count)), consistency: consistency, texts: texts)
    if let reading, reading.entries.count >= count { rest.reading = reading.dropFirst(count) }
    return rest
  }

  struct Reading: Sendable {
    let origin: Origin
    private(set) var entries: [LogEntry] = []
    /// What is wrong with the frame behind `entries`: what follows it is not read.
    private(set) var defect: FrameError?

    init(_ origin: Origin) { self.origin = origin }

    mutating func take(_ frame: Frame) {
      guard defect == nil else { return }
      do throws(FrameError) { entries.append(try LogEntry(frame, origin: origin)) } catch { defect = error }
    }

    fileprivate func prefix(_ count: Int) -> Reading {
      var part = self
      if part.entries.count > count {
        part.entries.removeSubrange(count...)
        part.defect = nil
      }
      return part
    }

    fileprivate func dropFirst(_ count: Int) -> Reading {
      var rest = self
      rest.entries.removeFirst(count)
      return rest
    }
  }
}

extension ServedEntries: Equatable {
  package static func == (a: ServedEntries, b: ServedEntries) -> Bool {
    a.first == b.first && a.frames == b.frames && a.consistency == b.consistency && a.texts == b.texts
  }
}
