/// How much of one log this node takes in one day (UTC), so that nobody's key fills the disks of all. What is beyond is
/// taken on the following days, never differently. A restart begins to count anew.
package struct Quota: Sendable, Equatable {
  package var entriesPerDay: UInt64 = 1_000_000
  /// Of the entries' frames.
  package var bytesPerDay: UInt64 = 4 << 30

  /// Sums of it and what is on its way never overflow.
  package static let maximum: UInt64 = 1 << 50
  static let dayMilliseconds: Int64 = 86_400_000

  package init() {}

  package init(entriesPerDay: UInt64, bytesPerDay: UInt64) {
    precondition(1...Self.maximum ~= entriesPerDay && 1...Self.maximum ~= bytesPerDay, "a log grows, within reason")
    self.entriesPerDay = entriesPerDay
    self.bytesPerDay = bytesPerDay
  }

  /// What was taken of one log, durably.
  struct Taken: Equatable {
    /// Since the epoch.
    var day: Int64 = 0
    var entries: UInt64 = 0
    var bytes: UInt64 = 0

    mutating func add(_ group: ProvenGroup, at now: Int64) {
      if day != now / dayMilliseconds { self = Taken(day: now / dayMilliseconds) }
      entries += group.edge.size - group.first
      bytes += UInt64(group.byteCount)
    }
  }

  /// Entries that may still be asked for; what is on its way to the disk counts. A group may go beyond the bytes.
  func allowance(_ taken: Taken, _ inFlight: [ProvenGroup], at now: Int64) -> UInt64 {
    var sum = taken.day == now / Self.dayMilliseconds ? taken : Taken()
    for group in inFlight {
      sum.entries += group.edge.size - group.first
      sum.bytes += UInt64(group.byteCount)
    }
    return sum.bytes >= bytesPerDay || sum.entries >= entriesPerDay ? 0 : entriesPerDay - sum.entries
  }
}

extension MirroredLog {
  /// Why the rest is not asked for; nil if nothing is held back.
  func throttle(_ quota: Quota) -> PeerFailure? {
    guard isThrottled else { return nil }
    return PeerFailure(
      code: "throttled",
      reason: "\(identity.origin) grew by more than this node takes of a log in a day (\(quota.entriesPerDay) entries, "
        + "\(quota.bytesPerDay >> 20) MiB): \(held.edge.size) are held, the rest comes from 00:00 UTC on")
  }
}
