import Catalog
import GRDBSQLite

/// What a recall leaves behind in the search index.
///
/// A contentless FTS5 index forgets a word by writing that it is deleted: word and deletion lie in its segments until these are
/// merged. Merging all of them rewrites the index, so it is done in steps (sqlite.org/fts5.html#the_merge_command: a negative
/// argument begins, positive ones go on, until less than two rows change), each in a transaction of its own.
///
/// Rows of `local`, durable with the erasure: `erased` says that a pass is due, `merging` that one is under way. What is erased
/// meanwhile waits for the next, else who erases again and again would keep every pass from its end.
extension StoreTransaction {
  package enum MergeStep: Sendable {
    /// Nothing was to be done.
    case nothing
    case more
    /// A pass is over: what was erased before it began is in no segment any more.
    case ended
  }

  private static let dueKey = "erased"
  private static let mergingKey = "merging"
  /// Pages of the index that one step writes, about 4 KiB each.
  private static let stepPages = 256

  func setErased() throws { try setLocal(Self.dueKey, []) }

  package func mergeErased() throws -> MergeStep {
    let isBegun = try local(Self.mergingKey) != nil
    if !isBegun {
      guard try local(Self.dueKey) != nil else { return .nothing }
      try setLocal(Self.dueKey, nil)
      try setLocal(Self.mergingKey, [])
    }
    hasMerged = true
    let before = sqlite3_total_changes64(sql.connection)
    try sql("INSERT INTO search (search, rank) VALUES ('merge', ?)")
      .bind(1, isBegun ? Self.stepPages : -Self.stepPages).run()
    guard isBegun, sqlite3_total_changes64(sql.connection) - before < 2 else { return .more }
    try setLocal(Self.mergingKey, nil)
    return .ended
  }
}
