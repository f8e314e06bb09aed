import Cryptography

/// How much of a log, and which log: the root makes the size provable (RFC 6962 root of the first `size` entries).
package struct LogHead: Hashable, Sendable {
  package let size: UInt64
  package let root: Digest

  package init(size: UInt64, root: Digest) {
    self.size = size
    self.root = root
  }
}

/// A component of a clock that a leaf states anew.
package struct ClockChange: Hashable, Sendable {
  package let region: RegionCode
  package let head: LogHead

  package init(_ region: RegionCode, _ head: LogHead) {
    self.region = region
    self.head = head
  }
}

/// Region → head of that region's catalog log: what a writer had processed. A missing region means nothing of it.
///
/// The order is partial, so a clock is never `Comparable`: sorting clocks would invent an order between regions that
/// did not know of each other.
package struct VectorClock: Hashable, Sendable {
  /// None has the size 0.
  package private(set) var components: [RegionCode: LogHead] = [:]

  package init() {}

  package init(_ components: [RegionCode: LogHead]) { self.components = components.filter { $0.value.size > 0 } }

  package subscript(region: RegionCode) -> LogHead? {
    get { components[region] }
    set { components[region] = newValue.flatMap { $0.size > 0 ? $0 : nil } }
  }

  package func size(of region: RegionCode) -> UInt64 { components[region]?.size ?? 0 }

  /// In the order of the codes.
  package var sorted: [ClockChange] {
    components.sorted { $0.key < $1.key }.map { ClockChange($0.key, $0.value) }
  }

  package enum Order: Hashable, Sendable { case equal, before, after, concurrent }

  /// `before` if the other knows all that this one knows, and more. Two heads of one size with different roots are a
  /// fork: neither holds the other, so the clocks are concurrent.
  package func order(to other: VectorClock) -> Order {
    var less = false
    var more = false
    for region in Set(components.keys).union(other.components.keys) {
      let (mine, theirs) = (self[region], other[region])
      if mine == theirs { continue }
      let (mySize, theirSize) = (mine?.size ?? 0, theirs?.size ?? 0)
      if mySize <= theirSize { less = true }
      if mySize >= theirSize { more = true }
    }
    return switch (less, more) {
    case (false, false): .equal
    case (true, false): .before
    case (false, true): .after
    case (true, true): .concurrent
    }
  }

  /// Equal digests mean equal clocks: SHA-256 over "tongyuan/frontier/v1\n" and, by region, its code, "\n", size (8
  /// bytes, big-endian) and root.
  package var digest: Digest {
    let hash = SHA256.Incremental()
    hash.update("tongyuan/frontier/v1\n")
    for component in sorted {
      hash.update(component.region.text + "\n")
      hash.update(component.head.size.bigEndian.bytes)
      hash.update(component.head.root)
    }
    return hash.finalize()
  }
}

extension CatalogReader {
  /// Whether `earlier` lies in the stated past of `later`: one indexed look-up. Both must be held.
  package func happened(_ earlier: EntryName, before later: EntryName) throws -> Bool {
    if earlier.region == later.region { return earlier.index < later.index }
    let head = try statedClock(of: later.region, at: later.index, for: earlier.region)
    return (head?.size ?? 0) > earlier.index
  }
}

extension FixedWidthInteger {
  /// In memory order: of a `bigEndian` value the most significant byte comes first.
  var bytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }
}
