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

  // Put together without interpolation: every version of a catalog is named several times.
  package var description: String {
    var text = region.text
    if generation > 0 {
      text += "/"
      text += String(UInt64(generation) + 1)
    }
    text += ":"
    text += String(index)
    return text
  }

  package static func < (a: EntryName, b: EntryName) -> Bool {
    (a.region, a.generation, a.index) < (b.region, b.generation, b.index)
  }
}
