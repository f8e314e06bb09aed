import Cryptography

/// All that verdicts may depend on besides the logs. Nodes with equal configuration and equal frontier show the same
/// state.
package struct CatalogConfiguration: Hashable, Sendable {
  /// The version of the rules in this package.
  package static let currentRules: UInt32 = 1

  package let federation: FederationName
  package let rules: UInt32
  /// The logs that are mirrored and judged here, this region's own included.
  package let replicated: Set<RegionCode>
  /// Where a retired log ends: entries at or past the size do not count, clocks beyond it read as the cut.
  package let cuts: [RegionCode: LogHead]

  package init(
    federation: FederationName, rules: UInt32 = currentRules, replicated: Set<RegionCode>,
    cuts: [RegionCode: LogHead] = [:]
  ) {
    self.federation = federation
    self.rules = rules
    self.replicated = replicated
    self.cuts = cuts
  }

  /// Regions above a replicated one whose lists would bind it; their logs must be replicated too.
  package func isAboveReplicated(_ region: RegionCode) -> Bool {
    replicated.contains { region.isAtOrAbove($0) }
  }

  /// SHA-256 over "tongyuan/configuration/v1\n", federation, "\n", rules (4 bytes, big-endian), and, regions sorted as
  /// bytes, "log " and code or "cut " and code, each with "\n" after it, a cut's size (8 bytes) and root behind that.
  package var digest: Digest {
    let hash = SHA256.Incremental()
    hash.update("tongyuan/configuration/v1\n\(federation)\n")
    hash.update(rules.bigEndian.bytes)
    for region in replicated.sorted() { hash.update("log \(region)\n") }
    for (region, cut) in cuts.sorted(by: { $0.key < $1.key }) {
      hash.update("cut \(region)\n")
      hash.update(cut.size.bigEndian.bytes)
      hash.update(cut.root)
    }
    return hash.finalize()
  }
}
