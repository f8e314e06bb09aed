import Cryptography

/// A key that signs notes (type 0x01): a log's.
package struct NoteSigner: Sendable {
  package let verifier: NoteVerifier
  private let key: Ed25519.PrivateKey

  package init(name: ExactText, key: Ed25519.PrivateKey) throws(NoteError) {
    verifier = try NoteVerifier(name: name, type: .ed25519, publicKey: key.publicKey)
    self.key = key
  }

  /// Over the text as it stands: `SignedNote` refuses a text that no note can have.
  package func sign(_ text: [UInt8]) throws(NoteError) -> NoteSignature {
    NoteSignature(verifier: verifier, signature: try key.noteSignature(of: text))
  }
}

/// A key that cosigns checkpoints with the time (type 0x04, C2SP tlog-cosignature): a witness's.
///
/// Its statement: as of this time, the largest consistent tree seen of this log is this one. Whoever calls `cosign`
/// has checked that, and has stored the checkpoint, before. The message does not hold the cosigner's name: one key
/// serves one witness only.
package struct Cosigner: Sendable {
  package let verifier: NoteVerifier
  private let key: Ed25519.PrivateKey

  /// A timestamp must not exceed 2^63 - 1.
  package static let timeMax = UInt64(Int64.max)

  package init(name: ExactText, key: Ed25519.PrivateKey) throws(NoteError) {
    verifier = try NoteVerifier(name: name, type: .cosignature, publicKey: key.publicKey)
    self.key = key
  }

  /// `time` in seconds since the epoch, at most `timeMax` (a programmer's error past it).
  package func cosign(_ checkpoint: Checkpoint, time: UInt64) throws(NoteError) -> NoteSignature {
    precondition(time <= Self.timeMax, "a cosignature's time is below 2^63")
    let signature = try key.noteSignature(of: Self.message(time: time, text: checkpoint.text))
    return NoteSignature(verifier: verifier, signature: time.bigEndianBytes + signature)
  }

  static func message(time: UInt64, text: [UInt8]) -> [UInt8] { Array("cosignature/v1\ntime \(time)\n".utf8) + text }

  /// `timestamped_signature`: u64 timestamp, Ed25519 signature. nil for anything else.
  static func split(_ bytes: [UInt8]) -> (time: UInt64, signature: [UInt8])? {
    guard bytes.count == 8 + Ed25519.signatureLength else { return nil }
    let time = UInt64(bigEndianBytes: bytes[..<8])
    return time <= timeMax ? (time, Array(bytes[8...])) : nil
  }
}

extension Ed25519.PrivateKey {
  fileprivate func noteSignature(of message: [UInt8]) throws(NoteError) -> [UInt8] {
    do { return try sign(message) } catch { throw NoteError(.signingFailed, error.description) }
  }
}
