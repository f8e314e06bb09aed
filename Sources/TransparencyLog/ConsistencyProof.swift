import Cryptography

/// That the tree of size `to` extends the tree of size `from` (RFC 6962 section 2.1.2).
package struct ConsistencyProof: Hashable, Sendable {
  package let from: UInt64
  package let to: UInt64
  package let hashes: [Digest]

  /// The longest proof of any two trees.
  package static let hashCountMax = 65

  package init(from: UInt64, to: UInt64, hashes: [Digest]) {
    self.from = from
    self.to = to
    self.hashes = hashes
  }

  /// Throws a `ProofError` unless 0 < from <= to, and what the reader throws.
  package static func make(from: UInt64, to: UInt64, reading reader: some HashReader) throws -> ConsistencyProof {
    try checkSizes(from: from, to: to)
    if from == to { return ConsistencyProof(from: from, to: to, hashes: []) }
    let start = startNode(of: from)
    var hashes = try reader.path(from: start, size: to)
    // A power of two is one subtree: its hash is the old root, which the checker has.
    if start.index > 0 { hashes.insert(try reader.hash(of: start), at: 0) }
    return ConsistencyProof(from: from, to: to, hashes: hashes)
  }

  /// Returns if the proof ties the two roots together. A `from` of 0 is refused: every tree extends the empty one,
  /// so it would prove nothing (`Checkpoint.checkExtends` has the rules for a first contact).
  package func check(oldRoot: Digest, newRoot: Digest) throws(ProofError) {
    let implied = try impliedRoots(oldRoot: oldRoot)
    guard implied.new == newRoot else {
      throw ProofError(
        .wrongRoot, "the proof from \(from) to \(to) leads to the root \(implied.new), the tree's is \(newRoot)")
    }
    guard implied.old == oldRoot else {
      throw ProofError(
        .wrongOldRoot,
        "the proof from \(from) to \(to) leads to the old root \(implied.old), the old tree's is \(oldRoot)")
    }
  }

  /// Both roots that the hashes lead to (RFC 9162 section 2.1.4.2). If `new` is signed and `old` differs from
  /// another signed root of size `from`, that is the proof of a fork. `oldRoot` is the start where `from` is a power
  /// of two or equals `to`, and is not looked at otherwise.
  package func impliedRoots(oldRoot: Digest) throws(ProofError) -> (old: Digest, new: Digest) {
    try Self.checkSizes(from: from, to: to)
    if from == to {
      guard hashes.isEmpty else { throw wrongLength }
      return (oldRoot, oldRoot)
    }
    let start = Self.startNode(of: from)
    var rest = hashes[...]
    guard let first = start.index == 0 ? oldRoot : rest.popFirst() else { throw wrongLength }
    var climb = Climb(from: start.index, last: (to - 1) >> UInt64(start.level))
    var (old, new) = (first, first)
    for sibling in rest {
      switch climb.next() {
      case .left:
        old = MerkleHash.node(sibling, old)
        new = MerkleHash.node(sibling, new)
      case .right: new = MerkleHash.node(new, sibling)
      case nil: throw wrongLength
      }
    }
    guard climb.isAtRoot else { throw wrongLength }
    return (old, new)
  }

  /// The largest complete subtree that ends where the old tree ends: both trees have it.
  private static func startNode(of size: UInt64) -> TreeNode {
    let level = size.trailingZeroBitCount
    return TreeNode(level: level, index: (size >> UInt64(level)) - 1)
  }

  private var wrongLength: ProofError {
    ProofError(.wrongLength, "a proof from \(from) to \(to) does not have \(hashes.count) hashes")
  }

  private static func checkSizes(from: UInt64, to: UInt64) throws(ProofError) {
    guard from <= to else {
      throw ProofError(.shrunk, "a tree of \(to) cannot extend one of \(from)")
    }
    guard from > 0 else {
      throw ProofError(.emptyTree, "every tree extends the empty one: there is nothing to prove from size 0")
    }
  }
}
