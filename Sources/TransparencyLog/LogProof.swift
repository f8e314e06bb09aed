import Cryptography

/// A `.tlog-proof` (C2SP tlog-proof): that an entry is in a log, checkable offline from the entry and keys alone.
package struct LogProof: Hashable, Sendable {
  /// Opaque, authenticated by nothing: never to be trusted by itself.
  package let extra: [UInt8]?
  package let inclusion: InclusionProof
  package let checkpoint: SignedCheckpoint

  private static let header = "c2sp.org/tlog-proof@v1"
  private static let extraPrefix = "extra "

  /// Throws `malformed` for an index past the checkpoint's size or an `extra` that is there and empty.
  package init(
    index: UInt64, hashes: [Digest], checkpoint: SignedCheckpoint, extra: [UInt8]? = nil
  ) throws(NoteError) {
    let size = checkpoint.checkpoint.size
    guard index < size else {
      throw NoteError(.malformed, "the index \(index) is past the checkpoint, whose size is \(size)")
    }
    guard extra?.isEmpty != true else {
      throw NoteError(.malformed, "extra data that is empty is left out")
    }
    guard hashes.count <= InclusionProof.hashCountMax else {
      throw NoteError(.tooLarge, "a proof of \(hashes.count) hashes: at most \(InclusionProof.hashCountMax)")
    }
    self.extra = extra
    self.checkpoint = checkpoint
    inclusion = InclusionProof(index: index, size: size, hashes: hashes)
  }

  package init(parsing bytes: [UInt8]) throws(NoteError) {
    let (allLines, note) = try splitAtFirstEmptyLine(bytes)
    var lines = allLines[...]
    guard let first = lines.popFirst(), first.elementsEqual(Self.header.utf8) else {
      throw NoteError(.malformed, "the first line of a log proof is \(Self.header)")
    }
    var extra: [UInt8]?
    if let line = lines.first, line.starts(with: Self.extraPrefix.utf8) {
      guard let decoded = Base64.decode(line.dropFirst(Self.extraPrefix.utf8.count)) else {
        throw NoteError(.malformed, "the extra data is not canonical base64")
      }
      extra = decoded
      lines = lines.dropFirst()
    }
    guard let line = lines.popFirst(), let index = UInt64(prefixed: "index ", line) else {
      throw NoteError(.malformed, "the index is the word, a space and a decimal number without leading zeros")
    }
    try self.init(
      index: index, hashes: try parseHashes(lines, atMost: InclusionProof.hashCountMax),
      checkpoint: try SignedCheckpoint(parsing: note), extra: extra)
  }

  package var bytes: [UInt8] {
    var head = Self.header + "\n"
    if let extra { head += "\(Self.extraPrefix)\(Base64.encode(extra))\n" }
    head += "index \(inclusion.index)\n"
    return Array(head.utf8) + hashLines(inclusion.hashes) + [newline] + checkpoint.bytes
  }

  /// The verified signatures, if the checkpoint is signed by the log (see `SignedCheckpoint.verified`) and has the
  /// leaf at this index. Throws a `NoteError` or a `ProofError`.
  @discardableResult package func check(
    leafHash: Digest, logs: [NoteVerifier], cosigners: [NoteVerifier] = []
  ) throws -> [VerifiedSignature] {
    let signatures = try checkpoint.verified(logs: logs, cosigners: cosigners)
    try inclusion.check(leafHash: leafHash, root: checkpoint.checkpoint.root)
    return signatures
  }
}
