import Cryptography

/// When versions that rest on a list become contested: at a *boundary*, an entry in the log of the id's own region in
/// whose past, at whose time, the list is over or overruled, so that the version's writer is no longer the source.
///
/// What lists mean along a log changes only at few entries: where a region's first act on a relevant list or its signature enters
/// the past, where such a list begins, ends or expires, or where a log that is not replicated is first named. Only these are
/// looked at: as many as there are parties, however often these act.
struct Boundaries {
  let reader: any CatalogReader
  let lists: ListsInPast

  /// Whether an entry of the owner's log is a boundary for a version that is not in its past.
  func isBoundary(_ past: Past, at time: Int64, owner: RegionCode, for version: Version) throws -> Bool {
    guard let list = version.restsOn else { return false }
    let isOver = try lists.isOver(list, in: past, at: time) == .yes
    guard try isOver || lists.isInForce(list, in: past, at: time) == .yes else { return false }
    switch try lists.source(of: version.id, owner: owner, in: past, at: time) {
    case .unjudged: return true
    case .region(let source, let deciding):
      guard source != version.name.region else { return false }
      return try isOver || !hadTakenEffect(deciding, for: version)
    }
  }

  /// Whether a list that overrules had taken effect for the version already: then the version was judged with it.
  private func hadTakenEffect(_ list: Digest?, for version: Version) throws -> Bool {
    guard let list, let terms = try lists.record(list)?.terms, version.time >= terms.validity.lowerBound else {
      return false
    }
    return try lists.isComplete(list, in: past(of: version)) == .yes
  }

  /// Whether one of the owner's first `end` entries is a boundary for a version; `end` is at most the first that has
  /// the version in its past.
  func isContested(_ version: Version, owner: RegionCode, before end: UInt64) throws -> Bool {
    try turningPoints(for: version.id, in: owner, before: end).contains { index in
      try isBoundary(
        Past(of: owner, at: index, reading: reader), at: reader.latestTime(of: owner, at: index), owner: owner,
        for: version)
    }
  }

  /// The indices below `end` where what lists mean for the id may change along a log, ascending.
  private func turningPoints(for id: ResourceID, in log: RegionCode, before end: UInt64) throws -> [UInt64] {
    var points: Set<UInt64> = []
    func insert(_ index: UInt64?) {
      if let index, index < end { points.insert(index) }
    }
    var relevant: Set<Digest> = []
    for candidate in try lists.candidates(for: id) {
      relevant.insert(candidate.list)
      relevant.formUnion(try lists.record(candidate.list)?.successors ?? [])
    }
    for list in relevant {
      guard let record = try lists.record(list) else { continue }
      for actor in record.actors {
        insert(try firstEntry(of: log, knowing: actor.region, at: actor.first))
        if let signature = actor.signature { insert(try firstEntry(of: log, knowing: actor.region, at: signature)) }
      }
      for moment in [record.terms.validity.lowerBound, record.terms.validity.upperBound] {
        insert(try firstEntry(of: log, before: end) { try reader.latestTime(of: log, at: $0) >= moment })
      }
      if record.actors.contains(where: \.hasEnds) {
        // Once an end has taken effect in the past of an entry, it has in that of every later one.
        insert(
          try firstEntry(of: log, before: end) { index in
            let past = Past(of: log, at: index, reading: reader)
            guard let effective = try lists.end(of: list, in: past) else { return false }
            return try effective <= reader.latestTime(of: log, at: index)
          })
      }
      for region in record.terms.needed where !reader.configuration.replicated.contains(region) {
        insert(try firstEntry(of: log, knowing: region, at: 0))
      }
    }
    return points.sorted()
  }

  /// The first entry of `log` that has the entry (`region`, `index`) in its past.
  func firstEntry(of log: RegionCode, knowing region: RegionCode, at index: UInt64) throws -> UInt64? {
    region == log ? index : try reader.firstEntry(of: log, knowing: region, at: index)
  }

  /// By bisection, of what holds from some entry on.
  private func firstEntry(
    of log: RegionCode, before end: UInt64, where holds: (UInt64) throws -> Bool
  ) throws -> UInt64? {
    var (low, high) = (UInt64(0), end)
    while low < high {
      let middle = low + (high - low) / 2
      if try holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low < end ? low : nil
  }

  func past(of version: Version) -> Past { Past(of: version.name.region, at: version.name.index, reading: reader) }
}
