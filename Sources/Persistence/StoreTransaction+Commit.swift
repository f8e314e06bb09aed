import Catalog
import Replication
import TransparencyLog

extension StoreTransaction {
  /// Holds a proven group, judges what can be judged, and keeps what it was proven against. Sizes processed now come back,
  /// of every log that moved. `now`: milliseconds since the epoch.
  package func commit(_ group: ProvenGroup, now: Int64) throws -> [Origin: UInt64] {
    let region = group.origin.region
    guard try logState(region).held == group.first else {
      throw StoreError(
        code: .failed, reason: "entries \(group.first) and on of \(group.origin) do not join what is held")
    }
    // What a group before this one in the same transaction left is not asked for again.
    recent.removeAll(keepingCapacity: true)
    if let taken = group.taken { try setTaken(taken, of: group.origin) }
    guard configuration.replicated.contains(region) else {
      try holdUnjudged(group)
      try prove(group)
      return [:]
    }
    let outcome = try Admission(self, now: now).commit(
      group.entries, of: region, texts: group.texts, judgingMax: group.entries.count + backlogLeft)
    note(outcome, taken: group.entries.count)
    guard outcome.heldCount == group.entries.count else {
      throw StoreError(
        code: .failed,
        reason:
          "entry \(group.first + UInt64(outcome.heldCount)) of \(group.origin) names a list whose text is not here")
    }
    try prove(group)
    return Dictionary(uniqueKeysWithValues: outcome.processed.map { (origin(of: $0.key), $0.value) })
  }

  /// Entries that one transaction judges, at most, besides those that it takes in. What one entry sets free may be a whole
  /// log: the writer is not held for it, nor the memory of all its verdicts.
  package static let backlogMax = 4096

  /// Judges what waits and no longer need, as far as one transaction goes. `now`: milliseconds since the epoch.
  package func proceed(now: Int64) throws {
    guard try !waitingLogs().isEmpty else { return }
    note(try Admission(self, now: now).proceed(judgingMax: backlogLeft))
  }

  /// Remembers whether there is more to judge than was: the writer goes on with that in a transaction of its own.
  /// `taken`: entries that it brought itself.
  package func note(_ outcome: AdmissionOutcome, taken: Int = 0) {
    if outcome.isExhausted { hasBacklog = true }
    // Many jobs may share the transaction: they share this too.
    backlogLeft = max(0, backlogLeft - max(0, outcome.judgedCount - taken))
  }

  private func prove(_ group: ProvenGroup) throws {
    guard let log = try log(group.origin), log.edge == group.edge else {
      throw StoreError.damaged("the tree of \(group.origin) differs from what was proven")
    }
    log.prove(by: group.checkpoint, consistency: group.consistency)
  }

  /// Logs whose next entry is not judged yet: its index, and why.
  package func waits(now: Int64) throws -> [RegionCode: (index: UInt64, wait: Wait)] {
    var waits: [RegionCode: (index: UInt64, wait: Wait)] = [:]
    for region in try waitingLogs() {
      guard let wait = try wait(of: region, now: now) else { continue }
      waits[region] = (try logState(region).processed, wait)
    }
    return waits
  }

  /// Why the next entry of a log is not judged yet; nil if it can be, or if all are.
  package func wait(of region: RegionCode, now: Int64) throws -> Wait? {
    let state = try logState(region)
    guard state.processed < state.held, let next = try heldEntry(region, state.processed) else { return nil }
    return try Admission(self, now: now).wait(of: next)
  }
}
