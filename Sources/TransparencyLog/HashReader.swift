import Cryptography

/// A source of the hashes that proofs and tiles are made of: a store, tiles, or a tree in memory.
package protocol HashReader {
  /// The hash of a complete subtree. Asked only for nodes that end at or before the size that the caller named.
  func hash(of node: TreeNode) throws -> Digest

  /// The hashes of consecutive nodes of one level: a tile's content. A store that keeps rows or tiles answers this
  /// in one read; the default asks one by one.
  func hashes(level: Int, indices: Range<UInt64>) throws -> [Digest]
}

extension HashReader {
  package func hashes(level: Int, indices: Range<UInt64>) throws -> [Digest] {
    try indices.map { try hash(of: TreeNode(level: level, index: $0)) }
  }

  /// The root at any size up to the log's: MTH(D[0:size]) of RFC 6962 section 2.1, by at most 64 reads.
  package func root(size: UInt64) throws -> Digest { try hash(of: 0..<size) }

  /// MTH(D[begin:end]) for a subtree of some tree, complete or not: its begin is a multiple of the power of two
  /// that is no smaller than its length, so its complete parts get smaller from left to right.
  func hash(of leaves: Range<UInt64>) throws -> Digest {
    var hash: Digest?
    for node in TreeNode.covering(leaves).reversed() {
      let left = try self.hash(of: node)
      hash = hash.map { MerkleHash.node(left, $0) } ?? left
    }
    return hash ?? MerkleHash.emptyRoot
  }

  /// The siblings on the way from a node up to the root of the tree of `size` leaves, lowest first:
  /// PATH of RFC 6962 section 2.1.1, which SUBPROOF of section 2.1.2 continues above its first node.
  func path(from node: TreeNode, size: UInt64) throws -> [Digest] {
    var path: [Digest] = []
    var index = node.index
    for level in node.level..<64 {
      let last = (size - 1) >> UInt64(level)
      if last == 0 { break }
      let sibling = index ^ 1
      if sibling < last {
        path.append(try hash(of: TreeNode(level: level, index: sibling)))
      } else if sibling == last {  // the one sibling that the end of the tree may cut short
        path.append(try hash(of: sibling << UInt64(level)..<size))
      }  // else the node is the last of its level and moves up as it is
      index >>= 1
    }
    return path
  }
}
