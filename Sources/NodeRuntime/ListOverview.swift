import Catalog
import Cryptography
import Foundation
import Persistence

/// A list as this node sees it, with who signed: what `list ls` and `list show` print of each text.
struct ListOverview: Sendable {
  struct Signature: Sendable {
    var entry: EntryName
    /// Milliseconds since the epoch.
    var time: Int64?
    var responsible: Responsible?
  }

  var digest: Digest
  var terms: ListTerms
  var itemCount: Int
  /// nil: its text is not one that a list may have.
  var view: ListView?
  var signatures: [Signature]
  var suspensions: [Suspension]
  /// Regions whose logs count here.
  var replicated: Set<RegionCode>

  /// As of the frontier that the transaction sees, and of `now`.
  init(of text: ListText, own: RegionCode, at now: Int64, _ transaction: StoreTransaction) throws {
    digest = text.digest
    terms = text.terms
    itemCount = text.items.count
    view = try transaction.listView(text.digest, own: own, at: now)
    suspensions = try transaction.suspensions(among: transaction.stops(of: text.digest), of: text.terms)
    signatures = try (view?.signatures ?? []).map { entry in
      Signature(
        entry: entry, time: try transaction.heldEntry(entry.region, entry.index)?.leaf?.time,
        responsible: try transaction.heldBody(entry).flatMap { Responsible(decoding: $0) })
    }
    replicated = transaction.configuration.replicated
  }

  private static let soonMilliseconds: Int64 = 30 * 86_400_000

  func members(at now: Int64, in federation: FederationName) -> [JSONValue.Member] {
    let signers = Set(terms.parties + (terms.authority.map { [$0] } ?? [])).sorted()
    return [
      .init("id", .string(terms.name)), .init("version", .count(terms.version)),
      .init("kind", .string(terms.kind.rawValue)), .init("digest", .string(digest.hex)),
      .init("title", .string(terms.title)), .init("state", .string((view?.state ?? .refused).rawValue)),
      .init("parties", .array(signers.map { party($0, in: federation) })),
      .init("validFrom", .time(milliseconds: terms.validity.lowerBound)),
      .init("validUntil", .time(milliseconds: terms.validity.upperBound)),
      .init("replaces", .text(terms.replaces?.hex)), .init("replacedBy", .text(view?.successor?.hex)),
      .init("endsAt", .time(milliseconds: view?.endsAt)), .init("items", .count(itemCount)),
      .init(
        "expiresSoon",
        .bool(view?.state == .inForce && terms.validity.upperBound - now < Self.soonMilliseconds)),
      .init(
        "suspended",
        .array(
          suspensions.map { stop in
            .members(
              ("region", .text(stop.recipient?.text)), ("item", stop.item.map { .count($0 + 1) } ?? .null),
              ("by", .string(stop.by.text)))
          })),
    ]
  }

  private func party(_ region: RegionCode, in federation: FederationName) -> JSONValue {
    let act = signatures.first { $0.entry.region == region }
    return .members(
      ("region", .string(region.text)), ("signed", .bool(act != nil)),
      ("needed", .bool(terms.needed.contains(region))), ("replicated", .bool(replicated.contains(region))),
      ("time", .time(milliseconds: act?.time)),
      ("origin", act.map { .string($0.entry.origin(in: federation).text) } ?? .null),
      ("index", act.map { .count($0.entry.index) } ?? .null), ("preparedBy", .text(act?.responsible?.preparedBy)),
      ("reviewedBy", .text(act?.responsible?.reviewedBy)), ("approvedBy", .text(act?.responsible?.approvedBy)))
  }
}
