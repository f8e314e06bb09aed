import Catalog
import Cryptography
import Foundation
import Persistence
import Replication
import TransparencyLog

/// How this node stands with the others: `status`, `peer`, `clock`.
extension NodeQueries {
  /// What the store says of itself, read in one snapshot.
  private struct StoredStatus: Sendable {
    var frontier: VectorClock
    var digest: StateDigest
    var counts: CatalogCounts
    var refusals: [RefusedEntry]
    var logs: [(Origin, HeldLog?)]
    var waits: [RegionCode: (index: UInt64, wait: Wait)]
  }

  func status(_ facts: NodeFacts) throws -> JSONValue {
    let now = Node.now
    let judging = writer.catalogConfiguration
    let stored = try store.read(judging) { transaction in
      StoredStatus(
        frontier: try transaction.frontier(), digest: try transaction.stateDigest(), counts: try transaction.counts(),
        refusals: try transaction.refusals(limit: 10),
        logs: try transaction.origins().map { ($0, try transaction.heldLog($0)) },
        waits: try transaction.waits(now: now))
    }
    let frontier = stored.frontier
    return .members(
      ("region", .string(configuration.region.text)), ("name", .string(configuration.name)),
      ("version", .string(Node.version)), ("protocol", .count(HeadsAnswer.version)),
      ("federation", .string(configuration.federation.text)), ("endpoint", .string(configuration.endpoint)),
      ("frontier", .sizes(frontier.components.mapValues(\.size))),
      ("frontierDigest", .string(frontier.digest.hex)), ("stateDigest", .string(stored.digest.digest.hex)),
      ("configDigest", .string(judging.digest.hex)), ("catalog", Self.json(stored.counts)),
      (
        "logs",
        .array(
          stored.logs.map { origin, held in
            .members(
              ("origin", .string(origin.text)), ("size", .count(held?.edge.size ?? 0)),
              ("root", .string((held?.edge ?? RightEdge()).root.hex)), ("witnesses", .array([])))
          })
      ),
      ("peers", .array(facts.peers.map { .object(Self.members($0, stored.waits)) })), ("forks", .array(facts.forks)),
      (
        "refusals",
        .array(
          stored.refusals.map { entry in
            .members(
              ("origin", .string(entry.name.origin(in: configuration.federation).text)),
              ("index", .count(entry.name.index)), ("code", .string(entry.verdict)), ("reason", .string(entry.reason)),
              ("id", .string(entry.id)))
          })
      ),
      ("staged", facts.staged), ("cards", facts.cards), ("problem", .text(facts.problem)))
  }

  private static func json(_ counts: CatalogCounts) -> JSONValue {
    .members(
      ("resources", .count(counts.resources)), ("withdrawn", .count(counts.withdrawn)),
      ("disputed", .count(counts.disputed)), ("contested", .count(counts.contested)),
      ("refused", .count(counts.refused)),
      ("pending", .count(counts.pending)), ("withheld", .count(counts.withheld)), ("recalled", .count(counts.recalled)),
      ("missing", .count(counts.missing)))
  }

  /// `waits`: by region, why the next entry of its log is not judged.
  private static func members(
    _ peer: PeerFacts, _ waits: [RegionCode: (index: UInt64, wait: Wait)]
  ) -> [JSONValue.Member] {
    let report = peer.report
    let waiting = waits[report.region].map { index, wait in
      JSONValue.members(("index", .count(index)), ("code", .string(wait.code)), ("reason", .string(wait.reason)))
    }
    return [
      .init("region", .string(report.region.text)), .init("name", .text(peer.card?.name)),
      // The core knows nothing of cards: without one it takes a log for relayed.
      .init("state", .string(peer.card == nil && report.state == .relayed ? "noCard" : report.state.rawValue)),
      .init("behind", .count(report.behind)),
      .init("lastContact", .time(milliseconds: report.lastContact)),
      .init("lastError", .text(report.lastError?.reason ?? peer.cardProblem)), .init("waiting", waiting ?? .null),
      .init("frontier", .sizes(report.frontier)),
    ]
  }

  // MARK: Peers

  /// `facts`: of a peer, or nil where `region` is none. Throws then.
  func peer(_ region: RegionCode, _ facts: PeerFacts?, withCard: Bool) throws -> JSONValue {
    guard let facts else {
      throw NodeError.refused("unknownPeer", "\(region) is no peer of this node: see `tongyuan peer list`")
    }
    return try json(facts, try waits(), withCard: withCard)
  }

  func peers(_ facts: NodeFacts) throws -> JSONValue {
    let waits = try waits()
    return .members(("peers", .array(try facts.peers.map { try json($0, waits, withCard: false) })))
  }

  private func waits() throws -> [RegionCode: (index: UInt64, wait: Wait)] {
    let now = Node.now
    return try read { try $0.waits(now: now) }
  }

  private func json(
    _ peer: PeerFacts, _ waits: [RegionCode: (index: UInt64, wait: Wait)], withCard: Bool
  ) throws -> JSONValue {
    var members = Self.members(peer, waits)
    members.append(.init("endpoints", .array((peer.card?.endpoints ?? []).map(JSONValue.string))))
    members.append(.init("fingerprint", .text(try peer.card?.fingerprint())))
    members.append(.init("suspendedReason", .text(peer.standing.suspended)))
    members.append(.init("cut", peer.standing.cut.map { .string("\($0.size):\($0.root)") } ?? .null))
    members.append(.init("fork", peer.fork))
    if withCard, let card = peer.card { members.append(.init("card", card.json)) }
    return .object(members)
  }

  /// Region × region: what each is known to have processed. The first row is this node.
  func clock(_ facts: NodeFacts) throws -> JSONValue {
    let judging = writer.catalogConfiguration
    let frontier = try store.read(judging) { try $0.frontier().components.mapValues(\.size) }
    let own = configuration.region
    var rows: [JSONValue] = [
      .members(("region", .string(own.text)), ("known", .sizes(frontier)), ("asOf", asOf(own)))
    ]
    for report in facts.peers.map(\.report) {
      rows.append(
        .members(
          ("region", .string(report.region.text)), ("known", .sizes(report.frontier)), ("asOf", asOf(report.region))))
    }
    return .members(
      ("region", .string(own.text)), ("regions", .array(judging.replicated.sorted().map { .string($0.text) })),
      ("matrix", .array(rows)))
  }
}
