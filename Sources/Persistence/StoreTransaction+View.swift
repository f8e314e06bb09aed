import Catalog
import Cryptography

/// Why the body of the version shown is not shown itself.
package enum BodyLabel: String, Sendable, CaseIterable {
  case none = ""
  /// Restricted, and this node is not a recipient.
  case withheld
  case recalled
  /// Open, and nobody has sent it yet.
  case missing
  /// It cannot be decoded, names another id, or speaks for a region that it may not speak for.
  case invalid
}

/// The version shown of an id, as far as its body says.
struct ShownVersion {
  var label: BodyLabel
  /// nil where there is a label, and for a withdrawal.
  var listing: Listing?

  /// What the search index holds of it: two columns of tokens. Where the body is not shown, the id alone.
  func searchText(_ id: ResourceID) -> (title: String, rest: String) {
    guard let listing else { return ("", SearchTerms.indexed(id.text)) }
    return (listing.titleWords, listing.restWords)
  }
}

extension StoreTransaction {
  package func setStanding(_ standing: Standing?, of id: ResourceID) throws {
    try setStanding(standing, of: id) {}
  }

  /// `change` touches bodies: the index forgets what it was told before that happens, and is told what is there afterwards.
  func setStanding(_ standing: Standing?, of id: ResourceID, _ change: () throws -> Void) throws {
    let old = try takeResourceKeys(id)
    if let old, Self.isSearchable(old.status), let shown = old.shown {
      try unindex(number: old.number, shown: try shownVersion(shown, of: id), id)
    }
    try change()
    guard let standing else {
      if let old { try sql("DELETE FROM resource WHERE number = ?").bind(1, old.number).run() }
      return
    }
    let version = try standing.shown.map { try shownVersion($0, of: id) } ?? ShownVersion(label: .none)
    var shownKey: Int64?
    if let shown = standing.shown { shownKey = try key(shown) }
    let number = try write(standing, shownKey, version, of: id, number: old?.number)
    if Self.isSearchable(standing.status.rawValue), shownKey != nil { try index(number: number, shown: version, id) }
  }

  /// Withdrawn and merely contested resources are not found by search.
  static func isSearchable(_ status: String) -> Bool {
    status == Standing.Status.standing.rawValue || status == Standing.Status.disputed.rawValue
  }

  private func write(
    _ standing: Standing, _ shown: Int64?, _ version: ShownVersion, of id: ResourceID, number: Int64?
  ) throws -> Int64 {
    let listing = version.listing
    let region = listing?.region ?? String(id.ownerText)
    func bind(_ statement: SQL) -> SQL {
      statement.bind(1, id.text).bind(2, standing.status.rawValue).bind(3, shown)
        .bind(4, Self.text(standing.versions.filter { $0 != standing.shown }))
        .bind(5, Self.text(standing.contested))
        .bind(6, version.label.rawValue).bind(7, listing?.title ?? "").bind(8, region)
        .bind(9, listing?.department ?? "").bind(10, listing?.shareType ?? "")
        .bind(11, listing?.openType ?? "").bind(12, listing?.updated ?? "")
    }
    if let number {
      try bind(
        sql(
          """
          UPDATE resource SET id = ?, status = ?, shown = ?, versions = ?, contested = ?, label = ?, title = ?, region = ?,
            department = ?, share_type = ?, open_type = ?, updated = ? WHERE number = ?
          """)
      ).bind(13, number).run()
      return number
    }
    try bind(
      sql(
        """
        INSERT INTO resource (id, status, shown, versions, contested, label, title, region, department, share_type, open_type,
          updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    ).run()
    return sql.lastInsertedNumber
  }

  private func index(number: Int64, shown: ShownVersion, _ id: ResourceID) throws {
    let text = shown.searchText(id)
    try sql("INSERT INTO search (rowid, title, rest) VALUES (?, ?, ?)")
      .bind(1, number).bind(2, text.title).bind(3, text.rest).run()
  }

  /// An index without content needs the old text to forget it.
  private func unindex(number: Int64, shown: ShownVersion, _ id: ResourceID) throws {
    let text = shown.searchText(id)
    try sql("INSERT INTO search (search, rowid, title, rest) VALUES ('delete', ?, ?, ?)")
      .bind(1, number).bind(2, text.title).bind(3, text.rest).run()
  }

  /// What the view takes from an entry, under the id that its leaf names.
  func shownVersion(_ name: EntryName, of id: ResourceID) throws -> ShownVersion {
    if let listing = recent[name]?.entry?.listing { return ShownVersion(label: .none, listing: listing) }
    let (label, publication) = try publication(name, of: id)
    return ShownVersion(label: label, listing: publication.map { Listing($0.manifest) })
  }

  /// What the body of an entry says; nil where a label says why not, and for a withdrawal.
  func publication(_ name: EntryName, of id: ResourceID) throws -> (label: BodyLabel, publication: Publication?) {
    guard let leaf = try heldEntry(name.region, name.index)?.leaf else {
      throw StoreError.damaged("the entry shown for \(id) is not held, or cannot be read")
    }
    if leaf.kind == .withdraw { return (.none, nil) }
    guard let body = try body(of: name) else {
      if try isRecalled(name) { return (.recalled, nil) }
      switch leaf.body?.bodyClass {
      case .restricted: return (.withheld, nil)
      case .open: return (.missing, nil)
      case nil: return (.invalid, nil)
      }
    }
    do { return (.none, try Publication.decode(body, id: id, writer: name.region)) } catch { return (.invalid, nil) }
  }
}
