import Cryptography
import TransparencyLog

/// An entry as it arrived, decoded and checked as far as it goes without its log: all of this can be done for many
/// entries at once, ahead of the store.
package struct LogEntry: Hashable, Sendable {
  /// Verbatim.
  package let leafBytes: [UInt8]
  package let leafHash: Digest
  /// Malformed leaves are held like any other.
  package let leaf: Result<Leaf, MalformedLeaf>
  /// nil if it is not here: none exists, or it is withheld, recalled or missing. Of a malformed leaf nothing is kept:
  /// what it commits to is not known.
  package let body: Body?
  /// What the view takes from the body: of a publication whose body is here and sound.
  package let listing: Listing?

  /// Throws `bodyMismatch` if the frame brings a body that the leaf does not commit to.
  package init(_ frame: Frame, origin: Origin) throws(FrameError) {
    leafBytes = frame.leaf
    leafHash = MerkleHash.leaf(frame.leaf)
    guard origin.log == .catalog else {
      leaf = .failure(MalformedLeaf("an entry of \(origin) is none of a catalog log"))
      body = try Self.auditBody(frame, origin)
      listing = nil
      return
    }
    leaf = Result { () throws(MalformedLeaf) in try Leaf(bytes: frame.leaf) }
    guard case .success(let leaf) = leaf, let body = frame.body else {
      self.body = nil
      listing = nil
      return
    }
    guard let commitment = leaf.body, commitment.matches(body, origin: origin, id: leaf.id) else {
      throw FrameError(
        .bodyMismatch, "the body of \(body.content.count) bytes is not what the \(leaf.kind.name) entry commits to")
    }
    self.body = body
    if leaf.kind == .publish, let id = leaf.resource {
      listing = (try? Publication.decode(body.content, id: id, writer: origin.region)).map { Listing($0.manifest) }
    } else {
      listing = nil
    }
  }

  /// nil where it is not here. Throws `bodyMismatch` if it is another.
  private static func auditBody(_ frame: Frame, _ origin: Origin) throws(FrameError) -> Body? {
    guard let body = frame.body else { return nil }
    guard AuditLeaf(bytes: frame.leaf)?.matches(body, origin: origin) == true else {
      throw FrameError(.bodyMismatch, "the body of an audit entry is not what its leaf commits to")
    }
    return body
  }

  /// The digest of the list's text without which the entry is not held.
  package var namedList: Digest? {
    guard case .success(let leaf) = leaf, leaf.kind.namesList else { return nil }
    return leaf.list
  }

  /// Whether the body, here or not, is for some only.
  package var isRestricted: Bool {
    if case .success(let leaf) = leaf { leaf.body?.bodyClass == .restricted } else { false }
  }

  package var frame: Frame { Frame(leaf: leafBytes, body: body) }

  /// Bytes of its frame with the body in it, whether that is here or not: what it may come to take on the disk.
  package var wholeLength: Int {
    guard body == nil, case .success(let leaf) = leaf, let body = leaf.body else { return frame.encodedLength }
    return Frame.encodedLength(leaf: leafBytes.count, body: body.length)
  }
}
