/// A signature line of a note: `— <key name> base64(key ID || signature)` (C2SP signed-note, "Format").
/// It says which key it claims, and proves nothing until a verifier has checked it.
package struct NoteSignature: Hashable, Sendable {
  package let name: ExactText
  package let keyID: UInt32
  /// What the key's type defines, without the key ID; not empty.
  package let signature: [UInt8]

  /// U+2014 EM DASH and a space.
  private static let prefix: [UInt8] = [0xE2, 0x80, 0x94, 0x20]
  private static let space = UInt8(ascii: " ")

  init(verifier: NoteVerifier, signature: [UInt8]) {
    name = verifier.name
    keyID = verifier.keyID
    self.signature = signature
  }

  /// One line without its newline.
  package init(line: some Collection<UInt8>) throws(NoteError) {
    guard line.starts(with: Self.prefix) else {
      throw NoteError(.malformed, "a signature line begins with an em dash and a space")
    }
    let fields = line.dropFirst(Self.prefix.count).split(
      separator: Self.space, maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 2, let name = ExactText(utf8: fields[0]), name.isKeyName else {
      throw NoteError(.malformed, "a signature line is an em dash, a key name and the signature, one space between")
    }
    guard let blob = Base64.decode(fields[1]), blob.count > 4 else {
      throw NoteError(
        .malformed, "the signature by \(name) is not canonical base64 of a key ID of four bytes and a signature")
    }
    self.name = name
    keyID = blob[..<4].reduce(0) { $0 << 8 | UInt32($1) }
    signature = Array(blob[4...])
  }

  /// Without the newline.
  package var line: [UInt8] {
    let blob = keyID.bigEndianBytes + signature
    return Self.prefix + name.utf8 + [Self.space] + Base64.encodeUTF8(blob)
  }

  /// Lines that each end in a newline, at least one, at most `SignedNote.signatureCountMax`: the end of a note, and
  /// what a witness answers.
  package static func parse(lines text: some Collection<UInt8>) throws(NoteError) -> [NoteSignature] {
    guard text.count <= SignedNote.byteCountMax else {
      throw NoteError(.tooLarge, "signatures of \(text.count) bytes: at most \(SignedNote.byteCountMax) are read")
    }
    var signatures: [NoteSignature] = []
    for line in try noteLines(text, atMost: SignedNote.signatureCountMax) {
      signatures.append(try NoteSignature(line: line))
    }
    return signatures
  }

  /// As `parse(lines:)` reads them.
  package static func serialize(_ signatures: [NoteSignature]) -> [UInt8] {
    signatures.flatMap { $0.line + [newline] }
  }
}

let newline = UInt8(ascii: "\n")

/// The lines of a text of 1 to `limit` lines, each of which ends in a newline. Reads no further than one line more.
func noteLines<Text: Collection<UInt8>>(_ text: Text, atMost limit: Int) throws(NoteError) -> [Text.SubSequence] {
  let lines = text.split(separator: newline, maxSplits: limit + 1, omittingEmptySubsequences: false)
  guard lines.count <= limit + 1 else {
    throw NoteError(.tooLarge, "more lines than the \(limit) that are read")
  }
  guard lines.count > 1, let rest = lines.last, rest.isEmpty else {
    throw NoteError(.malformed, "the text does not end in a newline")
  }
  return Array(lines.dropLast())
}

extension UInt32 {
  var bigEndianBytes: [UInt8] { Swift.withUnsafeBytes(of: bigEndian) { Array($0) } }
}
