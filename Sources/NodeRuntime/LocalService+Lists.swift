import Catalog
import Cryptography
import Foundation
import PeerTransport

/// Lists, what follows from them, and the audit log: routes of the local API.
extension LocalService {
  // MARK: Lists

  /// The body is the list's text; who acts stands in the query.
  func propose(_ request: LocalRequest) async throws -> JSONValue {
    let bytes = try await request.body(limit: ListText.lengthMax)
    let text: ListText
    do { text = try ListText(bytes: bytes) } catch { throw NodeError.refused("list", error.reason) }
    return try await node.propose(text, by: responsible(request))
  }

  private func responsible(_ request: LocalRequest) -> Responsible {
    func person(_ name: String) -> String? {
      request.queryValue(name).flatMap { $0.isEmpty ? nil : String($0.prefix(128)) }
    }
    return Responsible(
      actor: Self.actor(request), preparedBy: person("preparedBy"), reviewedBy: person("reviewedBy"),
      approvedBy: person("approvedBy"))
  }

  func listTexts(_ request: LocalRequest) throws -> JSONValue {
    try queries.list(
      try listName(request.queryValue("id")), version: try number(request.queryValue("version"), "version"))
  }

  /// `{"act":"sign"|"end"|"suspend"|"resume","id",…}`
  func actOnList(_ request: LocalRequest) async throws -> JSONValue {
    let body = try await object(request)
    let name = try listName(body["id"]?.string)
    var digest: Digest?
    if let text = body["digest"]?.string {
      guard let known = Digest(hex: text) else { throw NodeError.usage("digest", "\"\(text)\" is no digest") }
      digest = known
    }
    let actor = Self.actor(request, stated: body["actor"]?.string)
    switch body["act"]?.string {
    case "sign":
      let responsible = Responsible(
        actor: actor, preparedBy: body["preparedBy"]?.string, reviewedBy: body["reviewedBy"]?.string,
        approvedBy: body["approvedBy"]?.string)
      return try await node.sign(name, digest: digest, by: responsible)
    case "end":
      return try await node.end(
        name, digest: digest, reason: try words(body, "reason"), record: try words(body, "record"),
        from: body["from"]?.integer, actor: actor)
    case "suspend", "resume":
      return try await node.stop(
        name, digest: digest, resumes: body["act"]?.string == "resume",
        region: try body["region"]?.string.map { try region($0) }, position: try position(body["item"]),
        reason: try words(body, "reason"), actor: actor)
    default: throw NodeError.usage("act", "a list is signed, ended, suspended or resumed")
    }
  }

  private func position(_ value: JSONValue?) throws -> Int? {
    guard let value, value != .null else { return nil }
    guard let number = value.integer, (1...Int64(UInt32.max)).contains(number) else {
      throw NodeError.usage("item", "items are counted from 1")
    }
    return Int(number)
  }

  private func listName(_ text: String?) throws -> String {
    guard let text, !text.isEmpty, text.utf8.count <= 64 else { throw NodeError.usage("list", "name a list by its id") }
    return text
  }

  private func number(_ text: String?, _ name: String) throws -> UInt32? {
    guard let text, !text.isEmpty else { return nil }
    guard let number = UInt32(text) else { throw NodeError.usage(name, "\"\(text)\" is no number") }
    return number
  }

  // MARK: Restricted manifests, recall

  /// nil where nothing is said: then an edit goes to whom the edited version is for.
  func audience(_ request: LocalRequest) throws -> Audience? {
    let regions = Set(try request.query.filter { $0.name == "to" }.map { try region($0.value) }).sorted()
    guard request.queryValue("toAll") == "1" else { return regions.isEmpty ? nil : .these(regions) }
    guard regions.isEmpty else { throw NodeError.usage("to", "a manifest is for everybody or for some, not both") }
    return .everybody
  }

  func grant(_ request: LocalRequest) async throws -> JSONValue {
    let body = try await object(request)
    let regions = Set(try (body["to"]?.list ?? []).map { try region($0.string ?? "") }).sorted()
    guard !regions.isEmpty else { throw NodeError.usage("to", "name the regions with --to") }
    return try await node.grant(
      try id(body["id"]?.string), to: regions, actor: Self.actor(request, stated: body["actor"]?.string))
  }

  func recall(_ request: LocalRequest) async throws -> JSONValue {
    let body = try await object(request)
    return try await node.recall(
      try id(body["id"]?.string), reason: try words(body, "reason"),
      actor: Self.actor(request, stated: body["actor"]?.string))
  }

  // MARK: Disputes

  func resolve(_ request: LocalRequest) async throws -> JSONValue {
    let body = try await object(request)
    let id = try id(body["id"]?.string)
    let actor = Self.actor(request, stated: body["actor"]?.string)
    if let text = body["keep"]?.string { return try await node.keep(id, of: try region(text), actor: actor) }
    guard let text = body["accept"]?.string,
      let name = EntryName(originAndIndex: text, federation: node.configuration.federation)
    else {
      throw NodeError.usage("resolve", "give --keep REGION, or --accept ORIGIN:INDEX as `tongyuan conflicts` prints")
    }
    return try await node.accept(name, of: id, actor: actor)
  }

  // MARK: Explanations, the audit log

  func explain(_ request: LocalRequest) async throws -> JSONValue {
    var access = AccessRequest(
      try id(request.queryValue("id")),
      region: try request.queryValue("for").map { try region($0) }
        ?? node.configuration.region)
    access.purpose = request.queryValue("purpose")
    access.department = request.queryValue("department")
    access.fields = request.query.filter { $0.name == "field" }.map(\.value)
    return try queries.explain(access, owner: await node.owner(of: access.resource))
  }

  func auditLog(_ request: LocalRequest) async throws -> JSONValue {
    var filter = AuditFilter()
    filter.since = request.queryValue("since").flatMap(Int64.init)
    filter.from = request.queryValue("from").flatMap(UInt64.init) ?? 0
    filter.kind = request.queryValue("kind")
    filter.actor = request.queryValue("actor")
    filter.resource = request.queryValue("resource")
    filter.region = try request.queryValue("region").map { try region($0) }
    return try await queries.auditLog(filter)
  }
}
