import Cryptography

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
