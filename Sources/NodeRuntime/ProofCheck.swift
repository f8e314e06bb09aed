import Catalog
import Cryptography
import TransparencyLog

/// A version of a resource, proven by two files and a key alone: a `.tlog-proof` (C2SP tlog-proof) and the entry's
/// frame.
///
/// Proven is: the log whose key was given holds this entry at this index, and the body is the one that its leaf commits
/// to. Not proven is that the log's region had the right, where that rests on a list (`rightIsOpen`), nor that the
/// version still stands.
package struct ProvenVersion: Hashable, Sendable {
  package let origin: Origin
  package let index: UInt64
  /// Of the checkpoint that the proof carries.
  package let size: UInt64
  package let root: Digest
  /// The given key that signed the checkpoint.
  package let key: NoteVerifier
  package let id: ResourceID
  /// `publish` or `withdraw`.
  package let kind: EntryKind
  /// Milliseconds since the epoch, by the writer's clock.
  package let time: Int64
  /// The list that the entry says it rests on.
  package let cites: EntryName?
  /// nil for a withdrawal.
  package let manifest: Manifest?
  /// Of a withdrawal.
  package let reason: String?
  /// Who acted for the region, as it stated.
  package let actor: String

  /// The id is another region's: whether the cited list gave the right stands in other entries.
  package var rightIsOpen: Bool { id.owner != origin.region }
}

/// Why the two files prove nothing.
package struct ProofCheckError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable, CaseIterable {
    /// One of the files is over what any proof or entry takes.
    case tooLarge
    /// The proof file is not of the form of C2SP tlog-proof, canonical base64 included.
    case malformedProof
    /// The entry file is not exactly one frame.
    case malformedEntry
    /// The checkpoint is of no log of this product's catalogs.
    case foreignLog
    /// No signature is by a given key, or one that names a given key is not by it.
    case signature
    /// The hashes do not lead from the entry to the checkpoint's root.
    case notIncluded
    /// The body is not the one that the leaf commits to, or is not there.
    case body
    /// The entry is no version of a resource, or its manifest is none that may stand under its id.
    case notVersion
    /// The id is outside the namespace of the log's region, and no list is cited.
    case namespace
  }

  package let code: Code
  package let reason: String

  package init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  package var description: String { reason }
}

package enum ProofCheck {
  /// Bytes: the largest note, with room for the lines of the proof before it.
  package static let proofLengthMax = SignedNote.byteCountMax
  /// Bytes of a frame: two lengths, leaf, random bytes, body.
  package static let entryLengthMax = 4 + Frame.leafLengthMax + Body.nonceLength + 4 + Frame.bodyLengthMax

  /// `proof` and `entry` as the files hold them, `keys` as whoever checks trusts them: keys of type 0x01 sign for the
  /// log that they are named for; of others' signatures on the checkpoint nothing is made.
  package static func check(
    proof: [UInt8], entry: [UInt8], keys: [NoteVerifier]
  ) throws(ProofCheckError) -> ProvenVersion {
    let proof = try read(proof)
    let checkpoint = proof.checkpoint.checkpoint
    guard let origin = Origin(checkpoint.origin.string), origin.log == .catalog else {
      throw ProofCheckError(.foreignLog, "the checkpoint is of \(checkpoint.origin), which is no catalog log")
    }
    let key = try signer(of: proof.checkpoint, among: keys)
    let frame = try frame(entry)
    do {
      try proof.inclusion.check(leafHash: MerkleHash.leaf(frame.leaf), root: checkpoint.root)
    } catch {
      throw ProofCheckError(.notIncluded, "the entry is not in the log: \(error.reason)")
    }
    // The signature and the tree vouch for every byte of the leaf from here on.
    let decoded: LogEntry
    do { decoded = try LogEntry(frame, origin: origin) } catch { throw ProofCheckError(.body, error.reason) }
    let leaf: Leaf
    switch decoded.leaf {
    case .success(let decoded): leaf = decoded
    case .failure(let defect): throw ProofCheckError(.notVersion, "the entry cannot be read: \(defect.reason)")
    }
    guard leaf.kind.isVersion, let id = leaf.resource else {
      throw ProofCheckError(.notVersion, "the entry is no version of a resource but of the kind \(leaf.kind.name)")
    }
    guard id.owner == origin.region || leaf.cites != nil else {
      throw ProofCheckError(
        .namespace, "the id \(id) is outside the namespace of region \(origin.region), and the entry cites no list")
    }
    guard let body = decoded.body else {
      throw ProofCheckError(
        .body, "the entry's body is not in the file: that the entry is in the log is proven, what it says is not")
    }
    let (manifest, reason, actor) = try content(of: body, leaf.kind, id: id, writer: origin.region)
    return ProvenVersion(
      origin: origin, index: proof.inclusion.index, size: checkpoint.size, root: checkpoint.root, key: key, id: id,
      kind: leaf.kind, time: leaf.time, cites: leaf.cites, manifest: manifest, reason: reason, actor: actor)
  }

  private static func read(_ bytes: [UInt8]) throws(ProofCheckError) -> LogProof {
    guard bytes.count <= proofLengthMax else {
      throw ProofCheckError(.tooLarge, "the proof has \(bytes.count) bytes, at most \(proofLengthMax) are read")
    }
    do { return try LogProof(parsing: bytes) } catch {
      throw ProofCheckError(.malformedProof, "the file is no .tlog-proof: \(error.reason)")
    }
  }

  private static func signer(
    of checkpoint: SignedCheckpoint, among keys: [NoteVerifier]
  ) throws(ProofCheckError) -> NoteVerifier {
    let verified: [VerifiedSignature]
    do {
      // Only keys that are named as the origin count, and only the log's own signature does.
      verified = try checkpoint.verified(logs: keys.filter { $0.type == .ed25519 })
    } catch {
      throw ProofCheckError(.signature, error.reason)
    }
    guard let signed = verified.first else { throw ProofCheckError(.signature, "no signature is by a given key") }
    return signed.verifier
  }

  private static func frame(_ bytes: [UInt8]) throws(ProofCheckError) -> Frame {
    guard bytes.count <= entryLengthMax else {
      throw ProofCheckError(.tooLarge, "the entry has \(bytes.count) bytes, at most \(entryLengthMax) are read")
    }
    var decoder = FrameDecoder()
    decoder.feed(bytes)
    let first: Frame?
    do { first = try decoder.next() } catch {
      throw ProofCheckError(.malformedEntry, "the file is no entry: \(error.reason)")
    }
    guard let frame = first else {
      throw ProofCheckError(.malformedEntry, "the entry is cut short: the file has \(bytes.count) bytes")
    }
    guard decoder.pendingByteCount == 0 else {
      throw ProofCheckError(
        .malformedEntry,
        "\(decoder.pendingByteCount) bytes follow the entry: the file holds one frame and nothing after it")
    }
    return frame
  }

  private static func content(
    of body: Body, _ kind: EntryKind, id: ResourceID, writer: RegionCode
  ) throws(ProofCheckError) -> (manifest: Manifest?, reason: String?, actor: String) {
    if kind == .withdraw {
      guard let grounds = Grounds(decoding: body.content) else {
        throw ProofCheckError(.notVersion, "the body of the withdrawal cannot be read")
      }
      return (nil, grounds.reason, grounds.actor)
    }
    do {
      let publication = try Publication.decode(body.content, id: id, writer: writer)
      return (publication.manifest, nil, publication.actor)
    } catch {
      throw ProofCheckError(.notVersion, "the manifest is invalid: \(error)")
    }
  }
}
