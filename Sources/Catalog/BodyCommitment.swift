import Cryptography

/// What a leaf says of the body beside it. The body may be withheld or erased; this stays.
package struct BodyCommitment: Hashable, Sendable {
  package enum Class: Hashable, Sendable {
    /// Everyone holds it and relays it.
    case open
    /// The origin and the recipients hold it; only the origin hands it out.
    case restricted
  }

  package let bodyClass: Class
  /// Bytes.
  package let length: Int
  package let digest: Digest

  package init(_ bodyClass: Class, length: Int, digest: Digest) {
    self.bodyClass = bodyClass
    self.length = length
    self.digest = digest
  }

  /// Commits to a body under the origin and the id of its entry: copied into another entry it opens nothing.
  package init(_ bodyClass: Class, to body: Body, origin: Origin, id: [UInt8]) {
    self.init(bodyClass, length: body.content.count, digest: Self.digest(of: body, origin: origin, id: id))
  }

  package func matches(_ body: Body, origin: Origin, id: [UInt8]) -> Bool {
    body.content.count == length && Self.digest(of: body, origin: origin, id: id) == digest
  }

  /// SHA256("tongyuan/body/v1\n" || origin || "\n" || id || "\n" || 32 random bytes || body); the id is empty for an
  /// entry that names none. The random bytes keep a short body from being guessed.
  private static func digest(of body: Body, origin: Origin, id: [UInt8]) -> Digest {
    let hash = SHA256.Incremental()
    hash.update("tongyuan/body/v1\n\(origin.text)\n")
    hash.update(id)
    hash.update("\n")
    hash.update(body.nonce)
    hash.update(body.content)
    return hash.finalize()
  }
}

/// A body and the random bytes that its commitment covers.
package struct Body: Hashable, Sendable {
  package static let nonceLength = 32

  /// 32 random bytes. They never begin with FF FF FF FF, which in a frame says that no body follows.
  package let nonce: [UInt8]
  package let content: [UInt8]

  /// nil unless the nonce has its length and a beginning that a frame can carry; a writer draws again.
  package init?(nonce: [UInt8], content: [UInt8]) {
    guard nonce.count == Self.nonceLength, nonce.prefix(4) != Frame.noBody[...] else { return nil }
    self.nonce = nonce
    self.content = content
  }
}
