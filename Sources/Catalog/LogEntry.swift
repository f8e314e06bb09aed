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

  /// Throws `bodyMismatch` if the frame brings a body that the leaf does not commit to.
  package init(_ frame: Frame, origin: Origin) throws(FrameError) {
    leafBytes = frame.leaf
    leafHash = MerkleHash.leaf(frame.leaf)
    leaf = Result { () throws(MalformedLeaf) in try Leaf(bytes: frame.leaf) }
    guard case .success(let leaf) = leaf, let body = frame.body else {
      self.body = nil
      return
    }
    guard let commitment = leaf.body, commitment.matches(body, origin: origin, id: leaf.id) else {
      throw FrameError(
        .bodyMismatch, "the body of \(body.content.count) bytes is not what the \(leaf.kind.name) entry commits to")
    }
    self.body = body
  }

  /// The digest of the list's text without which the entry is not held.
  package var namedList: Digest? {
    guard case .success(let leaf) = leaf, leaf.kind.namesList else { return nil }
    return leaf.list
  }

  package var frame: Frame { Frame(leaf: leafBytes, body: body) }
}
