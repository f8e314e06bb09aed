import Catalog
import Cryptography
import TransparencyLog

/// What the core remembers of one peer.
struct PeerState {
  struct Offer {
    var checkpoint: SignedCheckpoint
    var held: UInt64
    var consistency: [Digest]
    var processed: UInt64
    var branch = Branch.unknown
  }

  /// A checkpoint that the peer shows, while the store is asked what it holds at that size.
  struct Comparison {
    var shown: SignedCheckpoint
    /// What was held when the store was asked: the size, the checkpoint over it, and what leads from one to the other.
    var known: SignedCheckpoint
    var held: UInt64
    var consistency: [Digest]
  }

  /// The peer is asked how the history that it serves went through the size of `known`.
  struct BranchInquiry {
    var origin: Origin
    var offer: Offer
    var known: SignedCheckpoint
    /// What is wrong if it is one history.
    var `else`: PeerFailure
  }

  /// For the largest size that two branches share: it is at least `shared.size` and less than `differs`.
  struct Search {
    var origin: Origin
    var offer: Offer
    var shared: LogHead
    var differs: UInt64
    /// The root held here at the size that is looked at, once it is read.
    var own: Digest?

    /// The size that is looked at.
    var size: UInt64 { shared.size + (differs - shared.size) / 2 }
  }

  enum Inquiry {
    case branch(BranchInquiry)
    case fork(Origin)
    case search(Search)
  }

  struct Pull {
    var id: UInt64
    var origin: Origin
    var from: UInt64
    var to: UInt64
    var offer: Offer
    /// Milliseconds since the epoch.
    var beganAt: Int64
  }

  enum NudgeState {
    case idle
    /// `again`: the log moved meanwhile.
    case underWay(again: Bool)
  }

  var settings: PeerSettings
  /// What the peer is known to hold, per log.
  var offers: [Origin: Offer] = [:]
  /// Logs of which the peer may hold more than is proven here.
  var ahead: Set<Origin> = []
  /// Logs whose offer is still to be compared with what is held.
  var uncompared: Set<Origin> = []
  var comparisons: [Origin: Comparison] = [:]
  /// Logs of which the peer says that they forked, and no proof is here.
  var flagged: Set<Origin> = []
  /// Forked logs of which the peer was asked where the branches part.
  var searched: Set<Origin> = []
  /// Under way: at most one.
  var inquiry: Inquiry?
  var bodies = Replication.BodyRounds()
  var cursor: String?
  /// A heads request is under way; it began when the node's sequence of changes stood here.
  var askedAt: UInt64?
  /// The cursor that it was given. A cursor that was dropped since is not replaced by what comes back.
  var askedSince: String?
  /// Pages asked for in a row.
  var pages = 0
  /// When its timer fires next, or fired last, in milliseconds since the epoch.
  var timerAt: Int64?
  /// Another request was wanted meanwhile.
  var askAgain = false
  var pull: Pull?
  /// Others were faster with what was asked of it last: they do not wait for it again.
  var isOutdone = false
  var nudge = NudgeState.idle
  /// Since the start it said all that it had to tell, or could not be asked.
  var hasAnswered = false
  /// Requests that failed in a row; heads that arrive end the row.
  var failures = 0
  /// Pulls that failed in a row; only what was there to be fetched, or nothing more to fetch, ends the row: a peer that
  /// offers well and serves badly is asked ever more rarely.
  var pullFailures = 0
  /// Milliseconds since the epoch, by this node's clock.
  var lastContact: Int64?
  var lastError: PeerFailure?
  var lastFailure: Int64?

  init(settings: PeerSettings) { self.settings = settings }

  var isDialled: Bool { settings.isDialled }
}
