import Catalog
import Cryptography
import Foundation
import Persistence
import TransparencyLog

/// What a node tells people, as JSON: the local API and `--json` print the same.
///
/// It reads the store beside the actor: a long answer keeps no peer waiting, and a busy core keeps no answer. What the core knows
/// comes from `known`, or as facts that whoever calls got in one hop.
struct NodeQueries: Sendable {
  let directory: DataDirectory
  let configuration: NodeConfiguration
  let keys: NodeKeys
  let store: Store
  let writer: Writer
  let known: KnownLogs

  /// One snapshot, under the configuration that judges now.
  func read<T: Sendable>(_ body: @Sendable (StoreTransaction) throws -> T) throws -> T {
    try store.read(writer.catalogConfiguration, body)
  }

  /// How old the knowledge of a region is: of this node's own, now.
  func asOf(_ region: RegionCode) -> JSONValue {
    if region == configuration.region { return .time(milliseconds: Node.now) }
    return .time(seconds: known[region]?.asOf)
  }

  // MARK: The catalog

  /// `whyEmpty` says why nothing is held of a region, where something went wrong.
  func search(
    _ text: String, _ filter: SearchFilter, whyEmpty: (RegionCode) async throws -> String?
  ) async throws -> JSONValue {
    let query: SearchQuery
    do { query = try SearchQuery(text) } catch { throw NodeError.usage("search", error.reason) }
    let (total, hits) = try read { try $0.search(query, filter) }
    let ages = Dictionary(uniqueKeysWithValues: Set(hits.map(\.writer)).map { ($0, asOf($0)) })
    // An answer cannot speak for a region of which nothing is held.
    var missing: [JSONValue] = []
    for region in known.all.filter({ $0.value.processed == 0 }).keys.sorted() {
      let reason = try await whyEmpty(region) ?? "nothing has been received from it yet"
      missing.append(.members(("region", .string(region.text)), ("reason", .string(reason))))
    }
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
              ("asOf", ages[hit.writer] ?? .null))
          })
      ), ("missing", .array(missing)))
  }

  func resource(_ id: ResourceID, withHistory: Bool) throws -> JSONValue {
    let (standing, history, clocks) = try read { transaction in
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
      .init("status", .string(Self.status(shown, standing))), .init("asOf", asOf(shown.name.region)),
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

  private func json(_ record: VersionRecord) -> JSONValue {
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

  private func reference(_ name: EntryName) -> String {
    "\(name.origin(in: configuration.federation)):\(name.index)"
  }

  // MARK: Evidence

  /// The `.tlog-proof` of the standing version, and its frame.
  func proof(of id: ResourceID) throws -> JSONValue {
    let found = try read { transaction -> (LogProof, Frame, EntryName, Origin)? in
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
      let label = try read { try $0.label(of: id)?.rawValue } ?? ""
      throw NodeError.refused(
        "noBody",
        "the body of \(id) is not here (\(label.isEmpty ? "it has none" : label)), and a proof file brings entry and body: "
          + "see `tongyuan explain \(id)`")
    }
    let key = origin.region == configuration.region ? keys.catalog.verifier : known[origin.region]?.key
    return .members(
      ("id", .string(id.text)), ("origin", .string(origin.text)), ("index", .count(name.index)),
      ("size", .count(proof.inclusion.size)), ("vkey", .text(key?.vkey)),
      ("proof", .string(String(decoding: proof.bytes, as: UTF8.self))), ("entry", .string(Base64.encode(frame.bytes))))
  }

  func card() throws -> PeerCard {
    let checkpoints = try read { transaction in
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
