import Cryptography

/// Prepares a region's own next entries: time, clock, what they supersede and the list that they cite; and says
/// beforehand if the rules would refuse one, so that it is never written.
///
/// One value serves one transaction, in which no log but the region's own moves: the first draft states the frontier,
/// and the entries behind it cost nothing more, however many logs are replicated.
package final class Drafting {
  /// More changes of the clock than this go into clock-only entries before the entry.
  package static let clockChangesMax = 500

  /// What a new version supersedes beside the earlier ones of its own log.
  package enum Superseding: Hashable, Sendable {
    /// What stands; a dispute refuses, since nobody said which side is right.
    case standing
    /// What stands; in a dispute nothing, which leaves it as it is.
    case standingUnlessDisputed
    /// These, all of which must stand.
    case exactly([EntryName])
  }

  private let reader: any CatalogReader
  private let region: RegionCode
  private let now: Int64
  private let lists: ListsInPast
  private let judge: Judge
  private let readAlone: ReadAlone
  /// The size of the own log at which its clock states all that is processed here.
  private var statedSize: UInt64?

  /// `now` is this node's clock, milliseconds since the epoch.
  package init(_ reader: any CatalogReader, region: RegionCode, now: Int64) {
    self.reader = reader
    self.region = region
    self.now = now
    lists = ListsInPast(reading: reader)
    judge = Judge(reader: reader, lists: lists)
    readAlone = ReadAlone(reader: reader, lists: lists)
  }

  /// The time that the next entry gets: it never runs backwards within a log.
  package func time() throws -> Int64 { max(now, try reader.logState(region).latestTime) }

  /// The leaves to append, in order: the intended one is the last, clock-only ones may stand before it. Of `intent`,
  /// the time and the clock are not looked at, nor, for a version, what it supersedes and cites. Throws a
  /// `DraftRefusal` if the entry would not be applied. A list that it names must be held.
  package func draft(_ intent: Leaf, superseding: Superseding = .standing) throws -> [Leaf] {
    let state = try reader.logState(region)
    guard state.held == state.processed else {
      throw DraftRefusal(
        .waiting, "entries of region \(region)'s own log wait to be judged; nothing is written before they are")
    }
    let time = max(now, state.latestTime)
    let clocks = try statedSize == state.held ? [[]] : clockChanges(after: state.held)
    let name = EntryName(region, state.held + UInt64(clocks.count - 1))
    let stated = StatedClock(of: region, size: state.held, reading: reader)
    let past = Past.frontier(after: stated, ownSize: name.index + 1, reading: reader)
    var leaf = intent
    leaf.time = time
    leaf.clock = clocks[clocks.count - 1]
    if leaf.kind.isVersion, let id = leaf.resource {
      leaf.supersedes = try supersedes(superseding, id)
      leaf.cites = try citation(for: id, in: past, at: time)
    }
    try check(leaf, named: name, in: past)
    statedSize = name.index + 1
    if leaf.kind.namesList { lists.forget() }
    return clocks.dropLast().map { Leaf(.clock, time: time, clock: $0) } + [leaf]
  }

  private func check(_ leaf: Leaf, named name: EntryName, in past: Past) throws {
    if let fault = try readAlone.contentFault(of: leaf, by: region) { throw DraftRefusal(fault) }
    switch try judge.judge(leaf, named: name, in: past).verdict {
    case .applied, .unknown: return
    case .refused(let refusal): throw DraftRefusal(refusal)
    case .unjudged(let other):
      throw DraftRefusal(
        .unjudged,
        "whether region \(region) may write this rests on the log of region \(other), which is not replicated here")
    }
  }

  /// What grew since the own log's last entry, in portions that an entry can hold: at least one, the last for the entry
  /// itself.
  private func clockChanges(after size: UInt64) throws -> [[ClockChange]] {
    let stated = size == 0 ? VectorClock() : try reader.statedClock(of: region, at: size - 1)
    var changes: [ClockChange] = []
    for other in reader.configuration.replicated.sorted() where other != region {
      let processed = try reader.logState(other).processed
      guard processed > stated.size(of: other), let root = try reader.root(of: other, at: processed) else { continue }
      changes.append(ClockChange(other, LogHead(size: processed, root: root)))
    }
    guard changes.count > Self.clockChangesMax else { return [changes] }
    let starts = stride(from: 0, to: changes.count, by: Self.clockChangesMax)
    return starts.map { Array(changes[$0..<min($0 + Self.clockChangesMax, changes.count)]) }
  }

  private func supersedes(_ superseding: Superseding, _ id: ResourceID) throws -> [EntryName] {
    let standing = try reader.standing(of: id)
    let others = standing?.versions.filter { $0.region != region } ?? []
    switch superseding {
    case .standing:
      guard standing?.status != .disputed else {
        let regions = standing?.versions.map(\.region.text).joined(separator: ", ") ?? ""
        throw DraftRefusal(
          .disputed, "\(id) is in dispute between regions \(regions): say which versions this one supersedes")
      }
      return others
    case .standingUnlessDisputed: return standing?.status == .disputed ? [] : others
    case .exactly(let names):
      let replaceable = (standing?.versions ?? []) + (standing?.contested ?? [])
      if let stale = names.first(where: { !replaceable.contains($0) }) {
        throw DraftRefusal(.stale, "version \(stale) of \(id) no longer stands: look at what does, and edit that")
      }
      return names.sorted()
    }
  }

  /// The smallest name among the proposals and signatures of the list that makes this region the source of another's
  /// id.
  private func citation(for id: ResourceID, in past: Past, at time: Int64) throws -> EntryName? {
    guard let owner = id.owner, owner != region,
      case .region(_, let list?) = try lists.source(of: id, owner: owner, in: past, at: time)
    else { return nil }
    return try lists.record(list)?.signatures.first { try past.contains($0) }
  }
}

/// Why an entry is not written.
package struct DraftRefusal: Error, Hashable, Sendable {
  /// Stable: a refusal's code, or `disputed`, `stale`, `unjudged`, `waiting`.
  package let code: String
  package let reason: String

  enum Code: String { case disputed, stale, unjudged, waiting }

  init(_ code: Code, _ reason: String) {
    self.code = code.rawValue
    self.reason = reason
  }

  init(_ refusal: Refusal) {
    code = refusal.code.rawValue
    reason = refusal.reason
  }
}
