import Cryptography

/// What the rules read. The transaction under way provides it: SQLite in the node, dictionaries in tests.
///
/// Costs, with an index for each read that names one: every function is one indexed look-up, or as many rows as it
/// returns; none scans a log or the catalog. Reads see the writes made before them in the same transaction. Every
/// function throws what the store throws (a failed read is never an answer), and nothing is asynchronous.
///
/// Verdicts, versions and what stands belong to one configuration; entries and texts do not. A view under another
/// configuration reads the same held entries, of a log that it cuts only those before the cut.
package protocol CatalogReader: AnyObject {
  var configuration: CatalogConfiguration { get }

  // MARK: Logs

  /// How far a log is held and processed; all zero for a log that the store does not hold.
  func logState(_ region: RegionCode) throws -> LogState

  /// The replicated logs that hold more entries than are processed. Any order.
  func waitingLogs() throws -> [RegionCode]

  /// Entries of a log that may be processed although its key is proven to have signed two histories: what was processed
  /// before the proof came. nil for any other log, and for one that the configuration cuts.
  func quarantine(of region: RegionCode) throws -> UInt64?

  /// RFC 6962 root of a log at a size; nil past its held size. Size 0 is the empty root.
  func root(of region: RegionCode, at size: UInt64) throws -> Digest?

  /// The held entry at an index of a log, as it was given to `hold`; nil past the held size.
  func heldEntry(_ region: RegionCode, _ index: UInt64) throws -> HeldEntry?

  /// The latest time so far of a log, at an entry that is held: it never falls from one index to the next.
  func latestTime(of region: RegionCode, at index: UInt64) throws -> Int64

  /// Whether any processed entry has the verdict `unjudged`.
  func hasUnjudgedEntries() throws -> Bool

  // MARK: Stated clocks
  // Rows (log, index, region, size, root), one per change; by (log, region) sizes rise strictly with the indices.

  /// What the entry (`log`, `index`) states of another region: the change of that region with the largest index that is
  /// no larger than `index`. nil if no entry up to there named the region.
  func statedClock(of log: RegionCode, at index: UInt64, for region: RegionCode) throws -> LogHead?

  /// All that the entry states of other regions; the log's own component is not in it.
  func statedClock(of log: RegionCode, at index: UInt64) throws -> VectorClock

  /// The first held entry of `log` whose stated clock for `region`, another one, is greater than `index`: the first
  /// that has the entry (`region`, `index`) in its past. nil if there is none yet.
  func firstEntry(of log: RegionCode, knowing region: RegionCode, at index: UInt64) throws -> UInt64?

  // MARK: Lists

  /// Whether the bytes of a list's text are held, well formed or not.
  func isListTextHeld(_ digest: Digest) throws -> Bool

  /// A list's terms and who did what about it; nil if its text is not held, or is not one that lists may have.
  func list(_ digest: Digest) throws -> ListRecord?

  /// The last end of a list that is recorded of a region at an index below `index`: of all ends there it is the one that takes
  /// effect first. nil if there is none.
  func listEnd(of list: Digest, by region: RegionCode, below index: UInt64) throws -> ListEnd?

  /// Where the next end of a list is recorded of a region, at `index` or behind it; nil if there is none.
  func nextListEnd(of list: Digest, by region: RegionCode, from index: UInt64) throws -> UInt64?

  /// An item of a held list by its place in the text, from 0; nil if there is none.
  func listItem(_ list: Digest, at place: Int) throws -> ListItem?

  /// The counting items with exactly this resource (an id, or a prefix that ends in `/`), of all lists held, at most
  /// one per list: the first in its text. Any order.
  func listItems(resource: String) throws -> [ListItemClaim]

  /// Whether any held list has a counting item whose resource's first component is `owner`.
  func hasListItems(owner: String) throws -> Bool

  /// Whether a log has a recorded list act at an index of this range.
  func hasListActs(in region: RegionCode, _ indices: Range<UInt64>) throws -> Bool

  /// The earliest moment after `time` at which a held list begins or ends: a `from` or `until` of a well-formed text or
  /// the `effective` of a recorded end. nil if there is none.
  func nextListMoment(after time: Int64) throws -> Int64?

  // MARK: Versions and what stands

  /// The versions of an id that can still matter: all that were applied and not closed. Any order.
  func openVersions(of id: ResourceID) throws -> [Version]

  /// Whether `unseenVersions(owner:)` would return any.
  func hasUnseenVersions(owner: RegionCode) throws -> Bool

  /// The open versions with `right == .open` whose id's first component is `owner`: foreign versions that the owner's
  /// log has not yet seen. Any order.
  func unseenVersions(owner: RegionCode) throws -> [Version]

  /// Of those, the ones written by `writer` at an index below `size`.
  func unseenVersions(owner: RegionCode, writer: RegionCode, below size: UInt64) throws -> [Version]

  /// Whether `mark` was called with the same arguments.
  func isMarked(_ mark: VersionMark, _ entry: EntryName, of id: ResourceID) throws -> Bool

  /// What stands for an id; nil if nothing ever did.
  func standing(of id: ResourceID) throws -> Standing?

  func stateDigest() throws -> StateDigest
}

/// What the rules write, in the transaction under way.
package protocol CatalogStore: CatalogReader {
  /// Keeps a list's text, for ever, under its digest. `list` is nil where the bytes are not a text that lists may have:
  /// it counts for nothing then, but the entries that name it are held. Not called twice for a digest.
  func hold(listText: [UInt8], digest: Digest, list: ListText?) throws

  /// Appends an entry to its log: its index is the held size. The store keeps the entry's bytes (leaf, random bytes and
  /// body verbatim), its leaf hash in the tree, and the derived facts, among them the rows of `held.clockChanges`.
  func hold(_ held: HeldEntry, _ entry: LogEntry) throws

  /// Keeps an act for `list(_:)`, `listEnd`, `nextListEnd` and `hasListActs`.
  func record(_ act: ListAct, on list: Digest) throws

  /// Gives the next entry of a log its verdict, for good: the processed size becomes `entry.name.index + 1`.
  func process(_ entry: HeldEntry, verdict: Verdict) throws

  /// Writes a version, new or changed. A closed one leaves `openVersions` for good.
  func put(_ version: Version) throws

  /// Marks an entry for good; again with the same arguments it changes nothing.
  func mark(_ mark: VersionMark, _ entry: EntryName, of id: ResourceID) throws

  /// Erases the body and the random bytes of a held entry, for good. Again it changes nothing.
  func recall(_ entry: EntryName, by recall: EntryName) throws

  /// Keeps an applied suspension or resumption of a list's terms.
  func keep(_ stop: ListStop, of list: Digest) throws

  /// Names more regions that a held entry's restricted body is for.
  func grant(_ entry: EntryName, to recipients: [RegionCode]) throws

  /// Writes what stands for an id; nil removes it. View, search index and labels follow from this call.
  func setStanding(_ standing: Standing?, of id: ResourceID) throws

  func setStateDigest(_ digest: StateDigest) throws
}

/// How far a log is known here: processed ≤ held ≤ its cut, if it has one.
package struct LogState: Hashable, Sendable {
  /// Entries received and proven.
  package var held: UInt64
  /// Entries judged; the frontier counts these.
  package var processed: UInt64
  /// Milliseconds since the epoch, of all held entries; 0 for an empty log.
  package var latestTime: Int64

  package init(held: UInt64 = 0, processed: UInt64 = 0, latestTime: Int64 = 0) {
    self.held = held
    self.processed = processed
    self.latestTime = latestTime
  }
}

/// A held entry with all that follows from its own log's bytes, computed once.
package struct HeldEntry: Hashable, Sendable {
  package let name: EntryName
  /// nil if the leaf is malformed.
  package let leaf: Leaf?
  /// The latest time so far in its log, its own included.
  package let latestTime: Int64
  /// The refusal that needs nothing but its own log and the list's text that it names.
  package let fault: Refusal?
  /// The changes of the stated clock that were taken over: sizes that grew, one per region.
  package let clockChanges: [ClockChange]

  package init(
    name: EntryName, leaf: Leaf?, latestTime: Int64, fault: Refusal?, clockChanges: [ClockChange]
  ) {
    self.name = name
    self.leaf = leaf
    self.latestTime = latestTime
    self.fault = fault
    self.clockChanges = clockChanges
  }
}

/// What all entries together did about one list. Its size is that of the list's parties, however often they act.
package struct ListRecord: Hashable, Sendable {
  package let terms: ListTerms
  /// Of each region that did anything about the list, ordered by region.
  package internal(set) var actors: [ListActor]
  /// The lists held whose text names this one as replaced. Any order.
  package let successors: [Digest]

  package init(terms: ListTerms, actors: [ListActor], successors: [Digest]) {
    self.terms = terms
    self.actors = actors
    self.successors = successors
  }
}

/// What is recorded of one region about one list.
package struct ListActor: Hashable, Sendable {
  package let region: RegionCode
  /// The index of its first act of any kind.
  package var first: UInt64
  /// Of its first proposal or signature.
  package var signature: UInt64?
  /// Whether it ended the list; `listEnd` says when.
  package var hasEnds: Bool

  package init(region: RegionCode, first: UInt64, signature: UInt64? = nil, hasEnds: Bool = false) {
    self.region = region
    self.first = first
    self.signature = signature
    self.hasEnds = hasEnds
  }
}

/// A recorded end of a list.
package struct ListEnd: Hashable, Sendable {
  package let index: UInt64
  /// Milliseconds since the epoch from which the list is over.
  package let effective: Int64

  package init(index: UInt64, effective: Int64) {
    self.index = index
    self.effective = effective
  }
}

/// An entry without fault that bears on a list. Recorded are, per list and region, the first proposal or signature, and
/// each end that takes effect earlier than all ends before it: a log full of repetitions costs nothing.
package struct ListAct: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// A proposal is its writer's signature.
    case signature
    /// Milliseconds since the epoch from which the list is over.
    case end(effective: Int64)
  }

  package let region: RegionCode
  package let index: UInt64
  package let kind: Kind

  package init(region: RegionCode, index: UInt64, kind: Kind) {
    self.region = region
    self.index = index
    self.kind = kind
  }
}

/// A list's claim that `source` alone may publish what an item names.
package struct ListItemClaim: Hashable, Sendable {
  package let list: Digest
  package let source: RegionCode

  package init(list: Digest, source: RegionCode) {
    self.list = list
    self.source = source
  }
}

/// An applied `publish` or `withdraw`.
package struct Version: Hashable, Sendable {
  package enum Right: Int, Hashable, Sendable {
    /// It counts for good: in its writer's own namespace, accepted, or seen by the id's own region in time.
    case firm = 0
    /// It counts until the id's own region contests it.
    case open = 1
    /// Outside the past of the id's region when its list was over: does not count until accepted.
    case contested = 2
  }

  package let name: EntryName
  package let id: ResourceID
  package let isWithdrawal: Bool
  package let time: Int64
  /// As its leaf names them.
  package let supersedes: [EntryName]
  /// The list that gives the right; nil for a version in its writer's own namespace.
  package let restsOn: Digest?
  package var right: Right
  /// Replaced by a version that counts for good.
  package var isReplaced: Bool
  /// Nothing that may still come changes that it is replaced, or what it replaces.
  package var isClosed: Bool

  package init(
    name: EntryName, id: ResourceID, isWithdrawal: Bool, time: Int64, supersedes: [EntryName], restsOn: Digest?,
    right: Right, isReplaced: Bool, isClosed: Bool = false
  ) {
    self.name = name
    self.id = id
    self.isWithdrawal = isWithdrawal
    self.time = time
    self.supersedes = supersedes
    self.restsOn = restsOn
    self.right = right
    self.isReplaced = isReplaced
    self.isClosed = isClosed
  }
}

/// What is known of a version before it is applied, by id: both hold for good.
package enum VersionMark: Int, Hashable, Sendable {
  /// The id's own region accepted it.
  case accepted = 0
  /// A version that counts for good supersedes it.
  case replaced = 1
}

extension CatalogReader {
  /// A store without proofs of forks stops no log.
  package func quarantine(of region: RegionCode) throws -> UInt64? { nil }
}
