import Catalog
import Cryptography
import Foundation
import GRDB
import GRDBSQLite

/// The node's file: one SQLite database in WAL mode, `synchronous=FULL`.
///
/// One writer at a time, any number of readers beside it, each on a snapshot. A write is one transaction: all of it is durable
/// when `write` returns, or none of it happened.
package final class Store: Sendable {
  package static let fileName = "store.sqlite"

  private let pool: DatabasePool
  private let writing = Writing()
  private let texts = ListTexts()
  private let reading = Reading()
  package let path: String
  private let isTemporary: Bool

  /// The writing connection's statements, kept from one transaction to the next. Touched on the pool's writer queue alone.
  private final class Writing: @unchecked Sendable {
    var statements: Statements?
    var lists = ListCache()
    /// The write-ahead log has pages of something that was erased.
    var mustCut = false
    /// Whether the file says already that it is being written.
    var hasBrokenSeal = false
  }

  /// The reading connections' statements: compiling them costs a small read more than running them does. Whoever has a
  /// connection has its statements; the pool keeps its connections until it is closed.
  private final class Reading: @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [OpaquePointer: Statements] = [:]  // guarded by `lock`

    func statements(of database: Database) throws -> Statements {
      guard let connection = database.sqliteConnection else { return try Statements(database) }
      if let known = lock.withLock({ kept[connection] }) { return known }
      let new = try Statements(database)
      lock.withLock { kept[connection] = new }
      return new
    }

    func forget() { lock.withLock { kept = [:] } }
  }

  /// How long a connection waits for a lock; for a reader that keeps the write-ahead log from being cut, so briefly that no write
  /// waits for it.
  private static let (busyMilliseconds, cutMilliseconds): (Int32, Int32) = (5000, 50)

  /// KiB. There are several readers, and each needs little: the writer's alone decides how fast entries come in.
  private static let (readerCache, writerCache) = (4096, 32_768)

  /// Makes an empty store. The file must not be there.
  package static func create(at path: String, isTemporary: Bool = false) throws(StoreError) -> Store {
    do {
      let store = try Store(path: path, isTemporary: isTemporary)
      try store.pool.write { database in
        try database.execute(sql: Schema.logs)
        try database.execute(sql: Schema.view)
        try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(Schema.version)")
      }
      return store
    } catch { throw StoreError(error) }
  }

  /// Opens a store that `create` made. Refuses a file of a newer version by name, and anything else that is no store.
  package static func open(at path: String) throws(StoreError) -> Store {
    guard FileManager.default.fileExists(atPath: path) else {
      throw StoreError(code: .unsupported, reason: "\(path) is not there: is this a node's directory?")
    }
    do {
      let store = try Store(path: path)
      let (application, version) = try store.pool.read { database in
        (
          try Int.fetchOne(database, sql: "PRAGMA application_id"),
          try Int.fetchOne(database, sql: "PRAGMA user_version")
        )
      }
      guard application == Schema.applicationID else {
        throw StoreError(code: .unsupported, reason: "\(path) is a database, but no Tongyuan store")
      }
      guard let version, version <= Schema.version else {
        throw StoreError(
          code: .unsupported,
          reason:
            "\(path) has schema \(version ?? 0), this program knows up to \(Schema.version): install a newer Tongyuan")
      }
      if version < Schema.version { try store.migrate() }
      // Of a node that was killed the write-ahead log may hold what was erased: it goes into the file, and its bytes go. Where
      // there is no room for that now, `cutLog` does it later.
      store.pool.writeWithoutTransaction { _ in store.writing.mustCut = true }
      do { _ = try store.cut() } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {}
      return store
    } catch { throw StoreError(error) }
  }

  /// Of an earlier version: so far only the view has changed, which follows from the logs.
  private func migrate() throws {
    guard let any = FederationName("local") else { preconditionFailure("a sound name") }
    let configuration = try read(CatalogConfiguration(federation: any, replicated: [])) {
      try $0.viewConfiguration()
    }
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    try rebuild(configuration) { transaction in
      try transaction.judgeAnew(now: now)
      try transaction.setSchemaVersion()
    }
  }

  /// A temporary store is thrown away: nothing of it need survive the power.
  private init(path: String, isTemporary: Bool = false) throws {
    self.isTemporary = isTemporary
    var configuration = Configuration()
    configuration.label = "store"
    configuration.maximumReaderCount = 4
    configuration.busyMode = .timeout(Double(Self.busyMilliseconds) / 1000)
    // Their statements are kept as long as they are.
    configuration.persistentReadOnlyConnections = true
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA cache_size = -\(Self.readerCache)")
      try database.execute(sql: "PRAGMA secure_delete = ON")
      try database.execute(sql: "PRAGMA temp_store = MEMORY")
    }
    self.path = path
    pool = try DatabasePool(path: path, configuration: configuration)
    // GRDB sets NORMAL on the writer once it has switched to WAL: an acknowledged entry would not survive a power cut.
    let level = try pool.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA cache_size = -\(Self.writerCache)")
      try database.execute(sql: "PRAGMA synchronous = \(isTemporary ? "OFF" : "FULL")")
      return try Int.fetchOne(database, sql: "PRAGMA synchronous")
    }
    guard level == (isTemporary ? 0 : 2) else {
      throw StoreError(code: .failed, reason: "SQLite does not flush each commit (synchronous is \(level ?? -1))")
    }
  }

  /// Lets go of the file. Nothing else may be under way.
  package func close() throws(StoreError) {
    do {
      pool.writeWithoutTransaction { database in
        writing.statements = nil
        // So that the file alone is the store. Where it fails, the write-ahead log beside it still has everything.
        _ = try? database.checkpoint(.truncate)
      }
      reading.forget()
      try pool.close()
    } catch { throw StoreError(error) }
  }

  /// Runs one transaction. What `body` throws undoes it; behind the commit nothing fails.
  package func write<T: Sendable>(
    _ configuration: CatalogConfiguration, _ body: @Sendable (StoreTransaction) throws -> T
  ) throws -> T {
    do {
      return try pool.writeWithoutTransaction { database in
        let statements = try writing.statements ?? Statements(database)
        writing.statements = statements
        var result: T?
        let changesBefore = database.totalChangesCount
        try database.inTransaction(.immediate) {
          let transaction = StoreTransaction(
            statements, configuration, isReplay: isTemporary, listCache: writing.lists, texts: texts)
          result = try body(transaction)
          try transaction.save()
          try noteErasure(transaction)
          if !writing.hasBrokenSeal, database.totalChangesCount != changesBefore { try transaction.breakSeal() }
          return .commit
        }
        if database.totalChangesCount != changesBefore { writing.hasBrokenSeal = true }
        guard let result else { throw StoreError(code: .failed, reason: "a transaction had no result") }
        return result
      }
    } catch let error as DatabaseError { throw StoreError(error) }
  }

  // MARK: Erased

  /// Within a transaction that erased something: what is left of it goes later (`StoreTransaction.mergeErased`, `cutLog`), in
  /// steps of their own, so that neither the failure of these undoes it nor their length holds up what is written meanwhile.
  private func noteErasure(_ transaction: StoreTransaction) throws {
    if transaction.hasErased || transaction.hasMerged { writing.mustCut = true }
    if transaction.hasErased { try transaction.setErased() }
  }

  /// Moves the write-ahead log into the file and cuts it, where it has pages of what was erased; costs nothing otherwise. False
  /// where a reader on an old snapshot, or somebody else who writes, keeps it from that: to be tried again.
  package func cutLog() throws(StoreError) -> Bool {
    do { return try cut() } catch { throw StoreError(error) }
  }

  private func cut() throws -> Bool {
    try pool.writeWithoutTransaction { database in
      guard writing.mustCut else { return true }
      sqlite3_busy_timeout(database.sqliteConnection, Self.cutMilliseconds)
      defer { sqlite3_busy_timeout(database.sqliteConnection, Self.busyMilliseconds) }
      do { _ = try database.checkpoint(.truncate) } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY
      { return false }
      writing.mustCut = false
      return true
    }
  }

  /// Ends what is left of erased bodies: for who writes without a node.
  package func endErased(_ configuration: CatalogConfiguration) throws {
    while try write(configuration, { try $0.mergeErased() }) != .nothing {}
    guard try cutLog() else {
      throw StoreError(code: .failed, reason: "somebody else reads \(path): what was recalled is in its log still")
    }
  }

  /// Reads one snapshot.
  package func read<T: Sendable>(
    _ configuration: CatalogConfiguration, _ body: @Sendable (StoreTransaction) throws -> T
  ) throws -> T {
    do {
      return try pool.read { database in
        try body(StoreTransaction(try reading.statements(of: database), configuration, texts: texts))
      }
    } catch let error as DatabaseError { throw StoreError(error) }
  }

  /// Drops the view and lets `body` make it anew from the logs, in one transaction.
  package func rebuild<T: Sendable>(
    _ configuration: CatalogConfiguration, _ body: @Sendable (StoreTransaction) throws -> T
  ) throws -> T {
    do {
      return try pool.writeWithoutTransaction { database in
        // The statements of tables that are about to go, and what was read from them.
        writing.statements = nil
        writing.lists = ListCache()
        var result: T?
        try database.inTransaction(.immediate) {
          for table in Schema.viewTables { try database.execute(sql: "DROP TABLE IF EXISTS \(table)") }
          try database.execute(sql: Schema.view)
          let transaction = StoreTransaction(
            try Statements(database), configuration, isRebuilding: true, texts: texts)
          result = try body(transaction)
          try transaction.save()
          try noteErasure(transaction)
          try transaction.breakSeal()
          return .commit
        }
        writing.hasBrokenSeal = true
        guard let result else { throw StoreError(code: .failed, reason: "a transaction had no result") }
        return result
      }
    } catch let error as DatabaseError { throw StoreError(error) }
  }

  /// Says that nothing is written any more: `fsck` then finds any change. For whoever has written, before `close`. Reads the
  /// search index whole.
  package func seal(_ configuration: CatalogConfiguration) throws {
    do {
      try pool.writeWithoutTransaction { database in
        try database.inTransaction(.immediate) {
          try StoreTransaction(try Statements(database), configuration).seal()
          return .commit
        }
        writing.hasBrokenSeal = false
      }
    } catch let error as DatabaseError { throw StoreError(error) }
  }

  func reading<T>(_ body: (Database) throws -> T) throws -> T { try pool.read(body) }

  /// Runs queries over this store and another beside it.
  func attaching<T>(_ path: String, as name: String, _ body: (Database) throws -> T) throws -> T {
    try pool.writeWithoutTransaction { database in
      try database.execute(sql: "ATTACH DATABASE ? AS \(name)", arguments: [path])
      defer { try? database.execute(sql: "DETACH DATABASE \(name)") }
      return try body(database)
    }
  }

  /// Moves the write-ahead log into the file, and cuts it.
  package func checkpoint() throws(StoreError) {
    do {
      _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    } catch { throw StoreError(error) }
  }
}
