/// Entries as C2SP tlog-tiles serves them: each behind its length, two bytes, big-endian ("Log entries").
package enum EntryBundle {
  package static let entryLengthMax = 65_535

  /// nil if an entry is longer than `entryLengthMax`.
  package static func encode(_ entries: some Collection<[UInt8]>) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.reduce(0) { $0 + 2 + $1.count })
    for entry in entries {
      guard let length = UInt16(exactly: entry.count) else { return nil }
      bytes.append(UInt8(length >> 8))
      bytes.append(UInt8(length & 0xFF))
      bytes.append(contentsOf: entry)
    }
    return bytes
  }

  /// Exactly `width` entries and nothing after them.
  package static func decode(_ bytes: [UInt8], width: Int) throws(TileError) -> [[UInt8]] {
    var entries: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard entries.count < width else {
        throw TileError(.wrongLength, "a bundle of \(width) entries has bytes after them")
      }
      let length = rest.prefix(2).reduce(0) { $0 << 8 | Int($1) }
      guard rest.count >= 2 + length else {
        throw TileError(.wrongLength, "entry \(entries.count) of a bundle is cut short")
      }
      entries.append(Array(rest.dropFirst(2).prefix(length)))
      rest = rest.dropFirst(2 + length)
    }
    guard entries.count == width else {
      throw TileError(.wrongLength, "a bundle of \(width) entries has only \(entries.count)")
    }
    return entries
  }
}
