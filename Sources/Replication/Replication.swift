import Catalog
import Cryptography
import TransparencyLog

/// The node's side of the sync, as one deterministic value: events in, effects out.
///
/// It decides what to ask of which peer and when, what is proven and may be committed, and what peers are told. It does
/// no I/O, reads no clock and draws no randomness but from its seed: the same events at the same times give the same
/// effects, in the node and in the simulator. None of its state grows with the catalog.
///
/// Invariants
/// - Nothing is committed that is not proven against a checkpoint signed by the log's own key.
/// - Groups of a log are committed in log order, at most `MirroredLog.maximumInFlight` at a time.
/// - Per peer at most one heads request, one pull and one nudge are under way: a silent peer costs itself alone.
/// - Every request that was asked for is answered by exactly one event, success or failure, and so is every commit, in
///   their order; the transport owns time-outs.
package struct Replication: Sendable {
  /// A pull asks for at most this many entries; the transport cuts it at `groupBytes`.
  package static let groupEntries: UInt64 = 4096
  static let groupEntriesMax: UInt64 = 1 << 32
  package static let groupBytes = 4 << 20

  let own: Origin
  /// Told apart from other starts of this or a restored store: cursors of another incarnation get the full answer.
  let incarnation: UInt64
  let backOff: BackOff
  let quota: Quota
  let pullEntriesMax: UInt64
  var generator: SeededGenerator
  var logs: [Origin: MirroredLog] = [:]
  /// By lower-case hexadecimal SHA-256 of the origin line, as routes name logs.
  var originsByHash: [String: Origin] = [:]
  var peers: [RegionCode: PeerState] = [:]
  /// Counts changes that peers may want to know.
  var sequence: UInt64 = 0
  var pulls: UInt64 = 0
  /// As the store said last.
  package internal(set) var wanted = WantedBodies()
  /// Logs whose keys signed two histories.
  var forks: Set<Origin> = []
  /// The longest history of the own log that a peer has shown.
  var ownLogShown: OwnLogShown?

  /// `own`: this node's catalog log. `incarnation` and `seed` are drawn anew at each start.
  package init(
    own: Origin, incarnation: UInt64, seed: UInt64, backOff: BackOff = BackOff(), quota: Quota = Quota(),
    groupEntries: UInt64 = groupEntries
  ) {
    precondition(1...Self.groupEntriesMax ~= groupEntries, "a pull asks for something, and memory is finite")
    self.own = own
    self.incarnation = incarnation
    self.backOff = backOff
    self.quota = quota
    pullEntriesMax = groupEntries
    generator = SeededGenerator(seed: seed)
  }

  /// Takes one event in and answers what is to be done, in order. `now`: milliseconds since the epoch.
  package mutating func handle(_ event: Event, at now: Int64) -> [Effect] {
    var effects: [Effect] = []
    switch event {
    case .logOpened(let identity, let held): open(identity, held)
    case .peerConfigured(let settings): configure(settings, at: now, &effects)
    case .peerRemoved(let region):
      release(region, &effects)
      peers[region] = nil
    case .timerFired(let region): ask(region, &effects)
    case .contacted(let region): contacted(region, at: now, &effects)
    case .syncRequested(let regions):
      for region in regions.isEmpty ? peers.keys.sorted() : regions.sorted() {
        peers[region]?.bodies.askSoon()
        ask(region, &effects)
      }
    case .headsReceived(let region, let answer): headsReceived(region, answer, at: now, &effects)
    case .headsFailed(let region, let failure):
      guard peers[region]?.askedAt != nil else { break }
      peers[region]?.askedAt = nil
      failed(region, failure, at: now, &effects)
      askAgainIfWanted(region, &effects)
    case .nudgeReceived(let region, let heads, let entries): nudgeReceived(region, heads, entries, at: now, &effects)
    case .nudgeAnswered(let region, let heads): nudgeAnswered(region, heads, at: now, &effects)
    case .nudgeFailed(let region, let failure): nudgeFailed(region, failure, at: now, &effects)
    case .messageRefused(let region, let failure):
      if peers[region]?.settings.standing == .active { failed(region, failure, at: now, &effects) }
    case .entriesReceived(let region, let pull, let entries): entriesReceived(region, pull, entries, at: now, &effects)
    case .entriesFailed(let region, let pull, let failure): entriesFailed(region, pull, failure, at: now, &effects)
    case .committed(let origin, let size, let processed): committed(origin, size, processed, at: now, &effects)
    case .commitFailed(let origin, let reason): commitFailed(origin, reason, at: now, &effects)
    case .appended(let origin, let edge, let checkpoint, let processed):
      appended(origin, edge, checkpoint, processed, &effects)
    case .stamped(let origin, let stamp): take(stamp, of: origin, &effects)
    case .reprocessed(let processed): note(processed: processed, isAnew: true)
    case .processed(let processed): note(processed: processed)
    case .branchRead(let region, let origin, let size, let branch):
      branchRead(region, origin, size, branch, &effects)
    case .branchReceived(let region, let origin, let branch):
      branchReceived(region, origin, branch, at: now, &effects)
    case .branchFailed(let region, let origin, let failure): branchFailed(region, origin, failure, at: now, &effects)
    case .bodiesWanted(let wanted): bodiesWanted(wanted)
    case .bodiesReceived(let region, let found, let next):
      bodiesReceived(region, found: found, next: next, at: now, &effects)
    case .bodiesFailed(let region, let failure): bodiesFailed(region, failure, at: now, &effects)
    case .forkReceived(let region, let origin, let proof): forkReceived(region, origin, proof, at: now, &effects)
    case .forkFailed(let region, let origin, let failure): forkFailed(region, origin, failure, at: now, &effects)
    }
    startInquiries(&effects)
    startPulls(at: now, &effects)
    startBodies(&effects)
    return effects
  }

  // MARK: Configuration

  private mutating func open(_ identity: LogIdentity, _ held: HeldLog) {
    if logs[identity.origin]?.identity == identity { return }
    // What is known of a log that was open already is newer than `held`, and commits may be under way: only the keys
    // are new.
    var log = logs[identity.origin] ?? MirroredLog(identity: identity, held: held)
    log.identity = identity
    log.movedAt = nextSequence()
    logs[identity.origin] = log
    if log.isForked { forks.insert(identity.origin) }
    originsByHash[SHA256.hash(identity.origin.text).hex] = identity.origin
    // What peers said of it before was ignored: ask them for everything once more.
    for region in peers.keys { peers[region]?.cursor = nil }
  }

  private mutating func configure(_ settings: PeerSettings, at now: Int64, _ effects: inout [Effect]) {
    let region = settings.region
    let before = peers[region]
    var peer = before ?? PeerState(settings: settings)
    peer.settings = settings
    peers[region] = peer
    if !peer.isDialled {
      release(region, &effects)
    } else if before?.isDialled != true {
      ask(region, &effects)
    }
  }

  /// Gives up what is under way with a peer, so that others can take it over.
  mutating func release(_ region: RegionCode, _ effects: inout [Effect]) {
    guard let pull = peers[region]?.pull else { return }
    peers[region]?.pull = nil
    leave(pull.origin, region)
    effects.append(.cancelEntries(region, pull: pull.id))
  }

  // MARK: What moved here

  mutating func nextSequence() -> UInt64 {
    sequence += 1
    return sequence
  }

  /// Reports may overtake each other: what is processed shrinks only where all was judged anew.
  mutating func note(processed: [Origin: UInt64], isAnew: Bool = false) {
    for (origin, size) in processed.sorted(by: { $0.key < $1.key }) {
      guard let known = logs[origin]?.held.processed, isAnew ? size != known : size > known else { continue }
      let position = nextSequence()
      logs[origin]?.held.processed = size
      logs[origin]?.movedAt = position
    }
  }

  private mutating func appended(
    _ origin: Origin, _ edge: RightEdge, _ checkpoint: SignedCheckpoint, _ processed: [Origin: UInt64],
    _ effects: inout [Effect]
  ) {
    guard var log = logs[origin] else { return }
    log.held.edge = edge
    log.held.checkpoint = checkpoint
    log.noteHead()
    log.movedAt = nextSequence()
    logs[origin] = log
    note(processed: processed)
    compareAgain(origin, &effects)
    for region in peers.keys.sorted() { nudge(region, &effects) }
  }

  // MARK: Failures

  /// A peer answered: whatever was wrong with reaching it is over.
  mutating func succeeded(_ region: RegionCode, at now: Int64, _ effects: inout [Effect]) {
    guard var peer = peers[region] else { return }
    peer.lastContact = now
    peer.failures = 0
    if peer.lastError?.isFault != true && peer.pullFailures == 0 { peer.lastError = nil }
    peers[region] = peer
    rest(region, at: now, &effects)
  }

  mutating func failed(_ region: RegionCode, _ failure: PeerFailure, at now: Int64, _ effects: inout [Effect]) {
    guard var peer = peers[region] else { return }
    peer.failures += 1
    peer.lastError = failure
    peer.lastFailure = now
    peer.hasAnswered = true
    // What it offered is asked for anew, from the start: it may have restarted, or lied.
    peer.cursor = nil
    peer.offers = peer.offers.filter { $0.key == own }
    peer.ahead = []
    peer.uncompared = []
    peers[region] = peer
    rest(region, at: now, &effects)
  }

  private mutating func rest(_ region: RegionCode, at now: Int64, _ effects: inout [Effect]) {
    guard let peer = peers[region], peer.isDialled else { return }
    let delay = backOff.delay(failures: max(peer.failures, peer.pullFailures), using: &generator)
    peers[region]?.timerAt = now + delay
    effects.append(.setTimer(region, atMilliseconds: now + delay))
  }

  /// Brings the peer's next poll forward, never back.
  mutating func wake(_ region: RegionCode, at time: Int64, _ effects: inout [Effect]) {
    guard let timer = peers[region]?.timerAt, time < timer else { return }
    peers[region]?.timerAt = time
    effects.append(.setTimer(region, atMilliseconds: time))
  }
}
