/// A tile of C2SP tlog-tiles: `width` hashes of nodes of level 8 * `level`, from node 256 * `index` on.
package struct TileAddress: Hashable, Sendable, CustomStringConvertible {
  /// 0...63 in addresses; no tree of 64-bit size has tiles above 7.
  package let level: Int
  package let index: UInt64
  /// 1...255 for a partial tile, 256 for a full one.
  package let width: Int

  package static let fullWidth = 256
  /// The highest level that a tree of 64-bit size reaches.
  package static let levelMax = 7

  /// nil outside the ranges above.
  package init?(level: Int, index: UInt64, width: Int = fullWidth) {
    guard 0...63 ~= level, 1...Self.fullWidth ~= width else { return nil }
    self.level = level
    self.index = index
    self.width = width
  }

  /// The tile as wide as a tree of `size` leaves makes it; nil if that tree has no such tile.
  package init?(level: Int, index: UInt64, size: UInt64) {
    guard 0...63 ~= level else { return nil }
    let hashCount = level > Self.levelMax ? 0 : size >> UInt64(8 * level)
    let full = hashCount >> 8
    guard index <= full else { return nil }
    self.init(level: level, index: index, width: index < full ? Self.fullWidth : Int(hashCount & 0xFF))
  }

  package var isFull: Bool { width == Self.fullWidth }
  package var description: String { TileResource.hashes(self).path }

  /// The nodes whose hashes the tile holds, as a level and indices; nil if no tree of 64-bit size has them.
  package var nodes: (level: Int, indices: Range<UInt64>)? {
    guard level <= Self.levelMax, index <= UInt64.max >> 8 else { return nil }
    let begin = index << 8
    let (end, overflowed) = begin.addingReportingOverflow(UInt64(width))
    guard !overflowed, end <= UInt64.max >> UInt64(8 * level) else { return nil }
    return (8 * level, begin..<end)
  }
}

/// What a tiled log serves below its prefix, besides the checkpoint.
package enum TileResource: Hashable, Sendable {
  /// `tile/<L>/<N>[.p/<W>]`
  case hashes(TileAddress)
  /// `tile/entries/<N>[.p/<W>]`: the entries under the level 0 tile of this index, `width` 1...256 of them.
  case entries(index: UInt64, width: Int)

  package var path: String {
    switch self {
    case .hashes(let tile): Self.path("tile/\(tile.level)/", tile.index, tile.width)
    case .entries(let index, let width): Self.path("tile/entries/", index, width)
    }
  }

  /// nil for anything but the one spelling of a path: no leading zeros beyond the three digits, no width of 0 or 256.
  package init?(path: String) {
    guard path.utf8.count <= 64 else { return nil }
    var elements = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
    guard elements.count >= 3, elements.removeFirst().elementsEqual("tile".utf8) else { return nil }
    let kind = elements.removeFirst()
    var width = TileAddress.fullWidth
    if let beforeLast = elements.dropLast().last, beforeLast.suffix(2).elementsEqual(".p".utf8) {
      guard let partial = elements.popLast().flatMap({ UInt64(canonicalDecimal: $0) }), 1...255 ~= partial else {
        return nil
      }
      width = Int(partial)
      elements[elements.endIndex - 1] = beforeLast.dropLast(2)
    }
    guard let index = Self.index(elements) else { return nil }
    if kind.elementsEqual("entries".utf8) {
      self = .entries(index: index, width: width)
    } else {
      guard let level = UInt64(canonicalDecimal: kind), level <= 63,
        let tile = TileAddress(level: Int(level), index: index, width: width)
      else { return nil }
      self = .hashes(tile)
    }
    guard self.path.utf8.elementsEqual(path.utf8) else { return nil }
  }

  private static func path(_ prefix: String, _ index: UInt64, _ width: Int) -> String {
    var path = threeDigits(index % 1000)
    var rest = index / 1000
    while rest > 0 {
      path = "x" + threeDigits(rest % 1000) + "/" + path
      rest /= 1000
    }
    return prefix + path + (width == TileAddress.fullWidth ? "" : ".p/\(width)")
  }

  private static func threeDigits(_ number: UInt64) -> String {
    (number < 100 ? "0" : "") + (number < 10 ? "0" : "") + String(number)
  }

  /// Lenient about how the digits are grouped: the caller compares the whole with the one right spelling.
  private static func index(_ elements: some Collection<Substring.UTF8View>) -> UInt64? {
    var digits: [UInt8] = []
    for element in elements { digits += element.dropFirst(element.first == UInt8(ascii: "x") ? 1 : 0) }
    let significant = digits.drop { $0 == UInt8(ascii: "0") }
    if digits.isEmpty { return nil }
    return significant.isEmpty ? 0 : UInt64(canonicalDecimal: significant)
  }
}
