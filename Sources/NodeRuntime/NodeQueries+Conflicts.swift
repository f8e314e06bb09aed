import Catalog
import Foundation
import Persistence

/// What stands beside each other, and what is contested.
extension NodeQueries {
  func conflicts() throws -> JSONValue {
    let conflicts = try read { transaction in
      try transaction.conflicts().map { id, standing in
        (
          id, standing,
          try (standing.versions + standing.contested).compactMap {
            try transaction.versionRecord($0, of: id, standing)
          }
        )
      }
    }
    return .members(
      (
        "conflicts",
        .array(
          conflicts.map { id, standing, records in
            func versions(_ names: [EntryName]) -> JSONValue {
              .array(
                names.compactMap { name in
                  records.first { $0.name == name }.map { record in
                    .members(
                      ("region", .string(name.region.text)),
                      ("origin", .string(name.origin(in: configuration.federation).text)),
                      ("index", .count(name.index)), ("time", .time(milliseconds: record.leaf.time)),
                      ("kind", .string(record.leaf.kind.name)), ("shown", .bool(standing.shown == name)),
                      ("label", .string(record.label.rawValue)),
                      ("title", .text(record.publication?.manifest.title)),
                      ("actor", .text(record.publication?.actor ?? record.grounds?.actor)))
                  }
                })
            }
            return .members(
              ("id", .string(id.text)), ("status", .string(standing.status.rawValue)),
              ("versions", versions(standing.versions)), ("contested", versions(standing.contested)))
          })
      ))
  }
}
