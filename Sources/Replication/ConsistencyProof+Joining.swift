import Cryptography
import TransparencyLog

extension ConsistencyProof {
  /// The proof that a tree extends another, from two proofs with a tree between them: a peer that holds part of what a
  /// checkpoint covers can prove a piece of that part, though it lacks the hashes behind. nil if the lengths do not
  /// fit.
  ///
  /// What comes out proves what the parts prove, so it is checked like any other proof. The way up from the smaller
  /// tree's last leaf passes three kinds of siblings: those that the middle tree has complete, from the first proof;
  /// one that the middle tree's end cuts, which is what the second proof computes on its way up; then the two ways are
  /// one, and the rest is from the second proof.
  package func joined(to next: ConsistencyProof) -> ConsistencyProof? {
    guard 0 < from, from <= to, to == next.from, next.from <= next.to, next.to <= RightEdge.sizeMax else { return nil }
    if from == to { return ConsistencyProof(from: from, to: next.to, hashes: next.hashes) }
    if next.from == next.to { return self }
    guard let upper = next.way() else { return nil }
    let start = from.trailingZeroBitCount
    var rest = hashes[...]
    var joined: [Digest] = []
    if (from - 1) >> UInt64(start) > 0 {
      guard let first = rest.popFirst() else { return nil }
      joined.append(first)
    }
    for level in start..<63 {
      let shift = UInt64(level)
      if (next.to - 1) >> shift == 0 { break }
      let (mine, middle) = ((from - 1) >> shift, (to - 1) >> shift)
      let sibling = mine ^ 1
      let hasOwn = middle > 0 && sibling <= middle
      let own = hasOwn ? rest.popFirst() : nil
      if hasOwn && own == nil { return nil }
      guard sibling <= (next.to - 1) >> shift else { continue }
      let isOneWay = mine == middle && level >= to.trailingZeroBitCount
      let isCut = sibling == middle && level > to.trailingZeroBitCount
      guard let hash = isOneWay ? upper.siblings[level] : isCut ? upper.nodes[level] : own else { return nil }
      joined.append(hash)
    }
    return rest.isEmpty ? ConsistencyProof(from: from, to: next.to, hashes: joined) : nil
  }

  /// By level: the siblings that this proof names, and the larger tree's nodes above the smaller one's last leaf as far
  /// as they follow. (Where the smaller tree is one complete subtree nothing follows without its root, and nothing is
  /// needed.)
  private func way() -> (siblings: [Int: Digest], nodes: [Int: Digest])? {
    let start = from.trailingZeroBitCount
    var rest = hashes[...]
    var siblings: [Int: Digest] = [:]
    var nodes: [Int: Digest] = [:]
    var node: Digest?
    if (from - 1) >> UInt64(start) > 0 {
      guard let first = rest.popFirst() else { return nil }
      node = first
    }
    for level in start..<63 {
      nodes[level] = node
      let (mine, last) = ((from - 1) >> UInt64(level), (to - 1) >> UInt64(level))
      if last == 0 { break }
      guard mine ^ 1 <= last else { continue }
      guard let sibling = rest.popFirst() else { return nil }
      siblings[level] = sibling
      node = node.map { mine & 1 == 1 ? MerkleHash.node(sibling, $0) : MerkleHash.node($0, sibling) }
    }
    return rest.isEmpty ? (siblings, nodes) : nil
  }
}
