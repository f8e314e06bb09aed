import Catalog
import Cryptography
import TransparencyLog

/// What the core remembers of one replicated log. Its size does not depend on the log's.
struct MirroredLog {
  var identity: LogIdentity
  /// Durable.
  var held: HeldLog
  /// Proven and on their way to the disk, in log order. A restart forgets them, and asks again.
  var inFlight: [ProvenGroup] = []
  /// Groups given up because one before them was not written: their commits fail as well, and nothing new is proven
  /// before the last of these outcomes is here, so that every outcome meets the group that it is about.
  var givenUp = 0
  /// Commits that failed in a row.
  var commitFailures = 0
  /// Of the day's quota.
  var taken: Quota.Taken
  /// Somebody has more of it than the quota lets this node take today.
  var isThrottled = false
  /// The peer whose pull of this log is under way; of several, the latest.
  var puller: RegionCode?
  /// Positions in the node's sequence of changes: of the entries, and of the stamp.
  var movedAt: UInt64 = 0
  var stampedAt: UInt64 = 0
  /// The largest size that all known branches share, once it was found.
  var shared: LogHead?
  /// The newest heads that were held: what most peers show is one of them.
  private(set) var recentHeads: [LogHead] = []

  init(identity: LogIdentity, held: HeldLog) {
    self.identity = identity
    self.held = held
    taken = held.taken
    noteHead()
  }

  /// Remembers what the tree is now.
  mutating func noteHead() {
    guard held.edge.size > 0 else { return }
    if recentHeads.count == Self.recentHeadsMax { recentHeads.removeFirst() }
    recentHeads.append(LogHead(size: held.edge.size, root: held.edge.root))
  }

  private static let recentHeadsMax = 8

  /// At most this many groups wait for the disk; the next pull waits with them, so that memory stays bounded.
  static let maximumInFlight = 3

  var provenEdge: RightEdge { inFlight.last?.edge ?? held.edge }
  var canProve: Bool { givenUp == 0 && inFlight.count < Self.maximumInFlight }
  /// What the newest proven entries were proven against.
  var provenCheckpoint: SignedCheckpoint? { inFlight.last?.checkpoint ?? held.checkpoint }
  /// Its key signed two histories: the branch that is held is mirrored further, and none of it processed.
  var isForked: Bool { held.fork != nil }
  /// Entries from here on are of no use: the configuration cuts the log.
  var end: UInt64 { identity.cut ?? .max }
  var changedAt: UInt64 { max(movedAt, stampedAt) }

  var head: Head? {
    guard let checkpoint = held.checkpoint else { return nil }
    return Head(
      origin: identity.origin, checkpoint: checkpoint, held: held.edge.size, consistency: held.consistency,
      processed: held.processed, forked: isForked, stamp: held.stamp)
  }

  /// The time of the newest stamp in seconds since the epoch; nil without one.
  var stampTime: UInt64? { held.stamp.flatMap { time(of: $0) } }

  /// The time that this region's own witness key signed with the checkpoint; nil if it did not.
  func time(of stamp: SignedCheckpoint) -> UInt64? {
    guard stamp.checkpoint.origin == ExactText(identity.origin.text) else { return nil }
    return (try? stamp.note.verified(by: [identity.witness]))?.compactMap(\.time).max()
  }

  /// Throws what is wrong with a checkpoint that claims to be of this log.
  func verify(_ checkpoint: SignedCheckpoint) throws(PeerFailure) {
    do { _ = try checkpoint.verified(log: identity.key) } catch {
      throw PeerFailure(
        code: "falseCheckpoint", reason: "sent a checkpoint of \(identity.origin) that its key did not sign: \(error)",
        isFault: true)
    }
  }
}
