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

  /// The index holds no text, but it tells each occurrence of a word: (word, resource, column, position). Resources have other
  /// numbers in a replay and so another order: what is compared is a sum over all occurrences.
  private func wordProblems(_ database: Database, _ limit: Int) throws -> [StoreProblem] {
    let sql = try Statements(database)
    if try OccurrenceSum(of: "main", sql) == OccurrenceSum(of: "replay", sql) { return [] }
    func words(_ schema: String) -> String {
      "SELECT w.term, coalesce(r.id, '#' || w.doc), w.col, w.offset FROM temp.words_\(schema) w "
        + "LEFT JOIN \(schema).resource r ON r.number = w.doc"
    }
    var problems: [StoreProblem] = []
    for (one, other) in [("main", "replay"), ("replay", "main")] {
      let difference = "SELECT * FROM (\(words(one)) EXCEPT \(words(other))) LIMIT \(limit)"
      problems += try Row.fetchAll(database, sql: difference).map { row in
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
    let sql = try Statements(database)
    var word: (term: String, texts: Int64, sum: Int64, last: Int64)?
    func seek() throws {
      guard let word, problems.count < limit else { return }
      let found = try sql("SELECT count(*), coalesce(sum(rowid), 0) FROM main.search WHERE search MATCH ?")
        .bind(1, "\"\(word.term)\"").first { ($0.integer(0), $0.integer(1)) }
      if found?.0 != word.texts || found?.1 != word.sum {
        problems.append(
          StoreProblem(place: "search", what: "the word “\(word.term)” is in the index, but not found by it"))
      }
    }
    // By word, and by text within a word.
    try sql.query("SELECT term, doc FROM temp.words_main") { row in
      let document = row.integer(1)
      if let known = word, row.withBytes(0, { $0.elementsEqual(known.term.utf8) }) {
        guard document != known.last else { return }
        word = (known.term, known.texts + 1, known.sum &+ document, document)
      } else {
        try seek()
        word = (row.text(0), 1, document, document)
      }
    }
    try seek()
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

/// All occurrences of words as two sums of 64 bits, under keys that this process alone knows: whoever damages a store cannot
/// aim at them.
private struct OccurrenceSum: Equatable {
  private var one = 0
  private var other = 0
  private var count = 0

  init(of schema: String, _ sql: Statements) throws {
    var ids: [Int64: Int] = [:]
    try sql.query("SELECT number, id FROM \(schema).resource") { row in
      ids[row.integer(0)] = row.withBytes(1) { bytes in
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return hasher.finalize()
      }
    }
    try sql.query("SELECT term, doc, col, offset FROM temp.words_\(schema)") { row in
      let document = row.integer(1)
      var first = Hasher()
      row.withBytes(0) { first.combine(bytes: $0) }
      first.combine(ids[document])
      if ids[document] == nil { first.combine(document) }
      row.withBytes(2) { first.combine(bytes: $0) }
      first.combine(row.integer(3))
      var second = first
      second.combine(1)
      one &+= first.finalize()
      other &+= second.finalize()
      count += 1
    }
  }
}
