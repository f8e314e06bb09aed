import Cryptography
import Testing
import TransparencyLog

@Suite("Proofs of forks")
struct ForkProofTests {
  private let log: NoteSigner

  init() throws { log = try signer("310000.local.tongyuan/catalog", 1) }

  /// A log whose first `shared` leaves are those of `ReferenceTree`, and whose others are its own.
  private func branch(_ size: Int, shared: Int, _ name: String) -> MerkleTree {
    var tree = MerkleTree()
    for index in 0..<size {
      tree.append(leaf: index < shared ? ReferenceTree.leaf(index) : Array("\(name) \(index)".utf8))
    }
    return tree
  }

  private func checkpoint(_ tree: MerkleTree, _ signer: NoteSigner? = nil) throws -> SignedCheckpoint {
    let signer = signer ?? log
    return try SignedCheckpoint(
      Checkpoint(origin: signer.verifier.name, size: tree.size, root: tree.root), signers: [signer])
  }

  private func proof(_ small: MerkleTree, _ large: MerkleTree) throws -> ForkProof {
    ForkProof(
      smaller: try checkpoint(small), larger: try checkpoint(large), branchRoot: try large.root(size: small.size),
      hashes: try ConsistencyProof.make(from: small.size, to: large.size, reading: large).hashes)
  }

  @Test("Any two branches of up to 20 entries are proven, written and read back")
  func branches() throws {
    for small in 1...20 {
      for large in small...20 {
        for shared in [0, small / 2, small - 1] {
          let proof = try proof(branch(small, shared: shared, "a"), branch(large, shared: shared, "b"))
          try proof.check(key: log.verifier)
          #expect(try ForkProof(parsing: proof.bytes) == proof)
        }
      }
    }
  }

  @Test("Two checkpoints of one size make the same proof in either order")
  func equalSizes() throws {
    let (one, other) = (try checkpoint(branch(8, shared: 7, "a")), try checkpoint(branch(8, shared: 7, "b")))
    #expect(ForkProof(one, other) == ForkProof(other, one))
    try ForkProof(one, other).check(key: log.verifier)
  }

  @Test("A history that extends the other is never a fork, whatever hashes and root come with it")
  func honest() throws {
    let tree = branch(20, shared: 20, "")
    for size in 1...20 {
      let small = branch(size, shared: size, "")
      let honest = try proof(small, tree)
      #expect(throws: ForkProofError.self) { try honest.check(key: log.verifier) }
      for root in [MerkleHash.emptyRoot, tree.root.flippingBit(3), honest.branchRoot.flippingBit(255)] {
        let forged = ForkProof(
          smaller: honest.smaller, larger: honest.larger, branchRoot: root, hashes: honest.hashes)
        #expect(throws: ForkProofError.self) { try forged.check(key: log.verifier) }
      }
      // Without the hash that both roots are made of, and with others.
      for hashes in [
        [], Array(honest.hashes.dropFirst()), honest.hashes + [tree.root], honest.hashes.map { $0.flippingBit(1) },
      ]
      where hashes != honest.hashes {
        let forged = ForkProof(
          smaller: honest.smaller, larger: honest.larger, branchRoot: tree.root.flippingBit(9), hashes: hashes)
        #expect(throws: ForkProofError.self) { try forged.check(key: log.verifier) }
      }
    }
  }

  @Test("Every changed bit of hashes, root or signatures is refused")
  func flipped() throws {
    let sound = try proof(branch(5, shared: 3, "a"), branch(13, shared: 3, "b"))
    for bit in stride(from: 0, to: 256, by: 17) {
      let other = ForkProof(
        smaller: sound.smaller, larger: sound.larger, branchRoot: sound.branchRoot.flippingBit(bit),
        hashes: sound.hashes)
      #expect(throws: ForkProofError.self) { try other.check(key: log.verifier) }
      for place in sound.hashes.indices {
        var hashes = sound.hashes
        hashes[place] = hashes[place].flippingBit(bit)
        let other = ForkProof(
          smaller: sound.smaller, larger: sound.larger, branchRoot: sound.branchRoot, hashes: hashes)
        #expect(throws: ForkProofError.self) { try other.check(key: log.verifier) }
      }
    }
    let bytes = sound.bytes
    for place in stride(from: 0, to: bytes.count, by: 3) {
      var changed = bytes
      changed[place] ^= 1
      #expect(throws: ForkProofError.self) { try ForkProof(parsing: changed).check(key: log.verifier) }
    }
  }

  @Test("A checkpoint by another key, of another log, in the wrong order or of size 0 proves nothing")
  func strangers() throws {
    let (a, b) = (branch(5, shared: 3, "a"), branch(9, shared: 3, "b"))
    let sound = try proof(a, b)
    let impostor = try signer("310000.local.tongyuan/catalog", 2)
    let stranger = try signer("320000.local.tongyuan/catalog", 1)
    func expectRefused(_ smaller: SignedCheckpoint, _ larger: SignedCheckpoint) {
      let proof = ForkProof(
        smaller: smaller, larger: larger, branchRoot: sound.branchRoot, hashes: sound.hashes)
      #expect(throws: ForkProofError.self) { try proof.check(key: log.verifier) }
    }
    expectRefused(try checkpoint(a, impostor), sound.larger)
    expectRefused(sound.smaller, try checkpoint(b, impostor))
    expectRefused(try checkpoint(a, stranger), sound.larger)
    expectRefused(sound.larger, sound.smaller)
    let empty = try SignedCheckpoint(Checkpoint(origin: log.verifier.name, size: 0, root: .zero), signers: [log])
    expectRefused(empty, sound.larger)
    #expect(throws: ForkProofError.self) { try sound.check(key: impostor.verifier) }
    #expect(throws: ForkProofError.self) { try sound.check(key: stranger.verifier) }
    let huge = try SignedCheckpoint(Checkpoint(origin: log.verifier.name, size: .max, root: .zero), signers: [log])
    expectRefused(sound.smaller, huge)
    expectRefused(huge, huge)
  }

  @Test("What is no proof at all is refused by name, bounded and without a trap")
  func malformed() throws {
    let sound = try proof(branch(5, shared: 3, "a"), branch(9, shared: 3, "b")).bytes
    for count in 0..<sound.count {
      #expect(throws: ForkProofError.self) { try ForkProof(parsing: Array(sound[..<count])) }
    }
    #expect(throws: ForkProofError.self) { try ForkProof(parsing: sound + sound) }
    #expect(throws: ForkProofError.self) { try ForkProof(parsing: [UInt8](repeating: 10, count: 100)) }
    #expect(throws: ForkProofError.self) {
      try ForkProof(parsing: [UInt8](repeating: 65, count: ForkProof.byteCountMax + 1))
    }
    var random = SeededGenerator(seed: 4)
    for _ in 0..<500 {
      var changed = sound
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if let parsed = try? ForkProof(parsing: changed) { #expect(parsed.bytes == changed) }
    }
  }
}
