import Catalog
import Cryptography
import Foundation
import Persistence
import TransparencyLog

/// Shared-responsibility lists: proposed, signed, ended, suspended.
///
/// What they are about is looked up beside the actor; the rules judge again in the transaction that writes.
extension Node {
  // MARK: Acts

  nonisolated func propose(_ text: ListText, by responsible: Responsible) async throws -> JSONValue {
    guard text.terms.federation == configuration.federation else {
      throw NodeError.refused(
        "federation", "the list is of federation \(text.terms.federation), this node of \(configuration.federation)")
    }
    var intent = Leaf(.propose, time: 0)
    intent.list = text.digest
    let (own, now) = (configuration.region, Self.now)
    return try await act(intent, on: text, content: responsible.encoded(), actor: responsible.actor) { transaction in
      try Self.refuseMeaningless(text, own: own, at: now, transaction)
    }
  }

  /// What the rules would hold, and could not mean anything, or not what people take it for.
  private static func refuseMeaningless(
    _ text: ListText, own: RegionCode, at now: Int64, _ transaction: StoreTransaction
  ) throws {
    let (name, version) = (text.terms.name, text.terms.version)
    guard !text.items.isEmpty else { throw NodeError.refused("items", "the list has no items") }
    guard text.terms.validity.upperBound > now else {
      throw NodeError.refused("expired", "the list's validity is over already: correct `valid`")
    }
    for digest in try transaction.listDigests() where digest != text.digest {
      guard let other = try transaction.listText(of: digest) else { continue }
      if other.terms.name == name, other.terms.version == version {
        throw NodeError.refused(
          "version", "another text is version \(version) of \(name) already (\(digest)): count on")
      }
      let isFollowed = text.terms.replaces == digest
      let isCurrent =
        try other.terms.name == name && transaction.listView(digest, own: own, at: now)?.state == .inForce
      if isFollowed || isCurrent, !text.terms.mayReplace(other.terms, digest: digest) {
        throw NodeError.refused(
          "parties",
          isFollowed
            ? "the list does not bind all parties of version \(other.terms.version), which it replaces: keep them, or `list end` that "
              + "one first"
            : "version \(other.terms.version) of \(name) is in force and this text does not replace it (\(digest))")
      }
    }
  }

  nonisolated func sign(_ name: String, digest: Digest?, by responsible: Responsible) async throws -> JSONValue {
    let own = configuration.region
    let now = Self.now
    let text = try queries.read { transaction -> ListText in
      let texts = try NodeQueries.texts(named: name, digest, transaction)
      let waiting = try texts.filter { text in
        guard let view = try transaction.listView(text.digest, own: own, at: now), !view.state.isOver else {
          return false
        }
        return text.terms.isMember(own) && !view.signatures.contains { $0.region == own }
      }
      if waiting.count > 1 {
        let rivals = waiting.map { "version \($0.terms.version) \($0.digest)" }.joined(separator: ", ")
        throw NodeError.refused(
          "rivals", "several texts of \(name) wait for a signature: \(rivals); name one with --digest")
      }
      if let text = waiting.first { return text }
      if let signed = try texts.last(where: { text in
        try transaction.listView(text.digest, own: own, at: now)?.signatures.contains { $0.region == own } == true
      }) {
        return signed
      }
      throw NodeError.refused(
        "nothingToSign", "no text of \(name) waits for the signature of \(own): see `tongyuan list show \(name)`")
    }
    var intent = Leaf(.sign, time: 0)
    intent.list = text.digest
    return try await act(intent, on: text, content: responsible.encoded(), actor: responsible.actor)
  }

  nonisolated func end(
    _ name: String, digest: Digest?, reason: String, record: String, from: Int64?, actor: String
  ) async throws -> JSONValue {
    let now = Self.now
    let text = try queries.current(name, digest)
    let earliest = now + Int64(configuration.noticeDays) * 86_400_000
    // The day on which the notice period ends will do.
    let isSoon = from.map { $0 + CalendarDate.dayMilliseconds <= earliest } ?? false
    if let from, from >= text.terms.validity.upperBound {
      throw NodeError.refused("expired", "the list expires before \(Self.day(from)): there is nothing to end")
    }
    if isSoon {
      throw NodeError.refused(
        "notice",
        "the list can end from \(Self.day(earliest)) on: the notice period of \(configuration.noticeDays) days (noticeDays in config.yaml)"
      )
    }
    var intent = Leaf(.end, time: 0)
    intent.list = text.digest
    // Not before its own time, which may be that of an earlier entry.
    intent.effective = max(
      from ?? earliest, earliest, try queries.read { try $0.logState(configuration.region).latestTime })
    let content = Grounds(actor: actor, reason: reason, consultation: record).encoded()
    return try await act(intent, on: text, content: content, actor: actor, at: now)
  }

  nonisolated func stop(
    _ name: String, digest: Digest?, resumes: Bool, region: RegionCode?, position: Int?, reason: String, actor: String
  ) async throws -> JSONValue {
    let text = try queries.current(name, digest)
    let own = configuration.region
    if let position, position > text.items.count {
      throw NodeError.refused("item", "\(name) version \(text.terms.version) has \(text.items.count) items")
    }
    var intent = Leaf(resumes ? .resume : .suspend, time: 0)
    intent.list = text.digest
    intent.item = position.map { $0 - 1 }
    intent.recipient = region
    let stopped = intent
    return try await act(intent, on: text, content: Grounds(actor: actor, reason: reason).encoded(), actor: actor) {
      try Self.refuseIdle(stopped, own: own, text, $0)
    }
  }

  /// A resumption that would resume nothing, a suspension of what is suspended already.
  private static func refuseIdle(_ act: Leaf, own: RegionCode, _ text: ListText, _ transaction: StoreTransaction) throws
  {
    let active = try transaction.suspensions(among: transaction.stops(of: text.digest), of: text.terms)
    if act.kind == .suspend {
      guard !active.contains(where: { $0.by == own && $0.item == act.item && $0.recipient == act.recipient }) else {
        throw NodeError.refused("suspended", "this is suspended by \(own) already")
      }
      return
    }
    let covered = active.filter {
      (act.item == nil || act.item == $0.item) && (act.recipient == nil || act.recipient == $0.recipient)
    }
    guard covered.contains(where: { $0.by == own || text.terms.authority == own }) else {
      let others = Set(covered.map(\.by.text)).sorted().joined(separator: ", ")
      throw NodeError.refused(
        "notSuspended",
        others.isEmpty
          ? "nothing of that is suspended: see `tongyuan list show \(text.terms.name)`"
          : "that was suspended by \(others): who suspended resumes, or the list's authority")
    }
  }

  /// Writes one act; a proposal or signature that is there already is not written again.
  private nonisolated func act(
    _ intent: Leaf, on text: ListText, content: [UInt8], actor: String, at now: Int64 = Node.now,
    check: @escaping @Sendable (StoreTransaction) throws -> Void = { _ in }
  ) async throws -> JSONValue {
    let origin = configuration.catalogOrigin
    try await mayWrite()
    let entry = try await write { [ownLog] transaction -> (EntryName, isNew: Bool) in
      try check(transaction)
      if intent.kind == .propose || intent.kind == .sign,
        let known = try transaction.listView(text.digest, own: origin.region, at: now)?.signatures
          .first(where: { $0.region == origin.region })
      {
        return (known, false)
      }
      let writing = OwnWriting(transaction, origin: origin, ownLog: ownLog, actor: actor, now: now)
      try writing.hold(text)
      return (try writing.append(intent, content: content), true)
    }
    var members = try queries.overview(of: text).members(at: Self.now, in: configuration.federation)
    members.append(.init("origin", .string(origin.text)))
    members.append(.init("index", .count(entry.0.index)))
    members.append(.init("new", .bool(entry.isNew)))
    if let responsible = Responsible(decoding: content), intent.kind == .propose || intent.kind == .sign {
      members.append(.init("onePerson", .bool(responsible.isOnePerson)))
    }
    return .object(members)
  }

  private static func day(_ milliseconds: Int64) -> String {
    CalendarDate(beijingMilliseconds: milliseconds)?.description ?? "\(milliseconds)"
  }

  // MARK: By itself

  /// Writes the entry that ends what other regions wrote under a list that is over: at the moment, and not when this region
  /// happens to write next.
  nonisolated func writeBoundary() async throws {
    let origin = configuration.catalogOrigin
    let now = Self.now
    guard try queries.read({ try $0.isBoundaryDue(own: origin.region, at: now) }) else { return }
    await askOwnHeads()
    // A store that was set back says so to whoever writes; by itself it waits.
    guard await replication.longerOwnLog == nil else { return }
    try await write { [ownLog] transaction in
      guard try transaction.isBoundaryDue(own: origin.region, at: now) else { return }
      _ = try OwnWriting(transaction, origin: origin, ownLog: ownLog, actor: "", now: now).append(Leaf(.clock, time: 0))
    }
  }
}
