import Cryptography

/// That a leaf stands at an index of the tree of a size: the siblings from the leaf up (RFC 6962 section 2.1.1).
package struct InclusionProof: Hashable, Sendable {
  package let index: UInt64
  package let size: UInt64
  package let hashes: [Digest]

  /// The longest proof of any tree.
  package static let hashCountMax = 64

  package init(index: UInt64, size: UInt64, hashes: [Digest]) {
    self.index = index
    self.size = size
    self.hashes = hashes
  }

  /// Throws a `ProofError` unless index < size, and what the reader throws.
  package static func make(index: UInt64, size: UInt64, reading reader: some HashReader) throws -> InclusionProof {
    try checkRange(index: index, size: size)
    let hashes = try reader.path(from: TreeNode(level: 0, index: index), size: size)
    return InclusionProof(index: index, size: size, hashes: hashes)
  }

  /// Returns if the proof leads from the leaf hash to the root.
  package func check(leafHash: Digest, root: Digest) throws(ProofError) {
    let implied = try impliedRoot(leafHash: leafHash)
    guard implied == root else {
      throw ProofError(
        .wrongRoot, "the proof for leaf \(index) of \(size) leads to the root \(implied), the tree's is \(root)")
    }
  }

  /// The root of the tree of this size that has this leaf at this index and these siblings (RFC 9162 section
  /// 2.1.3.2). Throws if the number of hashes does not fit index and size.
  package func impliedRoot(leafHash: Digest) throws(ProofError) -> Digest {
    try Self.checkRange(index: index, size: size)
    var climb = Climb(from: index, last: size - 1)
    var root = leafHash
    for sibling in hashes {
      switch climb.next() {
      case .left: root = MerkleHash.node(sibling, root)
      case .right: root = MerkleHash.node(root, sibling)
      case nil: throw wrongLength
      }
    }
    guard climb.isAtRoot else { throw wrongLength }
    return root
  }

  private var wrongLength: ProofError {
    ProofError(.wrongLength, "a proof for leaf \(index) of \(size) does not have \(hashes.count) hashes")
  }

  private static func checkRange(index: UInt64, size: UInt64) throws(ProofError) {
    guard index < size else {
      throw ProofError(.indexOutOfRange, "there is no leaf \(index) in a tree of \(size)")
    }
  }
}

/// The way from a node to the root, as both algorithms of RFC 9162 walk it: `node` is `fn`, `last` is `sn`, the
/// indices of the node and of the last node of its level.
struct Climb {
  enum Side { case left, right }

  private(set) var node: UInt64
  private(set) var last: UInt64

  init(from node: UInt64, last: UInt64) {
    self.node = node
    self.last = last
  }

  var isAtRoot: Bool { last == 0 }

  /// The side on which the next sibling stands, and one level up from there; nil at the root.
  mutating func next() -> Side? {
    if last == 0 { return nil }
    var side = Side.right
    if node & 1 == 1 || node == last {
      side = .left
      // The last node of its level without a right sibling moves up as it is until it is a right child.
      // It is not node 0: that one is the last of its level at the root alone.
      let skipped = UInt64(node.trailingZeroBitCount)
      node >>= skipped
      last >>= skipped
    }
    node >>= 1
    last >>= 1
    return side
  }
}
