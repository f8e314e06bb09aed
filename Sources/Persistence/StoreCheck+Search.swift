import Foundation
import GRDB

/// The search index, compared with the one of a replay.
///
/// How FTS5 divides an index into segments depends on when it merged them, which no log tells: so what the two say is compared,
/// and then whether the pages and what leads to them fit each other.
extension Store {
  /// `database` has the replay attached as `replay`. At most `limit` problems of a kind.
  func searchProblems(_ database: Database, _ limit: Int) throws -> [StoreProblem] {
    for schema in ["main", "replay"] {
      try database.execute(
        sql: "CREATE VIRTUAL TABLE temp.words_\(schema) USING fts5vocab(\(schema), search, instance)")
    }
    defer { for schema in ["main", "replay"] { try? database.execute(sql: "DROP TABLE temp.words_\(schema)") } }
    var problems = try wordProblems(database, limit)
    if problems.isEmpty { problems = try settingProblems(database) }
    if problems.isEmpty { problems = try SearchIndexCheck(Statements(database)).problems(limit: limit) }
    if problems.isEmpty { problems = try lookupProblems(database, limit) }
    if problems.isEmpty { problems = try integrityProblems(database) }
    return problems
  }

  /// The index holds no text, but it tells each occurrence of a word: (word, resource, column, position).
  private func wordProblems(_ database: Database, _ limit: Int) throws -> [StoreProblem] {
    func words(_ schema: String) -> String {
      "SELECT w.term, coalesce(r.id, '#' || w.doc), w.col, w.offset FROM temp.words_\(schema) w "
        + "LEFT JOIN \(schema).resource r ON r.number = w.doc"
    }
    var problems: [StoreProblem] = []
    for (one, other) in [("main", "replay"), ("replay", "main")] {
      let sql = "SELECT * FROM (\(words(one)) EXCEPT \(words(other))) LIMIT \(limit)"
      problems += try Row.fetchAll(database, sql: sql).map { row in
        StoreProblem(
          place: "search",
          what:
            "the word “\(row[0] as String? ?? "")” of \(row[1] as String? ?? "") is \(one == "main" ? "not from the logs" : "missing")"
        )
      }
    }
    return problems
  }

  /// Settings, and the number of texts and words that ranks are computed from.
  private func settingProblems(_ database: Database) throws -> [StoreProblem] {
    var problems: [StoreProblem] = []
    let queries = ["main", "replay"].map { "SELECT k, v FROM \($0).search_config" }
    let differ = try Row.fetchOne(
      database,
      sql: "SELECT 1 WHERE EXISTS (\(queries[0]) EXCEPT \(queries[1])) OR EXISTS (\(queries[1]) EXCEPT \(queries[0]))")
    if differ != nil { problems.append(StoreProblem(place: "search_config", what: "a setting is not of this program")) }
    let totals = try ["main", "replay"].map { schema in
      try Data.fetchOne(database, sql: "SELECT block FROM \(schema).search_data WHERE id = 1")
        .flatMap { SearchIndexCheck.totals([UInt8]($0)) }
    }
    if totals[0] == nil || totals[0] != totals[1] {
      problems.append(
        StoreProblem(place: "search_data", what: "the numbers of texts and words (row 1) are not what the logs lead to")
      )
    }
    return problems
  }

  /// A scan does not go through the pages that a query is led by: each word is sought as well.
  private func lookupProblems(_ database: Database, _ limit: Int) throws -> [StoreProblem] {
    var problems: [StoreProblem] = []
    let search = try database.makeStatement(
      sql: "SELECT count(*), coalesce(sum(rowid), 0) FROM main.search WHERE search MATCH ?")
    let words = try Row.fetchCursor(
      database,
      sql: "SELECT term, count(*), sum(doc) FROM (SELECT DISTINCT term, doc FROM temp.words_main) GROUP BY term")
    while let word = try words.next(), problems.count < limit {
      let term: String = word[0]
      let found = try Row.fetchOne(search, arguments: ["\"\(term)\""])
      if found?[0] as Int64? != word[1] as Int64? || found?[1] as Int64? != word[2] as Int64? {
        problems.append(StoreProblem(place: "search", what: "the word “\(term)” is in the index, but not found by it"))
      }
    }
    return problems
  }

  /// FTS5's own check follows the doclists across pages, which the checks above do not. It writes nothing.
  private func integrityProblems(_ database: Database) throws -> [StoreProblem] {
    do {
      try database.execute(sql: "INSERT INTO main.search (search) VALUES ('integrity-check')")
      return []
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      return [StoreProblem(place: "search", what: "FTS5's own check finds its segments damaged")]
    }
  }
}
