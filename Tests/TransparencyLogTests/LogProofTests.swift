import Cryptography
import Testing
import TransparencyLog

@Suite("Log proofs and witness requests")
struct LogProofTests {
  private let log: NoteSigner
  private let witness: Cosigner
  private let tree = ReferenceTree.tree(300)
  private let checkpoint: SignedCheckpoint

  init() throws {
    log = try signer("310000.local.tongyuan/catalog", 1)
    witness = try cosigner("320000.local.tongyuan/witness", 2)
    let checkpoint = try Checkpoint(origin: log.verifier.name, size: tree.size, root: tree.root)
    self.checkpoint = try SignedCheckpoint(checkpoint, signers: [log])
      .adding([try witness.cosign(checkpoint, time: 1_700_000_000)])
  }

  private func proof(_ index: UInt64, extra: [UInt8]? = nil) throws -> LogProof {
    let inclusion = try InclusionProof.make(index: index, size: tree.size, reading: tree)
    return try LogProof(index: index, hashes: inclusion.hashes, checkpoint: checkpoint, extra: extra)
  }

  @Test(
    "A proof is written, read back and checked, with and without extra data",
    arguments: [nil, [0, 255, 7]] as [[UInt8]?])
  func roundTrip(extra: [UInt8]?) throws {
    let proof = try proof(73, extra: extra)
    let text = String(decoding: proof.bytes, as: UTF8.self)
    #expect(text.hasPrefix("c2sp.org/tlog-proof@v1\n" + (extra == nil ? "" : "extra AP8H\n") + "index 73\n"))
    #expect(text.hasSuffix("\n\n" + String(decoding: checkpoint.bytes, as: UTF8.self)))
    #expect(try LogProof(parsing: proof.bytes) == proof)
    let leaf = MerkleHash.leaf(ReferenceTree.leaf(73))
    #expect(try proof.check(leafHash: leaf, logs: [log.verifier]).map(\.time) == [nil])
    let verified = try proof.check(leafHash: leaf, logs: [log.verifier], cosigners: [witness.verifier])
    #expect(verified.map(\.time) == [nil, 1_700_000_000])
  }

  @Test("A proof for another leaf, by another key or of another log is refused")
  func refusals() throws {
    let proof = try proof(73)
    let leaf = MerkleHash.leaf(ReferenceTree.leaf(73))
    #expect(throws: ProofError.self) {
      try proof.check(leafHash: MerkleHash.leaf(ReferenceTree.leaf(74)), logs: [log.verifier])
    }
    expectCode(.unsigned) { try proof.check(leafHash: leaf, logs: [try signer(log.verifier.name, 9).verifier]) }
    expectCode(.unknownOrigin) { try proof.check(leafHash: leaf, logs: [try signer("other", 1).verifier]) }
    expectCode(.malformed) { try LogProof(index: 300, hashes: [], checkpoint: checkpoint) }
    expectCode(.malformed) { try LogProof(index: 0, hashes: [], checkpoint: checkpoint, extra: []) }
    expectCode(.tooLarge) {
      try LogProof(index: 0, hashes: [Digest](repeating: .zero, count: 65), checkpoint: checkpoint)
    }
  }

  @Test("Any bit of a proof's text flipped is refused, unless it only makes a witness unknown")
  func flippedBits() throws {
    let bytes = try proof(299).bytes
    let leaf = MerkleHash.leaf(ReferenceTree.leaf(299))
    let witnessLine = bytes.count - (try witness.cosign(checkpoint.checkpoint, time: 0).line.count) - 1
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1 << UInt8(place % 8)
      let verified = try? LogProof(parsing: changed)
        .check(leafHash: leaf, logs: [log.verifier], cosigners: [witness.verifier])
      #expect(verified == nil || (place >= witnessLine && verified?.count == 1), "byte \(place)")
    }
  }

  @Test("A proof in any other form is refused")
  func malformed() throws {
    let text = String(decoding: try proof(73, extra: [1]).bytes, as: UTF8.self)
    for (old, new) in [
      ("@v1", "@v2"), ("extra AQ==\n", "extra \n"), ("extra AQ==\n", "extra AR==\n"), ("extra AQ==\n", "extra\n"),
      ("extra AQ==\n", "extra AQ==\nextra AQ==\n"), ("index 73", "index 073"), ("index 73", "index -73"),
      ("index 73", "index 73 "), ("index 73", "Index 73"), ("index 73", "index 300"), ("index 73\n", "index 73\n\n"),
      ("index 73\n", "index 73\nAAAA\n"), ("index 73\n", ""), ("c2sp.org", "\nc2sp.org"), ("\n\n310000", "\n310000"),
    ] {
      let changed = text.replacing(old, with: new)
      #expect(changed != text)
      #expect(throws: NoteError.self, "\(new)") { try LogProof(parsing: Array(changed.utf8)) }
    }
    for text in ["", "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v1\n\n", "\n\n"] {
      #expect(throws: NoteError.self) { try LogProof(parsing: Array(text.utf8)) }
    }
  }

  @Test("The answer of C2SP tlog-witness is read and written back")
  func witnessExample() throws {
    let answer = """
      — witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==
      — witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==
      — witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==

      """
    let signatures = try NoteSignature.parse(lines: answer.utf8)
    #expect(signatures.map(\.name) == ["witness.example/w1", "witness.example/w1", "witness.example/w2"])
    #expect(NoteSignature.serialize(signatures) == Array(answer.utf8))
    #expect(throws: NoteError.self) { try NoteSignature.parse(lines: "".utf8) }
  }
}
