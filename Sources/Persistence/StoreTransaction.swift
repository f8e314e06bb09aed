import Catalog
import Cryptography
import GRDB
import TransparencyLog

/// One database access: what the rules and the node read and write within it.
///
/// Writes to logs gather in memory and reach the file with `save`, which the store calls before it commits. Not used after
/// the access ends, nor on another thread.
package final class StoreTransaction {
  package let configuration: CatalogConfiguration
  let sql: Statements
  private var logs: [Origin: StoredLog] = [:]
  private var catalogLogs: [RegionCode: StoredLog] = [:]
  private var regions: [Int64: RegionCode] = [:]
  /// Entries that were read or held lately.
  var recent: [EntryName: RecentEntry] = [:]
  /// The row of the resource that was looked at last: who asks what stands is about to write it.
  var lastRow: (id: ResourceID, row: ResourceKeys?)?
  /// Whether any version is marked at all: most catalogs have none, and then nothing need be looked up.
  var hasMarks: Bool?
  var states: [RegionCode: LogState] = [:]
  /// Proofs of forks; nil before they were looked up.
  var forks: [Origin: StoredFork]?
  /// Of the writer: what earlier transactions looked up of lists.
  let listCache: ListCache?
  let texts: ListTexts
  /// A text was held in this access: what is kept of claims is not what this access sees.
  var hasHeldText = false
  /// Whose store this is, once it was looked up.
  var storeRegion: RegionCode?
  /// The table of wanted bodies changed: whoever asks for them should know.
  package internal(set) var hasWantedChanged = false
  /// A body was erased: what is left of it in index and write-ahead log must go.
  package internal(set) var hasErased = false
  /// A step of that was done.
  var hasMerged = false
  /// Entries are left that can be judged now: `proceed` goes on.
  package internal(set) var hasBacklog = false
  /// Of `backlogMax`.
  var backlogLeft = StoreTransaction.backlogMax
  /// What the access did that an audit log tells of.
  package internal(set) var notes = AuditNotes()
  private var changedStates: Set<RegionCode> = []
  /// Sizes processed when the access began, of the logs that it has looked at.
  package internal(set) var processedBefore: [RegionCode: UInt64] = [:]
  /// Counts writes of any kind: whether something was done is one comparison.
  package internal(set) var writeCount = 0
  /// True while a view is made anew from entries that are there already.
  package let isRebuilding: Bool
  /// True for the second store of a check: it takes over whatever the first one held.
  let isReplay: Bool

  init(
    _ statements: Statements, _ configuration: CatalogConfiguration, isRebuilding: Bool = false, isReplay: Bool = false,
    listCache: ListCache? = nil, texts: ListTexts = ListTexts()
  ) {
    self.listCache = listCache
    self.texts = texts
    sql = statements
    self.configuration = configuration
    self.isRebuilding = isRebuilding
    self.isReplay = isReplay
  }

  // MARK: Logs by name and number

  package func origin(of region: RegionCode) -> Origin {
    Origin(region: region, federation: configuration.federation, log: .catalog)
  }

  /// nil if nothing of it is held.
  func log(_ origin: Origin) throws -> StoredLog? {
    if let log = logs[origin] { return log }
    guard let log = try StoredLog.load(origin, sql) else { return nil }
    logs[origin] = log
    return log
  }

  func logOrNew(_ origin: Origin) throws -> StoredLog {
    if let log = try log(origin) { return log }
    let log = try StoredLog.create(origin, sql)
    logs[origin] = log
    return log
  }

  /// Asked several times for each entry: an origin is put together once.
  func catalogLog(_ region: RegionCode) throws -> StoredLog? {
    if let log = catalogLogs[region] { return log }
    guard let log = try log(origin(of: region)) else { return nil }
    catalogLogs[region] = log
    return log
  }

  func region(ofLog number: Int64) throws -> RegionCode {
    if let region = regions[number] { return region }
    guard let text = try sql("SELECT origin FROM log WHERE id = ?").bind(1, number).first({ $0.text(0) }),
      let region = Origin(text)?.region
    else { throw StoreError.damaged("an entry belongs to log \(number), which is not there") }
    regions[number] = region
    return region
  }

  func key(_ name: EntryName) throws -> Int64? { try catalogLog(name.region)?.key(name.index) }

  func name(ofKey key: Int64) throws -> EntryName {
    EntryName(try region(ofLog: StoredLog.number(ofKey: key)), StoredLog.index(ofKey: key))
  }

  /// Writes what gathered in memory. The access is of no further use for writing afterwards.
  func save() throws {
    for log in logs.values { try log.save() }
    for region in changedStates {
      guard let log = try catalogLog(region), let state = states[region] else { continue }
      try sql("INSERT OR REPLACE INTO progress (log, processed, latest) VALUES (?, ?, ?)")
        .bind(1, log.number).bind(2, Int64(state.processed)).bind(3, state.latestTime).run()
    }
    changedStates = []
  }

  func noteMark() { hasMarks = true }

  func setState(_ state: LogState, of region: RegionCode) {
    writeCount += 1
    states[region] = state
    changedStates.insert(region)
  }

  /// Sizes processed now, of the logs where that differs.
  package func processedNow(unlike before: [RegionCode: UInt64]) throws -> [Origin: UInt64] {
    var sizes: [Origin: UInt64] = [:]
    for (region, state) in states where state.processed != before[region] ?? 0 {
      sizes[origin(of: region)] = state.processed
    }
    return sizes
  }

  // MARK: Values in columns

  static func region(_ text: String) throws -> RegionCode {
    guard let region = RegionCode(text) else { throw StoreError.damaged("“\(text)” is no region") }
    return region
  }

  static func digest(_ row: SQLRow, _ column: Int32) throws -> Digest {
    guard let digest = row.digest(column) else { throw StoreError.damaged("a digest is not 32 bytes") }
    return digest
  }

  static func refusal(_ code: String, _ reason: String) throws -> Refusal {
    guard let code = Refusal.Code(rawValue: code) else { throw StoreError.damaged("“\(code)” is no refusal") }
    return Refusal(code, reason)
  }

  /// `region:index`, or `region/generation:index`, one a line.
  static func text(_ names: [EntryName]) -> String {
    names.isEmpty ? "" : names.map(\.description).joined(separator: "\n")
  }

  /// What `text` wrote.
  static func names(_ text: String) throws -> [EntryName] {
    if text.isEmpty { return [] }
    return try text.split(separator: "\n").map { line in
      guard let name = EntryName(line) else { throw StoreError.damaged("“\(line)” names no entry") }
      return name
    }
  }
}
