import Catalog
import Cryptography
import Foundation
import Persistence
import TransparencyLog

/// What can be done with a node's directory while no node runs.
package enum OfflineNode {
  package struct FsckReport: Sendable {
    package var entries: Int
    package var problems: [(place: String, what: String)]
    package var isSound: Bool { problems.isEmpty }
  }

  /// The card as the store knows it.
  package static func card(_ directory: DataDirectory) throws -> PeerCard {
    try inWords { try readCard(directory) }
  }

  /// Proves logs, bodies, checkpoints, view and search index. Throws if a node runs on the directory.
  package static func fsck(_ directory: DataDirectory) throws -> FsckReport { try inWords { try check(directory) } }

  /// Makes the view anew from the logs. Throws if a node runs on the directory.
  package static func rebuild(_ directory: DataDirectory) throws -> (entries: Int, resources: Int) {
    try inWords { try makeAnew(directory) }
  }

  /// Recomputes the logs of a directory whose node does not run: a copy, or another machine's.
  package static func verifyLogs(_ directory: DataDirectory) async throws -> LogReport {
    do {
      let (store, keys, lock) = try opened(directory)
      defer {
        withExtendedLifetime(lock) {}
        try? store.close()
      }
      let configuration = try directory.configuration().catalog(replicating: [])
      let (entries, failures) = try await store.verifyLogs(configuration, keys: keys)
      return LogReport(entries: entries, failures: failures)
    } catch let error as StoreError { throw NodeError.refused("store", error.reason) }
  }

  private static func inWords<T>(_ body: () throws -> T) throws -> T {
    do { return try body() } catch let error as StoreError { throw NodeError.refused("store", error.reason) }
  }

  private static func readCard(_ directory: DataDirectory) throws -> PeerCard {
    let configuration = try directory.configuration()
    let keys = try directory.keys(configuration)
    let store = try NodeService.open(directory, configuration, keys)
    defer { try? store.close() }
    let checkpoints = try store.read(configuration.catalog(replicating: [])) { transaction in
      try [configuration.catalogOrigin, configuration.auditOrigin].compactMap {
        try transaction.heldLog($0)?.checkpoint
      }
    }
    return PeerCard(
      configuration: configuration, authority: try directory.authority(),
      revocationList: try directory.revocationList(),
      keys: keys, checkpoints: checkpoints)
  }

  /// The store, locked, and who may sign for which log.
  private static func opened(
    _ directory: DataDirectory
  ) throws -> (store: Store, keys: [Origin: NoteVerifier], lock: DataDirectory.Lock) {
    let configuration = try directory.configuration()
    let lock = try directory.lock()
    let keys = try directory.keys(configuration)
    let store = try NodeService.open(directory, configuration, keys)
    var verifiers = [
      configuration.catalogOrigin: keys.catalog.verifier, configuration.auditOrigin: keys.audit.verifier,
    ]
    for card in cards(directory, configuration).values { verifiers[card.catalogOrigin] = card.catalogKey }
    return (store, verifiers, lock)
  }

  private static func check(_ directory: DataDirectory) throws -> FsckReport {
    let (store, keys, lock) = try opened(directory)
    defer {
      try? store.close()
      withExtendedLifetime(lock) {}
    }
    let (entries, problems) = try StoreCheck(store, keys: keys).run()
    return FsckReport(entries: entries, problems: problems.map { ($0.place, $0.what) })
  }

  private static func makeAnew(_ directory: DataDirectory) throws -> (entries: Int, resources: Int) {
    let configuration = try directory.configuration()
    let lock = try directory.lock()
    defer { withExtendedLifetime(lock) {} }
    let store = try NodeService.open(directory, configuration, try directory.keys(configuration))
    defer { try? store.close() }
    let standings = try store.read(configuration.catalog(replicating: [])) { try PeerStanding.all($0) }
    let cuts = standings.compactMapValues { $0.cut?.head }
    let regions = Set(cards(directory, configuration).keys)
    let wanted = configuration.catalog(replicating: regions, cuts: cuts)
    let now = Node.now
    let reachable = try reachable(wanted, in: store)
    let result = try store.rebuild(reachable) { transaction in
      let entries = try transaction.judgeAnew(now: now)
      try transaction.setViewConfiguration(reachable)
      return (entries, try transaction.counts().resources)
    }
    try store.endErased(reachable)
    try store.seal(wanted)
    try store.checkpoint()
    return result
  }

  /// What the view can be made anew under without going back behind what it had processed.
  private static func reachable(_ wanted: CatalogConfiguration, in store: Store) throws -> CatalogConfiguration {
    func cut(_ regions: Set<RegionCode>) -> CatalogConfiguration {
      CatalogConfiguration(
        federation: wanted.federation, rules: wanted.rules, replicated: regions,
        cuts: wanted.cuts.filter { regions.contains($0.key) })
    }
    let present: CatalogConfiguration
    do { present = try store.read(wanted) { try $0.viewConfiguration() } } catch let error as StoreError
      where error.code == .damaged
    {
      // Which logs judged nobody knows: the cards alone say which should.
      return cut(wanted.replicated)
    }
    do {
      return try store.read(present) { try Reconfiguration(from: present, to: wanted, reading: $0).configuration }
    } catch is StoreError {
      // Where the view cannot be read, nobody can tell whether a log that is new can count: it does once a node runs.
      return cut(present.replicated)
    }
  }

  /// A broken card is no peer here: `serve` passes it over too.
  private static func cards(
    _ directory: DataDirectory, _ configuration: NodeConfiguration
  ) -> [RegionCode: PeerCard] {
    var folder = CardFolder(directory, configuration)
    return folder.read().cards
  }
}
