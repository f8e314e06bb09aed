import Cryptography

/// Text and the signatures on it (C2SP signed-note). Parsed strictly: what parses is written back byte for byte.
/// The text is worth nothing before `verified(by:)` has returned.
package struct SignedNote: Hashable, Sendable {
  /// With its final newline, without the empty line before the signatures.
  package let text: [UInt8]
  /// At least one.
  package let signatures: [NoteSignature]

  /// Bounds of this implementation; the specification asks for at least 16 signatures.
  package static let byteCountMax = 1 << 20
  package static let signatureCountMax = 64

  package init(text: [UInt8], signatures: [NoteSignature]) throws(NoteError) {
    guard 1...Self.signatureCountMax ~= signatures.count else {
      throw NoteError(
        signatures.isEmpty ? .unsigned : .tooLarge,
        "a note carries 1 to \(Self.signatureCountMax) signatures, not \(signatures.count)")
    }
    try Self.checkText(text)
    self.text = text
    self.signatures = signatures
    try Self.checkSize(bytes.count)
  }

  package init(parsing bytes: [UInt8]) throws(NoteError) {
    try Self.checkSize(bytes.count)
    let blank = bytes.indices.dropFirst().last { bytes[$0] == newline && bytes[$0 - 1] == newline }
    guard let blank else {
      throw NoteError(.malformed, "a note has an empty line between its text and its signatures")
    }
    let text = Array(bytes[..<blank])
    try Self.checkText(text)
    self.text = text
    signatures = try NoteSignature.parse(lines: bytes[(blank + 1)...])
  }

  package var bytes: [UInt8] { text + [newline] + NoteSignature.serialize(signatures) }

  /// The same text with further signatures, cosignatures for instance, after those it has; lines that it has
  /// already are not repeated.
  package func adding(_ more: [NoteSignature]) throws(NoteError) -> SignedNote {
    var all = signatures
    for signature in more where !all.contains(signature) { all.append(signature) }
    return try SignedNote(text: text, signatures: all)
  }

  /// The signatures by known keys, in the note's order, all of them valid, at least one. Signatures by unknown keys
  /// are ignored; one that names a known key and is not by it condemns the whole note ("Signatures").
  package func verified(by verifiers: [NoteVerifier]) throws(NoteError) -> [VerifiedSignature] {
    var verified: [VerifiedSignature] = []
    for signature in signatures {
      guard let known = verifiers.first(where: { $0.isNamed(by: signature) }) else { continue }
      guard verifiers.allSatisfy({ $0 == known || !$0.isNamed(by: signature) }) else {
        throw NoteError(.ambiguousKey, "two of the known keys are named \(known.name) with one key ID")
      }
      verified.append(try known.verify(signature, of: text))
    }
    guard !verified.isEmpty else {
      let names = signatures.map(\.name.string).joined(separator: ", ")
      throw NoteError(.unsigned, "no signature is by a known key; the note names \(names)")
    }
    return verified
  }

  private static func checkText(_ text: [UInt8]) throws(NoteError) {
    guard text.last == newline else {
      throw NoteError(.malformed, "a note's text ends in a newline")
    }
    if let control = text.first(where: { $0 < 0x20 && $0 != newline }) {
      throw NoteError(.malformed, "a note holds no control characters, this one has U+\(control.codePoint)")
    }
    guard ExactText(utf8: text) != nil else {
      throw NoteError(.malformed, "a note's text is UTF-8")
    }
  }

  private static func checkSize(_ byteCount: Int) throws(NoteError) {
    guard byteCount <= byteCountMax else {
      throw NoteError(.tooLarge, "a note of \(byteCount) bytes: at most \(byteCountMax) are read")
    }
  }
}

extension UInt8 {
  fileprivate var codePoint: String { "00" + [self].hex }
}
