import Catalog
import Cryptography
import Replication
import TransparencyLog

/// A configuration that is to judge once it can: what a node states in its own clock never goes back.
///
/// Whether an entry can be processed depends on clocks and on what is held, never on verdicts. So nothing need be judged to know
/// how far another configuration would come: until it comes as far as the present one, of every log that no cut touches, the
/// present one judges on, and the logs that are new are held without being judged.
extension StoreTransaction {
  /// A log that is configured and cannot count yet: entries that are processed already would have to wait.
  package struct Blocked: Sendable, Hashable {
    package var region: RegionCode
    package var wait: Wait
  }

  /// As much of `wanted` as this store can judge by without going back, and what keeps the rest from it.
  package func reachable(
    _ wanted: CatalogConfiguration
  ) throws -> (configuration: CatalogConfiguration, blocked: [Blocked]) {
    let present = try viewConfiguration()
    var reachable = wanted
    var blocked: [Blocked] = []
    while true {
      let more = try blocks(reachable, present)
      if more.isEmpty { return (reachable, blocked.sorted { $0.region < $1.region }) }
      blocked += more
      reachable = CatalogConfiguration(
        federation: wanted.federation, rules: wanted.rules,
        replicated: reachable.replicated.subtracting(more.map(\.region)),
        cuts: reachable.cuts.filter { cut in !more.contains { $0.region == cut.key } })
    }
  }

  private func blocks(_ wanted: CatalogConfiguration, _ present: CatalogConfiguration) throws -> [Blocked] {
    let added = wanted.replicated.subtracting(present.replicated).sorted()
    if added.isEmpty { return [] }
    let logs = try present.replicated.intersection(wanted.replicated).sorted()
      .filter { wanted.cuts[$0] == nil }.compactMap { try catalogLog($0) }
    var blocked: [Blocked] = []
    for region in added {
      if let wait = try logs.lazy.compactMap({ try self.wait(in: $0, for: region, wanted) }).first
        ?? above(region, logs, wanted, present)
      {
        blocked.append(Blocked(region: region, wait: wait))
      }
    }
    return blocked
  }

  /// What processed entries of a log would wait for if they had to know `region`.
  private func wait(in log: StoredLog, for region: RegionCode, _ wanted: CatalogConfiguration) throws -> Wait? {
    let processed = try logState(log.origin.region).processed
    let cut = wanted.cuts[region]
    let held = try catalogLog(region)
    let largest = try sql(
      "SELECT size FROM clock WHERE log = ? AND region = ? AND idx < ? ORDER BY idx DESC LIMIT 1"
    ).bind(1, log.number).bind(2, region.text).bind(3, Int64(processed)).first { $0.size(0) }
    guard let largest else { return nil }
    let needed = min(largest, cut?.size ?? .max)
    guard let held, held.edge.size >= needed else { return .dependency(region, size: needed) }
    // Of a cut log the roots are unseen.
    if cut != nil { return nil }
    var branch: Wait?
    try sql("SELECT size, root FROM clock WHERE log = ? AND region = ? AND idx < ? ORDER BY idx")
      .bind(1, log.number).bind(2, region.text).bind(3, Int64(processed)).forEach { row in
        let head = LogHead(size: row.size(0), root: try Self.digest(row, 1))
        if try held.root(at: head.size) != head.root { branch = .branch(ClockChange(region, head)) }
        return branch == nil
      }
    return branch
  }

  /// A region above one that is added binds it: where processed entries name its log, its card is needed too.
  private func above(
    _ region: RegionCode, _ logs: [StoredLog], _ wanted: CatalogConfiguration, _ present: CatalogConfiguration
  ) throws -> Wait? {
    for log in logs {
      let named = try sql("SELECT DISTINCT region FROM clock WHERE log = ? AND idx < ?")
        .bind(1, log.number).bind(2, Int64(try logState(log.origin.region).processed)).all { $0.text(0) }
      for text in named {
        let other = try Self.region(text)
        if !wanted.replicated.contains(other), other.isAtOrAbove(region), !present.isAboveReplicated(other) {
          return .region(other)
        }
      }
    }
    return nil
  }

  /// Holds a proven group of a log that does not count yet: its entries are judged when it does.
  func holdUnjudged(_ group: ProvenGroup) throws {
    for (digest, text) in group.texts.sorted(by: { $0.key < $1.key }) where try !isListTextHeld(digest) {
      try hold(listText: text, digest: digest, list: try? ListText(bytes: text))
    }
    for (offset, entry) in group.entries.enumerated() {
      guard try entry.namedList.map(isListTextHeld) ?? true else {
        throw StoreError(
          code: .failed,
          reason: "entry \(group.first + UInt64(offset)) of \(group.origin) names a list whose text is not here")
      }
    }
    _ = try logOrNew(group.origin)
    try appendUnjudged(group.entries, to: group.origin)
    writeCount += 1
    // What is known of it was read before it grew.
    states[group.origin.region] = nil
  }
}
