import Catalog
import Foundation
import Persistence
import Replication

/// `sync`, with its waiting.
extension Node {
  /// Asks peers now, whatever the back-off says. With `waitSeconds`, returns once this node has processed everything that
  /// they held when the call began, or what remains waits for other reasons than missing data, or the time is over.
  package func sync(_ regions: [RegionCode], waitSeconds: Double?) async throws -> JSONValue {
    for region in regions where !knownPeers.contains(region) {
      throw NodeError.refused("unknownPeer", "\(region) is no peer of this node: see `tongyuan peer list`")
    }
    if let region = regions.first(where: { !settings(of: $0).isDialled }) {
      throw NodeError.refused(
        "notDialled", "\(region) is suspended, retired, relayed or without a card: it is not dialled")
    }
    let asked = (regions.isEmpty ? cards.keys.sorted() : regions).filter { settings(of: $0).isDialled }
    let began = Self.now
    inbox.yield(.syncRequested(asked))
    guard let waitSeconds else { return json(complete: nil, asked, unanswered: [], [:], [:], [:], 0) }
    let deadline = ContinuousClock.now + .seconds(waitSeconds)
    var targets: [RegionCode: [Origin: UInt64]] = [:]
    var failed: [RegionCode: String] = [:]
    while true {
      // What a peer held when it first answered after the call began: later news does not prolong the waiting.
      for region in asked where targets[region] == nil {
        guard let report = replication.report(of: region) else { continue }
        if let contact = report.lastContact, contact >= began, !replication.isAsking(region) {
          targets[region] = replication.outstanding(of: region)
          failed[region] = nil
        } else if let error = report.lastError, (report.lastFailure ?? 0) >= began, !replication.isAsking(region) {
          failed[region] = error.reason
        }
      }
      let (missing, waiting, wanted) = try remaining(targets)
      let missingBodies = wanted.open
      let unanswered = asked.filter { targets[$0] == nil }
      let isOver = ContinuousClock.now >= deadline
      // The store is ahead of the core by the events under way.
      if isConfiguring {
        await nextEvent(before: min(deadline, ContinuousClock.now + .seconds(1)))
        if ContinuousClock.now < deadline { continue }
      }
      let isFetchingBodies =
        wanted != replication.wanted
        || asked.contains { targets[$0] != nil && replication.isFetchingBodies(from: $0) }
      if missing.isEmpty, !isFetchingBodies, missingBodies == 0, unanswered.allSatisfy({ failed[$0] != nil }) {
        return json(
          complete: unanswered.isEmpty, asked, unanswered: unanswered, failed, missing, waiting, missingBodies)
      }
      if isOver { return json(complete: false, asked, unanswered: unanswered, failed, missing, waiting, missingBodies) }
      await nextEvent(before: min(deadline, ContinuousClock.now + .seconds(1)))
    }
  }

  /// Per region, entries that are still to come or to be judged; and logs whose next entry waits for another reason.
  private func remaining(
    _ targets: [RegionCode: [Origin: UInt64]]
  ) throws -> (
    missing: [RegionCode: UInt64], waiting: [RegionCode: (index: UInt64, wait: Wait)], wanted: WantedBodies
  ) {
    let sizes = targets.values.reduce(into: [Origin: UInt64]()) { sizes, target in sizes.merge(target) { max($0, $1) } }
    let now = Self.now
    return try store.read(writer.catalogConfiguration) { transaction in
      var missing: [RegionCode: UInt64] = [:]
      var waiting: [RegionCode: (index: UInt64, wait: Wait)] = [:]
      for (origin, size) in sizes {
        guard transaction.configuration.replicated.contains(origin.region) else {
          // It does not count yet: it is held, and `status` says what for.
          let held = try transaction.heldLog(origin)?.edge.size ?? 0
          if held < size { missing[origin.region] = size - held }
          continue
        }
        let state = try transaction.logState(origin.region)
        guard state.processed < size else { continue }
        if state.held < size {
          missing[origin.region] = size - state.held
        } else if let wait = try transaction.wait(of: origin.region, now: now) {
          if case .dependency = wait {
            missing[origin.region] = size - state.processed
          } else {
            waiting[origin.region] = (state.processed, wait)
          }
        } else {
          missing[origin.region] = size - state.processed
        }
      }
      return (missing, waiting, try transaction.wantedBodies())
    }
  }

  /// Logs of which more is there than is taken today.
  private var throttled: [JSONValue] {
    cards.values.sorted { $0.region < $1.region }.compactMap { card in
      guard let failure = replication.throttle(of: card.region) else { return nil }
      return .members(
        ("region", .string(card.region.text)), ("index", .count(replication.held(card.catalogOrigin)?.edge.size ?? 0)),
        ("code", .string(failure.code)), ("reason", .string(failure.reason)))
    }
  }

  private func json(
    complete: Bool?, _ asked: [RegionCode], unanswered: [RegionCode], _ failed: [RegionCode: String],
    _ missing: [RegionCode: UInt64], _ waiting: [RegionCode: (index: UInt64, wait: Wait)], _ missingBodies: UInt64
  ) -> JSONValue {
    .members(
      // Null where nobody waited to see.
      ("complete", complete.map(JSONValue.bool) ?? .null), ("asked", .array(asked.map { .string($0.text) })),
      ("synced", .array((complete == nil ? [] : asked).filter { !unanswered.contains($0) }.map { .string($0.text) })),
      (
        "unanswered",
        .array(
          unanswered.map {
            .members(("region", .string($0.text)), ("reason", .string(failed[$0] ?? "it has not answered in time")))
          })
      ),
      (
        "waiting",
        .array(
          waiting.sorted { $0.key < $1.key }.map { region, wait in
            .members(
              ("region", .string(region.text)), ("index", .count(wait.index)), ("code", .string(wait.wait.code)),
              ("reason", .string(wait.wait.reason)))
          } + throttled)
      ), ("behind", .sizes(missing)), ("missingBodies", .count(missingBodies)))
  }
}
