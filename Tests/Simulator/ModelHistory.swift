import Catalog
import Foundation

/// A history of the reference model, with what it must come to: one file of `vectors/`. Field by field its README says
/// what they mean.
package struct ModelHistory: Decodable, Sendable {
  package struct Configuration: Decodable, Sendable {
    let federation: String
  }

  package struct List: Decodable, Sendable {
    struct Item: Decodable, Sendable {
      let resource: String
      let source: String
    }

    let kind: String
    let parties: [String]
    let authority: String?
    let from: Int64
    let until: Int64
    let items: [Item]
    let replaces: String?
    let federation: String?
  }

  package struct Entry: Decodable, Sendable {
    let kind: String
    let time: Int64
    let clock: [String: UInt64]?
    let bogusRoot: [String]?
    let id: String?
    let idHex: String?
    let supersedes: [Name]?
    let accepts: [Name]?
    let cites: Name?
    let list: String?
    let effective: Int64?
  }

  /// `[region, index]`
  package struct Name: Decodable, Hashable, Sendable, CustomStringConvertible {
    let region: String
    let index: UInt64

    init(_ name: EntryName) {
      region = name.region.text
      index = name.index
    }

    package init(from decoder: any Decoder) throws {
      var pair = try decoder.unkeyedContainer()
      region = try pair.decode(String.self)
      index = try pair.decode(UInt64.self)
    }

    package var description: String { "\(region):\(index)" }
  }

  /// What a node holds and how it is configured, and what it must find then.
  package struct State: Decodable, Sendable {
    package let state: String
    let replicated: [String]
    let held: [String: UInt64]
    let cuts: [String: UInt64]?
    let now: Int64?
    let expected: Outcome
  }

  package struct Outcome: Decodable, Hashable, Sendable {
    struct Standing: Decodable, Hashable, Sendable {
      let status: String
      let shown: Name?
      let versions: [Name]
      let contested: [Name]
    }

    let frontier: [String: UInt64]
    let verdicts: [String: [String]]
    let restsOn: [String: String]
    let standing: [String: Standing]
  }

  package let name: String
  let config: Configuration
  let lists: [String: List]
  let digestOrder: [String]?
  let logs: [String: [Entry]]
  package let states: [State]

  package init(contentsOf file: URL) throws {
    self = try JSONDecoder().decode(ModelHistory.self, from: Data(contentsOf: file))
  }

  /// All histories below a folder, in the order of their paths.
  package static func files(below folder: URL) -> [URL] {
    let files =
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    return files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
  }
}

/// Why a history cannot be run at all.
package struct ModelHistoryError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
