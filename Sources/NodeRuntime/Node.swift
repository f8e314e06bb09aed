import Catalog
import Cryptography
import Foundation
import Logging
import PeerTransport
import Persistence
import Replication
import Synchronization
import TransparencyLog

/// A running node: the deterministic core on real time, disk and network.
///
/// It holds no decision about a peer. What happens reaches the core through one inbox, in order; what the core wants done is
/// done here, and its outcome comes back as an event.
package actor Node {
  package let directory: DataDirectory
  package let configuration: NodeConfiguration
  let keys: NodeKeys
  let store: Store
  let writer: Writer
  let audit: AuditTrail
  /// Somebody proposed, signed, ended or suspended a list.
  private let listActsSeen: AsyncStream<Void>
  /// Bodies were erased, or what was left of some waits still.
  let erasures: (seen: AsyncStream<Void>, signal: AsyncStream<Void>.Continuation)
  var erasing = Erasing()
  let logger: Logger
  let credentials: NodeCredentials

  var replication: Replication
  var cards: [RegionCode: PeerCard] = [:]
  var cardFolder: CardFolder
  /// Cards that are not in use, or will not be after a restart.
  var cardProblems: [CardProblem] = []
  var standings: [RegionCode: PeerStanding] = [:]
  /// Numbers decisions of peers in the order in which they were written; and the newest that `standings` shows of each.
  let decisionCount = Atomic<UInt64>(0)
  var newestDecisions: [RegionCode: UInt64] = [:]
  var clients: [RegionCode: PeerClient] = [:]
  var server: PeerServer?
  /// What went wrong with the store last, in words; nil once a write succeeded again.
  var storeProblem: String? { didSet { noteWhetherBehind() } }
  /// Proofs of forks that are not durable yet.
  var unstoredForks: [Origin: UnstoredFork] = [:] { didSet { noteWhetherBehind() } }
  /// Either of the two is there: for who writes beside the actor.
  private let isStoreBehind = Atomic<Bool>(false)
  /// Logs that are configured and do not count yet.
  var blocked: [Reconfiguration.Blocked] = []
  var isConfiguring = false
  /// The configuration is not brought up to the cards and cuts: they changed meanwhile, or it failed.
  var isConfigurationStale = false
  /// Regions whose card or standing is decided, while what follows from it is not all done.
  var due: Set<RegionCode> = []
  /// Why it is not, in words; nil where nothing failed.
  var dueProblem: String?

  /// Set once: long work looks at it and ends early.
  private let stopping = Atomic<Bool>(false)
  nonisolated var isStopping: Bool { stopping.load(ordering: .relaxed) }
  nonisolated func beginStopping() { stopping.store(true, ordering: .relaxed) }

  /// What peers have shown of this region's own log.
  nonisolated let ownLog = OwnLogGuard()
  let started = ContinuousClock.now

  /// What this node wrote last, for its nudges.
  nonisolated let news: NewestEntries

  /// What can be asked beside the run loop.
  nonisolated let queries: NodeQueries
  private let known = KnownLogs()

  nonisolated let inbox: AsyncStream<Replication.Event>.Continuation
  private let events: AsyncStream<Replication.Event>
  private var tasks: [Task<Void, Never>] = []
  private var timers: [RegionCode: Task<Void, Never>] = [:]
  var pulls: [UInt64: Task<Void, Never>] = [:]
  private var recorder: EventFile?
  /// Called after every event: who waits for a condition looks again.
  var watchers: [UInt64: CheckedContinuation<Void, Never>] = [:]
  var watcherCount: UInt64 = 0

  /// `directory` is locked by the caller for as long as the node lives.
  package init(
    directory: DataDirectory, configuration: NodeConfiguration, keys: NodeKeys, credentials: NodeCredentials,
    store: Store,
    logger: Logger, recording: String? = nil
  ) throws {
    self.directory = directory
    self.configuration = configuration
    self.keys = keys
    self.credentials = credentials
    self.store = store
    self.logger = logger
    cardFolder = CardFolder(directory, configuration)
    let (events, inbox) = AsyncStream<Replication.Event>.makeStream()
    self.events = events
    self.inbox = inbox
    let (acts, listActs) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    listActsSeen = acts
    let (erased, erasure) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    erasures = (erased, erasure)
    let audit = AuditTrail(origin: configuration.auditOrigin)
    self.audit = audit
    let news = NewestEntries()
    self.news = news
    writer = Writer(
      store: store, keys: keys, own: [configuration.catalogOrigin, configuration.auditOrigin],
      configuration: try store.read(configuration.catalog(replicating: [])) { try $0.viewConfiguration() }
    ) { transaction in
      try audit.note(transaction, now: Self.now)
    } proceeding: { transaction in
      try transaction.proceed(now: Self.now)
    } committed: { outcome in
      if let sealed = outcome.sealed[configuration.catalogOrigin] {
        news.set(sealed.news)
        inbox.yield(
          .appended(
            configuration.catalogOrigin, edge: sealed.edge, checkpoint: sealed.checkpoint, processed: outcome.processed)
        )
      } else if !outcome.processed.isEmpty {
        inbox.yield(outcome.isAnew ? .reprocessed(outcome.processed) : .processed(outcome.processed))
      }
      if let wanted = outcome.wanted { inbox.yield(.bodiesWanted(wanted)) }
      if outcome.hasListActs { listActs.yield() }
      if outcome.hasErased { erasure.yield() }
    } outcomeIsUnknown: { error in
      logger.critical("store: \(error.reason): stopping; start the node again, it recovers from its file")
      _exit(1)
    }
    queries = NodeQueries(
      directory: directory, configuration: configuration, keys: keys, store: store, writer: writer, known: known)
    var backOff = BackOff()
    backOff.restMilliseconds = configuration.pollMilliseconds
    var system = SystemRandomNumberGenerator()
    let (incarnation, seed) = (system.next() as UInt64, system.next() as UInt64)
    replication = Replication(
      own: configuration.catalogOrigin, incarnation: incarnation, seed: seed, backOff: backOff,
      quota: configuration.quota)
    recorder = try recording.map {
      try EventFile(
        path: $0,
        EventRecorder(
          own: configuration.catalogOrigin, incarnation: incarnation, seed: seed, backOff: backOff,
          quota: configuration.quota))
    }
  }

  /// The program's version, in `status` and the README.
  package static let version = "0.1.0"

  /// Milliseconds since the epoch.
  nonisolated static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

  // MARK: Life

  /// Reads the peers, opens the logs, and begins to sync. The listeners are the service's.
  func start() async throws {
    try loadPeers()
    try await configureCatalog()
    try openLogs()
    inbox.yield(.bodiesWanted(try store.read(writer.catalogConfiguration) { try $0.wantedBodies() }))
    tasks.append(Task { await self.run() })
    tasks.append(Task { await self.tick() })
    tasks.append(
      Task { [listActsSeen] in
        for await _ in listActsSeen {
          do { try await self.writeBoundary() } catch { self.note(storeFailure: error) }
        }
      })
    tasks.append(Task { await self.eraseInTime() })
    for region in knownPeers { inbox.yield(.peerConfigured(settings(of: region))) }
    stamp()
  }

  func stop() async {
    inbox.finish()
    for task in tasks + Array(timers.values) + Array(pulls.values) { task.cancel() }
    for client in clients.values { client.shutdown() }
    // Whoever stops leaves nothing of it to the next start.
    await erase()
    await writer.finish()
    for watcher in watchers.values { watcher.resume() }
    watchers = [:]
  }

  private func run() async {
    for await event in events { dispatch(event) }
  }

  /// Once a minute this region's witness key states the time, and what time brings about is looked at: entries that waited for
  /// one, lists that begin and end (at their moment), the hour's refusals, cards.
  private func tick() async {
    var last = Self.tickMilliseconds
    while !Task.isCancelled {
      do { try await lookAtCards() } catch { note(storeFailure: error) }
      await finishDue()
      var pause = (try? await lookAtTime()) ?? Self.tickMilliseconds
      // Moments are what anybody's texts say: many of them, a millisecond apart, are looked at together.
      if last < Self.tickMillisecondsMin { pause = max(pause, Self.tickMillisecondsMin) }
      last = pause
      try? await Task.sleep(for: .milliseconds(pause))
      if !Task.isCancelled { stamp() }
    }
  }

  private static let tickMilliseconds: Int64 = 60_000
  private static let tickMillisecondsMin: Int64 = 1000

  /// Milliseconds until it is to be looked at again. A failure is noted, and the next minute tries again.
  private func lookAtTime() async throws -> Int64 {
    let now = Self.now
    let next = try await write { [audit] transaction in
      try transaction.proceed(now: now)
      try audit.settle(transaction, now: now)
      return try transaction.nextListMoment(after: now)
    }
    try await writeBoundary()
    return min(Self.tickMilliseconds, next.map { max(1, $0 - Self.now + 1) } ?? Self.tickMilliseconds)
  }

  private func stamp() {
    let origin = configuration.catalogOrigin
    guard let checkpoint = replication.held(origin)?.checkpoint, checkpoint.checkpoint.size > 0 else { return }
    do {
      inbox.yield(.stamped(origin, try keys.stamp(checkpoint, seconds: UInt64(max(0, Self.now / 1000)))))
    } catch { logger.error("the witness key cannot sign: \(error)") }
  }

  private func openLogs() throws {
    for region in [configuration.region] + cards.keys.sorted() { try openLog(of: region) }
  }

  /// Tells the core what the store holds of a region's catalog log.
  func openLog(of region: RegionCode) throws {
    let identity: LogIdentity
    if region == configuration.region {
      identity = LogIdentity(
        origin: configuration.catalogOrigin, key: keys.catalog.verifier, witness: keys.witness.verifier)
    } else {
      guard let card = cards[region] else { return }
      known.open(region, key: card.catalogKey)
      let anchor = card.checkpoint(of: card.catalogOrigin)?.checkpoint
      identity = LogIdentity(
        origin: card.catalogOrigin, key: card.catalogKey, witness: card.witnessKey,
        anchor: anchor.flatMap { $0.size > 0 ? LogHead(size: $0.size, root: $0.root) : nil },
        cut: standings[region]?.cut?.size)
    }
    let held = try store.read(writer.catalogConfiguration) { try $0.heldLog(identity.origin) } ?? HeldLog()
    // At start nothing runs yet; later the inbox keeps the order.
    inbox.yield(.logOpened(identity, held))
  }

  // MARK: Events and effects

  func dispatch(_ event: Replication.Event) {
    let now = Self.now
    let effects = replication.handle(event, at: now)
    ownLog.set(replication.longerOwnLog)
    do { try recorder?.record(event, at: now, effects) } catch {
      logger.error("the recording ends here, it cannot be written: \(error.localizedDescription)")
      recorder = nil
    }
    if case .committed(let origin, _, _) = event {
      storeProblem = nil
      reconsider(origin)
    }
    remember(event, effects)
    for effect in effects { perform(effect) }
    let waiting = watchers
    watchers = [:]
    for watcher in waiting.values { watcher.resume() }
  }

  /// Keeps up what questions need of the core.
  private func remember(_ event: Replication.Event, _ effects: [Replication.Effect]) {
    switch event {
    case .logOpened(let identity, _):
      known.set(asOf: replication.knownAt(identity.origin), of: identity.origin.region)
      remember([identity.origin])
    case .committed(_, _, let processed), .appended(_, _, _, let processed), .processed(let processed),
      .reprocessed(let processed):
      remember(processed.keys)
    default: break
    }
    for case .storeStamp(let origin, _) in effects {
      known.set(asOf: replication.knownAt(origin), of: origin.region)
    }
  }

  private func remember(_ origins: some Sequence<Origin>) {
    for origin in origins { known.set(processed: replication.held(origin)?.processed ?? 0, of: origin.region) }
  }

  func setTimer(_ region: RegionCode, at time: Int64) {
    timers[region]?.cancel()
    timers[region] = Task { [inbox] in
      let delay = time - Self.now
      if delay > 0 { try? await Task.sleep(for: .milliseconds(delay)) }
      if !Task.isCancelled { inbox.yield(.timerFired(region)) }
    }
  }

  /// Returns after the next event, or at the deadline.
  func nextEvent(before deadline: ContinuousClock.Instant) async {
    watcherCount += 1
    let ticket = watcherCount
    let timer = Task {
      try? await Task.sleep(until: deadline)
      self.release(ticket)
    }
    await withCheckedContinuation { watchers[ticket] = $0 }
    timer.cancel()
  }

  private func release(_ ticket: UInt64) { watchers.removeValue(forKey: ticket)?.resume() }

  /// One job of the writer, for whoever can wait for it; how the store fares is remembered. What could not be written before
  /// comes first.
  ///
  /// Beside the actor while nothing is wrong: who writes waits for the disk alone.
  nonisolated func write<T: Sendable>(_ body: @escaping @Sendable (StoreTransaction) throws -> T) async throws -> T {
    let wasWrong = isStoreBehind.load(ordering: .relaxed)
    if wasWrong { await storeForks() }
    do {
      let result = try await writer.run(body)
      if wasWrong { await noteStoreWorks() }
      return result
    } catch let error as StoreError {
      await note(storeFailure: error)
      throw error
    }
  }

  private func noteStoreWorks() { storeProblem = nil }

  private func noteWhetherBehind() {
    isStoreBehind.store(storeProblem != nil || !unstoredForks.isEmpty, ordering: .relaxed)
  }

  /// A write failed: the node goes on for the others, says so in one line, and recovers when the cause is gone.
  func note(storeFailure error: any Error) {
    let reason = Self.words(error)
    if storeProblem != reason { logger.error("store: \(reason)") }
    storeProblem = reason
  }

  static func words(_ error: any Error) -> String { (error as? StoreError)?.reason ?? "\(error)" }
}
