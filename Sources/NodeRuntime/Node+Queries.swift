import Catalog
import Cryptography
import Foundation
import Persistence
import Replication
import TransparencyLog

/// What the node tells people, as JSON: the local API and `--json` print the same.
extension Node {
  /// The program's version, in `status` and the README.
  package static let version = "0.1.0"

  // MARK: Replication

  package nonisolated func status() async throws -> JSONValue {
    let configuration = writer.catalogConfiguration
    let now = Self.now
    return try await status(
      configuration,
      store.read(configuration) { transaction in
        StoredStatus(
          frontier: try transaction.frontier(), digest: try transaction.stateDigest(), counts: try transaction.counts(),
          refusals: try transaction.refusals(limit: 10),
          logs: try transaction.origins().map { ($0, try transaction.heldLog($0)) },
          waits: try transaction.waits(now: now))
      })
  }

  /// What the store says of itself, read in one snapshot.
  private struct StoredStatus: Sendable {
    var frontier: VectorClock
    var digest: StateDigest
    var counts: CatalogCounts
    var refusals: [RefusedEntry]
    var logs: [(Origin, HeldLog?)]
    var waits: [RegionCode: (index: UInt64, wait: Wait)]
  }

  private func status(_ configuration: CatalogConfiguration, _ stored: StoredStatus) throws -> JSONValue {
    let (frontier, digest, counts) = (stored.frontier, stored.digest, stored.counts)
    let (refusals, logs, waits) = (stored.refusals, stored.logs, stored.waits)
    let reports = replication.reports()
    return .members(
      ("region", .string(self.configuration.region.text)), ("name", .string(self.configuration.name)),
      ("version", .string(Self.version)), ("protocol", .count(HeadsAnswer.version)),
      ("federation", .string(self.configuration.federation.text)), ("endpoint", .string(self.configuration.endpoint)),
      ("frontier", .sizes(frontier.components.mapValues(\.size))),
      ("frontierDigest", .string(frontier.digest.hex)), ("stateDigest", .string(digest.digest.hex)),
      ("configDigest", .string(configuration.digest.hex)), ("catalog", Self.json(counts)),
      (
        "logs",
        .array(
          logs.map { origin, held in
            .members(
              ("origin", .string(origin.text)), ("size", .count(held?.edge.size ?? 0)),
              ("root", .string((held?.edge ?? RightEdge()).root.hex)), ("witnesses", .array([])))
          })
      ),
      ("peers", .array(reports.map { json($0, waits[$0.region]) })),
      ("forks", .array(try replication.forkedLogs.map { try fork(of: $0.region) })),
      (
        "refusals",
        .array(
          refusals.map { entry in
            .members(
              ("origin", .string(entry.name.origin(in: self.configuration.federation).text)),
              ("index", .count(entry.name.index)), ("code", .string(entry.verdict)), ("reason", .string(entry.reason)),
              ("id", .string(entry.id)))
          })
      ),
      ("staged", stagedJSON), ("problem", .text(storeProblem)))
  }

  private static func json(_ counts: CatalogCounts) -> JSONValue {
    .members(
      ("resources", .count(counts.resources)), ("withdrawn", .count(counts.withdrawn)),
      ("disputed", .count(counts.disputed)), ("contested", .count(counts.contested)),
      ("refused", .count(counts.refused)),
      ("pending", .count(counts.pending)), ("withheld", .count(counts.withheld)), ("recalled", .count(counts.recalled)),
      ("missing", .count(counts.missing)))
  }

  /// `wait`: why the next entry of its log is not judged.
  private func json(_ report: PeerReport, _ wait: (index: UInt64, wait: Wait)?) -> JSONValue {
    .members(
      ("region", .string(report.region.text)), ("name", .text(cards[report.region]?.name)),
      ("state", .string(report.state.rawValue)), ("behind", .count(report.behind)),
      ("lastContact", .time(milliseconds: report.lastContact)), ("lastError", .text(report.lastError?.reason)),
      (
        "waiting",
        wait.map { index, wait in
          .members(("index", .count(index)), ("code", .string(wait.code)), ("reason", .string(wait.reason)))
        } ?? .null
      ), ("frontier", .sizes(report.frontier)))
  }

  package func peer(_ region: RegionCode, withCard: Bool) throws -> JSONValue {
    try peer(region, withCard: withCard, try waits())
  }

  private func waits() throws -> [RegionCode: (index: UInt64, wait: Wait)] {
    let now = Self.now
    return try store.read(writer.catalogConfiguration) { try $0.waits(now: now) }
  }

  private func peer(
    _ region: RegionCode, withCard: Bool, _ waits: [RegionCode: (index: UInt64, wait: Wait)]
  ) throws -> JSONValue {
    guard let card = cards[region], let report = replication.report(of: region) else {
      throw NodeError.refused("unknownPeer", "\(region) is no peer of this node: see `tongyuan peer list`")
    }
    guard case .object(var members) = json(report, waits[region]) else { return .null }
    members.append(.init("endpoints", .array(card.endpoints.map(JSONValue.string))))
    members.append(.init("fingerprint", .string(try card.fingerprint())))
    members.append(.init("suspendedReason", .text(standings[region]?.suspended)))
    members.append(.init("cut", standings[region]?.cut.map { .string("\($0.size):\($0.root)") } ?? .null))
    members.append(.init("fork", try fork(of: region)))
    if withCard { members.append(.init("card", card.json)) }
    return .object(members)
  }

  package func peers() throws -> JSONValue {
    let waits = try waits()
    return .members(("peers", .array(try cards.keys.sorted().map { try peer($0, withCard: false, waits) })))
  }

  /// Region × region: what each is known to have processed. The first row is this node.
  package func clock() throws -> JSONValue {
    let frontier = try store.read(writer.catalogConfiguration) { try $0.frontier().components.mapValues(\.size) }
    let own = configuration.region
    var rows: [JSONValue] = [
      .members(("region", .string(own.text)), ("known", .sizes(frontier)), ("asOf", .time(milliseconds: Self.now)))
    ]
    for report in replication.reports() {
      rows.append(
        .members(
          ("region", .string(report.region.text)), ("known", .sizes(report.frontier)), ("asOf", asOf(report.region))))
    }
    let regions = writer.catalogConfiguration.replicated.sorted()
    return .members(
      ("region", .string(own.text)), ("regions", .array(regions.map { .string($0.text) })), ("matrix", .array(rows)))
  }

  /// How old the knowledge of a region is: of this node's own, now.
  func asOf(_ region: RegionCode) -> JSONValue {
    if region == configuration.region { return .time(milliseconds: Self.now) }
    guard let card = cards[region] else { return .null }
    return .time(seconds: replication.knownAt(card.catalogOrigin))
  }

  // MARK: The catalog

  /// Reads beside the actor: a large answer delays nobody, and is not delayed by what the core has to do.
  package nonisolated func search(_ text: String, _ filter: SearchFilter) async throws -> JSONValue {
    let query: SearchQuery
    do { query = try SearchQuery(text) } catch { throw NodeError.usage("search", error.reason) }
    let (total, hits) = try store.read(writer.catalogConfiguration) { try $0.search(query, filter) }
    let (asOf, missing) = await knowledge(of: Set(hits.map(\.writer)))
    return .members(
      ("total", .count(total)),
      (
        "hits",
        .array(
          hits.map { hit in
            .members(
              ("id", .string(hit.id.text)), ("title", .string(hit.title)), ("region", .string(hit.region)),
              ("department", .string(hit.department)), ("shareType", .string(hit.shareType)),
              ("openType", .string(hit.openType)), ("updated", .string(hit.updated)),
              ("status", .string(hit.label == .none ? hit.status.rawValue : hit.label.rawValue)),
              ("asOf", asOf[hit.writer] ?? .null))
          })
      ), ("missing", .array(missing)))
  }

  /// How old what is known of some regions is; and the regions of which nothing is.
  private func knowledge(of regions: Set<RegionCode>) -> (asOf: [RegionCode: JSONValue], missing: [JSONValue]) {
    (Dictionary(uniqueKeysWithValues: regions.map { ($0, asOf($0)) }), missingRegions())
  }

  /// Regions of which nothing is held: an answer cannot speak for them.
  private func missingRegions() -> [JSONValue] {
    cards.values.filter { (replication.held($0.catalogOrigin)?.processed ?? 0) == 0 }.map(\.region).sorted().map {
      region in
      let reason = replication.report(of: region)?.lastError?.reason ?? "nothing has been received from it yet"
      return .members(("region", .string(region.text)), ("reason", .string(reason)))
    }
  }

  package nonisolated func resource(_ id: ResourceID, withHistory: Bool) async throws -> JSONValue {
    let (standing, history, clocks) = try store.read(writer.catalogConfiguration) { transaction in
      let standing = try transaction.standing(of: id)
      let history = try transaction.history(of: id)
      var clocks: [EntryName: [RegionCode: UInt64]] = [:]
      for record in history { clocks[record.name] = try transaction.clock(of: record.name) }
      return (standing, history, clocks)
    }
    // Without a version that counts, the newest that wanted to count says why it does not.
    guard let shown = history.first(where: { $0.name == standing?.shown }) ?? history.last else {
      throw NodeError.refused("unknownResource", "there is no resource \(id): see `tongyuan search`")
    }
    let counts = shown.verdict == .applied
    var members: [JSONValue.Member] = [
      .init("id", .string(id.text)),
      .init("origin", .string(shown.name.origin(in: configuration.federation).text)),
      .init("index", .count(shown.name.index)), .init("time", .time(milliseconds: shown.leaf.time)),
      .init("clock", .sizes(clocks[shown.name] ?? [:])), .init("verdict", .string(shown.verdict.code)),
      .init("verdictReason", .text(shown.verdict.reason)),
      .init("supersedes", .array(shown.leaf.supersedes.map { .string(reference($0)) })),
      .init("status", .string(Self.status(shown, standing))), .init("asOf", await asOf(shown.name.region)),
      .init("actor", .text(shown.publication?.actor ?? shown.grounds?.actor)),
      .init("manifest", counts ? shown.publication?.manifest.json ?? .null : .null),
    ]
    if let grounds = shown.grounds { members.append(.init("reason", .string(grounds.reason))) }
    if withHistory { members.append(.init("history", .array(history.map { json($0) }))) }
    return .object(members)
  }

  private static func status(_ record: VersionRecord, _ standing: Standing?) -> String {
    guard let standing else { return String(record.verdict.code.prefix { $0 != "(" }) }
    return record.label == .none ? standing.status.rawValue : record.label.rawValue
  }

  private nonisolated func json(_ record: VersionRecord) -> JSONValue {
    let state =
      switch record.verdict {
      case .refused: "refused"
      case .unknown: "unknown"
      case .unjudged: "unjudged"
      case .applied: record.isStanding ? "standing" : record.isContested ? "contested" : "replaced"
      }
    return .members(
      ("origin", .string(record.name.origin(in: configuration.federation).text)), ("index", .count(record.name.index)),
      ("time", .time(milliseconds: record.leaf.time)), ("kind", .string(record.leaf.kind.name)),
      ("actor", .text(record.publication?.actor ?? record.grounds?.actor)), ("reason", .text(record.grounds?.reason)),
      ("state", .string(state)), ("verdict", .string(record.verdict.code)),
      ("verdictReason", .text(record.verdict.reason)),
      ("title", .text(record.publication?.manifest.title)))
  }

  private nonisolated func reference(_ name: EntryName) -> String {
    "\(name.origin(in: configuration.federation)):\(name.index)"
  }

  // MARK: Evidence

  /// The `.tlog-proof` of the standing version, and its frame.
  package func proof(of id: ResourceID) throws -> JSONValue {
    let found = try store.read(writer.catalogConfiguration) { transaction -> (LogProof, Frame, EntryName, Origin)? in
      guard let name = try transaction.standing(of: id)?.shown else { return nil }
      let origin = transaction.origin(of: name.region)
      guard let held = try transaction.heldLog(origin), let checkpoint = held.checkpoint,
        let frame = try transaction.wholeFrame(name)
      else { return nil }
      // A proof leads to the signed checkpoint; of a log that is half fetched only what is held can be proven.
      guard checkpoint.checkpoint.size == held.edge.size,
        let hashes = try transaction.inclusion(of: origin, index: name.index, size: held.edge.size)
      else { return nil }
      return (try LogProof(index: name.index, hashes: hashes, checkpoint: checkpoint), frame, name, origin)
    }
    guard let (proof, frame, name, origin) = found else {
      throw NodeError.refused(
        "noProof", "no version of \(id) stands whose log is held whole: see `tongyuan show \(id)`")
    }
    if frame.body == nil {
      let label = try store.read(writer.catalogConfiguration) { try $0.label(of: id)?.rawValue } ?? ""
      throw NodeError.refused(
        "noBody",
        "the body of \(id) is not here (\(label.isEmpty ? "it has none" : label)), and a proof file brings entry and body: "
          + "see `tongyuan explain \(id)`")
    }
    let key = origin.region == configuration.region ? keys.catalog.verifier : cards[origin.region]?.catalogKey
    return .members(
      ("id", .string(id.text)), ("origin", .string(origin.text)), ("index", .count(name.index)),
      ("size", .count(proof.inclusion.size)), ("vkey", .text(key?.vkey)),
      ("proof", .string(String(decoding: proof.bytes, as: UTF8.self))), ("entry", .string(Base64.encode(frame.bytes))))
  }

  package func card() throws -> PeerCard {
    let configuration = self.configuration
    let checkpoints = try store.read(writer.catalogConfiguration) { transaction in
      [
        try transaction.heldLog(configuration.catalogOrigin)?.checkpoint,
        try transaction.heldLog(configuration.auditOrigin)?.checkpoint,
      ].compactMap(\.self)
    }
    return PeerCard(
      configuration: configuration, authority: try directory.authority(),
      revocationList: try directory.revocationList(),
      keys: keys, checkpoints: checkpoints)
  }
}

extension Verdict {
  /// Why, for people; nil for what was applied.
  var reason: String? {
    switch self {
    case .applied: nil
    case .refused(let refusal): refusal.reason
    case .unknown: "this version of Tongyuan does not know this kind of entry"
    case .unjudged(let region): "the right to it rests on the log of \(region), which is not replicated here"
    }
  }
}
