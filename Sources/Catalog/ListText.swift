import Cryptography
import SwiftProtobuf

/// The text of a shared-responsibility list (共享责任清单), in its one way of being written.
package struct ListText: Hashable, Sendable {
  /// Bytes.
  package static let lengthMax = 16 * 1024 * 1024

  /// Verbatim.
  package let bytes: [UInt8]
  /// SHA-256("tongyuan/list/v1\n" || bytes): the list's identity, and what its parties sign.
  package let digest: Digest
  package let terms: ListTerms
  package let items: [ListItem]

  /// Reads a text that somebody proposed. Throws unless it is canonical and well formed.
  package init(bytes: [UInt8]) throws(ListDefect) {
    guard bytes.count <= Self.lengthMax else {
      throw ListDefect("the text has \(bytes.count) bytes, \(Self.lengthMax) is the most")
    }
    let wire: WireListText
    do { wire = try WireListText(serializedBytes: bytes) } catch { throw ListDefect("the text is no protobuf message") }
    try self.init(wire)
    guard bytes == self.bytes else {
      throw ListDefect("the text is not written in the one way that lists are written in")
    }
  }

  /// Makes the canonical text of a list. Throws unless it is well formed.
  package init(_ wire: WireListText) throws(ListDefect) {
    let canonical = wire.canonical
    bytes = Self.bytes(of: canonical)
    try Self.checkTexts(of: canonical)
    digest = Self.digest(of: bytes)
    terms = try ListTerms(canonical.terms)
    var items: [ListItem] = []
    for (place, item) in canonical.items.enumerated() { items.append(try ListItem(item, place: place)) }
    self.items = items
    try Self.checkCalendars(canonical.calendars)
  }

  /// U+0000 is refused, as in manifests: C interfaces and JSON readers end or refuse a text there. In the shortest encoding
  /// without defaults no byte is 0 but those of digests and of such a text, or the length of an empty one among several.
  private static func checkTexts(of canonical: WireListText) throws(ListDefect) {
    var texts = canonical
    texts.terms.replaces = .init()
    texts.terms.scanDigest = .init()
    if bytes(of: texts).contains(0) { throw ListDefect("a text holds the character U+0000, or an empty one is listed") }
  }

  /// The canonical bytes of a list, well formed or not.
  package static func bytes(of wire: WireListText) -> [UInt8] {
    do { return try wire.canonical.serializedBytes() } catch {
      preconditionFailure("a message without required fields is always written: \(error)")
    }
  }

  package static func digest(of bytes: [UInt8]) -> Digest {
    let hash = SHA256.Incremental()
    hash.update("tongyuan/list/v1\n")
    hash.update(bytes)
    return hash.finalize()
  }

  /// The claims that count, at most one per resource: of two items for one resource the first decides.
  package var claims: [(resource: String, claim: ListItemClaim)] {
    var seen: Set<String> = []
    return items.compactMap { item in
      guard terms.counts(item), seen.insert(item.resource).inserted else { return nil }
      return (item.resource, ListItemClaim(list: digest, source: item.source))
    }
  }
}

/// A list without its items: who signs it, when it holds, what it follows.
package struct ListTerms: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    /// Every party signs, each in its own log.
    case agreed
    /// The authority signs for regions below it; they acknowledge, silence does not block.
    case issued
    /// The common superior of the parties signs (Decree 809 art. 28).
    case decided
  }

  package let federation: FederationName
  /// The list's id, one for all of its versions.
  package let name: String
  package let version: UInt32
  package let kind: Kind
  /// Sorted, each once, never empty.
  package let parties: [RegionCode]
  /// Who alone signs an issued or decided list.
  package let authority: RegionCode?
  /// Milliseconds since the epoch, the end excluded.
  package let validity: Range<Int64>
  /// The digest of the text that this one follows.
  package let replaces: Digest?
  package let title: String

  /// Who must sign, sorted.
  package var needed: [RegionCode] { authority.map { [$0] } ?? parties }

  /// All regions that the list names as its own.
  package func isMember(_ region: RegionCode) -> Bool { region == authority || parties.contains(region) }

  /// Nobody can give away what is another's: the id's region and the source must be bound by this list.
  package func counts(_ item: ListItem) -> Bool {
    guard let owner = item.owner else { return false }
    if kind == .issued, let authority { return authority.isAtOrAbove(owner) && authority.isAtOrAbove(item.source) }
    return parties.contains(owner) && parties.contains(item.source)
  }

  /// A successor binds all members of the list that it names: by their signatures, or by a superior's.
  package func mayReplace(_ old: ListTerms, digest: Digest) -> Bool {
    guard replaces == digest else { return false }
    let members = old.parties + (old.authority.map { [$0] } ?? [])
    guard let authority else { return members.allSatisfy(parties.contains) }
    return members.allSatisfy(authority.isAtOrAbove)
  }
}

/// One line of a list: who alone may publish a resource, and on which terms it is shared.
package struct ListItem: Hashable, Sendable {
  /// An id, or a prefix that ends in `/` and covers all below it.
  package let resource: String
  package let source: RegionCode
  /// All that the item says, for decisions about access and for duties.
  package let wire: WireListItem

  /// The region that the resource's first component names; nil if it is no region code.
  package var owner: RegionCode? { RegionCode(resource.prefix { $0 != "/" }) }
}

/// What is wrong with the text of a list.
package struct ListDefect: Error, Hashable, Sendable {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }
}
