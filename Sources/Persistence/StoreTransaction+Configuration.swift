import Catalog
import Cryptography
import TransparencyLog

/// The configuration that the view was made under, and making it anew under another.
extension StoreTransaction {
  private static let key = "configuration"

  /// One line each: federation, rules, `log REGION` and `cut REGION SIZE ROOT`, sorted.
  private static func text(_ configuration: CatalogConfiguration) -> String {
    var lines = ["federation \(configuration.federation)", "rules \(configuration.rules)"]
    lines += configuration.replicated.sorted().map { "log \($0)" }
    lines += configuration.cuts.sorted { $0.key < $1.key }.map { "cut \($0.key) \($0.value.size) \($0.value.root)" }
    return lines.joined(separator: "\n")
  }

  package func setViewConfiguration(_ configuration: CatalogConfiguration) throws {
    try setLocal(Self.key, Array(Self.text(configuration).utf8))
  }

  /// What `setViewConfiguration` was given last.
  package func viewConfiguration() throws -> CatalogConfiguration {
    guard let bytes = try local(Self.key) else { throw StoreError.damaged("the view's configuration is missing") }
    var federation: FederationName?
    var rules: UInt32?
    var replicated: Set<RegionCode> = []
    var cuts: [RegionCode: LogHead] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      switch (words.first, words.count) {
      case ("federation", 2): federation = FederationName(words[1])
      case ("rules", 2): rules = UInt32(words[1])
      case ("log", 2): replicated.insert(try Self.region(words[1]))
      case ("cut", 4):
        guard let size = UInt64(words[2]), let root = Digest(hex: words[3]) else {
          throw StoreError.damaged("the view's configuration cannot be read")
        }
        cuts[try Self.region(words[1])] = LogHead(size: size, root: root)
      default: throw StoreError.damaged("the view's configuration cannot be read")
      }
    }
    guard let federation, let rules else { throw StoreError.damaged("the view's configuration cannot be read") }
    return CatalogConfiguration(federation: federation, rules: rules, replicated: replicated, cuts: cuts)
  }

  /// Reads and judges every entry again: of a transaction that rebuilds. Returns how many there are.
  @discardableResult
  package func judgeAnew(now: Int64) throws -> Int {
    precondition(isRebuilding, "the view was not dropped")
    try holdTextsAgain()
    // Others' acts count now, or count no more: lists are looked at anew.
    try setListsLookedAt(nil)
    let admission = Admission(self, now: now)
    var count = 0
    for region in configuration.replicated.sorted() {
      guard let log = try catalogLog(region) else { continue }
      var next: UInt64 = 0
      while next < log.edge.size {
        let entries = try storedEntries(log, from: next, count: 4096)
        guard !entries.isEmpty else { throw StoreError.damaged("entry \(next) of \(log.origin) is missing") }
        let outcome = try admission.commit(entries, of: region)
        count += outcome.heldCount
        // Behind a cut nothing is read.
        if outcome.heldCount < entries.count { break }
        next += UInt64(entries.count)
      }
    }
    return count
  }

  /// Of a store whose view was made anew for it.
  func setSchemaVersion() throws { try sql.query("PRAGMA user_version = \(Schema.version)") { _ in } }

  func holdTextsAgain() throws {
    for digest in try storedTexts() {
      guard let bytes = try storedText(digest) else { continue }
      try hold(listText: bytes, digest: digest, list: try? ListText(bytes: bytes))
    }
  }

  /// Stored entries from an index on, checked against their commitments.
  func storedEntries(_ log: StoredLog, from: UInt64, count: UInt64) throws -> [LogEntry] {
    let frames = try sql(
      """
      SELECT e.leaf, coalesce(e.nonce, r.nonce), coalesce(e.body, r.body)
      FROM entry e LEFT JOIN restricted r ON r.key = e.key WHERE e.key >= ? AND e.key < ? ORDER BY e.key
      """
    )
    .bind(1, log.key(from)).bind(2, log.key(min(from + count, log.edge.size))).all(Self.frame)
    var entries: [LogEntry] = []
    for (offset, frame) in frames.enumerated() {
      do { entries.append(try LogEntry(frame, origin: log.origin)) } catch {
        throw StoreError.damaged("entry \(from + UInt64(offset)) of \(log.origin): \((error as FrameError).reason)")
      }
    }
    return entries
  }
}
