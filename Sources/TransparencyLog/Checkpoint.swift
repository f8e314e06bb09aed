import Cryptography

/// A log's tree at a size, as text that is signed (C2SP tlog-checkpoint): origin, size, root, extension lines.
package struct Checkpoint: Hashable, Sendable {
  package let origin: ExactText
  package let size: UInt64
  package let root: Digest
  /// Kept because signatures cover them; no meaning is given to them.
  package let extensions: [ExactText]

  /// A bound of this implementation; the specification advises against extensions at all.
  package static let extensionCountMax = 61

  /// Throws `malformed` if origin or extensions are no lines of a note, `tooLarge` for too many of them.
  package init(
    origin: ExactText, size: UInt64, root: Digest, extensions: [ExactText] = []
  ) throws(NoteError) {
    guard origin.isLine, extensions.allSatisfy(\.isLine) else {
      throw NoteError(.malformed, "origin and extensions of a checkpoint are lines that are not empty")
    }
    guard extensions.count <= Self.extensionCountMax else {
      throw NoteError(
        .tooLarge, "a checkpoint with \(extensions.count) extension lines: at most \(Self.extensionCountMax) are read")
    }
    self.origin = origin
    self.size = size
    self.root = root
    self.extensions = extensions
  }

  package init(text: [UInt8]) throws(NoteError) {
    let lines = try noteLines(text, atMost: 3 + Self.extensionCountMax)
    guard lines.count >= 3 else {
      throw NoteError(.malformed, "a checkpoint has at least three lines: origin, size and root")
    }
    guard let size = UInt64(canonicalDecimal: lines[1]) else {
      throw NoteError(.malformed, "a checkpoint's size is a decimal number below 2^64 without leading zeros")
    }
    guard let root = Base64.decodeDigest(lines[2]) else {
      throw NoteError(.malformed, "a checkpoint's root is canonical base64 of 32 bytes")
    }
    let texts = (lines[..<1] + lines[3...]).compactMap { ExactText(utf8: $0) }
    guard texts.count == lines.count - 2 else {
      throw NoteError(.malformed, "a checkpoint is UTF-8")
    }
    try self.init(origin: texts[0], size: size, root: root, extensions: Array(texts[1...]))
  }

  /// The note's text: what a log signs.
  package var text: [UInt8] {
    var text = origin.utf8 + Array("\n\(size)\n\(Base64.encode(root))\n".utf8)
    for line in extensions { text += line.utf8 + [newline] }
    return text
  }

  /// Whether this tree extends the one that a witness or a mirror holds, by the rules of C2SP tlog-witness,
  /// "add-checkpoint": an empty tree has the empty root, from size 0 the proof is empty, equal sizes have equal
  /// roots, and all else needs a consistency proof.
  package func checkExtends(size oldSize: UInt64, root oldRoot: Digest, proof: [Digest]) throws(ProofError) {
    if size == 0 && root != MerkleHash.emptyRoot {
      throw ProofError(.wrongRoot, "a checkpoint of size 0 has the root \(root), not that of the empty tree")
    }
    if oldSize > 0 {
      try ConsistencyProof(from: oldSize, to: size, hashes: proof).check(oldRoot: oldRoot, newRoot: root)
    } else if !proof.isEmpty {
      throw ProofError(.wrongLength, "from size 0 there is nothing to prove, yet \(proof.count) hashes came")
    }
  }
}
