import Catalog
import Cryptography
import Foundation
import Persistence
import TransparencyLog

/// Shared-responsibility lists as people read them, and which text a name means.
extension NodeQueries {
  func lists() async throws -> JSONValue {
    var lists: [ListOverview] = []
    for digest in try read({ try $0.listDigests() }) {
      let own = configuration.region
      let now = Node.now
      // A text is read and let go: all of them at once may be much.
      if let list = try read({ transaction in
        try transaction.listText(of: digest).map { try ListOverview(of: $0, own: own, at: now, transaction) }
      }) {
        lists.append(list)
      }
      await Task.yield()
    }
    lists.sort { ($0.terms.name, $0.terms.version, $0.digest) < ($1.terms.name, $1.terms.version, $1.digest) }
    let now = Node.now
    return .members(("lists", .array(lists.map { .object($0.members(at: now, in: configuration.federation)) })))
  }

  /// One list: the version asked for, else the one in force, else the newest; with its text and all its other versions.
  func list(_ name: String, version: UInt32?) throws -> JSONValue {
    let own = configuration.region
    let now = Node.now
    let (chosen, overviews) = try read { transaction in
      let texts = try Self.texts(named: name, nil, transaction)
      let overviews = try texts.map { try ListOverview(of: $0, own: own, at: now, transaction) }
      let candidates = zip(texts, overviews).filter { version == nil || $0.0.terms.version == version }
      guard let newest = candidates.last?.0 else {
        throw NodeError.refused("unknownVersion", "list \(name) has no version \(version ?? 0) here")
      }
      return (candidates.last { $0.1.view?.state == .inForce }?.0 ?? newest, overviews)
    }
    let versions = overviews.map { (digest: $0.digest, members: $0.members(at: now, in: configuration.federation)) }
    var members = versions.first { $0.digest == chosen.digest }?.members ?? []
    members.append(.init("document", chosen.json))
    members.append(.init("text", .string(Base64.encode(chosen.bytes))))
    members.append(.init("versions", .array(versions.map { .object($0.members) })))
    return .object(members)
  }

  func overview(of text: ListText) throws -> ListOverview {
    let own = configuration.region
    let now = Node.now
    return try read { try ListOverview(of: text, own: own, at: now, $0) }
  }

  // MARK: Which text

  /// Texts of a list, the lowest version first; throws if there is none.
  static func texts(
    named name: String, _ digest: Digest?, _ transaction: StoreTransaction
  ) throws -> [ListText] {
    let known = try transaction.listDigests().compactMap { try transaction.listText(of: $0) }
      .filter { $0.terms.name == name }.sorted { ($0.terms.version, $0.digest) < ($1.terms.version, $1.digest) }
    let texts = known.filter { digest == nil || $0.digest == digest }
    if let digest, texts.isEmpty, !known.isEmpty {
      throw NodeError.refused(
        "unknownText", "no text of \(name) has the digest \(digest): see `tongyuan list ls --json`")
    }
    if texts.isEmpty {
      throw NodeError.refused("unknownList", "no list \(name) is known here: see `tongyuan list ls`")
    }
    return texts
  }

  /// The text that is in force or will be; throws where none or several are.
  func current(_ name: String, _ digest: Digest?) throws -> ListText {
    let own = configuration.region
    let now = Node.now
    return try read { transaction in
      let texts = try Self.texts(named: name, digest, transaction)
      let current = try texts.filter { text in
        let state = try transaction.listView(text.digest, own: own, at: now)?.state
        return state == .inForce || state == .scheduled
      }
      if current.count > 1 {
        let rivals = current.map { "version \($0.terms.version) \($0.digest)" }.joined(separator: ", ")
        throw NodeError.refused("rivals", "several texts of \(name) are in force: \(rivals); name one with --digest")
      }
      guard let text = current.first else {
        throw NodeError.refused("notInForce", "no text of \(name) is in force: see `tongyuan list show \(name)`")
      }
      return text
    }
  }
}
