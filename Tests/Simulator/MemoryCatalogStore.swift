import Catalog
import Cryptography
import TransparencyLog

/// A catalog in dictionaries: what SQLite is in the node. Kept plain, so that it can be read beside the protocol.
package final class MemoryCatalogStore: CatalogStore {
  package private(set) var configuration: CatalogConfiguration

  private struct Log {
    var entries: [(held: HeldEntry, entry: LogEntry)] = []
    var verdicts: [Verdict] = []
    var tree = MerkleTree()
    /// By region: the changes that this log stated, ascending in index and size.
    var stated: [RegionCode: [(index: UInt64, head: LogHead)]] = [:]
    var actIndices: Set<UInt64> = []
  }

  private struct ItemKey: Hashable {
    let resource: String
    let list: Digest
  }

  private struct MarkKey: Hashable {
    let mark: VersionMark
    let name: EntryName
    let id: ResourceID
  }

  private var logs: [RegionCode: Log] = [:]
  /// Logs that are held and do not count.
  private var unjudged: [RegionCode: (entries: [LogEntry], tree: MerkleTree)] = [:]
  private var texts: [Digest: ListText?] = [:]
  private var textBytes: [Digest: [UInt8]] = [:]
  private var acts: [Digest: [ListAct]] = [:]
  private var claims: [String: [ListItemClaim]] = [:]
  private var versions: [ResourceID: [EntryName: Version]] = [:]
  private var marks: Set<MarkKey> = []
  private var standings: [ResourceID: Standing] = [:]
  private var digest = StateDigest()
  /// Entries whose open body is not here and not recalled.
  package private(set) var wanted: Set<EntryName> = []
  private var recalled: Set<EntryName> = []
  /// What the rules looked up of logs, clocks and ends: in a store on a disk each costs an index step.
  package private(set) var lookUpCount = 0

  package init(_ configuration: CatalogConfiguration) { self.configuration = configuration }

  // MARK: What tests look at

  package func verdict(_ region: RegionCode, _ index: UInt64) -> Verdict? {
    logs[region].flatMap { index < $0.verdicts.count ? $0.verdicts[Int(index)] : nil }
  }

  package func entry(_ region: RegionCode, _ index: UInt64) -> LogEntry? {
    if let entries = unjudged[region]?.entries { return index < entries.count ? entries[Int(index)] : nil }
    return logs[region].flatMap { index < $0.entries.count ? $0.entries[Int(index)].entry : nil }
  }

  package func tree(of region: RegionCode) -> MerkleTree {
    logs[region]?.tree ?? unjudged[region]?.tree ?? MerkleTree()
  }

  package var allStanding: [ResourceID: Standing] { standings }

  package var allVersions: [Version] { versions.values.flatMap(\.values).sorted { $0.name < $1.name } }

  /// All that is kept of versions, in an order of its own: equal for equal frontiers.
  package var versionFacts: [String] {
    allVersions.map { "\($0)" } + marks.map { "\($0.mark) \($0.name) of \($0.id)" }.sorted()
  }

  // MARK: Logs

  package func logState(_ region: RegionCode) -> LogState {
    guard let log = logs[region] else { return LogState(held: UInt64(unjudged[region]?.entries.count ?? 0)) }
    return LogState(
      held: UInt64(log.entries.count), processed: UInt64(log.verdicts.count),
      latestTime: log.entries.last?.held.latestTime ?? 0)
  }

  package func waitingLogs() -> [RegionCode] {
    logs.filter { $0.value.verdicts.count < $0.value.entries.count }.map(\.key)
  }

  package func root(of region: RegionCode, at size: UInt64) throws -> Digest? {
    let tree = tree(of: region)
    return size <= tree.size ? try tree.root(size: size) : nil
  }

  package func heldEntry(_ region: RegionCode, _ index: UInt64) -> HeldEntry? {
    logs[region].flatMap { index < $0.entries.count ? $0.entries[Int(index)].held : nil }
  }

  package func latestTime(of region: RegionCode, at index: UInt64) -> Int64 {
    lookUpCount += 1
    return heldEntry(region, index)?.latestTime ?? 0
  }

  package func hasUnjudgedEntries() -> Bool {
    logs.values.contains { $0.verdicts.contains { if case .unjudged = $0 { true } else { false } } }
  }

  // MARK: Stated clocks

  package func statedClock(of log: RegionCode, at index: UInt64, for region: RegionCode) -> LogHead? {
    lookUpCount += 1
    return logs[log]?.stated[region]?.last { $0.index <= index }?.head
  }

  package func statedClock(of log: RegionCode, at index: UInt64) -> VectorClock {
    VectorClock((logs[log]?.stated ?? [:]).compactMapValues { $0.last { $0.index <= index }?.head })
  }

  package func firstEntry(of log: RegionCode, knowing region: RegionCode, at index: UInt64) -> UInt64? {
    lookUpCount += 1
    return logs[log]?.stated[region]?.first { $0.head.size > index }?.index
  }

  // MARK: Lists

  package func isListTextHeld(_ digest: Digest) -> Bool { texts[digest] != nil }

  package func list(_ digest: Digest) -> ListRecord? {
    guard case .some(let text?) = texts[digest] else { return nil }
    let successors = texts.values.filter { $0?.terms.replaces == digest }.compactMap { $0?.digest }
    let actors = Dictionary(grouping: acts[digest] ?? [], by: \.region).sorted { $0.key < $1.key }.map { region, acts in
      ListActor(
        region: region, first: acts.map(\.index).min() ?? 0, signature: acts.first { $0.kind == .signature }?.index,
        hasEnds: acts.contains { $0.kind != .signature })
    }
    return ListRecord(terms: text.terms, actors: actors, successors: successors)
  }

  private func listEnds(of list: Digest, by region: RegionCode) -> [ListEnd] {
    (acts[list] ?? []).compactMap { act in
      guard act.region == region, case .end(let effective) = act.kind else { return nil }
      return ListEnd(index: act.index, effective: effective)
    }
  }

  package func listEnd(of list: Digest, by region: RegionCode, below index: UInt64) -> ListEnd? {
    lookUpCount += 1
    return listEnds(of: list, by: region).filter { $0.index < index }.max { $0.index < $1.index }
  }

  package func nextListEnd(of list: Digest, by region: RegionCode, from index: UInt64) -> UInt64? {
    listEnds(of: list, by: region).map(\.index).filter { $0 >= index }.min()
  }

  package func listItem(_ list: Digest, at place: Int) -> ListItem? {
    guard case .some(let text?) = texts[list], text.items.indices.contains(place) else { return nil }
    return text.items[place]
  }

  package func listItems(resource: String) -> [ListItemClaim] { claims[resource] ?? [] }

  package func hasListItems(owner: String) -> Bool {
    claims.keys.contains { $0.prefix { $0 != "/" } == owner }
  }

  package func hasListActs(in region: RegionCode, _ indices: Range<UInt64>) -> Bool {
    logs[region]?.actIndices.contains { indices.contains($0) } ?? false
  }

  package func nextListMoment(after time: Int64) -> Int64? {
    var moments = texts.values.compactMap { $0?.terms.validity }.flatMap { [$0.lowerBound, $0.upperBound] }
    for case .end(let effective) in acts.values.joined().map(\.kind) { moments.append(effective) }
    return moments.filter { $0 > time }.min()
  }

  // MARK: Versions and what stands

  package func openVersions(of id: ResourceID) -> [Version] {
    (versions[id] ?? [:]).values.filter { !$0.isClosed }
  }

  package func unseenVersions(owner: RegionCode) -> [Version] {
    versions.filter { $0.key.owner == owner }.flatMap { openVersions(of: $0.key) }.filter { $0.right == .open }
  }

  package func hasUnseenVersions(owner: RegionCode) -> Bool { !unseenVersions(owner: owner).isEmpty }

  package func unseenVersions(owner: RegionCode, writer: RegionCode, below size: UInt64) -> [Version] {
    unseenVersions(owner: owner).filter { $0.name.region == writer && $0.name.index < size }
  }

  package func isMarked(_ mark: VersionMark, _ entry: EntryName, of id: ResourceID) -> Bool {
    marks.contains(MarkKey(mark: mark, name: entry, id: id))
  }

  package func standing(of id: ResourceID) -> Standing? { standings[id] }

  package func stateDigest() -> StateDigest { digest }

  // MARK: Writes

  package func hold(listText: [UInt8], digest: Digest, list: ListText?) {
    precondition(texts[digest] == nil, "a text is held once")
    texts[digest] = .some(list)
    textBytes[digest] = listText
    for (resource, claim) in list?.claims ?? [] { claims[resource, default: []].append(claim) }
  }

  package func hold(_ held: HeldEntry, _ entry: LogEntry) {
    let region = held.name.region
    var log = logs.removeValue(forKey: region) ?? Log()
    precondition(held.name.index == UInt64(log.entries.count), "entries are held in order")
    log.entries.append((held, entry))
    log.tree.append(leafHash: entry.leafHash)
    if case .success(let leaf) = entry.leaf, leaf.body?.bodyClass == .open, entry.body == nil {
      wanted.insert(held.name)
    }
    for change in held.clockChanges {
      log.stated[change.region, default: []].append((held.name.index, change.head))
    }
    logs[region] = log
  }

  package func record(_ act: ListAct, on list: Digest) {
    acts[list, default: []].append(act)
    logs[act.region]?.actIndices.insert(act.index)
  }

  package func process(_ entry: HeldEntry, verdict: Verdict) {
    let name = entry.name
    precondition(name.index == logState(name.region).processed, "entries are judged in order")
    logs[name.region]?.verdicts.append(verdict)
  }

  package func put(_ version: Version) { versions[version.id, default: [:]][version.name] = version }

  package func mark(_ mark: VersionMark, _ entry: EntryName, of id: ResourceID) {
    marks.insert(MarkKey(mark: mark, name: entry, id: id))
  }

  package func recall(_ entry: EntryName, by recall: EntryName) {
    wanted.remove(entry)
    recalled.insert(entry)
    replaceBody(of: entry, with: nil)
  }

  /// Takes in a body that was asked for; false if it is not wanted any more, or not what the leaf commits to.
  package func fill(_ name: EntryName, with frame: Frame) -> Bool {
    guard let body = frame.body, wanted.contains(name), entry(name.region, name.index)?.leafBytes == frame.leaf,
      replaceBody(of: name, with: body)
    else { return false }
    wanted.remove(name)
    return true
  }

  @discardableResult private func replaceBody(of name: EntryName, with body: Body?) -> Bool {
    guard let known = entry(name.region, name.index),
      let entry = try? LogEntry(
        Frame(leaf: known.leafBytes, body: body), origin: name.origin(in: configuration.federation))
    else { return false }
    logs[name.region]?.entries[Int(name.index)].entry = entry
    return true
  }

  package func keep(_ stop: ListStop, of list: Digest) {}

  package func grant(_ entry: EntryName, to recipients: [RegionCode]) {}

  package func setStanding(_ standing: Standing?, of id: ResourceID) { standings[id] = standing }

  package func setStateDigest(_ digest: StateDigest) { self.digest = digest }

  // MARK: Another configuration

  /// Holds proven entries of a log that does not count: they are judged when it does.
  package func holdUnjudged(_ entries: [LogEntry], of region: RegionCode) {
    precondition(!configuration.replicated.contains(region), "a log that counts is judged")
    var log = unjudged.removeValue(forKey: region) ?? ([], MerkleTree())
    for entry in entries {
      log.entries.append(entry)
      log.tree.append(leafHash: entry.leafHash)
    }
    unjudged[region] = log
  }

  /// What is decided is done: this store, or what takes its place. `now`: milliseconds since the epoch.
  package func reconfigured(_ decided: Reconfiguration, now: Int64) throws -> MemoryCatalogStore {
    switch decided.change {
    case .none: return self
    case .relabelled:
      configuration = decided.configuration
      return self
    case .anew:
      let new = MemoryCatalogStore(decided.configuration)
      let admission = Admission(new, now: now)
      for (_, bytes) in textBytes.sorted(by: { $0.key < $1.key }) { try admission.hold(listText: bytes) }
      for region in Set(logs.keys).union(unjudged.keys).sorted() {
        let entries = logs[region]?.entries.map(\.entry) ?? unjudged[region]?.entries ?? []
        if decided.configuration.replicated.contains(region) {
          _ = try admission.commit(entries, of: region)
        } else {
          new.holdUnjudged(entries, of: region)
        }
      }
      return new
    }
  }
}
