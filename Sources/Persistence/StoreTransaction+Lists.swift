import Catalog
import Cryptography
import TransparencyLog

/// Lists as people and decisions read them.
extension StoreTransaction {
  package func keep(_ stop: ListStop, of list: Digest) throws {
    writeCount += 1
    try sql(
      "INSERT OR REPLACE INTO list_stop (list, region, idx, resumes, item, recipient) VALUES (?, ?, ?, ?, ?, ?)"
    ).bind(1, list).bind(2, stop.entry.region.text).bind(3, Int64(stop.entry.index)).bind(4, stop.resumes ? 1 : 0)
      .bind(5, stop.item.map(Int64.init)).bind(6, stop.recipient?.text ?? "").run()
  }

  package func stops(of list: Digest) throws -> [ListStop] {
    try sql("SELECT region, idx, resumes, item, recipient FROM list_stop WHERE list = ? ORDER BY region, idx")
      .bind(1, list).all { row in
        ListStop(
          entry: EntryName(try Self.region(row.text(0)), row.size(1)), resumes: row.integer(2) != 0,
          item: row.isNull(3) ? nil : Int(row.integer(3)),
          recipient: row.text(4).isEmpty ? nil : try Self.region(row.text(4)))
      }
  }

  /// The digests of all texts of lists that are held.
  package func listDigests() throws -> [Digest] { try storedTexts() }

  private static let lookedKey = "lists:looked"

  /// When the lists that time alone begins and ends were looked at last, milliseconds since the epoch; nil: all of them are to be
  /// looked at.
  package func listsLookedAt() throws -> Int64? {
    try local(Self.lookedKey).flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
  }

  package func setListsLookedAt(_ time: Int64?) throws {
    try setLocal(Self.lookedKey, time.map { Array("\($0)".utf8) })
  }

  /// The lists that begin or end at a moment after `start`, up to `end`; milliseconds since the epoch.
  package func listsWithMoments(after start: Int64, through end: Int64) throws -> [Digest] {
    try sql("SELECT DISTINCT list FROM list_moment WHERE time > ? AND time <= ?").bind(1, start).bind(2, end).all {
      try Self.digest($0, 0)
    }
  }

  package func accessLists(own: RegionCode, at time: Int64) throws -> AccessLists {
    try accessLists(
      listDigests(), own: own, at: time, text: { try self.listText(of: $0) }, stops: { try self.stops(of: $0) })
  }

  /// The lists in force that bear on whether a region is given these resources; nil where none of them suspends anything, as at
  /// most nodes. Whatever lists others propose and suspend among themselves, this costs a look-up each.
  func listsThatSuspend(_ ids: [ResourceID], own: RegionCode, at time: Int64) throws -> AccessLists? {
    let resources = Set(ids.flatMap(\.itemResources).map(String.init)).sorted()
    let stopped = try digests(resources) { resource in
      try sql(
        "SELECT list FROM list_item WHERE resource = ? AND EXISTS (SELECT 1 FROM list_stop s WHERE s.list = list_item.list)"
      ).bind(1, resource).all { try Self.digest($0, 0) }
    }
    guard try stopped.contains(where: { try listView($0, own: own, at: time)?.state == .inForce }) else { return nil }
    let all = try digests(resources) { try listItems(resource: $0).map(\.list) }
    return try accessLists(
      all, own: own, at: time, naming: Set(resources), text: { try self.listText(of: $0) },
      stops: { try self.stops(of: $0) })
  }

  private func digests(_ resources: [String], _ find: (String) throws -> [Digest]) rethrows -> [Digest] {
    try resources.reduce(into: Set<Digest>()) { $0.formUnion(try find($1)) }.sorted()
  }

  /// Resources in dispute, or with versions that are contested, in the order of their ids.
  package func conflicts() throws -> [(id: ResourceID, standing: Standing)] {
    try sql(
      """
      SELECT status, shown, versions, contested, id FROM resource
      WHERE status = 'disputed' OR contested <> '' ORDER BY id
      """
    ).all { row in
      guard let id = ResourceID(row.text(4)) else { throw StoreError.damaged("“\(row.text(4))” is no id") }
      return (id, try standing(row))
    }
  }

  /// All applied versions of an id, replaced ones too.
  package func versionNames(of id: ResourceID) throws -> [EntryName] {
    try sql("SELECT key FROM version WHERE id = ? ORDER BY key").bind(1, id.text).all { try name(ofKey: $0.integer(0)) }
  }

  /// The applied versions that one of an id replaces: those that its leaf names, and the last one before it in its own log; none
  /// that another of these names.
  package func versions(replacedBy name: EntryName, of id: ResourceID) throws -> [EntryName] {
    guard let key = try key(name) else { return [] }
    var found = Set(
      try sql("SELECT key FROM version WHERE id = ? AND key >= ? AND key < ? ORDER BY key DESC LIMIT 1")
        .bind(1, id.text).bind(2, key - Int64(name.index)).bind(3, key).all { try self.name(ofKey: $0.integer(0)) })
    for other in try supersededNames(name) where try isVersion(other, of: id) { found.insert(other) }
    let older = Set(try found.flatMap { try supersededNames($0) })
    return found.subtracting(older).sorted()
  }

  private func supersededNames(_ name: EntryName) throws -> [EntryName] {
    try heldEntry(name.region, name.index)?.leaf?.supersedes ?? []
  }

  private func isVersion(_ name: EntryName, of id: ResourceID) throws -> Bool {
    guard let key = try key(name) else { return false }
    return try sql("SELECT 1 FROM version WHERE id = ? AND key = ?").bind(1, id.text).bind(2, key).first { _ in true }
      ?? false
  }

  /// Whether the body of an entry was recalled.
  package func isBodyRecalled(_ name: EntryName) throws -> Bool { try isRecalled(name) }
}
