/// What lists of hits show of a publication, and what the search index holds of it: all that the view takes from a body.
///
/// A function of the body and of the names in its leaf, so that it can be computed for many entries at once, ahead of the
/// store.
package struct Listing: Hashable, Sendable {
  package let title: String
  package let region: String
  package let department: String
  package let shareType: String
  package let openType: String
  package let updated: String
  /// The two columns of the index, as words.
  package let titleWords: String
  package let restWords: String

  package init(_ manifest: Manifest) {
    title = manifest.title
    region = manifest.provider.region.text
    department = manifest.provider.department ?? ""
    shareType = manifest.shareType?.rawValue ?? ""
    openType = manifest.openType?.rawValue ?? ""
    updated = manifest.updated?.description ?? ""
    titleWords = SearchTerms.indexed(manifest.title)
    // A portal's ids are digests: as words they would be found by queries that mean something else.
    let words = manifest.id.components.filter { !$0.isDigest }.joined(separator: "/")
    let rest =
      [words, manifest.abstract, manifest.provider.department, manifest.category, manifest.code].compactMap(\.self)
      + manifest.keywords + manifest.items.map(\.name) + manifest.matters
    restWords = SearchTerms.indexed(rest.joined(separator: "\n"))
  }
}

extension Substring {
  /// 16 or more hexadecimal digits.
  fileprivate var isDigest: Bool {
    utf8.count >= 16
      && utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || (0x41...0x46).contains($0) }
  }
}
