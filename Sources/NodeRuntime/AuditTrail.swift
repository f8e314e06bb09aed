import Catalog
import Cryptography
import Persistence

/// What this node writes to its own audit log, and when. An event is written in the transaction of what it records, or before it:
/// it is durable before the act takes effect.
struct AuditTrail: Sendable {
  /// Of the audit log.
  let origin: Origin

  private var own: RegionCode { origin.region }

  func record(_ event: AuditEvent, in transaction: StoreTransaction, now: Int64) throws {
    try transaction.append(event, to: origin, now: now, nonce: Body.freshNonce())
  }

  /// Tells of what an access did: called before it is committed.
  func note(_ transaction: StoreTransaction, now: Int64) throws {
    let notes = transaction.notes
    // Under another configuration others' acts count, or count no more.
    if transaction.isRebuilding { try tell(transaction.listDigests(), transaction, now) }
    if notes.isEmpty { return }
    for (name, refusal) in notes.refused { try count(name, refusal, transaction, now) }
    for (name, recall) in notes.erased {
      var event = AuditEvent(.recalled)
      event.entry = name
      event.resource = try transaction.heldEntry(name.region, name.index)?.leaf?.resource?.text ?? ""
      event.regions = [recall.region]
      let grounds = try transaction.grounds(of: recall)
      event.reason = grounds?.reason ?? ""
      if recall.region == own { event.actor = grounds?.actor ?? "" }
      try record(event, in: transaction, now: now)
    }
    if !transaction.isRebuilding { try tell(notes.lists, transaction, now) }
  }

  /// What time alone brings about: lists that begin and end, and the hour's sums.
  func settle(_ transaction: StoreTransaction, now: Int64) throws {
    try tellOfMoments(transaction, now)
    try settle(Self.refusals, transaction, now) { key in
      guard let (region, code) = Self.refusalKey(key) else { return nil }
      var event = AuditEvent(.refused)
      event.entry = EntryName(region, 0)
      event.regions = [region]
      event.code = code
      return event
    }
    try settle(Self.given, transaction, now) { key in
      guard let region = RegionCode(String(key.dropFirst(Self.given.count))) else { return nil }
      var event = AuditEvent(.disclosed)
      event.entry = EntryName(own, 0)
      event.regions = [region]
      return event
    }
  }

  // MARK: Sums by the hour

  private static let hour: Int64 = 3_600_000

  private func settle(
    _ prefix: String, _ transaction: StoreTransaction, _ now: Int64, _ make: (_ key: String) -> AuditEvent?
  ) throws {
    for row in try transaction.locals(prefix: prefix) {
      guard let sum = EventSum(row.value), sum.count > 0, now - sum.since >= Self.hour, var event = make(row.key),
        let region = event.entry?.region
      else { continue }
      event.entry = EntryName(region, sum.first)
      event.lastIndex = sum.last
      event.count = sum.count
      try record(event, in: transaction, now: now)
      try transaction.setLocal(row.key, EventSum(since: now).bytes)
    }
  }

  // MARK: Disclosures

  /// By recipient and entry: that it was recorded. As many rows as there are such events.
  private static let disclosed = "disclosed:"
  /// By recipient: what it was given again.
  private static let given = "given:"

  /// The first handing out of a body to a region is an event; it may ask again without limit, and that is one event an hour.
  func disclosed(_ name: EntryName, to region: RegionCode, _ transaction: StoreTransaction, _ now: Int64) throws {
    let key = "\(Self.disclosed)\(region):\(name)"
    if try transaction.local(key) != nil {
      let sumKey = Self.given + region.text
      var sum = try transaction.local(sumKey).flatMap { EventSum($0) } ?? EventSum(since: now)
      sum.add(name.index)
      return try transaction.setLocal(sumKey, sum.bytes)
    }
    var event = AuditEvent(.disclosed)
    event.entry = name
    let leaf = try transaction.heldEntry(name.region, name.index)?.leaf
    event.resource = leaf?.resource?.text ?? ""
    event.regions = [region]
    // Never a digest of the body alone: it would confirm a guess after a recall.
    event.digest = leaf?.body?.digest
    try record(event, in: transaction, now: now)
    try transaction.setLocal(key, [])
  }

  // MARK: Refusals

  private static let refusals = "refusals:"

  private static func refusalKey(_ key: String) -> (region: RegionCode, code: String)? {
    let parts = key.dropFirst(refusals.count).split(separator: ":").map(String.init)
    guard parts.count == 2, let region = RegionCode(parts[0]) else { return nil }
    return (region, parts[1])
  }

  /// The first of a log and code is an event at once; others can be caused without limit, and are one event an hour.
  private func count(_ name: EntryName, _ refusal: Refusal, _ transaction: StoreTransaction, _ now: Int64) throws {
    let key = "\(Self.refusals)\(name.region):\(refusal.code.rawValue)"
    if var sum = try transaction.local(key).flatMap({ EventSum($0) }) {
      sum.add(name.index)
      return try transaction.setLocal(key, sum.bytes)
    }
    var event = AuditEvent(.refused)
    event.entry = name
    event.lastIndex = name.index
    event.count = 1
    event.resource = try transaction.heldEntry(name.region, name.index)?.leaf?.resource?.text ?? ""
    event.regions = [name.region]
    event.code = refusal.code.rawValue
    event.reason = refusal.reason
    try record(event, in: transaction, now: now)
    try transaction.setLocal(key, EventSum(since: now).bytes)
  }

  // MARK: Lists

  /// Of lists that began or ended since the last look: not of all there are, each minute.
  private func tellOfMoments(_ transaction: StoreTransaction, _ now: Int64) throws {
    if let last = try transaction.listsLookedAt(), last <= now {
      let lists = try transaction.listsWithMoments(after: last, through: now)
      if lists.isEmpty { return }
      try tell(lists, transaction, now)
    } else {
      // The first look, or the clock went back.
      try tell(transaction.listDigests(), transaction, now)
    }
    try transaction.setListsLookedAt(now)
  }

  /// Events for lists that came into force or are over since they were looked at last, and for what they replace.
  private func tell(_ lists: some Sequence<Digest>, _ transaction: StoreTransaction, _ now: Int64) throws {
    let acted = Set(lists)
    // A clock that went back: what is stored now may be a state before moments that were looked at already.
    if !acted.isEmpty, let last = try transaction.listsLookedAt(), now < last {
      try transaction.setListsLookedAt(nil)
    }
    let replaced = try acted.compactMap { try transaction.list($0)?.terms.replaces }
    for digest in acted.union(replaced).sorted() {
      guard let view = try transaction.listView(digest, own: own, at: now) else { continue }
      let key = "list:\(digest.hex)"
      let before = try transaction.local(key).flatMap { ListState(rawValue: String(decoding: $0, as: UTF8.self)) }
      guard view.state != before else { continue }
      try transaction.setLocal(key, Array(view.state.rawValue.utf8))
      // One that was over before anybody here knew it had no force to lose.
      guard view.state == .inForce || (view.state.isOver && before == .inForce) else { continue }
      var event = AuditEvent(view.state == .inForce ? .listInForce : .listOver)
      event.list = digest
      event.listName = view.terms.name
      event.listVersion = view.terms.version
      event.regions = Set(view.terms.parties + (view.terms.authority.map { [$0] } ?? [])).sorted()
      event.code = view.state.rawValue
      try record(event, in: transaction, now: now)
    }
  }
}

/// What happened again since the last event about it: how often, with entries of one log from which index to which.
private struct EventSum {
  /// Milliseconds since the epoch.
  var since: Int64
  var count: UInt64 = 0
  var first: UInt64 = 0
  var last: UInt64 = 0

  init(since: Int64) { self.since = since }

  mutating func add(_ index: UInt64) {
    (first, last) = count == 0 ? (index, index) : (min(first, index), max(last, index))
    count += 1
  }

  init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    let numbers = stride(from: 0, to: 32, by: 8).map { bytes[$0..<$0 + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    (since, count, first, last) = (Int64(bitPattern: numbers[0]), numbers[1], numbers[2], numbers[3])
  }

  var bytes: [UInt8] {
    [UInt64(bitPattern: since), count, first, last].flatMap { number in
      (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }
  }
}

extension Body {
  /// 32 random bytes that a frame can carry.
  static func freshNonce() -> [UInt8] {
    var system = SystemRandomNumberGenerator()
    while true {
      let nonce = (0..<nonceLength).map { _ in UInt8.random(in: 0...255, using: &system) }
      if Body(nonce: nonce, content: []) != nil { return nonce }
    }
  }
}

extension StoreTransaction {
  /// The grounds that a recall, an end … states; nil where its body is not here.
  func grounds(of name: EntryName) throws -> Grounds? { try heldBody(name).flatMap { Grounds(decoding: $0) } }
}
