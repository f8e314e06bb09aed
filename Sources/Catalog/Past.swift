/// A causal past: how many entries of each log an entry had behind it, as stated, with the configuration's cuts
/// applied. Its own entry is part of it.
final class Past {
  private enum Extent {
    case clock(StatedClock, ownSize: UInt64)
    case frontier(StatedClock, ownSize: UInt64)
    case union([Past])
  }

  private let reader: any CatalogReader
  private let extent: Extent

  private init(_ reader: any CatalogReader, _ extent: Extent) {
    self.reader = reader
    self.extent = extent
  }

  /// Of a held entry.
  convenience init(of log: RegionCode, at index: UInt64, reading reader: any CatalogReader) {
    self.init(StatedClock(of: log, after: index, reading: reader), reading: reader)
  }

  /// Of the entry that the clock stands after. It may move on only when this past is of no more use.
  init(_ clock: StatedClock, reading reader: any CatalogReader) {
    self.reader = reader
    extent = .clock(clock, ownSize: clock.size)
  }

  /// Of an entry that the clock's log may append, knowing all that is processed here; `ownSize` counts the entry.
  static func frontier(after clock: StatedClock, ownSize: UInt64, reading reader: any CatalogReader) -> Past {
    Past(reader, .frontier(clock, ownSize: ownSize))
  }

  static func union(_ pasts: [Past], reading reader: any CatalogReader) -> Past { Past(reader, .union(pasts)) }

  /// The number of entries of a log that lie in this past; 0 for a log that it does not know.
  func size(of region: RegionCode) throws -> UInt64 {
    switch extent {
    case .clock(let clock, let ownSize):
      return region == clock.log ? ownSize : try size(clock, region)
    case .frontier(let stated, let ownSize):
      if region == stated.log { return ownSize }
      return try max(reader.logState(region).processed, size(stated, region))
    case .union(let pasts):
      return try pasts.reduce(0) { max($0, try $1.size(of: region)) }
    }
  }

  private func size(_ clock: StatedClock, _ region: RegionCode) throws -> UInt64 {
    let size = try clock.head(of: region)?.size ?? 0
    return min(size, reader.configuration.cuts[region]?.size ?? size)
  }

  func contains(_ name: EntryName) throws -> Bool { try name.generation == 0 && size(of: name.region) > name.index }
}

/// What a log states of other logs after its first `size` entries. Moves along the log and remembers what it looked up:
/// a run of entries with one clock costs one look-up per region, not one per entry.
final class StatedClock {
  let log: RegionCode
  private(set) var size: UInt64
  private let reader: any CatalogReader
  private var heads: [RegionCode: LogHead?] = [:]

  init(of log: RegionCode, size: UInt64, reading reader: any CatalogReader) {
    self.log = log
    self.size = size
    self.reader = reader
  }

  convenience init(of log: RegionCode, after index: UInt64, reading reader: any CatalogReader) {
    self.init(of: log, size: index + 1, reading: reader)
  }

  /// As stated: no cut is applied.
  func head(of region: RegionCode) throws -> LogHead? {
    if let known = heads[region] { return known }
    let head = size == 0 ? nil : try reader.statedClock(of: log, at: size - 1, for: region)
    heads[region] = .some(head)
    return head
  }

  /// Takes the next entry's changes in.
  func advance(over entry: HeldEntry) {
    size += 1
    for change in entry.clockChanges { heads[change.region] = .some(change.head) }
  }
}
