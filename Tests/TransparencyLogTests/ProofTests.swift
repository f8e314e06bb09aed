import Cryptography
import Testing
import TransparencyLog

@Suite("Proofs")
struct ProofTests {
  @Test("Roots and proofs are those that RFC 6962 defines, at every size up to 40")
  func definition() throws {
    let leaves = ReferenceTree.leaves(40)
    let tree = ReferenceTree.tree(40)
    for size in 0...40 {
      let prefix = leaves[..<size]
      #expect(try tree.root(size: UInt64(size)) == ReferenceTree.root(prefix))
      #expect(MerkleHash.root(of: prefix.map { MerkleHash.leaf($0) }) == ReferenceTree.root(prefix))
      for index in 0..<size {
        let proof = try InclusionProof.make(index: UInt64(index), size: UInt64(size), reading: tree)
        #expect(proof.hashes == ReferenceTree.inclusion(index, prefix))
      }
      for from in stride(from: 1, through: size, by: 1) {
        let proof = try ConsistencyProof.make(from: UInt64(from), to: UInt64(size), reading: tree)
        #expect(proof.hashes == ReferenceTree.consistency(from, prefix))
      }
    }
  }

  @Test("Every proof of every tree up to 300 leaves is accepted, and refused with any one thing changed")
  func everyProofUpTo300() throws {
    var random = SeededGenerator(seed: 1)
    let tree = ReferenceTree.tree(300)
    let roots = try (0...300).map { try tree.root(size: $0) }
    var (good, bad) = (0, 0)
    for size in 1...UInt64(300) {
      for index in 0..<size {
        let leaf = try tree.hash(of: TreeNode(level: 0, index: index))
        let proof = try InclusionProof.make(index: index, size: size, reading: tree)
        if proof.accepts(leaf, roots[Int(size)]) { good += 1 }
        if !proof.damaged(&random).accepts(leaf, roots[Int(size)]) { bad += 1 }
      }
      for from in 1...size {
        let proof = try ConsistencyProof.make(from: from, to: size, reading: tree)
        if proof.accepts(roots[Int(from)], roots[Int(size)]) { good += 1 }
        if !proof.damaged(&random).accepts(roots[Int(from)], roots[Int(size)]) { bad += 1 }
      }
    }
    #expect(good == 300 * 301)
    #expect(bad == 300 * 301)
  }

  @Test("A proof with any bit flipped, in a hash, in the leaf or in a root, is refused", arguments: [1, 2, 7, 8, 21])
  func everyBit(size: UInt64) throws {
    let tree = ReferenceTree.tree(21)
    let root = try tree.root(size: size)
    let leaf = try tree.hash(of: TreeNode(level: 0, index: size / 2))
    let inclusion = try InclusionProof.make(index: size / 2, size: size, reading: tree)
    let old = try tree.root(size: (size + 1) / 2)
    let consistency = try ConsistencyProof.make(from: (size + 1) / 2, to: size, reading: tree)
    for bit in 0..<256 {
      #expect(!inclusion.accepts(leaf.flippingBit(bit), root))
      #expect(!inclusion.accepts(leaf, root.flippingBit(bit)))
      #expect(!consistency.accepts(old.flippingBit(bit), root))
      #expect(!consistency.accepts(old, root.flippingBit(bit)))
      for place in inclusion.hashes.indices {
        #expect(!inclusion.flipping(bit, in: place).accepts(leaf, root))
      }
      for place in consistency.hashes.indices {
        #expect(!consistency.flipping(bit, in: place).accepts(old, root))
      }
    }
  }

  @Test("Proofs around 65,536 leaves are accepted for their own position alone")
  func large() throws {
    var random = SeededGenerator(seed: 2)
    let tree = ReferenceTree.tree(65_536 + 300)
    for _ in 0..<300 {
      let size = UInt64.random(in: 65_536 - 300...65_536 + 300, using: &random)
      let index = UInt64.random(in: 0..<size, using: &random)
      let root = try tree.root(size: size)
      let leaf = try tree.hash(of: TreeNode(level: 0, index: index))
      let proof = try InclusionProof.make(index: index, size: size, reading: tree)
      #expect(proof.accepts(leaf, root))
      #expect(!InclusionProof(index: index ^ 1, size: size, hashes: proof.hashes).accepts(leaf, root))
      let from = UInt64.random(in: 1...size, using: &random)
      let consistency = try ConsistencyProof.make(from: from, to: size, reading: tree)
      #expect(consistency.accepts(try tree.root(size: from), root))
      if from > 1 { #expect(!consistency.accepts(try tree.root(size: from - 1), root)) }
    }
  }

  @Test("No sizes that a peer can state overflow or trap")
  func extremes() {
    let sizes: [UInt64] = [0, 1, 2, 1 << 63 - 1, 1 << 63, 1 << 63 + 1, .max - 1, .max]
    let hash = MerkleHash.emptyRoot
    for count in [0, 1, 62, 63, 64, 65, 66] {
      let hashes = [Digest](repeating: hash, count: count)
      for first in sizes {
        for second in sizes {
          #expect(!InclusionProof(index: first, size: second, hashes: hashes).accepts(hash, hash.flippingBit(0)))
          #expect(!ConsistencyProof(from: first, to: second, hashes: hashes).accepts(hash, hash.flippingBit(0)))
        }
      }
    }
  }

  @Test("Proofs at the largest size have the largest number of hashes and are accepted")
  func largestSize() throws {
    let reader = UniformHashes()
    let last = try InclusionProof.make(index: 0, size: .max, reading: reader)
    #expect(last.hashes.count == InclusionProof.hashCountMax)
    #expect(last.accepts(try reader.hash(of: TreeNode(level: 0, index: 0)), try reader.root(size: .max)))
    let consistency = try ConsistencyProof.make(from: .max - 2, to: .max, reading: reader)
    #expect(consistency.hashes.count <= ConsistencyProof.hashCountMax)
    #expect(consistency.accepts(try reader.root(size: .max - 2), try reader.root(size: .max)))
    let half = try ConsistencyProof.make(from: 1 << 63, to: .max, reading: reader)
    #expect(half.hashes.count == 1)
    #expect(half.accepts(try reader.root(size: 1 << 63), try reader.root(size: .max)))
  }

  @Test("A refusal says what is wrong")
  func codes() throws {
    let tree = ReferenceTree.tree(10)
    func code(_ body: () throws -> Void) -> ProofError.Code? {
      do {
        try body()
        return nil
      } catch { return (error as? ProofError)?.code }
    }
    let (hash, root) = (MerkleHash.emptyRoot, tree.root)
    #expect(code { _ = try InclusionProof.make(index: 10, size: 10, reading: tree) } == .indexOutOfRange)
    #expect(code { _ = try InclusionProof.make(index: 9, size: 12, reading: tree) } == .nodeMissing)
    #expect(code { _ = try ConsistencyProof.make(from: 0, to: 10, reading: tree) } == .emptyTree)
    #expect(code { _ = try ConsistencyProof.make(from: 10, to: 9, reading: tree) } == .shrunk)
    let proof = try ConsistencyProof.make(from: 7, to: 10, reading: tree)
    let old = try tree.root(size: 7)
    #expect(code { try proof.check(oldRoot: old, newRoot: hash) } == .wrongRoot)
    #expect(code { try proof.check(oldRoot: hash, newRoot: root) } == .wrongOldRoot)
    let short = ConsistencyProof(from: 7, to: 10, hashes: Array(proof.hashes.dropLast()))
    #expect(code { try short.check(oldRoot: old, newRoot: root) } == .wrongLength)
  }

  @Test("The hashes of a proof give both roots of a fork away")
  func forkEvidence() throws {
    var other = ReferenceTree.tree(6)
    other.append(leaf: Array("another".utf8))
    let tree = ReferenceTree.tree(12)
    let proof = try ConsistencyProof.make(from: 7, to: 12, reading: tree)
    let implied = try proof.impliedRoots(oldRoot: other.root)
    #expect(implied.new == tree.root)
    #expect(implied.old != other.root)
    #expect(implied.old == (try tree.root(size: 7)))
  }
}

/// A log of equal leaves too large to exist: the hash of a node depends on its level alone.
private struct UniformHashes: HashReader {
  private let hashes: [Digest] = (0..<64).reduce(into: []) { hashes, _ in
    hashes.append(hashes.last.map { MerkleHash.node($0, $0) } ?? MerkleHash.leaf([]))
  }

  func hash(of node: TreeNode) throws -> Digest { hashes[node.level] }
}

extension InclusionProof {
  fileprivate func accepts(_ leaf: Digest, _ root: Digest) -> Bool {
    (try? check(leafHash: leaf, root: root)) != nil
  }

  fileprivate func flipping(_ bit: Int, in place: Int) -> InclusionProof {
    var hashes = self.hashes
    hashes[place] = hashes[place].flippingBit(bit)
    return InclusionProof(index: index, size: size, hashes: hashes)
  }

  /// One bit of one hash flipped, or a hash left out, repeated or added.
  fileprivate func damaged(_ random: inout SeededGenerator) -> InclusionProof {
    InclusionProof(index: index, size: size, hashes: damage(hashes, &random))
  }
}

extension ConsistencyProof {
  fileprivate func accepts(_ old: Digest, _ new: Digest) -> Bool {
    (try? check(oldRoot: old, newRoot: new)) != nil
  }

  fileprivate func flipping(_ bit: Int, in place: Int) -> ConsistencyProof {
    var hashes = self.hashes
    hashes[place] = hashes[place].flippingBit(bit)
    return ConsistencyProof(from: from, to: to, hashes: hashes)
  }

  fileprivate func damaged(_ random: inout SeededGenerator) -> ConsistencyProof {
    ConsistencyProof(from: from, to: to, hashes: damage(hashes, &random))
  }
}

private func damage(_ hashes: [Digest], _ random: inout SeededGenerator) -> [Digest] {
  var hashes = hashes
  guard let place = hashes.indices.randomElement(using: &random) else { return [MerkleHash.emptyRoot] }
  switch Int.random(in: 0..<4, using: &random) {
  case 0: hashes.remove(at: place)
  case 1: hashes.insert(hashes[place], at: place)
  default: hashes[place] = hashes[place].flippingBit(Int.random(in: 0..<256, using: &random))
  }
  return hashes
}
