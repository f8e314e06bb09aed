import Catalog
import Cryptography

/// What the writer looked up of lists, kept from one transaction to the next: to read a text of 10,000 items again for each
/// group costs more than the group. Touched on the writer's queue alone.
///
/// Texts are what their digests say, for ever. Claims change when a text is held: the transaction that does it empties the cache
/// and looks them up itself, so that neither its commit nor its undoing leaves anything wrong here.
final class ListCache {
  /// Items and claims that are kept at most: beyond that they are looked up one by one.
  private static let countMax = 200_000

  private var texts: [Digest: ListText?] = [:]
  private var textItems = 0
  /// By owner: claims by resource; nil where there are too many.
  private var claims: [String: [String: [ListItemClaim]]?] = [:]
  private var claimCount = 0

  func text(_ digest: Digest, _ read: () throws -> ListText?) rethrows -> ListText? {
    if let known = texts[digest] { return known }
    let text = try read()
    remember(digest, text)
    return text
  }

  /// A text that was read already, held or about to be.
  func remember(_ digest: Digest, _ text: ListText?) {
    textItems += 1 + (text?.items.count ?? 0)
    if textItems > Self.countMax {
      texts = [:]
      textItems = 1 + (text?.items.count ?? 0)
    }
    texts[digest] = .some(text)
  }

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
