import Foundation
import GRDBSQLite
import NodeProcesses

/// The floor of bulk replication: the rows of a finished store, written again to an empty file of the same schema.
///
/// Prepared statements in transactions of 10,000 entries, with the store's durability; no network, no hashing, no proof, no
/// rules. Schema, settings and rows are read from the store itself, so that they are the node's, whatever those become.
/// Reading is not timed.
final class RowCopy {
  static let entriesPerTransaction = 10_000

  private let source: Database
  private let copy: Database
  private var tables: [any CopiedTable] = []
  private(set) var seconds = 0.0

  init(from path: String, to copyPath: String) throws {
    source = try Database(path, readOnly: true)
    copy = try Database(copyPath)
    try copy.execute("PRAGMA journal_mode = WAL")
    try copy.execute("PRAGMA synchronous = FULL")
    // As the store sets them for itself.
    try copy.execute("PRAGMA cache_size = -32768")
    try copy.execute("PRAGMA temp_store = MEMORY")
    // One snapshot for all tables.
    try source.execute("BEGIN")
    let schema = try source.rows(
      "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC")
    let indexes = schema.filter { $0[2].hasPrefix("CREATE VIRTUAL TABLE") }.map { $0[1] }
    let entryCount = try source.integer("SELECT count(*) FROM entry")
    transactionCount = max(1, (entryCount + Self.entriesPerTransaction - 1) / Self.entriesPerTransaction)
    for row in schema where !indexes.contains(where: { row[1].hasPrefix($0 + "_") && row[0] == "table" }) {
      try copy.execute(row[2])
      guard row[0] == "table" else { continue }
      tables.append(
        indexes.contains(row[1])
          ? try CopiedTextIndex(row[1], from: source, to: copy) : try CopiedRows(row[1], from: source, to: copy))
    }
  }

  private let transactionCount: Int

  func run() throws {
    for transaction in 0..<transactionCount {
      for table in tables { try table.read(share: transaction, of: transactionCount) }
      let began = ContinuousClock.now
      try copy.execute("BEGIN IMMEDIATE")
      for table in tables { try table.write() }
      try copy.execute("COMMIT")
      seconds += began.elapsedSeconds
    }
    for table in tables { try table.check() }
  }
}

private protocol CopiedTable: AnyObject {
  /// Reads the rows of one transaction into memory.
  func read(share: Int, of shares: Int) throws
  func write() throws
  /// Throws if the copy differs in size.
  func check() throws
}

/// An ordinary table, in the order in which its rows came.
private final class CopiedRows: CopiedTable {
  private let name: String
  private let source: Database
  private let copy: Database
  private let rows: Database.Statement
  private let insert: Database.Statement
  private let count: Int
  private let columnCount: Int32
  private var read = 0
  private var values: [OpaquePointer] = []

  init(_ name: String, from source: Database, to copy: Database) throws {
    self.name = name
    self.source = source
    self.copy = copy
    count = try source.integer("SELECT count(*) FROM \(name)")
    let columns = try source.rows("SELECT name FROM pragma_table_info('\(name)')").map { $0[0] }
    columnCount = Int32(columns.count)
    // Keys rise as entries arrive; a table without them is in the order of its primary key.
    rows = try source.prepare("SELECT * FROM \(name)" + (columns.contains("key") ? " ORDER BY key" : ""))
    insert = try copy.prepare(
      "INSERT INTO \(name) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))")
  }

  deinit { for value in values { sqlite3_value_free(value) } }

  func read(share: Int, of shares: Int) throws {
    for value in values { sqlite3_value_free(value) }
    values.removeAll(keepingCapacity: true)
    let end = count * (share + 1) / shares
    while read < end, try rows.step() {
      for column in 0..<columnCount {
        guard let value = sqlite3_value_dup(sqlite3_column_value(rows.pointer, column)) else {
          throw ProcessFailure("no memory for the rows of \(name)")
        }
        values.append(value)
      }
      read += 1
    }
  }

  func write() throws {
    var column: Int32 = 0
    for value in values {
      column += 1
      bind(column, value)
      if column == columnCount {
        _ = try insert.step()
        column = 0
      }
    }
  }

  /// The values outlive the statement's run: nothing is copied.
  private func bind(_ column: Int32, _ value: OpaquePointer) {
    switch sqlite3_value_type(value) {
    case SQLITE_INTEGER: sqlite3_bind_int64(insert.pointer, column, sqlite3_value_int64(value))
    case SQLITE_TEXT:
      sqlite3_bind_text(
        insert.pointer, column,
        UnsafeRawPointer(sqlite3_value_text(value)).assumingMemoryBound(to: CChar.self), sqlite3_value_bytes(value), nil
      )
    case SQLITE_BLOB where sqlite3_value_bytes(value) > 0:
      sqlite3_bind_blob(insert.pointer, column, sqlite3_value_blob(value), sqlite3_value_bytes(value), nil)
    case SQLITE_BLOB: sqlite3_bind_zeroblob(insert.pointer, column, 0)
    default: sqlite3_bind_null(insert.pointer, column)
    }
  }

  func check() throws {
    let written = try copy.integer("SELECT count(*) FROM \(name)")
    guard written == count else { throw ProcessFailure("\(name): \(written) rows were written, not \(count)") }
  }
}

/// A full-text index without content: its words are read back out of it, document by document.
private final class CopiedTextIndex: CopiedTable {
  private let name: String
  private let source: Database
  private let copy: Database
  private let insert: Database.Statement
  private let columns: [String]
  /// Document numbers, in order: of those that have a word at all.
  private let documents: [Int]
  private var words: [[UInt8]] = []
  /// Of document d and column c, the words from `starts[d * columns + c]` on, as numbers.
  private var starts: [Int]
  private var sequence: [UInt32]
  private var range = 0..<0
  private var texts: [[UInt8]] = []

  init(_ name: String, from source: Database, to copy: Database) throws {
    self.name = name
    self.source = source
    self.copy = copy
    columns = try source.rows("SELECT name FROM pragma_table_info('\(name)')").map { $0[0] }
    insert = try copy.prepare(
      "INSERT INTO \(name) (rowid, \(columns.joined(separator: ", "))) VALUES (?"
        + columns.map { _ in ", ?" }.joined() + ")")
    try source.execute("CREATE VIRTUAL TABLE temp.\(name)_words USING fts5vocab('main', '\(name)', 'instance')")
    let columnCount = columns.count
    let names = columns.map { Array($0.utf8) }
    func forEachWord(_ body: (_ slot: Int, _ offset: Int, _ word: UnsafeRawBufferPointer) -> Void) throws {
      let rows = try source.prepare("SELECT doc, col, offset, term FROM temp.\(name)_words")
      while try rows.step() {
        let column = rows.bytes(1)
        guard let number = names.firstIndex(where: { $0.elementsEqual(column) }) else { continue }
        body(rows.integer(0) * columnCount + number, rows.integer(2), rows.bytes(3))
      }
    }
    // By document and column, until they become where the words of each begin. The last one holds no words.
    var counts: [Int] = []
    try forEachWord { slot, _, _ in
      while counts.count < (slot / columnCount + 1) * columnCount { counts.append(0) }
      counts[slot] += 1
    }
    documents = stride(from: 0, to: counts.count, by: columnCount)
      .filter { slot in counts[slot..<slot + columnCount].contains { $0 > 0 } }.map { $0 / columnCount }
    counts.append(0)
    var sum = 0
    for index in counts.indices { (counts[index], sum) = (sum, sum + counts[index]) }
    starts = counts
    var sequence = [UInt32](repeating: 0, count: sum)
    var words: [[UInt8]] = []
    try forEachWord { slot, offset, word in
      // Words come in order: the same one again is the last one.
      if words.last?.elementsEqual(word) != true { words.append(Array(word)) }
      sequence[counts[slot] + offset] = UInt32(words.count - 1)
    }
    self.words = words
    self.sequence = sequence
  }

  func read(share: Int, of shares: Int) throws {
    range = documents.count * share / shares..<documents.count * (share + 1) / shares
    texts.removeAll(keepingCapacity: true)
    for document in documents[range] {
      for column in columns.indices {
        let slot = document * columns.count + column
        var text: [UInt8] = []
        for word in sequence[starts[slot]..<starts[slot + 1]] {
          if !text.isEmpty { text.append(UInt8(ascii: " ")) }
          text += words[Int(word)]
        }
        texts.append(text)
      }
    }
  }

  func write() throws {
    var next = 0
    for document in range {
      sqlite3_bind_int64(insert.pointer, 1, Int64(documents[document]))
      for column in columns.indices {
        _ = texts[next].withUnsafeBytes { text in
          // Copied by SQLite: an array's bytes may move.
          sqlite3_bind_text(
            insert.pointer, Int32(column) + 2, text.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(text.count),
            unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        }
        next += 1
      }
      _ = try insert.step()
    }
  }

  func check() throws {
    let what = "SELECT count(*), sum(doc), sum(cnt) FROM temp.\(name)_terms"
    for database in [source, copy] {
      try database.execute("CREATE VIRTUAL TABLE temp.\(name)_terms USING fts5vocab('main', '\(name)', 'row')")
    }
    let (ours, theirs) = (try copy.rows(what), try source.rows(what))
    guard ours == theirs else { throw ProcessFailure("\(name): words \(ours) were written, not \(theirs)") }
  }
}
