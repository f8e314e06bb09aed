import Catalog
import Cryptography
import Foundation
import Persistence
import Replication
import TransparencyLog

/// Why somebody may or may not have a resource's data, and why it is or is not here.
extension NodeQueries {
  /// What is known of the region that answers for an id.
  struct Owner: Sendable {
    /// nil: it is no peer, or this region.
    var report: PeerReport?
    /// Why its log does not count yet.
    var staged: Wait?
  }

  /// The decision with the signatures that put its list in force, and what keeps the resource from being seen. Reasons are in
  /// both languages: whoever prints chooses.
  func explain(_ request: AccessRequest, owner: Owner) throws -> JSONValue {
    let own = configuration.region
    let now = Node.now
    let id = request.resource
    let (decision, chain, records, standing, pending) = try read { transaction in
      let standing = try transaction.standing(of: id)
      let records = try transaction.history(of: id)
      let shown = records.first { $0.name == standing?.shown }
      let lists = try transaction.accessLists(own: own, at: now)
      let label = standing.map { shown.map(\.label).flatMap { $0 == .none ? nil : $0.rawValue } ?? $0.status.rawValue }
      let decision = decide(
        request, manifest: shown?.publication?.manifest, notHere: label, lists: lists, at: now)
      let signatures = try decision.citation.flatMap {
        try transaction.listView($0.digest, own: own, at: now)?.signatures
      }
      let pending = try id.owner.map { try Self.pending(id, $0, transaction, now) } ?? []
      return (decision, signatures ?? [], records, standing, pending)
    }
    guard case .object(var members) = decision.json else { return .null }
    members.append(.init("reasonZh", .string(decision.reason.zh)))
    members.append(
      .init("obligationsZh", .array(decision.obligations.map { .string($0.wording.zh) })))
    members.append(.init("obligationsEn", .array(decision.obligations.map { .string($0.wording.en) })))
    members.append(
      .init(
        "chain",
        .array(
          chain.map {
            .members(
              ("region", .string($0.region.text)), ("origin", .string($0.origin(in: configuration.federation).text)),
              ("index", .count($0.index)))
          })))
    members.append(.init("for", .string(request.region.text)))
    let status = standing.map { standing in
      records.first { $0.name == standing.shown }.map {
        $0.label == .none ? standing.status.rawValue : $0.label.rawValue
      }
        ?? standing.status.rawValue
    }
    members.append(.init("status", .text(status)))
    var notes = try notes(id, standing, records, owner) + pending
    if let shown = records.first(where: { $0.name == standing?.shown }), shown.label == .none,
      shown.leaf.body?.bodyClass == .restricted,
      try !read({ try $0.isRecipient(request.region, of: shown.name) })
    {
      notes.append(
        Note(
          code: "withheld",
          words: Wording(
            zh: "目录内容本身也未向 \(request.region) 提供：\(shown.name) 只给部分地区",
            en: "what the catalog says of it is withheld from \(request.region) too: \(shown.name) is for some only")))
    }
    members.append(
      .init(
        "notes",
        .array(
          notes.map {
            .members(("code", .string($0.code)), ("reason", .string($0.words.en)), ("reasonZh", .string($0.words.zh)))
          })))
    return .object(members)
  }

  private struct Note {
    var code: String
    var words: Wording
  }

  /// Why it is not here, or not as somebody expects.
  private func notes(
    _ id: ResourceID, _ standing: Standing?, _ records: [VersionRecord], _ facts: Owner
  ) throws -> [Note] {
    var notes: [Note] = []
    for record in records {
      if case .refused(let refusal) = record.verdict {
        notes.append(
          Note(
            code: record.verdict.code,
            words: Wording(
              zh: "\(record.name) 被拒绝：\(refusal.reason)", en: "\(record.name) was refused: \(refusal.reason)")))
      }
    }
    if let shown = records.first(where: { $0.name == standing?.shown }) { notes += try self.notes(label: shown) }
    if let standing, standing.status == .disputed {
      let names = standing.versions.map(\.description).joined(separator: ", ")
      notes.append(
        Note(
          code: "disputed",
          words: Wording(
            zh: "有争议：\(names) 并存；由数源地区用 `tongyuan resolve` 解决",
            en: "in dispute: \(names) stand beside each other; its source settles it with `tongyuan resolve`")))
    }
    for name in standing?.contested ?? [] {
      notes.append(
        Note(
          code: "contested",
          words: Wording(
            zh: "\(name) 存疑：所依据的清单已失效，\(id.ownerText) 写下此事时尚未见到它；由 \(id.ownerText) 接受（`tongyuan resolve --accept`）",
            en:
              "\(name) is contested: the list that it rests on is over, and \(id.ownerText) had not seen it when it said so; "
              + "\(id.ownerText) may accept it (`tongyuan resolve --accept`)")))
    }
    guard let owner = id.owner else { return notes }
    if owner != configuration.region {
      notes += self.notes(of: owner, facts, isKnown: standing != nil)
    } else if standing == nil, records.isEmpty {
      notes.append(
        Note(code: "unpublished", words: Wording(zh: "本地区没有发布过它", en: "this region never published it")))
    }
    return notes
  }

  private func notes(label shown: VersionRecord) throws -> [Note] {
    switch shown.label {
    case .none: return []
    case .withheld where try isWanted(shown):
      return [
        Note(
          code: "wanted",
          words: Wording(
            zh: "已列为接收方：正在向 \(shown.name.region) 索取内容，只有它提供；它可能未连通，或已对本地区暂停",
            en:
              "this region is a recipient: \(shown.name.region), which alone hands the body out, is being asked for it; "
              + "it may be out of reach, or have suspended this region"))
      ]
    case .withheld:
      let named = shown.leaf.recipients.map(\.text).joined(separator: ", ")
      return [
        Note(
          code: "withheld",
          words: Wording(
            zh: "未向本地区提供：\(shown.name) 只给 \(named)；由 \(shown.name.region) 用 `tongyuan grant` 增加",
            en: "withheld: \(shown.name) is for \(named) only; \(shown.name.region) names more with `tongyuan grant`"))
      ]
    case .recalled:
      return [
        Note(
          code: "recalled",
          words: Wording(
            zh: "内容已召回并在各节点清除；证明仍然有效", en: "its body was recalled and purged on every node; the proofs still hold"))
      ]
    case .missing:
      return [
        Note(
          code: "missing",
          words: Wording(
            zh: "正文缺失：正在向各地区索取", en: "its body is missing: every peer is being asked for it"))
      ]
    case .invalid:
      return [
        Note(
          code: "invalid",
          words: Wording(
            zh: "正文与其条目不符，不予显示", en: "its body does not fit its entry, and is not shown"))
      ]
    }
  }

  /// Whether this region is a recipient, and has not got the body yet.
  private func isWanted(_ shown: VersionRecord) throws -> Bool {
    let own = configuration.region
    return try read { try $0.isRecipient(own, of: shown.name) }
  }

  /// What is known of the region that answers for it.
  private func notes(of owner: RegionCode, _ facts: Owner, isKnown: Bool) -> [Note] {
    guard let log = known[owner] else {
      return [
        Note(
          code: "notReplicated",
          words: Wording(
            zh: "\(owner) 的日志不在本节点：用 `tongyuan peer add` 加入其名片",
            en: "the log of \(owner) is not replicated here: add its card with `tongyuan peer add`"))
      ]
    }
    var notes: [Note] = []
    if let wait = facts.staged {
      notes.append(
        Note(
          code: "staged",
          words: Wording(
            zh: "\(owner) 的日志尚不计入：\(wait.reason)",
            en: "the log of \(owner) does not count yet: \(wait.reason)"))
      )
    }
    if let report = facts.report, report.behind > 0 {
      notes.append(
        Note(
          code: "behind",
          words: Wording(
            zh: "落后 \(owner) \(report.behind) 条（\(report.state.rawValue)）",
            en: "behind \(owner) by \(report.behind) entries (\(report.state.rawValue))")))
    }
    if !isKnown, notes.isEmpty {
      notes.append(
        Note(
          code: "unpublished",
          words: Wording(
            zh: "所知的 \(owner) 的 \(log.processed) 条中没有它",
            en: "it is not among the \(log.processed) entries known of \(owner)")))
    }
    return notes
  }

  /// Entries about an id that are held and not judged yet, and what for. Bounded: a log that waits long is not searched whole.
  private static func pending(
    _ id: ResourceID, _ owner: RegionCode, _ transaction: StoreTransaction, _ now: Int64
  ) throws -> [Note] {
    var notes: [Note] = []
    for region in try transaction.waitingLogs().sorted() {
      let state = try transaction.logState(region)
      for index in state.processed..<min(state.held, state.processed + 1000) {
        guard try transaction.heldEntry(region, index)?.leaf?.resource == id else { continue }
        let wait = try transaction.wait(of: region, now: now)
        notes.append(
          Note(
            code: wait?.code ?? "pending",
            words: Wording(
              zh: "\(region):\(index) 待处理：\(wait?.reason ?? "")",
              en: "\(region):\(index) waits to be judged: \(wait?.reason ?? "")")))
        break
      }
    }
    return notes
  }
}
