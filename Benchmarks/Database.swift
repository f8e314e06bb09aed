import GRDBSQLite
import NodeProcesses

/// SQLite itself: the floor must not pay for anything above it.
final class Database {
  private(set) var handle: OpaquePointer

  init(_ path: String, readOnly: Bool = false) throws {
    var handle: OpaquePointer?
    let flags = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    guard sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK, let handle else {
      throw ProcessFailure("\(path) cannot be opened")
    }
    self.handle = handle
    sqlite3_busy_timeout(handle, 5000)
  }

  deinit { sqlite3_close_v2(handle) }

  func execute(_ text: String) throws {
    guard sqlite3_exec(handle, text, nil, nil, nil) == SQLITE_OK else { throw failure(text) }
  }

  func prepare(_ text: String) throws -> Statement {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, text, -1, &statement, nil) == SQLITE_OK, let statement else { throw failure(text) }
    return Statement(statement, self)
  }

  func rows(_ text: String) throws -> [[String]] {
    let statement = try prepare(text)
    var rows: [[String]] = []
    while try statement.step() { rows.append((0..<statement.columnCount).map { statement.text($0) }) }
    return rows
  }

  func integer(_ text: String) throws -> Int {
    let statement = try prepare(text)
    guard try statement.step() else { throw ProcessFailure("no row: \(text)") }
    return statement.integer(0)
  }

  func failure(_ text: String) -> ProcessFailure {
    ProcessFailure("\(String(cString: sqlite3_errmsg(handle))): \(text)")
  }

  final class Statement {
    let pointer: OpaquePointer
    private let database: Database

    fileprivate init(_ pointer: OpaquePointer, _ database: Database) {
      self.pointer = pointer
      self.database = database
    }

    deinit { sqlite3_finalize(pointer) }

    /// True on a row.
    func step() throws -> Bool {
      switch sqlite3_step(pointer) {
      case SQLITE_ROW: return true
      case SQLITE_DONE:
        sqlite3_reset(pointer)
        return false
      default: throw database.failure(String(cString: sqlite3_sql(pointer)))
      }
    }

    var columnCount: Int32 { sqlite3_column_count(pointer) }
    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(pointer, column)) }
    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    /// The text's or blob's bytes, valid until the next step.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
      let start = sqlite3_column_blob(pointer, column)
      return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(pointer, column)))
    }
  }
}
