import Catalog
import Cryptography
import Foundation
import GRDB
import Persistence
import Replication
import Simulator
import Testing
import TransparencyLog

@Suite("A store of its own, without a node") struct StoreTests {
  private let folder: String
  private let shanghai: RegionCode
  private let jiangsu: RegionCode
  private let configuration: CatalogConfiguration
  private let federation: FederationName
  /// After every entry of both logs.
  private let now: Int64 = 1_800_000_000_000

  init() throws {
    shanghai = try #require(RegionCode("310000"))
    jiangsu = try #require(RegionCode("320000"))
    federation = try #require(FederationName("local"))
    configuration = CatalogConfiguration(federation: federation, replicated: [shanghai, jiangsu])
    folder = NSTemporaryDirectory() + "tongyuan-store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func store(_ name: String) throws -> Store {
    let store = try Store.create(at: "\(folder)/\(name).sqlite")
    try store.write(configuration) { transaction in
      try transaction.setRegion(try #require(RegionCode("330000")))
      try transaction.setViewConfiguration(configuration)
    }
    return store
  }

  /// Entries of each log that are processed.
  private func processed(_ store: Store) throws -> [UInt64] {
    try store.read(configuration) { transaction in
      try [shanghai, jiangsu].map { try transaction.logState($0).processed }
    }
  }

  @Test("A log that one entry sets free is judged a few thousand entries a transaction, as if it had never waited")
  func backlog() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let named = try SimulatedLog(jiangsu, federation: federation, entries: 1)
    var log = try SimulatedLog(shanghai, federation: federation)
    try log.publish(stating: [ClockChange(jiangsu, LogHead(size: 1, root: try named.root(at: 1)))])
    let bound = StoreTransaction.backlogMax
    for _ in 0..<2 * bound { try log.publish() }
    let waiting = log
    let store = try store("waited")
    _ = try store.write(configuration) { try $0.commit(waiting.group(0..<waiting.size), now: now) }
    #expect(try processed(store) == [0, 0])

    var sizes: [UInt64] = []
    var hasBacklog = try store.write(configuration) { transaction in
      _ = try transaction.commit(named.group(0..<1), now: now)
      return transaction.hasBacklog
    }
    sizes.append(try processed(store)[0])
    // As a node leaves it that is killed now.
    let check = StoreCheck(
      store, keys: [named.origin: named.keys.identity.key, waiting.origin: waiting.keys.identity.key])
    let (entries, problems) = try check.run()
    #expect(entries == Int(waiting.size) + 1 && problems.map(\.what) == [])
    while hasBacklog {
      hasBacklog = try store.write(configuration) { transaction in
        try transaction.proceed(now: now)
        return transaction.hasBacklog
      }
      sizes.append(try processed(store)[0])
    }
    #expect(sizes == [UInt64(bound), 2 * UInt64(bound), waiting.size])
    #expect(try processed(store)[1] == 1, "who sets others free is judged before them")

    let other = try self.store("in order")
    _ = try other.write(configuration) { try $0.commit(named.group(0..<1), now: now) }
    let all = try other.write(configuration) { transaction in
      _ = try transaction.commit(waiting.group(0..<waiting.size), now: now)
      return transaction.hasBacklog
    }
    #expect(!all, "what a group brings itself is judged with it")

    let shared = try self.store("many groups in one transaction")
    _ = try shared.write(configuration) { try $0.commit(waiting.group(0..<waiting.size), now: now) }
    let more = try SimulatedLog(jiangsu, federation: federation, entries: 3)
    let judged = try shared.write(configuration) { transaction in
      for index in UInt64(0)..<3 { _ = try transaction.commit(more.group(index..<index + 1), now: now) }
      return try transaction.logState(shanghai).processed
    }
    #expect(judged == UInt64(bound), "they share what one transaction judges")
    try shared.close()
    #expect(
      try store.read(configuration) { try $0.stateDigest() } == other.read(configuration) { try $0.stateDigest() })
    try store.close()
    try other.close()
  }

  @Test("A store of an earlier schema has its view made anew when it is opened")
  func migrated() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let log = try SimulatedLog(jiangsu, federation: federation, entries: 20)
    let store = try store("old")
    _ = try store.write(configuration) { transaction in
      try transaction.commit(log.group(0..<20), now: now)
    }
    let digest = try store.read(configuration) { try $0.stateDigest() }
    try store.close()
    let queue = try DatabaseQueue(path: store.path)
    try queue.write { database in
      try database.execute(
        sql: "DROP TABLE list_moment; CREATE TABLE list_moment (time INTEGER PRIMARY KEY); PRAGMA user_version = 1")
    }
    try queue.close()
    for _ in 0..<2 {
      let opened = try Store.open(at: store.path)
      #expect(try opened.read(configuration) { try $0.stateDigest() } == digest)
      #expect(try opened.read(configuration) { try $0.listsWithMoments(after: 0, through: now) }.isEmpty)
      try opened.close()
    }
  }
}
