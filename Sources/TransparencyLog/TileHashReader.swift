import Cryptography

/// A source of tiles: a store's rows, files, or another node.
package protocol TileReader {
  /// Exactly 32 * width bytes. A source that has only a wider tile of this address returns its beginning.
  func tile(_ address: TileAddress) throws -> [UInt8]
}

/// Why a tile or a bundle of entries is refused.
package struct TileError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable {
    /// The tree has no such tile or node.
    case outOfRange
    /// A tile or bundle of another length than its address gives it.
    case wrongLength
  }

  package let code: Code
  package let reason: String

  package init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  package var description: String { "\(code.rawValue): \(reason)" }
}

extension HashReader {
  /// A tile's content, 32 * width bytes. Throws `TileError.outOfRange` for an address that no tree can have; whether
  /// this tree has it is the caller's to know (`TileAddress(level:index:size:)`).
  package func tile(_ address: TileAddress) throws -> [UInt8] {
    guard let nodes = address.nodes else {
      throw TileError(.outOfRange, "no tree has the tile \(address)")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(address.width * Digest.byteCount)
    for hash in try hashes(level: nodes.level, indices: nodes.indices) {
      hash.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    return bytes
  }
}

/// Reads a tree's hashes from its tiles, as wide as they are at one size.
///
/// Nothing is proven by reading: the tiles may come from anybody. What is computed from them counts once it leads to
/// a root that is signed. Tiles read stay in memory (at most `tileCountMax`), since a proof asks for many nodes of
/// one tile; so an instance is for one proof or one pass, in one thread.
package final class TileHashReader<Tiles: TileReader>: HashReader {
  package let size: UInt64
  private let tiles: Tiles
  private var held: [TileAddress: [Digest]] = [:]

  /// 512 KiB; a proof needs at most two a level.
  private let tileCountMax = 64

  package init(size: UInt64, tiles: Tiles) {
    self.size = size
    self.tiles = tiles
  }

  package func hash(of node: TreeNode) throws -> Digest {
    guard node.end <= size else {
      throw TileError(.outOfRange, "node \(node) is not complete in a tree of \(size)")
    }
    // The node is the root of 2^height hashes of one tile, since height < 8.
    let height = UInt64(node.level % 8)
    let first = node.index << height
    let tile = try hashes(tileLevel: node.level / 8, index: first >> 8)
    let offset = Int(first & 0xFF)
    return height == 0 ? tile[offset] : MerkleHash.root(of: tile[offset..<offset + 1 << Int(height)])
  }

  private func hashes(tileLevel: Int, index: UInt64) throws -> [Digest] {
    guard let address = TileAddress(level: tileLevel, index: index, size: size) else {
      throw TileError(.outOfRange, "a tree of \(size) has no tile \(index) at level \(tileLevel)")
    }
    if let hashes = held[address] { return hashes }
    let bytes = try tiles.tile(address)
    guard bytes.count == address.width * Digest.byteCount, let hashes = [Digest](concatenated: bytes[...]) else {
      throw TileError(.wrongLength, "the tile \(address) has \(bytes.count) bytes, not \(address.width) hashes")
    }
    if held.count == tileCountMax { held.removeAll(keepingCapacity: true) }
    held[address] = hashes
    return hashes
  }
}
