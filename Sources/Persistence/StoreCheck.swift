import Catalog
import Cryptography
import Foundation
import GRDB
import Replication
import TransparencyLog

/// Something in the store that contradicts what it should follow from.
package struct StoreProblem: Sendable, Hashable {
  /// A log, table or row.
  package var place: String
  package var what: String

  package init(place: String, what: String) {
    self.place = place
    self.what = what
  }
}

/// Proves a store, with the node stopped.
///
/// First the logs: every leaf leads to the root of a checkpoint that the log's key signed, every body fits its commitment. Then
/// all that follows from them is made anew in a second, temporary store, and the two are compared row by row, search index
/// included: a changed value in any row is found. Rows that follow from nothing carry their own digest, and a node that stops
/// seals what depends on more than the logs (`StoreSeal.swift`).
package struct StoreCheck {
  /// Problems beyond these of one table are counted, not listed.
  private static let problemsPerTable = 5

  private let store: Store
  private let keys: [Origin: NoteVerifier]

  /// `keys`: who may sign for which log.
  package init(_ store: Store, keys: [Origin: NoteVerifier]) {
    self.store = store
    self.keys = keys
  }

  /// Entries checked, and everything that is wrong.
  package func run() throws -> (entries: Int, problems: [StoreProblem]) {
    var problems = try store.integrityProblems()
    if !problems.isEmpty { return (0, problems) }
    let configuration: CatalogConfiguration
    let origins: [Origin]
    do {
      let bootstrap = CatalogConfiguration(federation: anyFederation, replicated: [])
      (configuration, origins) = try store.read(bootstrap) { transaction in
        (try transaction.viewConfiguration(), try transaction.origins())
      }
    } catch let error as StoreError { return (0, [StoreProblem(place: "local", what: error.reason)]) }
    // As far as the store has come: before an entry it may have stopped for its time, or because it was stopped itself. What the
    // clock says today must not decide whether a store is sound.
    let processed = try store.read(configuration) { transaction in
      try Dictionary(
        uniqueKeysWithValues: configuration.replicated.map { ($0, try transaction.logState($0).processed) })
    }
    let result = try replay(configuration, origins, judging: processed)
    problems += result.problems
    problems += try store.read(configuration) { transaction in
      let problems = try transaction.localProblems()
      return problems.isEmpty ? try transaction.sealProblems() : problems
    }
    return (result.entries, problems)
  }

  private struct Replay {
    var entries = 0
    var problems: [StoreProblem] = []
  }

  private func replay(
    _ configuration: CatalogConfiguration, _ origins: [Origin], judging ends: [RegionCode: UInt64]
  ) throws -> Replay {
    var result = Replay()
    let path = NSTemporaryDirectory() + "tongyuan-fsck-\(getpid())-\(UInt32.random(in: 0 ... .max)).sqlite"
    defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
    let replay = try Store.create(at: path, isTemporary: true)
    try replay.write(configuration) { [store] in
      try $0.copyRegion(from: store, configuration)
      try $0.copyForks(from: store, configuration)
      try $0.copyTexts(from: store, configuration)
    }
    for origin in origins {
      do { result.entries += try check(origin, configuration, into: replay, judging: ends) } catch let error
        as StoreError
      {
        result.problems.append(StoreProblem(place: origin.text, what: error.reason))
      }
    }
    // What was not read to its end would differ everywhere.
    guard result.problems.isEmpty else {
      try? replay.close()
      return result
    }
    _ = try replay.write(configuration) { try Admission($0, now: .max, ends: ends).proceed() }
    try replay.close()
    do { result.problems = try store.differences(from: path, problemsPerTable: Self.problemsPerTable) } catch let error
      as DatabaseError
    {
      result.problems = [StoreProblem(place: "file", what: error.message ?? "a table cannot be read")]
    }
    return result
  }

  private var anyFederation: FederationName {
    guard let name = FederationName("local") else { preconditionFailure("a sound name") }
    return name
  }

  /// Checks one log and plays it into the replay.
  private func check(
    _ origin: Origin, _ configuration: CatalogConfiguration, into replay: Store, judging ends: [RegionCode: UInt64]
  ) throws -> Int {
    let held = try store.read(configuration) { try $0.heldLog(origin) }
    let number = try store.read(configuration) { try $0.log(origin)?.number ?? 0 }
    guard let held else { return 0 }
    try replay.write(configuration) { try $0.adopt(origin, number: number) }
    let isJudged = origin.log == .catalog && configuration.replicated.contains(origin.region)
    var edge = RightEdge()
    while edge.size < held.edge.size {
      let from = edge.size
      let entries = try store.read(configuration) { transaction in
        guard let log = try transaction.log(origin) else { return [LogEntry]() }
        return try transaction.storedEntries(log, from: from, count: 4096)
      }
      guard !entries.isEmpty else { throw StoreError.damaged("entry \(from) is missing") }
      for entry in entries {
        if let reason = entry.missingEvent(of: origin) { throw StoreError.damaged("entry \(edge.size): \(reason)") }
        edge.append(entry.leafHash)
      }
      try replay.write(configuration) { transaction in
        if isJudged {
          let taken = try Admission(transaction, now: .max, ends: ends).commit(entries, of: origin.region)
          // Behind a cut entries are evidence, and nothing else.
          if taken.missingText == nil {
            try transaction.appendUnjudged(Array(entries.dropFirst(taken.heldCount)), to: origin)
          }
        } else {
          try transaction.appendUnjudged(entries, to: origin)
        }
      }
    }
    guard edge.root == held.edge.root, edge.size == held.edge.size else {
      throw StoreError.damaged("its entries do not lead to the root that is stored")
    }
    try check(held, origin)
    return Int(edge.size)
  }

  private func check(_ held: HeldLog, _ origin: Origin) throws {
    guard let checkpoint = held.checkpoint else {
      if held.edge.size == 0 { return }
      throw StoreError.damaged("it has entries but no checkpoint")
    }
    guard let key = keys[origin] else {
      throw StoreError.damaged("there is no card of \(origin.region): its checkpoint cannot be checked")
    }
    do { _ = try checkpoint.verified(log: key) } catch {
      throw StoreError.damaged("its checkpoint is not signed by its key: \(error.reason)")
    }
    // `checkExtends` lets a first contact pass, whatever it covers: an empty log is no such.
    if held.edge.size == 0, checkpoint.checkpoint.size > 0 {
      throw StoreError.damaged("its checkpoint covers entries, none is held")
    }
    do { try held.fork?.check(key: key) } catch {
      throw StoreError.damaged("the proof of its fork is none: \(error.reason)")
    }
    do throws(ProofError) {
      try checkpoint.checkpoint.checkExtends(size: held.edge.size, root: held.edge.root, proof: held.consistency)
    } catch { throw StoreError.damaged("its entries do not lead to its checkpoint: \(error.reason)") }
  }
}

extension StoreTransaction {
  /// Gives a log of a replay the number that it has in the store, so that keys of rows can be compared.
  func adopt(_ origin: Origin, number: Int64) throws {
    try sql(
      "INSERT INTO log (id, origin, size, edge, checkpoint, consistency) VALUES (?, ?, 0, ?, x'', x'')"
    )
    .bind(1, number).bind(2, origin.text).bind(3, RightEdge().bytes).run()
  }

  /// Entries of a log that is not judged: an audit log, or one whose region is not replicated any more.
  func appendUnjudged(_ entries: [LogEntry], to origin: Origin) throws {
    guard let log = try log(origin) else { return }
    for entry in entries {
      let key = log.key(log.edge.size)
      try log.append(entry.leafHash)
      try append(entry, to: log, key: key)
    }
  }

  /// Gives a replay the texts of lists: their digests prove them, and entries are held only behind them.
  func copyTexts(from store: Store, _ configuration: CatalogConfiguration) throws {
    for digest in try store.read(configuration, { try $0.storedTexts() }) {
      guard let text = try store.read(configuration, { try $0.storedText(digest) }), ListText.digest(of: text) == digest
      else { throw StoreError.damaged("the text of list \(digest) was changed") }
      try hold(listText: text, digest: digest, list: try? ListText(bytes: text))
    }
  }

  func storedTexts() throws -> [Digest] {
    try sql("SELECT digest FROM text ORDER BY digest").all { try Self.digest($0, 0) }
  }

  package func storedText(_ digest: Digest) throws -> [UInt8]? {
    try sql("SELECT text FROM text WHERE digest = ?").bind(1, digest).first { $0.bytes(0) }
  }

  /// Rows that carry their own digest, and do not fit it.
  func localProblems() throws -> [StoreProblem] {
    try sql("SELECT key, value, digest FROM local").all { row in
      let key = row.text(0)
      return row.digest(2) == Self.localDigest(key, row.bytes(1))
        ? nil : StoreProblem(place: "local", what: "the row “\(key)” was changed")
    }.compactMap(\.self)
  }
}

extension Statements {
  /// Over type, length and bytes of each value, row after row.
  fileprivate func digest(_ query: String) throws -> Digest {
    let hash = SHA256.Incremental()
    try self.query(query) { $0.update(hash) }
    return hash.finalize()
  }
}

extension Store {
  fileprivate func integrityProblems() throws -> [StoreProblem] {
    try reading { database in
      try String.fetchAll(database, sql: "PRAGMA integrity_check(10)").filter { $0 != "ok" }
        .map { StoreProblem(place: "file", what: $0) }
    }
  }

  /// Compares every table with the same of another store, both ways.
  fileprivate func differences(from path: String, problemsPerTable: Int) throws -> [StoreProblem] {
    try attaching(path, as: "replay") { database in
      var problems = try self.schemaProblems(database)
      let sql = try Statements(database)
      for (table, columns, order) in Schema.comparisons {
        // One pass over each, without keeping a row: only where they differ it is worth the memory to say where.
        let digests = try ["main", "replay"].map {
          try sql.digest("SELECT \(columns) FROM \($0).\(table) ORDER BY \(order)")
        }
        if digests[0] == digests[1] { continue }
        for (one, other) in [("main", "replay"), ("replay", "main")] {
          let difference = "SELECT \(columns) FROM \(one).\(table) EXCEPT SELECT \(columns) FROM \(other).\(table)"
          let rows = try Row.fetchAll(database, sql: "SELECT * FROM (\(difference)) LIMIT \(problemsPerTable)")
          problems += rows.map { row in
            let what = one == "main" ? "a row is not what the logs say" : "a row that follows from the logs is missing"
            return StoreProblem(place: table, what: "\(what): \(Self.excerpt(row))")
          }
        }
      }
      return problems + (try self.searchProblems(database, problemsPerTable))
    }
  }

  private func schemaProblems(_ database: Database) throws -> [StoreProblem] {
    let sql =
      "SELECT name FROM (SELECT name, sql FROM main.sqlite_schema EXCEPT SELECT name, sql FROM replay.sqlite_schema)"
    let reverse =
      "SELECT name FROM (SELECT name, sql FROM replay.sqlite_schema EXCEPT SELECT name, sql FROM main.sqlite_schema)"
    return try (String.fetchAll(database, sql: sql) + String.fetchAll(database, sql: reverse))
      .map { StoreProblem(place: $0, what: "the table or index is not of this schema") }
  }

  private static func excerpt(_ row: Row) -> String {
    row.prefix(3).map { column, value in
      switch value.storage {
      case .null: "\(column) null"
      case .int64(let number): "\(column) \(number)"
      case .double(let number): "\(column) \(number)"
      case .string(let text): "\(column) “\(text.prefix(60))”"
      case .blob(let data): "\(column) \([UInt8](data.prefix(16)).hex)…"
      }
    }.joined(separator: ", ")
  }
}
