import Catalog
import Cryptography
import TransparencyLog

extension StoreTransaction: CatalogReader {
  package func logState(_ region: RegionCode) throws -> LogState {
    if let state = states[region] { return state }
    guard let log = try catalogLog(region) else { return LogState() }
    var state =
      try sql("SELECT processed, latest FROM progress WHERE log = ?").bind(1, log.number).first {
        LogState(processed: $0.size(0), latestTime: $0.integer(1))
      } ?? LogState()
    // While a view is made anew, an entry is held once it was read again.
    if !isRebuilding { state.held = min(log.edge.size, configuration.cuts[region]?.size ?? .max) }
    states[region] = state
    processedBefore[region] = state.processed
    return state
  }

  package func waitingLogs() throws -> [RegionCode] {
    // Those that stood so before this access began, and those that it moved: not a look-up for each log, at each commit.
    var regions = Set(states.keys)
    try sql(
      "SELECT origin FROM log LEFT JOIN progress ON progress.log = log.id WHERE ifnull(processed, 0) < size"
    ).forEach { row in
      if let origin = Origin(row.text(0)), origin.log == .catalog { regions.insert(origin.region) }
      return true
    }
    return try regions.intersection(configuration.replicated).filter { region in
      let state = try logState(region)
      return state.processed < state.held
    }
  }

  package func root(of region: RegionCode, at size: UInt64) throws -> Digest? {
    guard let log = try catalogLog(region) else { return size == 0 ? RightEdge().root : nil }
    return try log.root(at: size)
  }

  package func heldEntry(_ region: RegionCode, _ index: UInt64) throws -> HeldEntry? {
    let name = EntryName(region, index)
    if let held = recent[name]?.held { return held }
    guard let log = try catalogLog(region), index < (try logState(region).held),
      let bytes = try sql("SELECT leaf FROM entry WHERE key = ?").bind(1, log.key(index)).first({ $0.bytes(0) })
    else { return nil }
    let leaf = try? Leaf(bytes: bytes)
    let fault = try sql("SELECT latest, code, reason FROM fault WHERE key = ?").bind(1, log.key(index)).first { row in
      (latest: row.integer(0), refusal: try Self.refusal(row.text(1), row.text(2)))
    }
    guard let latest = fault?.latest ?? leaf?.time else {
      throw StoreError.damaged("entry \(name) cannot be read, and no fault is recorded")
    }
    let changes = try sql("SELECT region, size, root FROM clock WHERE log = ? AND idx = ? ORDER BY region")
      .bind(1, log.number).bind(2, Int64(index)).all { row in
        ClockChange(try Self.region(row.text(0)), LogHead(size: row.size(1), root: try Self.digest(row, 2)))
      }
    let held = HeldEntry(name: name, leaf: leaf, latestTime: latest, fault: fault?.refusal, clockChanges: changes)
    remember(held)
    return held
  }

  /// One reference each: both values are large, and looked up several times an entry.
  final class RecentEntry {
    let held: HeldEntry
    /// Of an entry held in this access, as it came: its body and listing are shared with the group that it came in.
    var entry: LogEntry?

    init(_ held: HeldEntry, _ entry: LogEntry?) {
      self.held = held
      self.entry = entry
    }
  }

  private static let recentMax = 8192

  /// Entries are read again soon after they are held, and around list acts: a small cache, bounded.
  func remember(_ held: HeldEntry, _ entry: LogEntry? = nil) {
    if recent.count >= Self.recentMax { recent.removeAll(keepingCapacity: true) }
    recent[held.name] = RecentEntry(held, entry)
  }

  /// The body of an entry; nil if it has none or it is not here.
  func body(of name: EntryName) throws -> [UInt8]? {
    if let body = recent[name]?.entry?.body { return body.content }
    guard let key = try key(name) else { return nil }
    return try sql(
      "SELECT coalesce(e.body, r.body) FROM entry e LEFT JOIN restricted r ON r.key = e.key WHERE e.key = ?"
    ).bind(1, key).first { $0.optionalBytes(0) } ?? nil
  }

  package func latestTime(of region: RegionCode, at index: UInt64) throws -> Int64 {
    guard let held = try heldEntry(region, index) else {
      throw StoreError.damaged("entry \(index) of \(region) is not held")
    }
    return held.latestTime
  }

  package func hasUnjudgedEntries() throws -> Bool {
    try sql("SELECT 1 FROM verdict WHERE code LIKE 'unjudged%' LIMIT 1").first { _ in true } ?? false
  }

  // MARK: Stated clocks

  package func statedClock(of log: RegionCode, at index: UInt64, for region: RegionCode) throws -> LogHead? {
    guard let log = try catalogLog(log) else { return nil }
    return try sql(
      "SELECT size, root FROM clock WHERE log = ? AND region = ? AND idx <= ? ORDER BY idx DESC LIMIT 1"
    ).bind(1, log.number).bind(2, region.text).bind(3, Int64(index)).first {
      LogHead(size: $0.size(0), root: try Self.digest($0, 1))
    }
  }

  package func statedClock(of log: RegionCode, at index: UInt64) throws -> VectorClock {
    var clock = VectorClock()
    guard let stored = try catalogLog(log) else { return clock }
    var last = ""
    // One index step per region named, not one per change.
    while let next = try sql("SELECT region FROM clock WHERE log = ? AND region > ? ORDER BY region LIMIT 1")
      .bind(1, stored.number).bind(2, last).first({ $0.text(0) })
    {
      let region = try Self.region(next)
      if let head = try statedClock(of: log, at: index, for: region) { clock[region] = head }
      last = next
    }
    return clock
  }

  package func firstEntry(of log: RegionCode, knowing region: RegionCode, at index: UInt64) throws -> UInt64? {
    guard let log = try catalogLog(log) else { return nil }
    return try sql("SELECT idx FROM clock WHERE log = ? AND region = ? AND size > ? ORDER BY size LIMIT 1")
      .bind(1, log.number).bind(2, region.text).bind(3, Int64(index)).first { $0.size(0) }
  }

  // MARK: Lists

  package func isListTextHeld(_ digest: Digest) throws -> Bool {
    try sql("SELECT 1 FROM text WHERE digest = ?").bind(1, digest).first { _ in true } ?? false
  }

  package func list(_ digest: Digest) throws -> ListRecord? {
    guard let terms = try listTerms(of: digest) else { return nil }
    let successors = try sql("SELECT successor FROM list_successor WHERE list = ?").bind(1, digest).all {
      try Self.digest($0, 0)
    }
    return ListRecord(terms: terms, actors: try listActors(of: digest), successors: successors)
  }

  /// A few index steps for each region, however many acts of it are recorded.
  private func listActors(of list: Digest) throws -> [ListActor] {
    var actors: [ListActor] = []
    while let (region, first) = try sql(
      "SELECT region, idx FROM list_act WHERE list = ? AND region > ? ORDER BY region, idx LIMIT 1"
    ).bind(1, list).bind(2, actors.last?.region.text ?? "").first({ ($0.text(0), $0.size(1)) }) {
      let signature = try sql("SELECT idx FROM list_act WHERE list = ? AND region = ? AND effective IS NULL")
        .bind(1, list).bind(2, region).first { $0.size(0) }
      actors.append(
        ListActor(
          region: try Self.region(region), first: first, signature: signature,
          hasEnds: try listEnd(of: list, by: Self.region(region), below: .max) != nil))
    }
    return actors
  }

  package func listEnd(of list: Digest, by region: RegionCode, below index: UInt64) throws -> ListEnd? {
    try sql(
      """
      SELECT idx, effective FROM list_act WHERE list = ? AND region = ? AND idx < ? AND effective IS NOT NULL
      ORDER BY idx DESC LIMIT 1
      """
    ).bind(1, list).bind(2, region.text).bind(3, Int64(clamping: index)).first {
      ListEnd(index: $0.size(0), effective: $0.integer(1))
    }
  }

  package func nextListEnd(of list: Digest, by region: RegionCode, from index: UInt64) throws -> UInt64? {
    try sql(
      """
      SELECT idx FROM list_act WHERE list = ? AND region = ? AND idx >= ? AND effective IS NOT NULL ORDER BY idx LIMIT 1
      """
    ).bind(1, list).bind(2, region.text).bind(3, Int64(clamping: index)).first { $0.size(0) }
  }

  /// nil if it is not held, or not one that a list may have.
  package func listText(of digest: Digest) throws -> ListText? {
    // One that is not held yet is not remembered: the next entry may bring it.
    guard try isListTextHeld(digest) else { return nil }
    return try texts.text(digest) { try readText(digest) }
  }

  private func listTerms(of digest: Digest) throws -> ListTerms? {
    guard try isListTextHeld(digest) else { return nil }
    return try texts.terms(digest) { try readText(digest) }
  }

  private func readText(_ digest: Digest) throws -> ListText? {
    try storedText(digest).flatMap { try? ListText(bytes: $0) }
  }

  package func listItem(_ list: Digest, at place: Int) throws -> ListItem? {
    guard let text = try listText(of: list), text.items.indices.contains(place) else { return nil }
    return text.items[place]
  }

  package func listItems(resource: String) throws -> [ListItemClaim] {
    if let listCache, !hasHeldText {
      let owner = String(resource.prefix { $0 != "/" })
      let known = try listCache.claims(on: resource, owner: owner) { countMax in
        // '0' is the character behind '/': the range holds exactly what begins with the owner's component.
        try sql(
          """
          SELECT resource, list, source FROM list_item
          WHERE resource = ? OR (resource >= ? AND resource < ?) LIMIT ?
          """
        ).bind(1, owner).bind(2, owner + "/").bind(3, owner + "0").bind(4, countMax)
          .all { ($0.text(0), ListItemClaim(list: try Self.digest($0, 1), source: try Self.region($0.text(2)))) }
      }
      if let known { return known }
    }
    return try sql("SELECT list, source FROM list_item WHERE resource = ?").bind(1, resource).all {
      ListItemClaim(list: try Self.digest($0, 0), source: try Self.region($0.text(1)))
    }
  }

  package func hasListItems(owner: String) throws -> Bool {
    try sql("SELECT 1 FROM list_item WHERE resource = ? OR (resource >= ? AND resource < ?) LIMIT 1")
      .bind(1, owner).bind(2, owner + "/").bind(3, owner + "0").first { _ in true } ?? false
  }

  package func hasListActs(in region: RegionCode, _ indices: Range<UInt64>) throws -> Bool {
    try sql("SELECT 1 FROM list_act WHERE region = ? AND idx >= ? AND idx < ? LIMIT 1")
      .bind(1, region.text).bind(2, Int64(clamping: indices.lowerBound)).bind(3, Int64(clamping: indices.upperBound))
      .first { _ in true } ?? false
  }

  package func nextListMoment(after time: Int64) throws -> Int64? {
    try sql("SELECT time FROM list_moment WHERE time > ? ORDER BY time LIMIT 1").bind(1, time).first { $0.integer(0) }
  }

  // MARK: Versions and what stands

  package func openVersions(of id: ResourceID) throws -> [Version] {
    try sql(
      "SELECT key, id, withdrawal, time, supersedes, rests_on, rights, replaced FROM version WHERE id = ? AND closed = 0"
    ).bind(1, id.text).all(version)
  }

  package func hasUnseenVersions(owner: RegionCode) throws -> Bool {
    try sql("SELECT 1 FROM version WHERE rights = 1 AND closed = 0 AND owner = ? LIMIT 1").bind(1, owner.text)
      .first { _ in true } ?? false
  }

  package func unseenVersions(owner: RegionCode) throws -> [Version] {
    try sql(
      """
      SELECT key, id, withdrawal, time, supersedes, rests_on, rights, replaced FROM version
      WHERE rights = 1 AND closed = 0 AND owner = ?
      """
    ).bind(1, owner.text).all(version)
  }

  package func unseenVersions(owner: RegionCode, writer: RegionCode, below size: UInt64) throws -> [Version] {
    guard let log = try catalogLog(writer) else { return [] }
    return try sql(
      """
      SELECT key, id, withdrawal, time, supersedes, rests_on, rights, replaced FROM version
      WHERE rights = 1 AND closed = 0 AND owner = ? AND writer = ? AND key < ?
      """
    ).bind(1, owner.text).bind(2, writer.text).bind(3, log.key(size)).all(version)
  }

  package func isMarked(_ mark: VersionMark, _ entry: EntryName, of id: ResourceID) throws -> Bool {
    if hasMarks == nil { hasMarks = try sql("SELECT 1 FROM mark LIMIT 1").first { _ in true } ?? false }
    guard hasMarks == true else { return false }
    return try sql("SELECT 1 FROM mark WHERE id = ? AND kind = ? AND entry = ?")
      .bind(1, id.text).bind(2, mark.rawValue).bind(3, entry.description).first { _ in true } ?? false
  }

  package func standing(of id: ResourceID) throws -> Standing? {
    lastRow = (id, nil)
    return try sql("SELECT status, shown, versions, contested, number FROM resource WHERE id = ?").bind(1, id.text)
      .first { row in
        let standing = try standing(row)
        lastRow = (id, ResourceKeys(number: row.integer(4), status: row.text(0), shown: standing.shown))
        return standing
      }
  }

  /// What a row of `resource` is found by, and what the search index holds of it.
  struct ResourceKeys {
    let number: Int64
    let status: String
    let shown: EntryName?
  }

  /// Takes what was read of a resource just now, or reads it; it is about to change.
  func takeResourceKeys(_ id: ResourceID) throws -> ResourceKeys? {
    if lastRow?.id != id { _ = try standing(of: id) }
    defer { lastRow = nil }
    return lastRow?.row
  }

  package func stateDigest() throws -> StateDigest {
    try sql("SELECT value FROM state WHERE name = 'digest'").first { StateDigest(try Self.digest($0, 0)) }
      ?? StateDigest()
  }

  /// Columns: status, shown, versions, contested.
  func standing(_ row: SQLRow) throws -> Standing {
    guard let status = Standing.Status(rawValue: row.text(0)) else {
      throw StoreError.damaged("“\(row.text(0))” is no status of a resource")
    }
    let shown = row.isNull(1) ? nil : try name(ofKey: row.integer(1))
    let others = try Self.names(row.text(2))
    return Standing(
      status: status, shown: shown,
      versions: others.isEmpty ? shown.map { [$0] } ?? [] : (others + [shown].compactMap(\.self)).sorted(),
      contested: try Self.names(row.text(3)))
  }

  func version(_ row: SQLRow) throws -> Version {
    guard let id = ResourceID(row.text(1)), let right = Version.Right(rawValue: Int(row.integer(6))) else {
      throw StoreError.damaged("the row of version \(row.integer(0)) cannot be read")
    }
    return Version(
      name: try name(ofKey: row.integer(0)), id: id, isWithdrawal: row.integer(2) != 0, time: row.integer(3),
      supersedes: try Self.names(row.text(4)), restsOn: row.isNull(5) ? nil : try Self.digest(row, 5), right: right,
      isReplaced: row.integer(7) != 0)
  }
}
