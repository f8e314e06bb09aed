import Catalog
import Cryptography
import Dispatch
import Persistence
import Replication
import Synchronization
import TransparencyLog

/// The one place that writes to the store. Jobs run in the order in which they came; those that wait while a transaction
/// runs share the next one, so that many clients cost one flush of the disk (group commit).
///
/// A job is acknowledged once its transaction is durable. What a job throws undoes that job alone.
final class Writer: Sendable {
  /// What a transaction did to logs, told before its jobs are acknowledged.
  struct Outcome: Sendable {
    /// Own logs that grew, with their new checkpoint.
    var sealed: [Origin: Sealed] = [:]
    /// Sizes processed now, of every log where that changed.
    var processed: [Origin: UInt64] = [:]
    /// The bodies that are wanted now, where that changed.
    var wanted: WantedBodies?
    var hasListActs = false
    /// Entries are left that can be judged.
    var hasBacklog = false
    /// Bodies were erased: what is left of them in index and write-ahead log is to go.
    var hasErased = false
    /// Everything was judged anew: what is processed may have shrunk.
    var isAnew = false

    var isEmpty: Bool { sealed.isEmpty && processed.isEmpty && wanted == nil && !hasListActs && !hasErased }

    struct Sealed: Sendable {
      var edge: RightEdge
      var checkpoint: SignedCheckpoint
      var news: News
    }

    /// What a transaction appended to an own log, as frames; empty where that is more than a nudge carries.
    struct News: Sendable {
      var first: UInt64
      var end: UInt64
      var frames: [UInt8] = []
    }
  }

  private struct Job: Sendable {
    /// Keeps its result until the transaction is durable.
    let run: @Sendable (StoreTransaction) throws -> @Sendable () -> Void
    let fail: @Sendable (any Error) -> Void
  }

  /// Jobs that share a transaction, at most.
  private static let jobsMax = 256

  /// Entries of one transaction that may ride on a nudge, at most.
  private static let newsMax: UInt64 = 256

  private let store: Store
  private let keys: NodeKeys
  private let own: [Origin]
  private let configuration: Mutex<CatalogConfiguration>
  private let jobs = Mutex<[Job]>([])
  private let queue = DispatchQueue(label: "store.writer")
  private let noting: @Sendable (StoreTransaction) throws -> Void
  private let proceeding: @Sendable (StoreTransaction) throws -> Void
  /// The node stops: what is left to judge is for its next start.
  private let isFinishing = Atomic<Bool>(false)
  /// A job that goes on judging is in the queue.
  private let isProceeding = Mutex(false)
  private let committed: @Sendable (Outcome) -> Void
  private let outcomeIsUnknown: @Sendable (StoreError) -> Void

  /// `noting` adds to each transaction what the audit log tells of it; `proceeding` judges more of what one left over, in turn with
  /// the jobs that wait. `committed` is called on the writer's thread, in the order of the transactions, before their jobs are acknowledged.
  /// `outcomeIsUnknown` must end the process: the store is right again once it is opened anew.
  init(
    store: Store, keys: NodeKeys, own: [Origin], configuration: CatalogConfiguration,
    noting: @escaping @Sendable (StoreTransaction) throws -> Void,
    proceeding: @escaping @Sendable (StoreTransaction) throws -> Void,
    committed: @escaping @Sendable (Outcome) -> Void, outcomeIsUnknown: @escaping @Sendable (StoreError) -> Void
  ) {
    self.store = store
    self.keys = keys
    self.own = own
    self.configuration = Mutex(configuration)
    self.noting = noting
    self.proceeding = proceeding
    self.committed = committed
    self.outcomeIsUnknown = outcomeIsUnknown
  }

  var catalogConfiguration: CatalogConfiguration { configuration.withLock { $0 } }

  /// Takes its place in the order before it returns; `completion` is called on the writer's thread.
  func enqueue<T: Sendable>(
    _ body: @escaping @Sendable (StoreTransaction) throws -> T,
    completion: @escaping @Sendable (Result<T, any Error>) -> Void
  ) {
    let job = Job(
      run: { transaction in
        let result = try body(transaction)
        return { completion(.success(result)) }
      },
      fail: { completion(.failure($0)) })
    jobs.withLock { $0.append(job) }
    queue.async { self.drain() }
  }

  func run<T: Sendable>(_ body: @escaping @Sendable (StoreTransaction) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      enqueue(body) { continuation.resume(with: $0) }
    }
  }

  /// Brings the store as near to a configuration as it can come, and judges everything anew where that is needed. What to do
  /// is decided in the order of the jobs, on what those before have written, and nothing is written between the decision
  /// and its end: an entry is judged under the configuration that it is labelled with, whenever it came.
  func reconfigure(to wanted: CatalogConfiguration, now: Int64) async throws -> Reconfiguration {
    try await withCheckedThrowingContinuation { continuation in
      queue.async {
        do {
          let present = self.catalogConfiguration
          let reconfiguration = try self.store.read(present) {
            try Reconfiguration(from: present, to: wanted, reading: $0)
          }
          try self.apply(reconfiguration, over: present, now: now)
          continuation.resume(returning: reconfiguration)
        } catch {
          self.endIfUnknown(error)
          continuation.resume(throwing: error)
        }
      }
    }
  }

  private func apply(
    _ reconfiguration: Reconfiguration, over present: CatalogConfiguration, now: Int64
  ) throws {
    let new = reconfiguration.configuration
    switch reconfiguration.change {
    case .none: break
    case .relabelled:
      try store.write(present) { try $0.setViewConfiguration(new) }
      configuration.withLock { $0 = new }
    case .anew:
      let outcome = try store.rebuild(new) { transaction in
        let before = try self.ownSizes(transaction)
        try transaction.judgeAnew(now: now)
        try transaction.setViewConfiguration(new)
        try self.noting(transaction)
        var outcome = try self.seal(transaction, before)
        outcome.wanted = try transaction.wantedBodies()
        outcome.isAnew = true
        return outcome
      }
      configuration.withLock { $0 = new }
      committed(outcome)
    }
  }

  /// Merges what was erased before this call out of the search index, step by step: jobs that come meanwhile run in between.
  /// False if there was nothing.
  func mergeErased() async throws -> Bool {
    // A pass that is under way began before the call; what is erased while the second one runs is for later.
    var passes = 0
    while passes < 2 {
      switch try await run({ try $0.mergeErased() }) {
      case .nothing: return passes > 0
      case .more: continue
      case .ended: passes += 1
      }
    }
    return true
  }

  /// Has the store cut its write-ahead log of erased pages, once the jobs before are done; false where a reader keeps it from that.
  func cutLog() async throws -> Bool {
    try await withCheckedThrowingContinuation { continuation in
      queue.async {
        do { continuation.resume(returning: try self.store.cutLog()) } catch {
          self.endIfUnknown(error)
          continuation.resume(throwing: error)
        }
      }
    }
  }

  /// Waits until everything that was asked for is done, and judges no more of a backlog afterwards.
  func finish() async {
    isFinishing.store(true, ordering: .relaxed)
    await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
  }

  private func drain() {
    let batch = jobs.withLock { jobs in
      let batch = Array(jobs.prefix(Self.jobsMax))
      jobs.removeFirst(batch.count)
      return batch
    }
    guard !batch.isEmpty else { return }
    if batch.count == 1 || !commit(batch) {
      // Alone in its transaction, a job that fails halfway undoes nothing but itself.
      for job in batch { _ = commit([job]) }
    }
  }

  private enum Settled: Sendable {
    case done(@Sendable () -> Void)
    case refused(any Error)
  }

  private struct FailedHalfway: Error {}

  /// False if jobs that share the transaction must be run one by one.
  private func commit(_ batch: [Job]) -> Bool {
    do {
      let (settled, outcome) = try store.write(catalogConfiguration) { transaction in
        let before = try self.ownSizes(transaction)
        var settled: [Settled] = []
        for job in batch {
          let writes = transaction.writeCount
          do { settled.append(.done(try job.run(transaction))) } catch {
            if transaction.writeCount != writes {
              if batch.count > 1 { throw FailedHalfway() }
              throw error
            }
            settled.append(.refused(error))
          }
        }
        try self.noting(transaction)
        return (settled, try self.seal(transaction, before))
      }
      if !outcome.isEmpty { committed(outcome) }
      if outcome.hasBacklog, !isFinishing.load(ordering: .relaxed) { proceed() }
      for (job, settled) in zip(batch, settled) {
        switch settled {
        case .done(let acknowledge): acknowledge()
        case .refused(let error): job.fail(error)
        }
      }
      return true
    } catch is FailedHalfway {
      return false
    } catch {
      endIfUnknown(error)
      for job in batch { job.fail(error) }
      return true
    }
  }

  /// A failure is told by whoever writes next; the backlog is still there at the next minute's look.
  private func proceed() {
    let isFirst = isProceeding.withLock { isProceeding in
      defer { isProceeding = true }
      return !isProceeding
    }
    guard isFirst else { return }
    enqueue { transaction in
      // From here on: what this transaction leaves over asks for another one.
      self.isProceeding.withLock { $0 = false }
      try self.proceeding(transaction)
    } completion: { result in
      if case .failure = result { self.isProceeding.withLock { $0 = false } }
    }
  }

  /// After a failed flush the kernel may have dropped what it could not write: only the file itself can tell.
  private func endIfUnknown(_ error: any Error) {
    if let error = error as? StoreError, error.code == .unknownOutcome { outcomeIsUnknown(error) }
  }

  private func ownSizes(_ transaction: StoreTransaction) throws -> [Origin: UInt64] {
    var sizes: [Origin: UInt64] = [:]
    for origin in own { sizes[origin] = try transaction.edge(of: origin)?.size ?? 0 }
    return sizes
  }

  /// Signs what this region's own logs have become: entries and the checkpoint over them are durable together.
  private func seal(_ transaction: StoreTransaction, _ before: [Origin: UInt64]) throws -> Outcome {
    var outcome = Outcome(processed: try transaction.processedNow(unlike: transaction.processedBefore))
    outcome.hasListActs = !transaction.notes.lists.isEmpty
    outcome.hasBacklog = transaction.hasBacklog
    outcome.hasErased = transaction.hasErased
    if transaction.hasWantedChanged { outcome.wanted = try transaction.wantedBodies() }
    for origin in own {
      let first = before[origin] ?? 0
      guard let edge = try transaction.edge(of: origin), edge.size != first else { continue }
      let checkpoint = try keys.checkpoint(of: origin, edge)
      try transaction.setCheckpoint(checkpoint, of: origin)
      var news = Outcome.News(first: first, end: edge.size)
      if origin.log == .catalog, edge.size - first <= Self.newsMax {
        // Here, where the rows are in memory still: peers are told without reading them again.
        let (frames, count) = try transaction.frames(
          of: origin, from: first, to: edge.size, byteCountMax: Nudge.frameBytes)
        if count == edge.size - first { news.frames = frames }
      }
      outcome.sealed[origin] = Outcome.Sealed(edge: edge, checkpoint: checkpoint, news: news)
    }
    return outcome
  }
}
