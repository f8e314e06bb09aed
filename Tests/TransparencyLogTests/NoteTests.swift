import Cryptography
import Testing
import TransparencyLog

/// Key and note of C2SP signed-note, "Example".
private let exampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
private let exampleNote = """
  This is an example message.

  — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

  """

@Suite("Signed notes")
struct NoteTests {
  @Test("The example of C2SP signed-note is verified by its key")
  func example() throws {
    let verifier = try NoteVerifier(vkey: exampleKey)
    #expect(verifier.type == .ed25519)
    #expect(verifier.keyID == 0x530d_903a)
    #expect(verifier.vkey == exampleKey)
    let note = try SignedNote(parsing: Array(exampleNote.utf8))
    #expect(String(decoding: note.text, as: UTF8.self) == "This is an example message.\n")
    #expect(note.bytes == Array(exampleNote.utf8))
    let verified = try note.verified(by: [verifier])
    #expect(verified.map(\.verifier) == [verifier])
    #expect(verified.first?.time == nil)
  }

  @Test("A text with empty lines is kept whole: the last empty line ends it")
  func emptyLines() throws {
    let text = """
      Ognuno sta solo sul cuor della terra
      trafitto da un raggio di sole:

      ed è subito sera.

      — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=

      """
    let note = try SignedNote(parsing: Array(text.utf8))
    let poem = text.split(separator: "\n\n—")[0] + "\n"
    #expect(note.text == Array(poem.utf8))
    #expect(note.bytes == Array(text.utf8))
    #expect(note.signatures.map(\.name) == ["quasimodo.example/salvatore"])
  }

  @Test("Any bit of text or signature flipped is refused")
  func flippedBits() throws {
    let verifier = try NoteVerifier(vkey: exampleKey)
    for place in exampleNote.utf8.indices.enumerated().map(\.offset) {
      for bit in 0..<8 {
        var bytes = Array(exampleNote.utf8)
        bytes[place] ^= 1 << UInt8(bit)
        #expect(throws: NoteError.self, "bit \(bit) of byte \(place)") {
          try SignedNote(parsing: bytes).verified(by: [verifier])
        }
      }
    }
  }

  @Test(
    "What is no note is refused",
    arguments: [
      "", "\n", "\n\n", "text\n", "text\n\n", "text\n\n\n", "text\n— a AAAAAAA=\n", "text\n\n— a AAAAAAA=",
      "text\n\n— a AAAAAAA=\n\n", "text\n\n— a AAAAAAA=\nmore\n", "text\n\n—a AAAAAAA=\n", "text\n\n- a AAAAAAA=\n",
      "text\n\n—  AAAAAAA=\n", "text\n\n— a\n", "text\n\n— a  AAAAAAA=\n", "text\n\n— a AAAAAAA= \n",
      "text\n\n— a AAAAAAA= x\n", "text\n\n— a+b AAAAAAA=\n", "text\n\n— a\u{3000}b AAAAAAA=\n",
      "text\n\n— a\u{A0} AAAAAAA=\n", "text\n\n— a AAAAAA==\n", "text\n\n— a AAAAAAA\n", "text\n\n— a AAAAAAB=\n",
      "text\n\n— a AAAA-AA=\n", "text\r\n\n— a AAAAAAA=\n", "te\txt\n\n— a AAAAAAA=\n", "te\0xt\n\n— a AAAAAAA=\n",
      "text\n\n— a AAAAAAA=\r\n",
    ])
  func malformed(text: String) { #expect(throws: NoteError.self) { try SignedNote(parsing: Array(text.utf8)) } }

  @Test("Text that is not UTF-8 is refused, in the text and in a name")
  func invalidUTF8() {
    let tail = Array("\n\n— a AAAAAAA=\n".utf8)
    #expect(throws: NoteError.self) { try SignedNote(parsing: [0x61, 0xFF] + tail) }
    #expect(throws: NoteError.self) { try SignedNote(parsing: [0x61, 0xC0, 0x80] + tail) }
    let name = Array("a\n\n— ".utf8) + [0xC3] + Array(" AAAAAAA=\n".utf8)
    #expect(throws: NoteError.self) { try SignedNote(parsing: name) }
  }

  @Test("Size and number of signatures are bounded")
  func bounds() throws {
    let line = "— a AAAAAAA=\n"
    let most = "text\n\n" + String(repeating: line, count: SignedNote.signatureCountMax)
    #expect(try SignedNote(parsing: Array(most.utf8)).signatures.count == 64)
    #expect(throws: NoteError.self) { try SignedNote(parsing: Array((most + line).utf8)) }
    let large = [UInt8](repeating: 0x61, count: SignedNote.byteCountMax)
    #expect(throws: NoteError.self) { try SignedNote(parsing: large + Array("\n\n\(line)".utf8)) }
    let signatures = try SignedNote(parsing: Array(most.utf8)).signatures
    #expect(throws: NoteError.self) { try SignedNote(text: large + [0x0A], signatures: signatures) }
    #expect(throws: NoteError.self) { try SignedNote(text: Array("text\n".utf8), signatures: []) }
  }

  @Test("Unknown keys are ignored, also with a known name; a bad signature by a known key is an error")
  func knownAndUnknown() throws {
    let text = Array("text\n".utf8)
    let (a, b) = (try signer("a", 1), try signer("b", 2))
    let note = try SignedNote(text: text, signatures: [try a.sign(text), try b.sign(text)])
    #expect(try note.verified(by: [a.verifier, b.verifier]).map(\.verifier) == [a.verifier, b.verifier])
    #expect(try note.verified(by: [b.verifier]).map(\.verifier) == [b.verifier])
    expectCode(.unsigned) { try note.verified(by: [try signer("c", 1).verifier, try signer("a", 3).verifier]) }
    expectCode(.unsigned) { try note.verified(by: []) }
    let other = Array("other\n".utf8)
    let bad = try SignedNote(text: text, signatures: [try a.sign(text), try b.sign(other)])
    #expect(try bad.verified(by: [a.verifier]).count == 1)
    expectCode(.wrongSignature) { try bad.verified(by: [a.verifier, b.verifier]) }
    #expect(try note.adding([try a.sign(text)]) == note)
  }

  @Test("Names are compared as bytes: the Kelvin sign is no K")
  func names() throws {
    #expect("K" == "\u{212A}")
    #expect(ExactText("K") != ExactText("\u{212A}"))
    for name in ["", "a b", "a+b", "a\u{2028}", "a\u{85}", "a\u{1F}"] {
      expectCode(.keyName) { try signer(ExactText(name), 1) }
    }
    #expect(try signer("统一.示例/目录", 1).verifier.name.string == "统一.示例/目录")
  }

  @Test("Two keys with one name and key ID are ambiguous, the same key twice is not")
  func ambiguous() throws {
    let text = Array("text\n".utf8)
    let a = try signer("a", 1)
    let note = try SignedNote(text: text, signatures: [try a.sign(text)])
    #expect(try note.verified(by: [a.verifier, try NoteVerifier(vkey: a.verifier.vkey)]).count == 1)
    // Two seeds, found by trying 114,672, whose keys under the name "a" have the key ID 0x0d072d44.
    let colliding = try [UInt32(69_101), 114_672].map { number in
      let seed = Swift.withUnsafeBytes(of: number.bigEndian) { Array($0) } + [UInt8](repeating: 0, count: 28)
      return try NoteSigner(name: "a", key: try Ed25519.PrivateKey(seed: seed))
    }
    #expect(colliding[0].verifier.keyID == colliding[1].verifier.keyID)
    let signed = try SignedNote(text: text, signatures: [try colliding[0].sign(text)])
    #expect(try signed.verified(by: [colliding[0].verifier]).count == 1)
    expectCode(.wrongSignature) { try signed.verified(by: [colliding[1].verifier]) }
    expectCode(.ambiguousKey) { try signed.verified(by: colliding.map(\.verifier)) }
  }

  @Test(
    "A verifier key in any other spelling is refused",
    arguments: [
      "", "example.com/foo", "example.com/foo+530d903a", "example.com/foo+530d903a+",
      "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l",
      "example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv",
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k ",
      " example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ])
  func wrongKeys(vkey: String) { #expect(throws: NoteError.self) { try NoteVerifier(vkey: vkey) } }

  @Test("Base64 has one spelling")
  func base64() {
    let spellings = ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE="]
    for (plain, encoded) in spellings {  // RFC 4648 section 10
      #expect(Base64.encode(Array(plain.utf8)) == encoded)
      #expect(Base64.decode(encoded) == Array(plain.utf8))
    }
    var random = SeededGenerator(seed: 4)
    for length in 0..<200 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
    for wrong in ["=", "====", "A", "AA", "AAA", "A===", "AA=A", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n", " Zm9v", "Zm-_"]
    {
      #expect(Base64.decode(wrong) == nil, "\(wrong)")
    }
  }
}

func signer(_ name: ExactText, _ seed: UInt8) throws -> NoteSigner {
  try NoteSigner(name: name, key: try Ed25519.PrivateKey(seed: [UInt8](repeating: seed, count: 32)))
}

func cosigner(_ name: ExactText, _ seed: UInt8) throws -> Cosigner {
  try Cosigner(name: name, key: try Ed25519.PrivateKey(seed: [UInt8](repeating: seed, count: 32)))
}

func expectCode<T>(
  _ code: NoteError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> T
) {
  do {
    _ = try body()
    Issue.record("nothing was refused", sourceLocation: sourceLocation)
  } catch {
    #expect((error as? NoteError)?.code == code, "\(error)", sourceLocation: sourceLocation)
  }
}
