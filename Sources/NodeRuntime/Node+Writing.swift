import Catalog
import Cryptography
import Foundation
import Persistence
import Replication
import TransparencyLog

/// An own entry that was written, or the standing one that it equals.
package struct PublishedEntry: Sendable, Equatable {
  package var id: ResourceID
  package var name: EntryName
  /// False if an equal manifest stood already.
  package var isNew: Bool
}

/// Why a call of `publish` or `withdraw` wrote nothing, resource by resource.
package struct WriteRefusal: Error, Sendable, Equatable {
  package var id: String
  package var code: String
  package var reason: String
}

/// What one transaction appends to this region's own log.
struct OwnWriting {
  let transaction: StoreTransaction
  let origin: Origin
  private let drafting: Drafting
  private let admission: Admission
  private let ownLog: OwnLogGuard
  private let actor: String
  private let now: Int64

  init(_ transaction: StoreTransaction, origin: Origin, ownLog: OwnLogGuard, actor: String, now: Int64) {
    self.transaction = transaction
    self.origin = origin
    self.ownLog = ownLog
    self.actor = actor
    self.now = now
    drafting = Drafting(transaction, region: origin.region, now: now)
    admission = Admission(transaction, now: now)
  }

  /// Throws a `WriteRefusal`; nothing is written then.
  ///
  /// `audience` nil: it is for whom what it replaces was.
  func publish(
    _ manifest: Manifest, superseding: Drafting.Superseding, audience: Audience? = nil
  ) throws -> PublishedEntry {
    let recipients = try audience?.recipients ?? inheritedRecipients(of: manifest.id, superseding)
    guard recipients.isEmpty || manifest.shareType != .unconditional else {
      throw WriteRefusal(
        id: manifest.id.text, code: "unconditional",
        reason: audience == nil
          ? "what is shared unconditionally goes to every government department (809 art. 15): it cannot be published "
            + "to some, as what it replaces was; say --to-all, or state another share type"
          : "what is shared unconditionally goes to every government department (809 art. 15): it cannot be published "
            + "to some; leave --to out, or state another share type")
    }
    if case .exactly = superseding {
    } else if let name = try transaction.equalStanding(manifest, writer: origin.region),
      try transaction.recipients(of: name) == recipients
    {
      return PublishedEntry(id: manifest.id, name: name, isNew: false)
    }
    let content: [UInt8]
    do { content = try Publication(manifest: manifest, actor: actor).encoded() } catch {
      throw WriteRefusal(id: manifest.id.text, code: error.code.rawValue, reason: error.reason)
    }
    let name = try append(
      .publish, id: manifest.id, content: content, superseding: superseding, recipients: recipients)
    return PublishedEntry(id: manifest.id, name: name, isNew: true)
  }

  func withdraw(_ id: ResourceID, reason: String) throws -> EntryName {
    switch try transaction.standing(of: id)?.status {
    case nil:
      throw WriteRefusal(
        id: id.text, code: "unknownResource", reason: "there is no resource \(id): see `tongyuan search`")
    case .withdrawn: throw WriteRefusal(id: id.text, code: "withdrawn", reason: "\(id) is withdrawn already")
    case .disputed:
      // A withdrawal cannot say which side it is about.
      throw WriteRefusal(
        id: id.text, code: "disputed",
        reason: "it is in dispute: settle that with `tongyuan resolve \(id)` first, then withdraw it")
    case .standing, .contested: break
    }
    return try append(
      .withdraw, id: id, content: Grounds(actor: actor, reason: reason).encoded(), superseding: .standing)
  }

  private func append(
    _ kind: EntryKind, id: ResourceID, content: [UInt8], superseding: Drafting.Superseding,
    recipients: [RegionCode] = []
  ) throws -> EntryName {
    var intent = Leaf(kind, time: 0)
    intent.id = id.bytes
    intent.recipients = recipients
    return try append(intent, content: content, superseding: superseding)
  }

  /// Appends an entry with what the rules add to it; clock-only entries may stand before it. A body is restricted where the
  /// intent names recipients. Throws a `WriteRefusal`, or what refuses every entry; nothing is written then.
  func append(
    _ intent: Leaf, content: [UInt8]? = nil, superseding: Drafting.Superseding = .standing
  ) throws -> EntryName {
    try ownLog.check(held: transaction.logState(origin.region).held)
    let subject = intent.resource?.text ?? intent.kind.name
    let body = content.map(Self.body)
    var intent = intent
    if let body {
      let bodyClass: BodyCommitment.Class = intent.recipients.isEmpty ? .open : .restricted
      intent.body = BodyCommitment(bodyClass, to: body, origin: origin, id: intent.id)
    }
    let time = try drafting.time()
    guard time - now <= Admission.clockToleranceMilliseconds else {
      throw WriteRefusal(
        id: subject, code: "clock",
        reason: "the newest entry of this log is dated \((time - now) / 60_000) minutes ahead of this machine's clock: "
          + "set the clock right, or write again when it has caught up")
    }
    let leaves: [Leaf]
    do { leaves = try drafting.draft(intent, superseding: superseding) } catch let error as DraftRefusal {
      throw WriteRefusal(id: subject, code: error.code, reason: error.reason)
    }
    var entries: [LogEntry] = []
    for (place, leaf) in leaves.enumerated() {
      let bytes: [UInt8]
      do { bytes = try leaf.encoded() } catch {
        throw WriteRefusal(id: subject, code: "tooLarge", reason: error.reason)
      }
      let frame = Frame(leaf: bytes, body: place == leaves.count - 1 ? body : nil)
      entries.append(try LogEntry(frame, origin: origin))
    }
    // Others that this sets free are judged afterwards: who writes does not wait for them.
    let outcome = try admission.commit(entries, of: origin.region, judgingMax: entries.count)
    transaction.note(outcome, taken: entries.count)
    let name = EntryName(origin.region, try transaction.logState(origin.region).held - 1)
    guard outcome.heldCount == entries.count, outcome.refused.isEmpty, outcome.waiting[origin.region] == nil else {
      throw NodeError(.fault, code: "draft", "entry \(name) was drafted as sound and is not: report this")
    }
    return name
  }

  /// Keeps a list's text before an entry names it.
  func hold(_ text: ListText) throws { try admission.hold(listText: text.bytes) }

  private static func body(_ content: [UInt8]) -> Body {
    guard let body = Body(nonce: Body.freshNonce(), content: content) else {
      preconditionFailure("a fresh nonce fits a frame")
    }
    return body
  }
}

extension Node {
  /// Publishes all or none, in one transaction.
  package nonisolated func publish(
    _ manifests: [Manifest], supersedes: [EntryName]?, audience: Audience? = nil, actor: String
  ) async throws -> (published: [PublishedEntry], refused: [WriteRefusal]) {
    let origin = configuration.catalogOrigin
    try await mayWrite()
    let now = Self.now
    do {
      return try await write { [ownLog] transaction in
        let writing = OwnWriting(transaction, origin: origin, ownLog: ownLog, actor: actor, now: now)
        var published: [PublishedEntry] = []
        var refused: [WriteRefusal] = []
        for manifest in manifests {
          do {
            published.append(
              try writing.publish(
                manifest, superseding: supersedes.map { .exactly($0) } ?? .standing, audience: audience))
          } catch let refusal as WriteRefusal { refused.append(refusal) }
        }
        if !refused.isEmpty { throw PublishRefused(refusals: refused) }
        return (published, [])
      }
    } catch let error as PublishRefused { return ([], error.refusals) }
  }

  package nonisolated func withdraw(_ id: ResourceID, reason: String, actor: String) async throws -> EntryName {
    try await mayWrite()
    let origin = configuration.catalogOrigin
    let now = Self.now
    return try await write { [ownLog] transaction in
      try OwnWriting(transaction, origin: origin, ownLog: ownLog, actor: actor, now: now).withdraw(id, reason: reason)
    }
  }
}

/// Undoes the whole call.
private struct PublishRefused: Error {
  var refusals: [WriteRefusal]
}
