import Catalog

/// Runs a recording through a fresh core and compares, event by event, what it answers with what it answered then.
package struct EventReplay: Sendable {
  package struct Difference: Sendable, Equatable {
    /// Counts events from 0.
    package let event: Int
    /// Milliseconds since the epoch.
    package let time: Int64
    package let kind: RecordedEvent
    /// Lines of effects.
    package let recorded: [String]
    package let replayed: [String]
  }

  package struct Outcome: Sendable, Equatable {
    /// How often the node started.
    package var starts = 0
    package var events = 0
    package var effects = 0
    /// nil: every effect is the same.
    package var firstDifference: Difference?
    /// Bytes of a last record that is not whole: the node was killed while it wrote it.
    package var cutBytes = 0
  }

  private var buffer: [UInt8] = []
  private var replication: Replication?
  private var outcome = Outcome()

  package init() {}

  package static func run(_ bytes: [UInt8]) throws(MalformedRecording) -> Outcome {
    var replay = EventReplay()
    try replay.feed(bytes)
    return replay.finish()
  }

  /// Takes the next bytes of a recording; holds at most one record that is not whole.
  package mutating func feed(_ bytes: [UInt8]) throws(MalformedRecording) {
    buffer += bytes
    var start = 0
    while buffer.count - start >= 4 {
      let length = buffer[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= EventRecorder.recordBytesMax else {
        throw MalformedRecording(
          reason: "record \(outcome.starts + outcome.events) announces \(length) bytes: this is no recording")
      }
      guard buffer.count - start - 4 >= length else { break }
      try take(buffer[start + 4..<start + 4 + length])
      start += 4 + length
    }
    buffer.removeSubrange(..<start)
  }

  package func finish() -> Outcome {
    var outcome = outcome
    outcome.cutBytes = buffer.count
    return outcome
  }

  private mutating func take(_ record: ArraySlice<UInt8>) throws(MalformedRecording) {
    var reader = RecordReader(record)
    switch try reader.byte() {
    case EventRecorder.startKind:
      replication = try EventRecorder(&reader).fresh
      outcome.starts += 1
    case EventRecorder.eventKind:
      let time = try reader.signed()
      guard 0...EventRecorder.timeMax ~= time else { throw reader.failure("a time before the year 10000") }
      let event = try reader.event()
      let recorded = try reader.list { reader throws(MalformedRecording) in try reader.text() }
      guard reader.isAtEnd else { throw reader.failure("the end") }
      try replay(event, at: time, recorded)
    default: throw reader.failure("a start or an event")
    }
  }

  /// What follows the first difference says nothing more.
  private mutating func replay(
    _ event: Replication.Event, at time: Int64, _ recorded: [String]
  ) throws(MalformedRecording) {
    guard replication != nil else { throw MalformedRecording(reason: "an event stands before the first start") }
    defer { outcome.events += 1 }
    guard outcome.firstDifference == nil, let replayed = replication?.handle(event, at: time).map(\.line) else {
      return
    }
    outcome.effects += replayed.count
    if replayed != recorded {
      outcome.firstDifference = Difference(
        event: outcome.events, time: time, kind: RecordedEvent(event), recorded: recorded, replayed: replayed)
    }
  }
}
