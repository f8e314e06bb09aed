import Catalog
import Cryptography
import TransparencyLog

extension StoreTransaction: CatalogStore {
  package func hold(listText: [UInt8], digest: Digest, list: ListText?) throws {
    writeCount += 1
    if !isRebuilding {
      try sql("INSERT OR IGNORE INTO text (digest, text) VALUES (?, ?)").bind(1, digest).bind(2, listText).run()
    }
    hasHeldText = true
    listCache?.forgetClaims()
    texts.remember(digest, list)
    guard let list else { return }
    for (resource, claim) in list.claims {
      try sql("INSERT OR IGNORE INTO list_item (resource, list, source) VALUES (?, ?, ?)")
        .bind(1, resource).bind(2, digest).bind(3, claim.source.text).run()
    }
    try addMoment(list.terms.validity.lowerBound, of: digest)
    try addMoment(list.terms.validity.upperBound, of: digest)
    if let replaced = list.terms.replaces {
      try sql("INSERT OR IGNORE INTO list_successor (list, successor) VALUES (?, ?)").bind(1, replaced).bind(2, digest)
        .run()
    }
  }

  private func addMoment(_ time: Int64, of list: Digest) throws {
    try sql("INSERT OR IGNORE INTO list_moment (time, list) VALUES (?, ?)").bind(1, time).bind(2, list).run()
  }

  package func hold(_ held: HeldEntry, _ entry: LogEntry) throws {
    let name = held.name
    let log = try catalogLog(name.region) ?? logOrNew(origin(of: name.region))
    var state = try logState(name.region)
    precondition(name.index == state.held, "entries are held in the order of their log")
    if !isRebuilding {
      try log.append(entry.leafHash)
      try append(entry, to: log, key: log.key(name.index))
    }
    let body = try keep(entry, of: name, key: log.key(name.index))
    if let fault = held.fault {
      try sql("INSERT INTO fault (key, latest, code, reason) VALUES (?, ?, ?, ?)")
        .bind(1, log.key(name.index)).bind(2, held.latestTime).bind(3, fault.code.rawValue).bind(4, fault.reason).run()
    }
    for change in held.clockChanges {
      try sql("INSERT INTO clock (log, region, idx, size, root) VALUES (?, ?, ?, ?, ?)")
        .bind(1, log.number).bind(2, change.region.text).bind(3, Int64(name.index))
        .bind(4, Int64(clamping: change.head.size)).bind(5, change.head.root).run()
    }
    state.held += 1
    state.latestTime = held.latestTime
    setState(state, of: name.region)
    remember(held, body == nil ? nil : entry)
  }

  package func record(_ act: ListAct, on list: Digest) throws {
    writeCount += 1
    var effective: Int64?
    if case .end(let time) = act.kind {
      effective = time
      try addMoment(time, of: list)
    }
    try sql("INSERT OR REPLACE INTO list_act (list, region, idx, effective) VALUES (?, ?, ?, ?)")
      .bind(1, list).bind(2, act.region.text).bind(3, Int64(act.index)).bind(4, effective).run()
  }

  package func process(_ entry: HeldEntry, verdict: Verdict) throws {
    let name = entry.name
    var state = try logState(name.region)
    precondition(name.index == state.processed, "entries are judged in the order of their log")
    state.processed += 1
    setState(state, of: name.region)
    if verdict == .applied {
      if let list = entry.leaf?.list { notes.lists.insert(list) }
    } else if let log = try catalogLog(name.region) {
      let reason: String
      if case .refused(let refusal) = verdict {
        reason = refusal.reason
        // Judged anew it is no news.
        if !isRebuilding { notes.refused.append((name, refusal)) }
      } else {
        reason = ""
      }
      let id = entry.leaf.flatMap { $0.kind.isVersion ? $0.resource?.text : nil } ?? ""
      try sql("INSERT OR REPLACE INTO verdict (key, code, reason, id) VALUES (?, ?, ?, ?)")
        .bind(1, log.key(name.index)).bind(2, verdict.code).bind(3, reason).bind(4, id).run()
    }
  }

  package func put(_ version: Version) throws {
    writeCount += 1
    guard let key = try key(version.name) else { throw StoreError.damaged("version \(version.name) has no log") }
    try sql(
      """
      INSERT OR REPLACE INTO version
        (id, key, owner, writer, withdrawal, time, supersedes, rests_on, rights, replaced, closed)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    ).bind(1, version.id.text).bind(2, key).bind(3, String(version.id.ownerText)).bind(4, version.name.region.text)
      .bind(5, version.isWithdrawal ? 1 : 0).bind(6, version.time)
      .bind(7, Self.text(version.supersedes)).bind(8, version.restsOn?.bytes)
      .bind(9, version.right.rawValue).bind(10, version.isReplaced ? 1 : 0).bind(11, version.isClosed ? 1 : 0).run()
  }

  package func mark(_ mark: VersionMark, _ entry: EntryName, of id: ResourceID) throws {
    writeCount += 1
    noteMark()
    try sql("INSERT OR IGNORE INTO mark (id, kind, entry) VALUES (?, ?, ?)")
      .bind(1, id.text).bind(2, mark.rawValue).bind(3, entry.description).run()
  }

  package func setStateDigest(_ digest: StateDigest) throws {
    writeCount += 1
    try sql("INSERT OR REPLACE INTO state (name, value) VALUES ('digest', ?)").bind(1, digest.digest).run()
  }
}
