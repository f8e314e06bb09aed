import Cryptography
import Testing
import TransparencyLog

private let origin: ExactText = "310000.local.tongyuan/catalog"

@Suite("Checkpoints and cosignatures")
struct CheckpointTests {
  @Test("The example of C2SP tlog-cosignature is read and written back, its cosignature's time is that of the text")
  func example() throws {
    let text = """
      example.com/behind-the-sofa
      20852163
      CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

      — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
      — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==

      """
    let signed = try SignedCheckpoint(parsing: Array(text.utf8))
    #expect(signed.checkpoint.origin == "example.com/behind-the-sofa")
    #expect(signed.checkpoint.size == 20_852_163)
    #expect(Base64.encode(signed.checkpoint.root) == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    #expect(signed.checkpoint.extensions.isEmpty)
    #expect(signed.bytes == Array(text.utf8))
    #expect(signed.checkpoint.text == signed.note.text)
    #expect(signed.note.signatures[0].keyID == 0x033d_e0ae)
    let time = signed.note.signatures[1].signature[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    #expect(time == 1_679_315_147)
  }

  @Test("A signed checkpoint is verified by its log's key alone")
  func signing() throws {
    let log = try signer(origin, 1)
    let checkpoint = try Checkpoint(origin: origin, size: 7, root: ReferenceTree.tree(7).root, extensions: ["extra 1"])
    let signed = try SignedCheckpoint(checkpoint, signers: [log])
    #expect(try SignedCheckpoint(parsing: signed.bytes) == signed)
    #expect(try signed.verified(log: log.verifier).map(\.verifier) == [log.verifier])
    expectCode(.unsigned) { try signed.verified(log: try signer(origin, 2).verifier) }
    expectCode(.unknownOrigin) { try signed.verified(log: try signer("320000.local.tongyuan/catalog", 1).verifier) }
    expectCode(.unknownOrigin) { try signed.verified(logs: []) }
    // Another log's key signs this text too: it has no say about this origin.
    let foreign = try signer("320000.local.tongyuan/catalog", 3)
    let both = try SignedCheckpoint(checkpoint, signers: [foreign])
    expectCode(.unsigned) { try both.verified(logs: [log.verifier, foreign.verifier]) }
  }

  @Test("A cosignature is over the time and the whole text, and is no log's signature")
  func cosigning() throws {
    let log = try signer(origin, 1)
    let witness = try cosigner("320000.local.tongyuan/witness", 2)
    let checkpoint = try Checkpoint(origin: origin, size: 7, root: ReferenceTree.tree(7).root)
    let time: UInt64 = 1_700_000_000
    let signature = try witness.cosign(checkpoint, time: time)
    let key = try Ed25519.PrivateKey(seed: [UInt8](repeating: 2, count: 32))
    let message = "cosignature/v1\ntime 1700000000\n" + String(decoding: checkpoint.text, as: UTF8.self)
    #expect(key.publicKey.verify(Array(signature.signature[8...]), of: Array(message.utf8)))
    #expect(signature.signature.count == 72)

    let signed = try SignedCheckpoint(checkpoint, signers: [log]).adding([signature])
    let verified = try signed.verified(log: log.verifier, cosigners: [witness.verifier])
    #expect(verified.map(\.verifier) == [log.verifier, witness.verifier])
    #expect(verified.map(\.time) == [nil, time])
    #expect(try signed.verified(log: log.verifier).count == 1)

    let cosignedOnly = try SignedCheckpoint(note: SignedNote(text: checkpoint.text, signatures: [signature]))
    expectCode(.unsigned) { try cosignedOnly.verified(log: log.verifier, cosigners: [witness.verifier]) }
    expectCode(.verifierKey) { try signed.verified(log: log.verifier, cosigners: [log.verifier]) }

    let other = try Checkpoint(origin: origin, size: 8, root: ReferenceTree.tree(8).root)
    let replayed = try SignedCheckpoint(other, signers: [log]).adding([signature])
    expectCode(.wrongSignature) { try replayed.verified(log: log.verifier, cosigners: [witness.verifier]) }
  }

  @Test("Any bit of a cosignature flipped, or its time past 2^63 - 1, is refused")
  func wrongCosignatures() throws {
    let witness = try cosigner("w", 2)
    let checkpoint = try Checkpoint(origin: origin, size: 7, root: ReferenceTree.tree(7).root)
    let line = try witness.cosign(checkpoint, time: Cosigner.timeMax).line
    let good = try NoteSignature(line: line)
    #expect(try witness.verifier.verify(good, of: checkpoint.text).time == UInt64(Int64.max))
    let prefix = Array("— w ".utf8)
    let blob = try #require(Base64.decode(line.dropFirst(prefix.count)))
    for bit in 0..<8 * blob.count {
      var blob = blob
      blob[bit / 8] ^= 1 << UInt8(bit % 8)
      let changed = try NoteSignature(line: prefix + Array(Base64.encode(blob).utf8))
      #expect(throws: NoteError.self) { try witness.verifier.verify(changed, of: checkpoint.text) }
    }
  }

  @Test("A key of the one type is another key than the same bytes of the other type")
  func keyIDs() throws {
    let (log, witness) = (try signer("a", 1).verifier, try cosigner("a", 1).verifier)
    #expect(log.publicKey == witness.publicKey)
    #expect(log.keyID != witness.keyID)
    for verifier in [log, witness] {
      #expect(try NoteVerifier(vkey: verifier.vkey) == verifier)
      let input = Array("a\n".utf8) + [verifier.type.rawValue] + verifier.publicKey.bytes
      #expect(verifier.vkey.utf8.dropFirst(2).prefix(8).elementsEqual(SHA256.hash(input).hex.utf8.prefix(8)))
    }
  }

  @Test(
    "What is no checkpoint is refused",
    arguments: [
      "a\n1\n", "a\n1\n\(rootText)", "a\n\n\(rootText)\n", "\n1\n\(rootText)\n", "a\n01\n\(rootText)\n",
      "a\n00\n\(rootText)\n", "a\n+1\n\(rootText)\n", "a\n-1\n\(rootText)\n", "a\n1 \n\(rootText)\n",
      "a\n18446744073709551616\n\(rootText)\n", "a\n99999999999999999999\n\(rootText)\n", "a\n1e3\n\(rootText)\n",
      "a\n1\n\(rootText)\n\nextra\n", "a\n1\n\(rootText)\n\n", "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
      "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n", "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hS\n", "",
    ])
  func malformed(text: String) { #expect(throws: NoteError.self) { try Checkpoint(text: Array(text.utf8)) } }

  @Test("Sizes up to 2^64 - 1 and any origin that is a line are kept byte for byte")
  func roundTrips() throws {
    for text in [
      "go.sum database tree\n0\n\(rootText)\n", "a+b\n18446744073709551615\n\(rootText)\nextension\n — x\n",
      "310000.local.tongyuan/catalog\n10\n\(rootText)\n",
    ] {
      #expect(String(decoding: try Checkpoint(text: Array(text.utf8)).text, as: UTF8.self) == text)
    }
    let extensions = [ExactText](repeating: "x", count: Checkpoint.extensionCountMax)
    let largest = try Checkpoint(origin: origin, size: 0, root: MerkleHash.emptyRoot, extensions: extensions)
    #expect(try Checkpoint(text: largest.text) == largest)
    expectCode(.tooLarge) { try Checkpoint(text: largest.text + Array("x\n".utf8)) }
    for origin in ["", "a\nb", "a\u{7}"] as [ExactText] {
      expectCode(.malformed) { try Checkpoint(origin: origin, size: 0, root: MerkleHash.emptyRoot) }
    }
    expectCode(.tooLarge) {
      try Checkpoint(origin: origin, size: 0, root: MerkleHash.emptyRoot, extensions: extensions + ["x"])
    }
  }

  @Test("A checkpoint extends what is held by the rules of C2SP tlog-witness")
  func extends() throws {
    let tree = ReferenceTree.tree(9)
    func checkpoint(_ size: UInt64) throws -> Checkpoint {
      try Checkpoint(origin: origin, size: size, root: try tree.root(size: size))
    }
    func isRefused(_ body: () throws -> Void) -> Bool { (try? body()) == nil }
    let empty = MerkleHash.emptyRoot
    let (five, nine) = (try checkpoint(5), try checkpoint(9))
    let proof = try ConsistencyProof.make(from: 5, to: 9, reading: tree).hashes
    try nine.checkExtends(size: 5, root: five.root, proof: proof)
    try nine.checkExtends(size: 9, root: nine.root, proof: [])
    try nine.checkExtends(size: 0, root: empty, proof: [])
    try checkpoint(0).checkExtends(size: 0, root: empty, proof: [])
    #expect(isRefused { try nine.checkExtends(size: 0, root: empty, proof: proof) })
    #expect(isRefused { try nine.checkExtends(size: 9, root: five.root, proof: []) })
    #expect(isRefused { try nine.checkExtends(size: 5, root: nine.root, proof: proof) })
    #expect(isRefused { try nine.checkExtends(size: 5, root: five.root, proof: []) })
    #expect(isRefused { try five.checkExtends(size: 9, root: nine.root, proof: []) })
    let false0 = try Checkpoint(origin: origin, size: 0, root: five.root)
    #expect(isRefused { try false0.checkExtends(size: 0, root: five.root, proof: []) })
  }
}

private let rootText = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
