/// An entry of a catalog log by its place: names, cites and supersedes in leaves are these.
package struct EntryName: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let region: RegionCode
  package let index: UInt64
  /// Of the region's catalog log: 0 its first, 1 the successor of that.
  package let generation: UInt32

  package init(_ region: RegionCode, _ index: UInt64, generation: UInt32 = 0) {
    self.region = region
    self.index = index
    self.generation = generation
  }

  package func origin(in federation: FederationName) -> Origin {
    Origin(region: region, federation: federation, log: .catalog, generation: generation + 1)
  }

  package var description: String { generation == 0 ? "\(region):\(index)" : "\(region)/\(generation + 1):\(index)" }

  package static func < (a: EntryName, b: EntryName) -> Bool {
    (a.region, a.generation, a.index) < (b.region, b.generation, b.index)
  }
}
