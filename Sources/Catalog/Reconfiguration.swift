/// How far a store can go from the configuration that judges in it towards another, and what its view must go through.
///
/// What a node states in its own clock never goes back. Whether an entry can be processed depends on clocks and on what is
/// held, never on verdicts: so nothing need be judged to know how far another configuration would come. Until it comes as far
/// as the present one, of every log that no cut touches, the present one judges on, and the logs that are new are held without
/// being judged.
///
/// It holds for the store as it was read: nothing may be written between this decision and what follows from it.
package struct Reconfiguration: Sendable, Equatable {
  /// A log that is configured and cannot count yet: entries that are processed already would have to wait.
  package struct Blocked: Sendable, Hashable {
    package let region: RegionCode
    package let wait: Wait

    package init(region: RegionCode, wait: Wait) {
      self.region = region
      self.wait = wait
    }
  }

  /// What becomes of a view.
  package enum Change: Sendable, Equatable {
    case none
    /// It is of another configuration, but nothing in it depends on the difference.
    case relabelled
    /// Everything must be judged again.
    case anew
  }

  /// As much of what is wanted as the store can judge by without going back.
  package let configuration: CatalogConfiguration
  /// What keeps the rest from it, sorted by region.
  package let blocked: [Blocked]
  package let change: Change

  /// `wanted` is of the same federation. A log that judges stays, whether it is wanted or not; cuts of logs that are not
  /// replicated count for nothing.
  package init(
    from present: CatalogConfiguration, to wanted: CatalogConfiguration, reading reader: any CatalogReader
  ) throws {
    let reach = Reach(reader: reader, present: present)
    var blocked: [Blocked] = []
    var reachable = wanted.replicating(wanted.replicated.union(present.replicated))
    while true {
      let more = try reach.blocks(reachable)
      if more.isEmpty { break }
      blocked += more
      reachable = reachable.replicating(reachable.replicated.subtracting(more.map(\.region)))
    }
    configuration = reachable
    self.blocked = blocked.sorted { $0.region < $1.region }
    change = try reach.change(to: reachable)
  }
}

extension CatalogConfiguration {
  /// The same, of these logs; without cuts of others.
  fileprivate func replicating(_ regions: Set<RegionCode>) -> CatalogConfiguration {
    CatalogConfiguration(
      federation: federation, rules: rules, replicated: regions, cuts: cuts.filter { regions.contains($0.key) })
  }
}

/// What a store holds and has processed under the present configuration, seen by another.
private struct Reach {
  let reader: any CatalogReader
  let present: CatalogConfiguration

  /// Of the logs that `wanted` adds, those that processed entries could not be judged with.
  func blocks(_ wanted: CatalogConfiguration) throws -> [Reconfiguration.Blocked] {
    let added = wanted.replicated.subtracting(present.replicated).sorted()
    if added.isEmpty { return [] }
    let logs = present.replicated.sorted().filter { wanted.cuts[$0] == nil }
    return try added.compactMap { region in
      let direct = try logs.lazy.compactMap { try self.wait(in: $0, for: region, wanted) }.first
      return try (direct ?? above(region, logs, wanted)).map { Reconfiguration.Blocked(region: region, wait: $0) }
    }
  }

  /// What processed entries of a log would wait for if they had to know `region`.
  private func wait(in log: RegionCode, for region: RegionCode, _ wanted: CatalogConfiguration) throws -> Wait? {
    let processed = try reader.logState(log).processed
    guard processed > 0, let last = try reader.statedClock(of: log, at: processed - 1, for: region) else { return nil }
    let cut = wanted.cuts[region]
    let needed = min(last.size, cut?.size ?? .max)
    guard try reader.root(of: region, at: needed) != nil else { return .dependency(region, size: needed) }
    // Of a cut log the roots are unseen.
    if cut != nil { return nil }
    var size: UInt64 = 0
    while size < last.size, let index = try reader.firstEntry(of: log, knowing: region, at: size),
      let head = try reader.statedClock(of: log, at: index, for: region)
    {
      if try reader.root(of: region, at: head.size) != head.root { return .branch(ClockChange(region, head)) }
      size = head.size
    }
    return nil
  }

  /// A region above one that is added binds it: where processed entries name its log, its card is needed too.
  private func above(_ region: RegionCode, _ logs: [RegionCode], _ wanted: CatalogConfiguration) throws -> Wait? {
    for log in logs {
      let processed = try reader.logState(log).processed
      guard processed > 0 else { continue }
      for other in try reader.statedClock(of: log, at: processed - 1).components.keys.sorted()
      where !wanted.replicated.contains(other) && other.isAtOrAbove(region) && !present.isAboveReplicated(other) {
        return .region(other)
      }
    }
    return nil
  }

  func change(to wanted: CatalogConfiguration) throws -> Reconfiguration.Change {
    if wanted == present { return .none }
    guard present.federation == wanted.federation, present.rules == wanted.rules, present.cuts == wanted.cuts,
      // An entry of a namespace whose log was not replicated may be judged now.
      try !reader.hasUnjudgedEntries()
    else { return .anew }
    for region in wanted.replicated.subtracting(present.replicated) {
      if try reader.root(of: region, at: 1) != nil { return .anew }
      for log in present.replicated where try reader.firstEntry(of: log, knowing: region, at: 0) != nil { return .anew }
    }
    return .relabelled
  }
}
