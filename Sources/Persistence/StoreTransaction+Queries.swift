import Catalog
import Cryptography
import TransparencyLog

/// What `search` is asked for besides its text.
package struct SearchFilter: Sendable {
  /// Provider regions, each with all below it; empty: all.
  package var regions: [RegionCode] = []
  /// Exactly this department; empty: all.
  package var department = ""
  package var shareType: Manifest.ShareType?
  package var limit = 20

  package init() {}
}

/// A resource as a list of hits shows it.
package struct ResourceRow: Sendable, Equatable {
  package var id: ResourceID
  package var title: String
  package var region: String
  package var department: String
  package var shareType: String
  package var openType: String
  package var updated: String
  package var status: Standing.Status
  package var label: BodyLabel
  /// The log that the version shown lies in.
  package var writer: RegionCode
}

/// One version of a resource, or an entry that wanted to be one.
package struct VersionRecord: Sendable {
  package var name: EntryName
  package var leaf: Leaf
  package var verdict: Verdict
  /// Standing beside others or alone, or contested; neither for a version that was replaced.
  package var isStanding: Bool
  package var isContested: Bool
  package var label: BodyLabel
  package var publication: Publication?
  package var grounds: Grounds?
}

/// Numbers of `status`.
package struct CatalogCounts: Sendable, Equatable {
  package var resources = 0
  package var withdrawn = 0
  package var disputed = 0
  package var contested = 0
  package var refused = 0
  package var pending = 0
  package var withheld = 0
  package var recalled = 0
  package var missing = 0
}

/// An entry that was refused, with the reason.
package struct RefusedEntry: Sendable {
  package var name: EntryName
  package var verdict: String
  package var reason: String
  package var id: String
}

extension StoreTransaction {
  // MARK: Search

  /// Hits in titles first, the newest of each tier first; `total` counts all.
  package func search(_ query: SearchQuery, _ filter: SearchFilter) throws -> (total: Int, hits: [ResourceRow]) {
    let inTitle = "title : (\(query.match))"
    let total = try count(query.match, filter)
    var hits = try hits(inTitle, filter, limit: filter.limit)
    if hits.count < filter.limit {
      hits += try self.hits("(\(query.match)) NOT (\(inTitle))", filter, limit: filter.limit - hits.count)
    }
    return (total, hits)
  }

  private func count(_ match: String, _ filter: SearchFilter) throws -> Int {
    if filter.regions.isEmpty, filter.department.isEmpty, filter.shareType == nil {
      return try sql("SELECT count(*) FROM search WHERE search MATCH ?").bind(1, match).first { Int($0.integer(0)) }
        ?? 0
    }
    return try bind(
      sql(
        """
        SELECT count(*) FROM search s JOIN resource r ON r.number = s.rowid WHERE search MATCH ?1
          AND (?2 = '[]' OR EXISTS (SELECT 1 FROM json_each(?2) WHERE substr(r.region, 1, length(value)) = value))
          AND (?3 = '' OR r.department = ?3) AND (?4 = '' OR r.share_type = ?4)
        """), match, filter
    ).first { Int($0.integer(0)) } ?? 0
  }

  private func hits(_ match: String, _ filter: SearchFilter, limit: Int) throws -> [ResourceRow] {
    try bind(
      sql(
        """
        SELECT r.id, r.title, r.region, r.department, r.share_type, r.open_type, r.updated, r.status, r.label, r.shown
        FROM search s JOIN resource r ON r.number = s.rowid WHERE search MATCH ?1
          AND (?2 = '[]' OR EXISTS (SELECT 1 FROM json_each(?2) WHERE substr(r.region, 1, length(value)) = value))
          AND (?3 = '' OR r.department = ?3) AND (?4 = '' OR r.share_type = ?4)
        ORDER BY s.rowid DESC LIMIT ?5
        """), match, filter
    ).bind(5, limit).all { row in
      guard let id = ResourceID(row.text(0)), let status = Standing.Status(rawValue: row.text(7)),
        let label = BodyLabel(rawValue: row.text(8))
      else { throw StoreError.damaged("the row of resource “\(row.text(0))” cannot be read") }
      return ResourceRow(
        id: id, title: row.text(1), region: row.text(2), department: row.text(3), shareType: row.text(4),
        openType: row.text(5), updated: row.text(6), status: status, label: label,
        writer: try region(ofLog: StoredLog.number(ofKey: row.integer(9))))
    }
  }

  private func bind(_ statement: SQL, _ match: String, _ filter: SearchFilter) -> SQL {
    statement.bind(1, match)
      .bind(2, JSONValue.array(filter.regions.map { .string($0.searchPrefix) }).text)
      .bind(3, filter.department).bind(4, filter.shareType?.rawValue ?? "")
  }

  // MARK: One resource

  package func label(of id: ResourceID) throws -> BodyLabel? {
    try sql("SELECT label FROM resource WHERE id = ?").bind(1, id.text).first {
      BodyLabel(rawValue: $0.text(0)) ?? .invalid
    }
  }

  /// One entry as a version of `id`; nil if it is none.
  package func versionRecord(_ name: EntryName, of id: ResourceID, _ standing: Standing?) throws -> VersionRecord? {
    guard let held = try heldEntry(name.region, name.index), let leaf = held.leaf, leaf.kind.isVersion else {
      return nil
    }
    let (label, publication) = try publication(name, of: id)
    return VersionRecord(
      name: name, leaf: leaf, verdict: try verdict(of: name), isStanding: standing?.versions.contains(name) ?? false,
      isContested: standing?.contested.contains(name) ?? false, label: label, publication: publication,
      grounds: leaf.kind == .withdraw ? try body(of: name).flatMap { Grounds(decoding: $0) } : nil)
  }

  /// All entries that are, were or wanted to be a version of an id, the newest of each log last.
  package func history(of id: ResourceID) throws -> [VersionRecord] {
    let standing = try standing(of: id)
    var keys = try sql("SELECT key FROM version WHERE id = ? ORDER BY key").bind(1, id.text).all { $0.integer(0) }
    keys += try sql("SELECT key FROM verdict WHERE id = ?1 AND id <> '' ORDER BY key").bind(1, id.text).all {
      $0.integer(0)
    }
    return try keys.compactMap { try versionRecord(try name(ofKey: $0), of: id, standing) }
      .sorted { ($0.leaf.time, $0.name) < ($1.leaf.time, $1.name) }
  }

  package func verdict(of name: EntryName) throws -> Verdict {
    guard let key = try key(name) else { return .applied }
    return try sql("SELECT code, reason FROM verdict WHERE key = ?").bind(1, key).first { row in
      let code = row.text(0)
      if code == "unknown" { return .unknown }
      let inner = String(code.drop { $0 != "(" }.dropFirst().dropLast())
      if code.hasPrefix("unjudged") { return .unjudged(inner) }
      return .refused(try Self.refusal(inner, row.text(1)))
    } ?? .applied
  }

  /// The clock that an entry states, its own component included.
  package func clock(of name: EntryName) throws -> [RegionCode: UInt64] {
    var sizes = try statedClock(of: name.region, at: name.index).components.mapValues(\.size)
    sizes[name.region] = name.index + 1
    return sizes
  }

  // MARK: Status

  package func counts() throws -> CatalogCounts {
    var counts = CatalogCounts()
    try sql("SELECT status, label, count(*) FROM resource GROUP BY status, label").forEach { row in
      let number = Int(row.integer(2))
      switch Standing.Status(rawValue: row.text(0)) {
      case .standing: counts.resources += number
      case .disputed:
        counts.resources += number
        counts.disputed += number
      case .withdrawn: counts.withdrawn += number
      case .contested, nil: break
      }
      switch BodyLabel(rawValue: row.text(1)) {
      case .withheld: counts.withheld += number
      case .recalled: counts.recalled += number
      case .missing, .invalid, .some(.none), nil: break
      }
      return true
    }
    counts.contested = try sql("SELECT count(*) FROM resource WHERE contested <> ''").first { Int($0.integer(0)) } ?? 0
    // Of entries of every kind: a reason can be missing too.
    counts.missing = Int(clamping: try wantedBodies().open)
    counts.refused =
      try sql("SELECT count(*) FROM verdict WHERE code LIKE 'refused%'").first { Int($0.integer(0)) } ?? 0
    for region in configuration.replicated {
      let state = try logState(region)
      counts.pending += Int(state.held - state.processed)
    }
    return counts
  }

  /// The newest refusals, at most `limit`.
  package func refusals(limit: Int) throws -> [RefusedEntry] {
    try sql("SELECT key, code, reason, id FROM verdict WHERE code LIKE 'refused%' ORDER BY rowid DESC LIMIT ?")
      .bind(1, limit).all { row in
        RefusedEntry(name: try name(ofKey: row.integer(0)), verdict: row.text(1), reason: row.text(2), id: row.text(3))
      }
  }

  /// The standing version of an id in this region's own log, if its publication equals `manifest`.
  package func equalStanding(_ manifest: Manifest, writer: RegionCode) throws -> EntryName? {
    guard let standing = try standing(of: manifest.id), standing.versions.count == 1, let name = standing.shown,
      name.region == writer
    else { return nil }
    // As bytes: Swift's `String` calls texts equal that differ in their characters.
    return try publication(name, of: manifest.id).publication?.manifest.encoded == manifest.encoded ? name : nil
  }
}

extension RegionCode {
  /// What the codes at and below this one begin with.
  var searchPrefix: String {
    if self == .national { return "" }
    if isMinistry { return text }
    return text.hasSuffix("0000") ? String(text.prefix(2)) : text.hasSuffix("00") ? String(text.prefix(4)) : text
  }
}
