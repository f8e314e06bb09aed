import Cryptography

/// That a log signed two histories: two of its checkpoints, and the hashes that show that neither extends the other.
///
/// The larger checkpoint's tree went, at the size of the smaller one, through another root than the smaller one has: an
/// ordinary consistency proof (RFC 6962 section 2.1.2) leads from that other root to the larger checkpoint's. At equal
/// sizes there are no hashes, and the other root is the second checkpoint's own.
///
/// Nobody but the holder of the log's key can make one: both roots are signed, and hashes that lead to a signed root can
/// be no others than those of its tree. `check` needs nothing besides that key.
///
///     tongyuan/fork/v1
///     root <base64 of the root that the larger one's tree has at the smaller one's size>
///     <base64 of a hash of the consistency proof, a line each>
///
///     <the smaller checkpoint, a signed note>
///
///     <the larger checkpoint, a signed note>
package struct ForkProof: Hashable, Sendable {
  package let smaller: SignedCheckpoint
  /// As large as the other, or larger.
  package let larger: SignedCheckpoint
  /// The root of the larger one's tree at the smaller one's size.
  package let branchRoot: Digest
  /// The consistency proof from there to the larger one.
  package let hashes: [Digest]

  package static let byteCountMax = 64 << 10
  private static let title = "tongyuan/fork/v1"

  package init(smaller: SignedCheckpoint, larger: SignedCheckpoint, branchRoot: Digest, hashes: [Digest]) {
    self.smaller = smaller
    self.larger = larger
    self.branchRoot = branchRoot
    self.hashes = hashes
  }

  /// Of two checkpoints of one size. The smaller root stands first: who meets them in another order makes the same proof.
  package init(_ one: SignedCheckpoint, _ other: SignedCheckpoint) {
    let isOrdered = one.checkpoint.root.bytes.lexicographicallyPrecedes(other.checkpoint.root.bytes)
    let (first, second) = isOrdered ? (one, other) : (other, one)
    self.init(smaller: first, larger: second, branchRoot: second.checkpoint.root, hashes: [])
  }

  package var origin: ExactText { smaller.checkpoint.origin }

  /// Returns if the log whose key this is signed both, and they cannot both be true. Throws what is missing: then
  /// nothing is said about the log, and whoever sent the proof sent something false.
  package func check(key: NoteVerifier) throws(ForkProofError) {
    let (small, large) = (smaller.checkpoint, larger.checkpoint)
    guard small.origin == large.origin else {
      throw ForkProofError("the checkpoints are of two logs, \(small.origin) and \(large.origin)")
    }
    do {
      _ = try smaller.verified(log: key)
      _ = try larger.verified(log: key)
    } catch { throw ForkProofError("a checkpoint is not signed by the log's key: \(error.reason)") }
    guard 0 < small.size, small.size <= large.size, large.size <= RightEdge.sizeMax else {
      throw ForkProofError("checkpoints of sizes \(small.size) and \(large.size) prove no fork in this order")
    }
    guard small.root != branchRoot else {
      throw ForkProofError("both checkpoints name one root at size \(small.size): they may well be one history")
    }
    do throws(ProofError) {
      try ConsistencyProof(from: small.size, to: large.size, hashes: hashes)
        .check(oldRoot: branchRoot, newRoot: large.root)
    } catch { throw ForkProofError("the hashes do not lead to the larger checkpoint: \(error.reason)") }
  }

  package var bytes: [UInt8] {
    Array("\(Self.title)\nroot \(Base64.encode(branchRoot))\n".utf8) + hashLines(hashes) + [newline] + smaller.bytes
      + [newline] + larger.bytes
  }

  /// Reads the form alone: `check` says what it is worth. What parses is written back byte for byte.
  package init(parsing bytes: [UInt8]) throws(ForkProofError) {
    guard bytes.count <= Self.byteCountMax else {
      throw ForkProofError("it has \(bytes.count) bytes: at most \(Self.byteCountMax) are read")
    }
    do throws(NoteError) {
      let (lines, notes) = try splitAtFirstEmptyLine(bytes)
      guard lines.count >= 2, lines[0].elementsEqual(Self.title.utf8), lines[1].starts(with: "root ".utf8),
        let root = Base64.decodeDigest(lines[1].dropFirst(5))
      else { throw NoteError(.malformed, "its first lines are not “\(Self.title)” and a root") }
      // A checkpoint has no empty line of its own: the second one ends the first note.
      let ends = notes.indices.dropFirst().filter { notes[$0] == newline && notes[$0 - 1] == newline }
      guard ends.count == 3 else { throw NoteError(.malformed, "it does not hold two signed notes") }
      self.init(
        smaller: try SignedCheckpoint(parsing: Array(notes[..<ends[1]])),
        larger: try SignedCheckpoint(parsing: Array(notes[(ends[1] + 1)...])), branchRoot: root,
        hashes: try parseHashes(lines.dropFirst(2), atMost: ConsistencyProof.hashCountMax))
    } catch { throw ForkProofError("it cannot be read: \(error.reason)") }
  }
}

/// Why a proof of a fork proves none.
package struct ForkProofError: Error, Hashable, Sendable, CustomStringConvertible {
  package let reason: String

  init(_ reason: String) { self.reason = reason }

  package var description: String { reason }
}
