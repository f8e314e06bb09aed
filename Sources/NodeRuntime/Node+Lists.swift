import Catalog
import Cryptography
import Foundation
import Persistence
import TransparencyLog

/// Shared-responsibility lists: proposed, signed, ended, suspended, and as people read them.
extension Node {
  // MARK: Acts

  package func propose(_ text: ListText, by responsible: Responsible) async throws -> JSONValue {
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

  package func sign(_ name: String, digest: Digest?, by responsible: Responsible) async throws -> JSONValue {
    let own = configuration.region
    let now = Self.now
    let text = try readStore { transaction -> ListText in
      let texts = try Self.texts(named: name, digest, transaction)
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

  package func end(
    _ name: String, digest: Digest?, reason: String, record: String, from: Int64?, actor: String
  ) async throws -> JSONValue {
    let now = Self.now
    let text = try current(name, digest)
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
      from ?? earliest, earliest, try readStore { try $0.logState(configuration.region).latestTime })
    let content = Grounds(actor: actor, reason: reason, consultation: record).encoded()
    return try await act(intent, on: text, content: content, actor: actor, at: now)
  }

  package func stop(
    _ name: String, digest: Digest?, resumes: Bool, region: RegionCode?, position: Int?, reason: String, actor: String
  ) async throws -> JSONValue {
    let text = try current(name, digest)
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
  private func act(
    _ intent: Leaf, on text: ListText, content: [UInt8], actor: String, at now: Int64 = Node.now,
    check: @escaping @Sendable (StoreTransaction) throws -> Void = { _ in }
  ) async throws -> JSONValue {
    let origin = configuration.catalogOrigin
    try refuseFork()
    let entry = try await write { transaction -> (EntryName, isNew: Bool) in
      try check(transaction)
      if intent.kind == .propose || intent.kind == .sign,
        let known = try transaction.listView(text.digest, own: origin.region, at: now)?.signatures
          .first(where: { $0.region == origin.region })
      {
        return (known, false)
      }
      let writing = OwnWriting(transaction, origin: origin, actor: actor, now: now)
      try writing.hold(text)
      return (try writing.append(intent, content: content), true)
    }
    guard case .object(var members) = try listJSON(text) else { return .null }
    members.append(.init("origin", .string(origin.text)))
    members.append(.init("index", .count(entry.0.index)))
    members.append(.init("new", .bool(entry.isNew)))
    if let responsible = Responsible(decoding: content), intent.kind == .propose || intent.kind == .sign {
      members.append(.init("onePerson", .bool(responsible.isOnePerson)))
    }
    return .object(members)
  }

  // MARK: Which text

  private func readStore<T: Sendable>(_ body: @Sendable (StoreTransaction) throws -> T) throws -> T {
    try store.read(writer.catalogConfiguration, body)
  }

  /// Texts of a list, the lowest version first; throws if there is none.
  private static func texts(
    named name: String, _ digest: Digest?, _ transaction: StoreTransaction
  ) throws -> [ListText] {
    let known = try transaction.listDigests().compactMap { try transaction.listText(of: $0) }
      .filter { $0.terms.name == name }.sorted { ($0.terms.version, $0.digest) < ($1.terms.version, $1.digest) }
    let texts = known.filter { digest == nil || $0.digest == digest }
    if let digest, texts.isEmpty, !known.isEmpty {
      throw NodeError.refused(
        "unknownText", "no text of \(name) has the digest \(digest): see `tongyuan list ls --json`")
    }
    if texts.isEmpty {
      throw NodeError.refused("unknownList", "no list \(name) is known here: see `tongyuan list ls`")
    }
    return texts
  }

  /// The text that is in force or will be; throws where none or several are.
  private func current(_ name: String, _ digest: Digest?) throws -> ListText {
    let own = configuration.region
    let now = Self.now
    return try readStore { transaction in
      let texts = try Self.texts(named: name, digest, transaction)
      let current = try texts.filter { text in
        let state = try transaction.listView(text.digest, own: own, at: now)?.state
        return state == .inForce || state == .scheduled
      }
      if current.count > 1 {
        let rivals = current.map { "version \($0.terms.version) \($0.digest)" }.joined(separator: ", ")
        throw NodeError.refused("rivals", "several texts of \(name) are in force: \(rivals); name one with --digest")
      }
      guard let text = current.first else {
        throw NodeError.refused("notInForce", "no text of \(name) is in force: see `tongyuan list show \(name)`")
      }
      return text
    }
  }

  // MARK: For people

  package func lists() throws -> JSONValue {
    let texts = try readStore { transaction in
      try transaction.listDigests().compactMap { try transaction.listText(of: $0) }
        .sorted { ($0.terms.name, $0.terms.version, $0.digest) < ($1.terms.name, $1.terms.version, $1.digest) }
    }
    return .members(("lists", .array(try texts.map { try listJSON($0) })))
  }

  /// One list: the version asked for, else the one in force, else the newest; with its text and all its other versions.
  package func list(_ name: String, version: UInt32?) throws -> JSONValue {
    let own = configuration.region
    let now = Self.now
    let (texts, chosen) = try readStore { transaction -> ([ListText], ListText) in
      let texts = try Self.texts(named: name, nil, transaction)
      let states = try texts.map { try transaction.listView($0.digest, own: own, at: now)?.state }
      let candidates = zip(texts, states).filter { version == nil || $0.0.terms.version == version }
      guard let newest = candidates.last?.0 else {
        throw NodeError.refused("unknownVersion", "list \(name) has no version \(version ?? 0) here")
      }
      return (texts, candidates.last { $0.1 == .inForce }?.0 ?? newest)
    }
    guard case .object(var members) = try listJSON(chosen) else { return .null }
    members.append(.init("document", chosen.json))
    members.append(.init("text", .string(Base64.encode(chosen.bytes))))
    members.append(.init("versions", .array(try texts.map { try listJSON($0) })))
    return .object(members)
  }

  private func listJSON(_ text: ListText) throws -> JSONValue {
    let own = configuration.region
    let now = Self.now
    let (view, suspended, acts) = try readStore { transaction in
      let view = try transaction.listView(text.digest, own: own, at: now)
      let suspended = try transaction.suspensions(among: transaction.stops(of: text.digest), of: text.terms)
      let acts = try (view?.signatures ?? []).map { name in
        (
          name, try transaction.heldEntry(name.region, name.index)?.leaf?.time,
          try transaction.heldBody(name).flatMap { Responsible(decoding: $0) }
        )
      }
      return (view, suspended, acts)
    }
    let replicated = writer.catalogConfiguration.replicated
    let signers = Set(text.terms.parties + (text.terms.authority.map { [$0] } ?? [])).sorted()
    return .members(
      ("id", .string(text.terms.name)), ("version", .count(text.terms.version)),
      ("kind", .string(text.terms.kind.rawValue)), ("digest", .string(text.digest.hex)),
      ("title", .string(text.terms.title)), ("state", .string((view?.state ?? .refused).rawValue)),
      (
        "parties",
        .array(
          signers.map { region in
            let act = acts.first { $0.0.region == region }
            return .members(
              ("region", .string(region.text)), ("signed", .bool(act != nil)),
              ("needed", .bool(text.terms.needed.contains(region))),
              ("replicated", .bool(replicated.contains(region))), ("time", .time(milliseconds: act?.1)),
              ("origin", act.map { .string($0.0.origin(in: configuration.federation).text) } ?? .null),
              ("index", act.map { .count($0.0.index) } ?? .null), ("preparedBy", .text(act?.2?.preparedBy)),
              ("reviewedBy", .text(act?.2?.reviewedBy)), ("approvedBy", .text(act?.2?.approvedBy)))
          })
      ), ("validFrom", .time(milliseconds: text.terms.validity.lowerBound)),
      ("validUntil", .time(milliseconds: text.terms.validity.upperBound)),
      ("replaces", .text(text.terms.replaces?.hex)), ("replacedBy", .text(view?.successor?.hex)),
      ("endsAt", .time(milliseconds: view?.endsAt)), ("items", .count(text.items.count)),
      ("expiresSoon", .bool(view?.state == .inForce && text.terms.validity.upperBound - now < 30 * 86_400_000)),
      (
        "suspended",
        .array(
          suspended.map { stop in
            .members(
              ("region", .text(stop.recipient?.text)), ("item", stop.item.map { .count($0 + 1) } ?? .null),
              ("by", .string(stop.by.text)))
          })
      ))
  }

  private static func day(_ milliseconds: Int64) -> String {
    CalendarDate(beijingMilliseconds: milliseconds)?.description ?? "\(milliseconds)"
  }

  // MARK: By itself

  /// Writes the entry that ends what other regions wrote under a list that is over: at the moment, and not when this region
  /// happens to write next.
  func writeBoundary() async throws {
    let origin = configuration.catalogOrigin
    let now = Self.now
    guard ownLogElsewhere == nil, try readStore({ try $0.isBoundaryDue(own: origin.region, at: now) }) else { return }
    try await write { transaction in
      guard try transaction.isBoundaryDue(own: origin.region, at: now) else { return }
      _ = try OwnWriting(transaction, origin: origin, actor: "", now: now).append(Leaf(.clock, time: 0))
    }
  }
}
