import Catalog
import Cryptography
import Replication
import TransparencyLog

/// Bodies beside their leaves: where they lie, which are wanted, and how they go.
///
/// Open bodies lie in `entry`, as every peer is served them. Restricted ones lie in `restricted`, so that no route that serves
/// frames can give one away.
extension StoreTransaction {
  // MARK: Whose store this is

  private static let regionKey = "region"

  package func setRegion(_ region: RegionCode) throws { try setLocal(Self.regionKey, Array(region.text.utf8)) }

  /// The region whose node this store is of.
  func ownRegion() throws -> RegionCode {
    if let known = storeRegion { return known }
    guard let bytes = try local(Self.regionKey), let region = RegionCode(String(decoding: bytes, as: UTF8.self)) else {
      throw StoreError.damaged("the store does not say whose it is")
    }
    storeRegion = region
    return region
  }

  /// Gives a replay what the store says of itself.
  func copyRegion(from store: Store, _ configuration: CatalogConfiguration) throws {
    try setRegion(try store.read(configuration) { try $0.ownRegion() })
  }

  // MARK: Held

  /// Writes an entry's row: an open body goes with it.
  func append(_ entry: LogEntry, to log: StoredLog, key: Int64) throws {
    let isRestricted = entry.isRestricted || log.origin.log == .audit
    try sql("INSERT INTO entry (key, leaf, nonce, body) VALUES (?, ?, ?, ?)")
      .bind(1, key).bind(2, entry.leafBytes).bind(3, isRestricted ? nil : entry.body?.nonce)
      .bind(4, isRestricted ? nil : entry.body?.content).run()
    if isRestricted, isReplay || log.origin.log == .audit, let body = entry.body { try keepRestricted(body, key: key) }
  }

  /// Keeps or wants the body of an entry that is being held; returns what is kept. A restricted one that came with a frame of
  /// another region's log is not kept: whoever sent it had no right to.
  func keep(_ entry: LogEntry, of name: EntryName, key: Int64) throws -> Body? {
    guard case .success(let leaf) = entry.leaf, let commitment = leaf.body else { return nil }
    switch commitment.bodyClass {
    case .open:
      if entry.body == nil { try want(key, restricted: false) }
      return entry.body
    case .restricted:
      let own = try ownRegion()
      if name.region == own || isReplay || isRebuilding, let body = entry.body {
        if !isReplay && !isRebuilding { try keepRestricted(body, key: key) }
        return body
      }
      if name.region != own, leaf.recipients.contains(own) { try want(key, restricted: true) }
      return nil
    }
  }

  private func keepRestricted(_ body: Body, key: Int64) throws {
    try sql("INSERT OR REPLACE INTO restricted (key, nonce, body) VALUES (?, ?, ?)")
      .bind(1, key).bind(2, body.nonce).bind(3, body.content).run()
  }

  // MARK: Wanted

  private func want(_ key: Int64, restricted: Bool) throws {
    hasWantedChanged = true
    try sql("INSERT OR IGNORE INTO wanted (key, restricted) VALUES (?, ?)").bind(1, key).bind(2, restricted ? 1 : 0)
      .run()
  }

  private func unwant(_ key: Int64) throws {
    try sql("DELETE FROM wanted WHERE key = ?").bind(1, key).run()
    if sql.changedRowCount > 0 { hasWantedChanged = true }
  }

  package func wantedBodies() throws -> WantedBodies {
    var wanted = WantedBodies()
    wanted.open = try sql("SELECT count(*) FROM wanted WHERE restricted = 0").first { $0.size(0) } ?? 0
    var key: Int64 = 0
    // One index step for each log that has any.
    while let next = try sql("SELECT key FROM wanted WHERE restricted = 1 AND key >= ? ORDER BY key LIMIT 1")
      .bind(1, key).first({ $0.integer(0) })
    {
      let number = StoredLog.number(ofKey: next)
      wanted.origins.insert(try region(ofLog: number))
      key = (number + 1) << StoredLog.indexBits
    }
    return wanted
  }

  /// Entries behind `after`, in the order of their names, whose bodies a peer may have: at most `countMax`, and, but for the
  /// first, bodies of `byteCountMax` bytes together.
  package func wantedEntries(
    from peer: RegionCode, after: EntryName?, countMax: Int, byteCountMax: Int
  ) throws -> [EntryName] {
    var names: [EntryName] = []
    var bytes = 0
    for region in try regionsWanted() where after.map({ region >= $0.region }) ?? true {
      guard let log = try catalogLog(region), names.count < countMax else { continue }
      let start = after?.region == region ? log.key(after?.index ?? 0) : log.key(0) - 1
      let keys = try sql(
        "SELECT key FROM wanted WHERE key > ? AND key < ? AND (restricted = 0 OR ?) ORDER BY key LIMIT ?"
      ).bind(1, start).bind(2, log.key(0) + 1 << StoredLog.indexBits).bind(3, region == peer ? 1 : 0)
        .bind(4, countMax - names.count).all { $0.integer(0) }
      for key in keys {
        let name = try name(ofKey: key)
        bytes += try heldEntry(name.region, name.index)?.leaf?.body?.length ?? 0
        if bytes > byteCountMax, !names.isEmpty { return names }
        names.append(name)
      }
    }
    return names
  }

  /// Of the logs that lack any body, sorted.
  private func regionsWanted() throws -> [RegionCode] {
    var regions: [RegionCode] = []
    var key: Int64 = 0
    // One index step each.
    while let next = try sql("SELECT key FROM wanted WHERE key >= ? ORDER BY key LIMIT 1").bind(1, key)
      .first({ $0.integer(0) })
    {
      let number = StoredLog.number(ofKey: next)
      regions.append(try region(ofLog: number))
      key = (number + 1) << StoredLog.indexBits
    }
    return regions.sorted()
  }

  /// Takes in the body of an entry that waits for it; false if none is wanted there any more. Throws a `FrameError` if the frame
  /// is not that entry, or its body not what the leaf commits to.
  package func fill(_ name: EntryName, with frame: Frame) throws -> Bool {
    guard let key = try key(name), let body = frame.body else { return false }
    let isRestricted = try sql("SELECT restricted FROM wanted WHERE key = ?").bind(1, key).first { $0.integer(0) != 0 }
    guard let isRestricted else { return false }
    guard let leaf = try sql("SELECT leaf FROM entry WHERE key = ?").bind(1, key).first({ $0.bytes(0) }) else {
      throw StoreError.damaged("entry \(name) is wanted, and not held")
    }
    guard leaf == frame.leaf else {
      throw FrameError(.bodyMismatch, "the answer for entry \(name) is another entry")
    }
    _ = try LogEntry(frame, origin: origin(of: name.region))
    writeCount += 1
    try showingAgain(name) {
      if isRestricted {
        try keepRestricted(body, key: key)
      } else {
        try sql("UPDATE entry SET nonce = ?, body = ? WHERE key = ?").bind(1, body.nonce).bind(2, body.content)
          .bind(3, key).run()
      }
      try unwant(key)
    }
    return true
  }

  /// A body as it is held, open or restricted; nil if it is not here.
  package func heldBody(_ name: EntryName) throws -> [UInt8]? { try body(of: name) }

  // MARK: Entitled

  /// Whether the leaf of a restricted entry, or a grant, names a region.
  package func isRecipient(_ region: RegionCode, of name: EntryName) throws -> Bool {
    if region == name.region { return true }
    guard let key = try key(name) else { return false }
    if try heldEntry(name.region, name.index)?.leaf?.recipients.contains(region) == true { return true }
    return try sql("SELECT 1 FROM granted WHERE key = ? AND region = ?").bind(1, key).bind(2, region.text)
      .first { _ in true } ?? false
  }

  package func grant(_ name: EntryName, to recipients: [RegionCode]) throws {
    guard let key = try key(name) else { return }
    writeCount += 1
    for recipient in recipients {
      try sql("INSERT OR IGNORE INTO granted (key, region) VALUES (?, ?)").bind(1, key).bind(2, recipient.text).run()
    }
    let own = try ownRegion()
    guard name.region != own, recipients.contains(own), try !isRecalled(name), try body(of: name) == nil,
      try heldEntry(name.region, name.index)?.leaf?.body?.bodyClass == .restricted
    else { return }
    try want(key, restricted: true)
  }

  /// The frame that a peer may be given on request: with the body if it is here and the peer is entitled to it. nil if the
  /// entry is not held.
  private func disclosableFrame(
    _ name: EntryName, to region: RegionCode, _ lists: AccessLists?, _ time: Int64
  ) throws -> Frame? {
    guard let frame = try frame(of: origin(of: name.region), at: name.index) else { return nil }
    let own = try ownRegion()
    guard frame.body == nil, name.region == own, let leaf = try heldEntry(name.region, name.index)?.leaf,
      let body = try restrictedBody(name)
    else { return frame }
    guard let id = leaf.resource else {
      return try isRecipient(region, of: name) ? Frame(leaf: frame.leaf, body: body) : frame
    }
    let decision = decideDisclosure(
      of: id, by: own, to: region, named: Set(leaf.recipients), granted: try granted(name),
      lists: lists ?? AccessLists(),
      at: time)
    return decision.effect == .permit ? Frame(leaf: frame.leaf, body: body) : frame
  }

  /// An entry with its body where that is here, restricted or not: for this region's own people, never for a peer.
  package func wholeFrame(_ name: EntryName) throws -> Frame? {
    guard let frame = try frame(of: origin(of: name.region), at: name.index) else { return nil }
    guard frame.body == nil, let body = try restrictedBody(name) else { return frame }
    return Frame(leaf: frame.leaf, body: body)
  }

  /// Whom the leaf of a restricted entry, or a grant, names; sorted. Empty for an open one.
  package func recipients(of name: EntryName) throws -> [RegionCode] {
    let leaf = try heldEntry(name.region, name.index)?.leaf
    guard leaf?.body?.bodyClass == .restricted else { return [] }
    return try granted(name).union(leaf?.recipients ?? []).sorted()
  }

  private func granted(_ name: EntryName) throws -> Set<RegionCode> {
    guard let key = try key(name) else { return [] }
    return Set(try sql("SELECT region FROM granted WHERE key = ?").bind(1, key).all { try Self.region($0.text(0)) })
  }

  /// The frames of entries one after another, up to where they weigh `BodiesRequest.answerBytes`; and which of them bring a
  /// restricted body. `time` is in milliseconds since the epoch.
  package func disclosableFrames(
    _ names: [EntryName], to region: RegionCode, at time: Int64
  ) throws -> (bytes: [UInt8], disclosed: [EntryName]) {
    let own = try ownRegion()
    let ids = try names.filter { $0.region == own }.compactMap { name -> ResourceID? in
      let leaf = try heldEntry(name.region, name.index)?.leaf
      return leaf?.body?.bodyClass == .restricted ? leaf?.resource : nil
    }
    let lists = ids.isEmpty ? nil : try listsThatSuspend(ids, own: own, at: time)
    var bytes: [UInt8] = []
    var disclosed: [EntryName] = []
    for name in names where bytes.count < BodiesRequest.answerBytes {
      guard let frame = try disclosableFrame(name, to: region, lists, time) else { break }
      frame.append(to: &bytes)
      if frame.body != nil, try heldEntry(name.region, name.index)?.leaf?.body?.bodyClass == .restricted {
        disclosed.append(name)
      }
    }
    return (bytes, disclosed)
  }

  private func restrictedBody(_ name: EntryName) throws -> Body? {
    guard let key = try key(name) else { return nil }
    return try sql("SELECT nonce, body FROM restricted WHERE key = ?").bind(1, key).first {
      Body(nonce: $0.bytes(0), content: $0.bytes(1))
    } ?? nil
  }

  // MARK: Recalled

  func isRecalled(_ name: EntryName) throws -> Bool {
    guard let key = try key(name) else { return false }
    return try sql("SELECT 1 FROM recalled WHERE key = ?").bind(1, key).first { _ in true } ?? false
  }

  /// Erases body and random bytes, of the view and the search index too. What SQLite keeps of them elsewhere goes with the
  /// commit (`Store.write`).
  package func recall(_ name: EntryName, by recall: EntryName) throws {
    guard let key = try key(name), let recallKey = try self.key(recall) else { return }
    writeCount += 1
    try showingAgain(name) {
      try sql("INSERT OR IGNORE INTO recalled (key, recall) VALUES (?, ?)").bind(1, key).bind(2, recallKey).run()
      try sql("UPDATE entry SET nonce = NULL, body = NULL WHERE key = ? AND body IS NOT NULL").bind(1, key).run()
      var erased = sql.changedRowCount
      try sql("DELETE FROM restricted WHERE key = ?").bind(1, key).run()
      erased += sql.changedRowCount
      if erased > 0 {
        hasErased = true
        notes.erased.append((name, recall))
      }
      try unwant(key)
    }
  }

  /// Changes the body of an entry; where it is what is shown of a resource, row and index follow.
  private func showingAgain(_ name: EntryName, _ change: () throws -> Void) throws {
    func changing() throws {
      recent[name]?.entry = nil
      try change()
    }
    guard let leaf = try heldEntry(name.region, name.index)?.leaf, leaf.kind == .publish, let id = leaf.resource,
      let standing = try standing(of: id), standing.shown == name
    else { return try changing() }
    try setStanding(standing, of: id, changing)
  }
}
