import Cryptography
import GRDB
import GRDBSQLite

/// The prepared statements of one connection, compiled once each. Used on that connection's thread alone, and gone before it.
final class Statements {
  let connection: OpaquePointer
  // A StaticString's address tells it apart, and is hashed faster than its text.
  private var prepared: [UInt: OpaquePointer] = [:]

  init(_ database: Database) throws {
    guard let connection = database.sqliteConnection else {
      throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the connection is closed")
    }
    self.connection = connection
  }

  /// Runs a query that is put together at run time, once.
  func query(_ text: String, _ body: (SQLRow) throws -> Void) throws {
    var pointer: OpaquePointer?
    guard sqlite3_prepare_v2(connection, text, -1, &pointer, nil) == SQLITE_OK, let pointer else {
      throw SQL.failure(connection, text)
    }
    defer { sqlite3_finalize(pointer) }
    try SQL(pointer: pointer, connection: connection).forEach {
      try body($0)
      return true
    }
  }

  /// The row number that the last INSERT on this connection gave.
  var lastInsertedNumber: Int64 { sqlite3_last_insert_rowid(connection) }

  /// How many rows the last statement of this connection changed.
  var changedRowCount: Int { Int(sqlite3_changes64(connection)) }

  deinit { for pointer in prepared.values { sqlite3_finalize(pointer) } }

  func callAsFunction(_ text: StaticString) throws -> SQL {
    let key = UInt(bitPattern: text.utf8Start)
    if let pointer = prepared[key] {
      sqlite3_reset(pointer)
      return SQL(pointer: pointer, connection: connection)
    }
    var pointer: OpaquePointer?
    let code = text.withUTF8Buffer { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        sqlite3_prepare_v3(
          connection, $0.baseAddress, Int32($0.count), UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
      }
    }
    guard code == SQLITE_OK, let pointer else { throw SQL.failure(connection, "\(text)") }
    prepared[key] = pointer
    return SQL(pointer: pointer, connection: connection)
  }
}

/// A prepared statement, bound and stepped through SQLite's own calls: at bulk, boxing arguments into values costs more than
/// the rows themselves.
struct SQL {
  fileprivate let pointer: OpaquePointer
  fileprivate let connection: OpaquePointer

  /// Binds by position, from 1. Returns itself, so that binding and running read as one sentence.
  @discardableResult func bind(_ position: Int32, _ value: Int64?) -> SQL {
    if let value {
      check(sqlite3_bind_int64(pointer, position, value))
    } else {
      check(sqlite3_bind_null(pointer, position))
    }
    return self
  }

  @discardableResult func bind(_ position: Int32, _ value: Int) -> SQL { bind(position, Int64(value)) }

  @discardableResult func bind(_ position: Int32, _ value: [UInt8]?) -> SQL {
    guard let value else {
      check(sqlite3_bind_null(pointer, position))
      return self
    }
    value.withUnsafeBytes { bytes in bindBlob(position, bytes) }
    return self
  }

  @discardableResult func bind(_ position: Int32, _ value: Digest) -> SQL {
    value.withUnsafeBytes { bytes in bindBlob(position, bytes) }
    return self
  }

  @discardableResult func bind(_ position: Int32, _ value: String) -> SQL {
    var value = value
    value.withUTF8 { bytes in
      check(
        sqlite3_bind_text64(
          pointer, position, UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self),
          UInt64(bytes.count), Self.transient, UInt8(SQLITE_UTF8)))
    }
    return self
  }

  /// Runs a statement that yields no row.
  func run() throws {
    defer { sqlite3_reset(pointer) }
    let code = sqlite3_step(pointer)
    guard code == SQLITE_DONE || code == SQLITE_ROW else { throw failure(code) }
  }

  /// The first row, mapped; nil if there is none.
  func first<T>(_ map: (SQLRow) throws -> T) throws -> T? {
    defer { sqlite3_reset(pointer) }
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return try map(SQLRow(pointer: pointer))
    case SQLITE_DONE: return nil
    case let code: throw failure(code)
    }
  }

  /// Every row in turn; `body` answers whether to go on.
  func forEach(_ body: (SQLRow) throws -> Bool) throws {
    defer { sqlite3_reset(pointer) }
    while true {
      switch sqlite3_step(pointer) {
      case SQLITE_ROW: if try !body(SQLRow(pointer: pointer)) { return }
      case SQLITE_DONE: return
      case let code: throw failure(code)
      }
    }
  }

  func all<T>(_ map: (SQLRow) throws -> T) throws -> [T] {
    var result: [T] = []
    try forEach {
      result.append(try map($0))
      return true
    }
    return result
  }

  // SQLite copies what is bound before the call returns.
  private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

  private func bindBlob(_ position: Int32, _ bytes: UnsafeRawBufferPointer) {
    // A null address would bind NULL: an empty blob is a different value.
    if let base = bytes.baseAddress, bytes.count > 0 {
      check(sqlite3_bind_blob64(pointer, position, base, UInt64(bytes.count), Self.transient))
    } else {
      check(sqlite3_bind_zeroblob(pointer, position, 0))
    }
  }

  private func check(_ code: Int32) {
    precondition(code == SQLITE_OK, "a parameter that the statement does not have, or no memory")
  }

  private func failure(_ code: Int32) -> DatabaseError {
    Self.failure(connection, sqlite3_sql(pointer).map { String(cString: $0) })
  }

  fileprivate static func failure(_ connection: OpaquePointer, _ text: String?) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
      message: String(cString: sqlite3_errmsg(connection)), sql: text)
  }
}

/// One row of a running statement. Columns count from 0.
struct SQLRow {
  fileprivate let pointer: OpaquePointer

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(pointer, column) == SQLITE_NULL }
  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }
  func size(_ column: Int32) -> UInt64 { UInt64(max(0, integer(column))) }

  func text(_ column: Int32) -> String {
    guard let text = sqlite3_column_text(pointer, column) else { return "" }
    return String(
      decoding: UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(pointer, column))), as: UTF8.self)
  }

  func bytes(_ column: Int32) -> [UInt8] {
    guard let blob = sqlite3_column_blob(pointer, column) else { return [] }
    return Array(UnsafeRawBufferPointer(start: blob, count: Int(sqlite3_column_bytes(pointer, column))))
  }

  /// The bytes of a text or blob, while `body` runs.
  func withBytes<T>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    let blob = sqlite3_column_blob(pointer, column)
    return try body(UnsafeRawBufferPointer(start: blob, count: Int(sqlite3_column_bytes(pointer, column))))
  }

  /// Digests every value: its type, its length and its bytes.
  func update(_ hash: borrowing SHA256.Incremental) {
    for column in 0..<sqlite3_column_count(pointer) {
      let type = sqlite3_column_type(pointer, column)
      let count = sqlite3_column_bytes(pointer, column)
      withUnsafeBytes(of: (type.bigEndian, type == SQLITE_INTEGER ? 8 : count.bigEndian)) { hash.update($0) }
      if type == SQLITE_INTEGER {
        withUnsafeBytes(of: integer(column).bigEndian) { hash.update($0) }
      } else if let blob = sqlite3_column_blob(pointer, column) {
        hash.update(UnsafeRawBufferPointer(start: blob, count: Int(count)))
      }
    }
  }

  func optionalBytes(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

  /// nil where the column does not hold 32 bytes.
  func digest(_ column: Int32) -> Digest? {
    guard let blob = sqlite3_column_blob(pointer, column), sqlite3_column_bytes(pointer, column) == 32 else {
      return nil
    }
    return Digest(UnsafeRawBufferPointer(start: blob, count: 32))
  }
}
