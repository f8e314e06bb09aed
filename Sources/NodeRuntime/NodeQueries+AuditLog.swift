import Catalog
import Cryptography
import Foundation
import Persistence
import TransparencyLog

/// Which events to list.
struct AuditFilter: Sendable {
  /// Milliseconds since the epoch.
  var since: Int64?
  /// An index of the log.
  var from: UInt64 = 0
  var kind: String?
  var actor: String?
  var resource: String?
  var region: RegionCode?

  init() {}
}

/// This region's audit log, read and proven.
extension NodeQueries {
  /// Events that one answer lists, at most.
  private static let eventsMax = 1000
  /// Entries of one read.
  private static let pieceEntries = 256

  /// A page: events from `filter.from` on that fit, and under `next` the index at which the following page begins; at `size`, where
  /// the log ended, there is none.
  func auditLog(_ filter: AuditFilter) async throws -> JSONValue {
    if let kind = filter.kind, AuditEvent.Kind(rawValue: kind) == nil {
      let kinds = AuditEvent.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw NodeError.usage("kind", "\"\(kind)\" is no kind of event: \(kinds)")
    }
    let origin = configuration.auditOrigin
    let size = try read { try $0.edge(of: origin)?.size ?? 0 }
    var events: [JSONValue] = []
    var next = min(filter.from, size)
    while next < size, events.count < Self.eventsMax {
      let from = next
      let records = try read { try $0.auditRecords(of: origin, from: from, limit: Self.pieceEntries) }
      for record in records where record.index < size {
        next = record.index + 1
        if Self.fits(record, filter) { events.append(json(record)) }
        if events.count == Self.eventsMax { break }
      }
      await Task.yield()
    }
    return .members(
      ("origin", .string(origin.text)), ("size", .count(size)), ("next", .count(next)), ("events", .array(events)))
  }

  private static func fits(_ record: AuditRecord, _ filter: AuditFilter) -> Bool {
    if let since = filter.since, record.time < since { return false }
    guard let event = record.event else {
      return filter.kind == nil && filter.actor == nil && filter.resource == nil && filter.region == nil
    }
    return (filter.kind == nil || event.kind.rawValue == filter.kind)
      && (filter.actor == nil || event.actor == filter.actor)
      && (filter.resource == nil || event.resource == filter.resource)
      && (filter.region.map(event.regions.contains) ?? true)
  }

  private func json(_ record: AuditRecord) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("index", .count(record.index)), .init("time", .time(milliseconds: record.time)),
      .init("kind", .text(record.event?.kind.rawValue)),
    ]
    guard let event = record.event else { return .object(members) }
    members.append(.init("actor", .string(event.actor)))
    members.append(.init("resource", .string(event.resource)))
    members.append(.init("regions", .array(event.regions.map { .string($0.text) })))
    func add(_ name: String, _ value: JSONValue?) { if let value { members.append(.init(name, value)) } }
    func text(_ value: String) -> JSONValue? { value.isEmpty ? nil : .string(value) }
    if let entry = event.entry {
      add("origin", .string(entry.origin(in: configuration.federation).text))
      add("entryIndex", .count(entry.index))
    } else {
      add("origin", text(event.origin))
    }
    if event.count > 0 {
      add("count", .count(event.count))
      add("lastIndex", .count(event.lastIndex))
    }
    add("code", text(event.code))
    add("reason", text(event.reason))
    add("list", text(event.listName))
    if event.list != nil { add("version", .count(event.listVersion)) }
    add("listDigest", event.list.map { .string($0.hex) })
    add("item", event.item.map { .count($0 + 1) })
    if event.size > 0 { add("size", .count(event.size)) }
    add("digest", event.digest.map { .string($0.hex) })
    return .object(members)
  }

  /// Recomputes every log that is held, this region's audit log among them: leaves to the root, bodies to their commitments, the
  /// root to a checkpoint that the log's key signed.
  func verifyLogs() async throws -> JSONValue {
    var verifiers = [
      configuration.catalogOrigin: keys.catalog.verifier, configuration.auditOrigin: keys.audit.verifier,
    ]
    for (region, log) in known.all {
      verifiers[Origin(region: region, federation: configuration.federation, log: .catalog)] = log.key
    }
    let (entries, failures) = try await store.verifyLogs(writer.catalogConfiguration, keys: verifiers)
    return LogReport(entries: entries, failures: failures).json
  }
}

/// What a verification of logs found.
package struct LogReport: Sendable {
  package var entries: UInt64
  package var failures: [LogFailure]

  package var json: JSONValue {
    .members(
      ("ok", .bool(failures.isEmpty)), ("entries", .count(entries)),
      (
        "failures",
        .array(
          failures.map {
            .members(
              ("origin", .string($0.origin.text)), ("index", $0.index.map { .count($0) } ?? .null),
              ("what", .string($0.what)))
          })
      ))
  }
}
