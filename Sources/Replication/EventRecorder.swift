import Catalog

/// Writes down what a node's core was told and what it answered, so that a run can be repeated: every input of
/// `Replication` is in it, since the core reads no clock and draws no randomness but from its seed.
///
/// A recording is a sequence of records, each behind its length (u32, big-endian). `start` opens it, and stands again
/// where a node that appends to one file starts anew; `record` follows for each event. Entries stand in it as their
/// frames, so that a recording is about as large as what the node received.
package struct EventRecorder: Sendable {
  static let title = "tongyuan/events/v3"
  static let startKind: UInt8 = 0
  static let eventKind: UInt8 = 1
  /// Bytes of one record: an answer with a group's entries, the last of them as large as an entry may be, fits.
  package static let recordBytesMax = 64 << 20
  /// Milliseconds since the epoch.
  static let timeMax: Int64 = 253_402_300_800_000

  let own: Origin
  let incarnation: UInt64
  let seed: UInt64
  let backOff: BackOff
  let quota: Quota
  let groupEntries: UInt64

  /// With what the recorded `Replication` was made from.
  package init(
    own: Origin, incarnation: UInt64, seed: UInt64, backOff: BackOff = BackOff(), quota: Quota = Quota(),
    groupEntries: UInt64 = Replication.groupEntries
  ) {
    self.own = own
    self.incarnation = incarnation
    self.seed = seed
    self.backOff = backOff
    self.quota = quota
    self.groupEntries = groupEntries
  }

  package var start: [UInt8] {
    var writer = RecordWriter()
    writer.put(Self.startKind)
    writer.put(Self.title)
    writer.put(own)
    writer.put(incarnation)
    writer.put(seed)
    writer.put(backOff.restMilliseconds)
    writer.put(backOff.firstMilliseconds)
    writer.put(backOff.longestMilliseconds)
    writer.put(quota.entriesPerDay)
    writer.put(quota.bytesPerDay)
    writer.put(groupEntries)
    return Self.framed(writer.bytes)
  }

  /// `effects` are what `handle(event, at: now)` answered.
  package func record(_ event: Replication.Event, at now: Int64, _ effects: [Replication.Effect]) -> [UInt8] {
    var writer = RecordWriter()
    writer.put(Self.eventKind)
    writer.put(now)
    writer.put(event)
    writer.put(each: effects) { $0.put($1.line) }
    return Self.framed(writer.bytes)
  }

  /// The event in one record.
  package static func event(in record: [UInt8]) throws(MalformedRecording) -> Replication.Event {
    var reader = RecordReader(record[...])
    guard try reader.count() == record.count - 4, try reader.byte() == eventKind else {
      throw reader.failure("an event")
    }
    _ = try reader.signed()
    return try reader.event()
  }

  private static func framed(_ payload: [UInt8]) -> [UInt8] {
    var framed = RecordWriter()
    framed.put(payload)
    return framed.bytes
  }

  /// The core as it was at the start.
  package var fresh: Replication {
    Replication(
      own: own, incarnation: incarnation, seed: seed, backOff: backOff, quota: quota, groupEntries: groupEntries)
  }

  init(_ reader: inout RecordReader) throws(MalformedRecording) {
    guard try reader.text() == Self.title else { throw reader.failure("“\(Self.title)”") }
    own = try reader.origin()
    incarnation = try reader.number()
    seed = try reader.number()
    var backOff = BackOff()
    backOff.restMilliseconds = try reader.signed()
    backOff.firstMilliseconds = try reader.signed()
    backOff.longestMilliseconds = try reader.signed()
    self.backOff = backOff
    let (entriesPerDay, bytesPerDay) = (try reader.number(), try reader.number())
    groupEntries = try reader.number()
    let times = [backOff.restMilliseconds, backOff.firstMilliseconds, backOff.longestMilliseconds]
    guard times.allSatisfy({ 0...BackOff.millisecondsMax ~= $0 }), 1...Replication.groupEntriesMax ~= groupEntries,
      1...Quota.maximum ~= entriesPerDay, 1...Quota.maximum ~= bytesPerDay
    else {
      throw reader.failure("the end of times and limits that a node can have")
    }
    quota = Quota(entriesPerDay: entriesPerDay, bytesPerDay: bytesPerDay)
  }
}
