import Catalog
import Cryptography
import Foundation
import Persistence
import TransparencyLog

/// Which events to list.
package struct AuditFilter: Sendable {
  /// Milliseconds since the epoch.
  package var since: Int64?
  /// An index of the log.
  package var from: UInt64 = 0
  package var kind: String?
  package var actor: String?
  package var resource: String?
  package var region: RegionCode?

  package init() {}
}

/// This region's audit log, read and proven.
extension Node {
  package func auditLog(_ filter: AuditFilter) throws -> JSONValue {
    if let kind = filter.kind, AuditEvent.Kind(rawValue: kind) == nil {
      let kinds = AuditEvent.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw NodeError.usage("kind", "\"\(kind)\" is no kind of event: \(kinds)")
    }
    let origin = configuration.auditOrigin
    var events: [JSONValue] = []
    var next = filter.from
    while true {
      let from = next
      let records = try store.read(writer.catalogConfiguration) {
        try $0.auditRecords(of: origin, from: from, limit: 1024)
      }
      guard let last = records.last else { break }
      next = last.index + 1
      events += records.filter { Self.fits($0, filter) }.map { json($0) }
    }
    return .members(("origin", .string(origin.text)), ("size", .count(next)), ("events", .array(events)))
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
  package func verifyLogs() throws -> JSONValue {
    var verifiers = [
      configuration.catalogOrigin: keys.catalog.verifier, configuration.auditOrigin: keys.audit.verifier,
    ]
    for card in cards.values { verifiers[card.catalogOrigin] = card.catalogKey }
    let (entries, failures) = try store.verifyLogs(writer.catalogConfiguration, keys: verifiers)
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
