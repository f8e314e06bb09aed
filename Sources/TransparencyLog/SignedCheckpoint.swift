import Cryptography

/// A checkpoint with the signatures on it: by its log, and by those who witnessed it.
package struct SignedCheckpoint: Hashable, Sendable {
  package let checkpoint: Checkpoint
  /// Its text is the checkpoint's.
  package let note: SignedNote

  package init(note: SignedNote) throws(NoteError) {
    checkpoint = try Checkpoint(text: note.text)
    self.note = note
  }

  package init(parsing bytes: [UInt8]) throws(NoteError) {
    try self.init(note: try SignedNote(parsing: bytes))
  }

  /// Signs. A log never signs two checkpoints of which none extends the other: the caller has made sure of that.
  package init(_ checkpoint: Checkpoint, signers: [NoteSigner]) throws(NoteError) {
    let text = checkpoint.text
    var signatures: [NoteSignature] = []
    for signer in signers { signatures.append(try signer.sign(text)) }
    self.checkpoint = checkpoint
    note = try SignedNote(text: text, signatures: signatures)
  }

  private init(checkpoint: Checkpoint, note: SignedNote) {
    self.checkpoint = checkpoint
    self.note = note
  }

  package var bytes: [UInt8] { note.bytes }

  package func adding(_ signatures: [NoteSignature]) throws(NoteError) -> SignedCheckpoint {
    SignedCheckpoint(checkpoint: checkpoint, note: try note.adding(signatures))
  }

  /// The valid signatures by the log and by known cosigners, in the note's order. Throws unless one is by a key of
  /// `logs` that is named as the origin: other logs' keys do not count. Cosigners are keys of type 0x04; how many
  /// of them are needed is the caller's policy.
  package func verified(
    logs: [NoteVerifier], cosigners: [NoteVerifier] = []
  ) throws(NoteError) -> [VerifiedSignature] {
    if let wrong = cosigners.first(where: { $0.type != .cosignature }) {
      throw NoteError(.verifierKey, "\(wrong.vkey) is no cosigner's key: those are of type 0x04")
    }
    let keys = logs.filter { $0.name == checkpoint.origin }
    guard !keys.isEmpty else {
      throw NoteError(.unknownOrigin, "the checkpoint is of \(checkpoint.origin), of which no key is known")
    }
    let verified = try note.verified(by: keys + cosigners)
    guard verified.contains(where: { keys.contains($0.verifier) }) else {
      throw NoteError(.unsigned, "the checkpoint is not signed by its log, \(checkpoint.origin)")
    }
    return verified
  }

  package func verified(
    log: NoteVerifier, cosigners: [NoteVerifier] = []
  ) throws(NoteError) -> [VerifiedSignature] {
    try verified(logs: [log], cosigners: cosigners)
  }
}
