/// How much of one log this node takes in one day (UTC), so that nobody's key fills the disks of all. What is beyond is
/// taken on the following days, never differently. A restart goes on counting where the store last noted it.
package struct Quota: Sendable, Equatable {
  package var entriesPerDay: UInt64 = 1_000_000
  /// Of entries with their bodies, those too that are to be asked for, and of the texts that they name.
  package var bytesPerDay: UInt64 = 4 << 30

  /// Sums of it and what is on its way never overflow.
  package static let maximum: UInt64 = 1 << 50
  package static let dayMilliseconds: Int64 = 86_400_000

  package init() {}

  package init(entriesPerDay: UInt64, bytesPerDay: UInt64) {
    precondition(1...Self.maximum ~= entriesPerDay && 1...Self.maximum ~= bytesPerDay, "a log grows, within reason")
    self.entriesPerDay = entriesPerDay
    self.bytesPerDay = bytesPerDay
  }

  /// What was taken of one log in a day.
  package struct Taken: Sendable, Equatable {
    /// Since the epoch.
    package var day: Int64 = 0
    package var entries: UInt64 = 0
    package var bytes: UInt64 = 0

    package init() {}

    package init(day: Int64, entries: UInt64, bytes: UInt64) {
      self.day = day
      self.entries = entries
      self.bytes = bytes
    }

    mutating func add(_ group: ProvenGroup, at now: Int64) {
      if day != now / dayMilliseconds { self = Taken(day: now / dayMilliseconds, entries: 0, bytes: 0) }
      entries += group.edge.size - group.first
      bytes += UInt64(group.byteCount)
    }
  }

  /// Entries that may still be asked for; what is on its way to the disk counts. A group may go beyond the bytes.
  func allowance(_ log: MirroredLog, at now: Int64) -> UInt64 {
    let sum = taken(log, at: now)
    return sum.bytes >= bytesPerDay || sum.entries >= entriesPerDay ? 0 : entriesPerDay - sum.entries
  }

  /// Today's, with what is on its way to the disk.
  private func taken(_ log: MirroredLog, at now: Int64) -> Taken {
    var sum = log.taken
    if sum.day != now / Self.dayMilliseconds { sum = Taken(day: now / Self.dayMilliseconds, entries: 0, bytes: 0) }
    for group in log.inFlight { sum.add(group, at: now) }
    return sum
  }

  /// How often a day's quota is noted in the store, evenly: a row for each entry would cost more than the entry.
  private static let notesPerDay: UInt64 = 64

  /// The sum with a group that is about to be written, where that passes one more part of the quota.
  func noted(_ log: MirroredLog, with group: ProvenGroup, at now: Int64) -> Taken? {
    let before = taken(log, at: now)
    var after = before
    after.add(group, at: now)
    func part(_ taken: Taken) -> UInt64 {
      max(
        taken.entries / max(1, entriesPerDay / Self.notesPerDay), taken.bytes / max(1, bytesPerDay / Self.notesPerDay))
    }
    return part(after) > part(before) ? after : nil
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
