import Catalog
import Cryptography
import Synchronization

/// Texts of lists as they were read, for all who read or write: to read a text of 10,000 items again for each group, or for each
/// request of a peer, costs more than the group or the answer. A text is what its digest says, for ever.
final class ListTexts: Sendable {
  /// Items, and parties of terms, that are kept at most.
  private static let countMax = 200_000

  private struct Known {
    var texts: [Digest: ListText?] = [:]
    var itemCount = 0
    /// Apart: whoever proposes many long texts must not have each of them read again to know who was to sign it.
    var terms: [Digest: ListTerms?] = [:]
    var partyCount = 0
  }

  private let known = Mutex(Known())

  func text(_ digest: Digest, _ read: () throws -> ListText?) rethrows -> ListText? {
    if let text = known.withLock({ $0.texts[digest] }) { return text }
    let text = try read()
    remember(digest, text)
    return text
  }

  func terms(_ digest: Digest, _ read: () throws -> ListText?) rethrows -> ListTerms? {
    if let terms = known.withLock({ $0.terms[digest] }) { return terms }
    return try text(digest, read)?.terms
  }

  /// A text that was read, held or about to be.
  func remember(_ digest: Digest, _ text: ListText?) {
    let (items, parties) = (1 + (text?.items.count ?? 0), 1 + (text?.terms.parties.count ?? 0))
    known.withLock { known in
      if known.texts[digest] == nil { known.itemCount += items }
      if known.itemCount > Self.countMax {
        known.texts = [:]
        known.itemCount = items
      }
      known.texts[digest] = .some(text)
      if known.terms[digest] == nil { known.partyCount += parties }
      if known.partyCount > Self.countMax {
        known.terms = [:]
        known.partyCount = parties
      }
      known.terms[digest] = .some(text?.terms)
    }
  }
}

/// What the writer looked up of lists' claims, kept from one transaction to the next. Touched on the writer's queue alone.
///
/// Claims change when a text is held: the transaction that does it empties the cache and looks them up itself, so that neither its
/// commit nor its undoing leaves anything wrong here.
final class ListCache {
  /// Claims that are kept at most: beyond that they are looked up one by one.
  private static let countMax = 200_000

  /// By owner: claims by resource; nil where there are too many.
  private var claims: [String: [String: [ListItemClaim]]?] = [:]
  private var claimCount = 0

  /// Claims on a resource among those of an owner; nil if these are too many to keep. `read` brings at most as many as it is asked
  /// for.
  func claims(
    on resource: String, owner: String, _ read: (_ countMax: Int) throws -> [(resource: String, claim: ListItemClaim)]
  ) rethrows -> [ListItemClaim]? {
    if let known = claims[owner] { return known.map { $0[resource] ?? [] } }
    let all = try read(Self.countMax - claimCount + 1)
    guard claimCount + all.count <= Self.countMax else {
      claims[owner] = .some(nil)
      return nil
    }
    claimCount += all.count
    let index = Dictionary(grouping: all, by: \.resource).mapValues { $0.map(\.claim) }
    claims[owner] = .some(index)
    return index[resource] ?? []
  }

  func forgetClaims() {
    claims = [:]
    claimCount = 0
  }
}
