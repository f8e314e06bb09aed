import Catalog
import Cryptography
import TransparencyLog

/// A log that this node replicates, and the keys that may speak for it: from the region's card.
package struct LogIdentity: Sendable, Equatable {
  package var origin: Origin
  /// Signs the log's checkpoints (type 0x01, named by the origin line).
  package var key: NoteVerifier
  /// Tells the time of its knowledge (type 0x04).
  package var witness: NoteVerifier
  /// From the card: what the log had become when the card was made. What is fetched must extend it; nil: nothing is known.
  package var anchor: LogHead?
  /// Where the configuration cuts the log: nothing at or past this size is asked for.
  package var cut: UInt64?

  package init(
    origin: Origin, key: NoteVerifier, witness: NoteVerifier, anchor: LogHead? = nil, cut: UInt64? = nil
  ) {
    self.origin = origin
    self.key = key
    self.witness = witness
    self.anchor = anchor
    self.cut = cut
  }
}

/// What the store holds of a log when the node starts or the log is added.
package struct HeldLog: Sendable, Equatable {
  package var edge = RightEdge()
  /// The newest checkpoint that the entries were proven against; nil while nothing is held.
  package var checkpoint: SignedCheckpoint?
  /// The consistency proof from what is held to that checkpoint, where it covers more.
  package var consistency: [Digest] = []
  package var processed: UInt64 = 0
  package var stamp: SignedCheckpoint?
  /// That its key signed two histories.
  package var fork: ForkProof?
  /// Of the day's quota when the log was opened.
  package var taken = Quota.Taken()

  package init() {}
}

/// Whether and how a peer is spoken to.
package struct PeerSettings: Sendable, Equatable {
  package enum Standing: Sendable, Equatable {
    case active
    case suspended(reason: String)
    case retired
  }
  package var region: RegionCode
  /// False: its logs come through others, it is never dialled.
  package var dialled = true
  package var standing = Standing.active

  /// Whether this node opens connections to it.
  package var isDialled: Bool { dialled && standing == .active }

  package init(region: RegionCode, dialled: Bool = true, standing: Standing = .active) {
    self.region = region
    self.dialled = dialled
    self.standing = standing
  }
}

/// Why a request to a peer brought nothing, in a stable code and words for people.
package struct PeerFailure: Error, Equatable {
  /// `unreachable`, `timedOut`, `certificateRefused`, `malformed`, `falseProof` …
  package var code: String
  package var reason: String
  /// The peer was reached and sent something false: an accusation, not a mishap.
  package var isFault: Bool

  package init(code: String, reason: String, isFault: Bool = false) {
    self.code = code
    self.reason = reason
    self.isFault = isFault
  }
}

extension Replication {
  /// What happened, in the past tense. Times reach the core beside an event, never within it.
  package enum Event: Sendable, Equatable {
    /// The store holds this of a log that is to be replicated: at start, or when a card was added.
    case logOpened(LogIdentity, HeldLog)
    case peerConfigured(PeerSettings)
    case peerRemoved(RegionCode)
    /// The time that `setTimer` named for this peer has come.
    case timerFired(RegionCode)
    /// The peer spoke to this node: it is awake.
    case contacted(RegionCode)
    /// Somebody wants to know now, whatever the back-off says. Empty: all peers.
    case syncRequested([RegionCode])
    case headsReceived(RegionCode, HeadsAnswer)
    case headsFailed(RegionCode, PeerFailure)
    case nudgeReceived(RegionCode, [Head], ServedEntries?)
    /// A nudge of ours was answered with what the peer now holds.
    case nudgeAnswered(RegionCode, [Head])
    case nudgeFailed(RegionCode, PeerFailure)
    /// The peer sent what cannot be read, unasked: nothing of it was taken.
    case messageRefused(RegionCode, PeerFailure)
    case entriesReceived(RegionCode, pull: UInt64, ServedEntries)
    case entriesFailed(RegionCode, pull: UInt64, PeerFailure)
    /// The group that `commit` named is durable; sizes processed now, of every log that changed.
    case committed(Origin, size: UInt64, processed: [Origin: UInt64])
    /// Nothing of the group was written.
    case commitFailed(Origin, reason: String)
    /// This node appended to its own log, durably.
    case appended(Origin, edge: RightEdge, checkpoint: SignedCheckpoint, processed: [Origin: UInt64])
    /// This region's witness key signed a checkpoint of its own log anew.
    case stamped(Origin, SignedCheckpoint)
    /// More is processed, without new entries: time went on.
    case processed([Origin: UInt64])
    /// All was judged anew under another configuration.
    case reprocessed([Origin: UInt64])
    /// What the store answered to `readBranch`; nil if it could not.
    case branchRead(RegionCode, Origin, size: UInt64, BranchProof?)
    case branchReceived(RegionCode, Origin, BranchProof)
    case branchFailed(RegionCode, Origin, PeerFailure)
    /// How many bodies the store lacks now.
    case bodiesWanted(WantedBodies)
    /// A page of a round was answered, and what came of it is written: how many bodies there were, and the last entry that was
    /// asked for where more are wanted behind it.
    case bodiesReceived(RegionCode, found: UInt64, next: EntryName?)
    case bodiesFailed(RegionCode, PeerFailure)
    case forkReceived(RegionCode, Origin, ForkProof)
    case forkFailed(RegionCode, Origin, PeerFailure)
  }

  /// What is to be done, in the imperative and in this order.
  package enum Effect: Sendable, Equatable {
    case requestHeads(RegionCode, since: String?)
    /// Entries `[from, to)`; where the answer ends before `treeSize`, with the consistency proof from there to
    /// `treeSize`.
    case requestEntries(RegionCode, pull: UInt64, Origin, from: UInt64, to: UInt64, treeSize: UInt64)
    case cancelEntries(RegionCode, pull: UInt64)
    /// Judge and write in one transaction; the outcome comes back as an event.
    case commit(ProvenGroup)
    /// Tell a peer that the log moved; entries from `from` on ride along while they fit.
    case nudge(RegionCode, Origin, from: UInt64?)
    /// One timer a peer: a later one replaces it. Milliseconds on the clock of the events.
    case setTimer(RegionCode, atMilliseconds: Int64)
    case storeStamp(Origin, SignedCheckpoint)
    /// Read from the store how a log, held up to `to`, went through the size `from`: to compare it with what the peer
    /// shows.
    case readBranch(RegionCode, Origin, from: UInt64, to: UInt64)
    /// Ask the peer the same of the history that it serves.
    case requestBranch(RegionCode, Origin, from: UInt64, to: UInt64)
    /// Ask the peer for the next page of wanted bodies that it may have, behind this entry; write what comes.
    case requestBodies(RegionCode, after: EntryName?)
    /// Ask the peer for the proof of the fork that it speaks of.
    case requestFork(RegionCode, Origin)
    /// Store the proof of a fork, found with what this peer sent: from now on nothing of that log is processed.
    case keepFork(Origin, ForkProof, from: RegionCode)
  }
}

/// Entries proven to lie in their origin's log: what one transaction commits.
package struct ProvenGroup: Sendable, Equatable {
  package var origin: Origin
  package var first: UInt64
  package var entries: [LogEntry]
  /// Texts of lists that they name, by digest.
  package var texts: [Digest: [UInt8]] = [:]
  /// The tree's right edge behind the last entry.
  package var edge: RightEdge
  /// What they were proven against.
  package var checkpoint: SignedCheckpoint
  /// From the edge to the checkpoint, where it covers more.
  package var consistency: [Digest]
  /// Of the entries with their bodies, those too that come later, and of the texts.
  package var byteCount = 0
  /// What is taken of the log today with this group, where that is to be remembered beyond a restart.
  package var taken: Quota.Taken?

  package init(
    origin: Origin, first: UInt64, entries: [LogEntry], edge: RightEdge, checkpoint: SignedCheckpoint,
    consistency: [Digest]
  ) {
    self.origin = origin
    self.first = first
    self.entries = entries
    self.edge = edge
    self.checkpoint = checkpoint
    self.consistency = consistency
  }
}
