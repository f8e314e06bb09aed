import Cryptography

/// What a witness is asked to cosign (C2SP tlog-witness, "add-checkpoint"): the checkpoint, and the proof that it
/// extends the one of `oldSize`. Nothing of it is verified; `SignedCheckpoint.verified` and
/// `Checkpoint.checkExtends` do that, in this order.
package struct AddCheckpointRequest: Hashable, Sendable {
  package let oldSize: UInt64
  package let proof: [Digest]
  package let checkpoint: SignedCheckpoint

  package static let proofLineCountMax = 63

  /// Throws `malformed` for an old size past the checkpoint's, `tooLarge` for more than 63 hashes.
  package init(oldSize: UInt64, proof: [Digest], checkpoint: SignedCheckpoint) throws(NoteError) {
    guard oldSize <= checkpoint.checkpoint.size else {
      throw NoteError(
        .malformed, "the old size \(oldSize) is larger than the checkpoint's \(checkpoint.checkpoint.size)")
    }
    guard proof.count <= Self.proofLineCountMax else {
      throw NoteError(.tooLarge, "a consistency proof of \(proof.count) hashes: at most \(Self.proofLineCountMax)")
    }
    self.oldSize = oldSize
    self.proof = proof
    self.checkpoint = checkpoint
  }

  package init(parsing bytes: [UInt8]) throws(NoteError) {
    let (lines, note) = try splitAtFirstEmptyLine(bytes)
    guard let first = lines.first, let oldSize = UInt64(prefixed: "old ", first) else {
      throw NoteError(.malformed, "the first line is \"old \" and a decimal size without leading zeros")
    }
    try self.init(
      oldSize: oldSize, proof: try parseHashes(lines.dropFirst(), atMost: Self.proofLineCountMax),
      checkpoint: try SignedCheckpoint(parsing: note))
  }

  package var bytes: [UInt8] {
    Array("old \(oldSize)\n".utf8) + hashLines(proof) + [newline] + checkpoint.bytes
  }
}

/// The lines before the first empty line, and all after it: how proofs are joined to a checkpoint.
func splitAtFirstEmptyLine(_ bytes: [UInt8]) throws(NoteError) -> (lines: [ArraySlice<UInt8>], rest: [UInt8]) {
  guard bytes.count <= SignedNote.byteCountMax else {
    throw NoteError(.tooLarge, "\(bytes.count) bytes: at most \(SignedNote.byteCountMax) are read")
  }
  guard let end = bytes.indices.dropFirst().first(where: { bytes[$0] == newline && bytes[$0 - 1] == newline }) else {
    throw NoteError(.malformed, "no empty line stands before the checkpoint")
  }
  // A first line, extra data, an index, and the longest proof of any tree.
  let lines = try noteLines(bytes[..<end], atMost: 3 + InclusionProof.hashCountMax)
  return (lines, Array(bytes[(end + 1)...]))
}

func parseHashes(_ lines: ArraySlice<ArraySlice<UInt8>>, atMost limit: Int) throws(NoteError) -> [Digest] {
  guard lines.count <= limit else {
    throw NoteError(.tooLarge, "a proof of \(lines.count) hashes: at most \(limit)")
  }
  var hashes: [Digest] = []
  for line in lines {
    guard let hash = Base64.decodeDigest(line) else {
      throw NoteError(.malformed, "line \(hashes.count + 1) of the proof is not canonical base64 of 32 bytes")
    }
    hashes.append(hash)
  }
  return hashes
}

func hashLines(_ hashes: [Digest]) -> [UInt8] { hashes.flatMap { Base64.encodeUTF8($0.bytes) + [newline] } }

extension UInt64 {
  /// The canonical decimal after a fixed prefix.
  init?(prefixed prefix: String, _ line: ArraySlice<UInt8>) {
    guard line.starts(with: prefix.utf8) else { return nil }
    self.init(canonicalDecimal: line.dropFirst(prefix.utf8.count))
  }
}
