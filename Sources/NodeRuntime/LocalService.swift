import Catalog
import Cryptography
import Foundation
import PeerTransport
import Persistence
import TransparencyLog

/// The node's local API over `node.sock`: JSON over HTTP/1.1, what the commands of this machine call.
struct LocalService: Sendable {
  let node: Node
  var queries: NodeQueries { node.queries }

  /// Bytes of a `publish` call besides what the batch itself bounds.
  private static let publishBytes = ManifestBatch.byteCountMax + (1 << 10)

  func answer(_ request: LocalRequest) async throws -> LocalResponse {
    do {
      return try await route(request)
    } catch let error as NodeError {
      return problem(error)
    } catch let error as WriteRefusal {
      return problem(.refused(error.code, "\(error.id): \(error.reason)"))
    } catch let error as StoreError {
      return problem(status: 503, code: "store", error.reason)
    }
  }

  private func route(_ request: LocalRequest) async throws -> LocalResponse {
    let parts = request.path.split(separator: "/").map(String.init)
    guard parts.first == "v1" else { return problem(status: 404, code: "route", "no such route: \(request.path)") }
    let allowed = Self.methods(of: Array(parts.dropFirst()))
    let method = request.method == "HEAD" ? "GET" : request.method
    guard !allowed.isEmpty else { return problem(status: 404, code: "route", "no such route: \(request.path)") }
    guard allowed.contains(method) else {
      var response = problem(
        status: 405, code: "method", "\(request.path) takes \(allowed.joined(separator: " and ")) alone")
      response.headers = [("allow", allowed.joined(separator: ", "))]
      return response
    }
    switch (method, parts.dropFirst().joined(separator: "/")) {
    case ("GET", "status"): return json(try queries.status(try await node.facts()))
    case ("GET", "clock"): return json(try queries.clock(try await node.facts()))
    case ("GET", "card"): return json(try queries.card().json)
    case ("GET", "search"): return json(try await search(request))
    case ("GET", "resource"):
      return json(
        try queries.resource(try id(request.queryValue("id")), withHistory: request.queryValue("history") == "1"))
    case ("GET", "proof"): return json(try queries.proof(of: try id(request.queryValue("id"))))
    case ("POST", "publish"): return try await publish(request)
    case ("POST", "import"): return try importing(request)
    case ("POST", "withdraw"): return json(try await withdraw(request))
    case ("POST", "sync"): return json(try await sync(request))
    case ("GET", "peers"): return json(try queries.peers(try await node.facts()))
    case ("POST", "peers"): return json(try await addPeer(request))
    case (let method, _) where parts.count >= 3 && parts[1] == "peers":
      return json(try await peer(request, method, parts))
    case ("GET", "audit"): return json(try await auditLog(request))
    case ("GET", "audit/verify"):
      guard let peer = request.queryValue("from") else { return json(try await queries.verifyLogs()) }
      return json(try await node.verifyLogs(of: try region(peer)))
    case ("GET", "lists"): return json(try await queries.lists())
    case ("POST", "lists/propose"): return json(try await propose(request))
    case ("GET", "lists/text"): return json(try listTexts(request))
    case ("POST", "lists/act"): return json(try await actOnList(request))
    case ("POST", "grant"): return json(try await grant(request))
    case ("POST", "recall"): return json(try await recall(request))
    case ("GET", "conflicts"): return json(try queries.conflicts())
    case ("POST", "resolve"): return json(try await resolve(request))
    case ("GET", "explain"): return json(try await explain(request))
    default: return problem(status: 404, code: "route", "no such route: \(request.path)")
    }
  }

  /// Of a route, without its version; none: no such route.
  private static func methods(of route: [String]) -> [String] {
    switch route.first {
    case "status", "clock", "card", "search", "resource", "proof", "conflicts", "explain":
      route.count == 1 ? ["GET"] : []
    case "publish", "import", "withdraw", "sync", "grant", "recall", "resolve": route.count == 1 ? ["POST"] : []
    case "audit": route.count == 1 || route == ["audit", "verify"] ? ["GET"] : []
    case "lists":
      switch route.dropFirst().joined(separator: "/") {
      case "", "text": ["GET"]
      case "propose", "act": ["POST"]
      default: []
      }
    case "peers":
      switch route.count {
      case 1: ["GET", "POST"]
      case 2: ["GET"]
      case 3: ["suspend", "resume", "retire"].contains(route[2]) ? ["POST"] : []
      default: []
      }
    default: []
    }
  }

  // MARK: The catalog

  private func search(_ request: LocalRequest) async throws -> JSONValue {
    var filter = SearchFilter()
    filter.regions = try request.query.filter { $0.name == "region" }.map { try region($0.value) }
    filter.department = request.queryValue("department") ?? ""
    if let type = request.queryValue("shareType"), !type.isEmpty {
      guard let shareType = Manifest.ShareType(rawValue: type) else {
        throw NodeError.usage("shareType", "share type \"\(type)\" is not unconditional, conditional or none")
      }
      filter.shareType = shareType
    }
    if let limit = request.queryValue("limit") {
      guard let number = Int(limit), (1...1000).contains(number) else {
        throw NodeError.usage("limit", "the limit \"\(limit)\" is not a number from 1 to 1000")
      }
      filter.limit = number
    }
    return try await queries.search(request.queryValue("text") ?? "", filter) {
      try await node.facts(of: $0)?.report.lastError?.reason
    }
  }

  private func publish(_ request: LocalRequest) async throws -> LocalResponse {
    let body = try await request.body(limit: Self.publishBytes)
    var batch = ManifestBatch(region: node.configuration.region)
    var rest = body[...]
    for input in request.query.filter({ $0.name == "input" }) {
      let halves = input.value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2, let length = Int(halves[0]), length >= 0, length <= rest.count else {
        throw NodeError.usage("input", "an input must be named as LENGTH:NAME")
      }
      do { try batch.add(Array(rest.prefix(length)), from: String(halves[1])) } catch {
        throw NodeError.refused(error.code.rawValue, error.description)
      }
      rest = rest.dropFirst(length)
    }
    var supersedes: [EntryName]?
    for item in request.query where item.name == "supersedes" {
      guard let name = EntryName(originAndIndex: item.value, federation: node.configuration.federation) else {
        throw NodeError.usage(
          "supersedes", "\"\(item.value)\" is no ORIGIN:INDEX of this federation: `tongyuan show` prints them")
      }
      supersedes = (supersedes ?? []) + [name]
    }
    if supersedes != nil, batch.candidates.count + batch.refusals.count != 1 {
      throw NodeError.usage("supersedes", "--supersedes goes with exactly one manifest")
    }
    guard !batch.candidates.isEmpty || !batch.refusals.isEmpty else {
      throw NodeError.refused("empty", "there is no manifest to publish in what was given")
    }
    var refused = batch.refusals.map { refusal in
      Self.refusal(
        id: refusal.id, code: refusal.refusal.code.rawValue, reason: refusal.refusal.description, place: refusal.place)
    }
    var published: [PublishedEntry] = []
    if refused.isEmpty {
      let result = try await node.publish(
        batch.candidates.map(\.manifest), supersedes: supersedes, audience: try audience(request),
        actor: Self.actor(request))
      published = result.published
      refused = result.refused.map { refusal in
        let place = batch.candidates.first { $0.manifest.id.text == refusal.id }?.place
        return Self.refusal(id: refusal.id, code: refusal.code, reason: refusal.reason, place: place)
      }
    }
    let origin = node.configuration.catalogOrigin.text
    let answer = JSONValue.members(
      (
        "published",
        .array(
          published.map {
            .members(
              ("id", .string($0.id.text)), ("origin", .string(origin)), ("index", .count($0.name.index)),
              ("new", .bool($0.isNew)))
          })
      ),
      ("refused", .array(refused)),
      (
        "warnings",
        .array(
          batch.candidates.flatMap { candidate in
            candidate.warnings.map {
              .members(
                ("id", .string(candidate.manifest.id.text)), ("code", .string($0.code.rawValue)),
                ("reason", .string($0.description)))
            }
          })
      ))
    return json(answer, status: refused.isEmpty ? 200 : 422)
  }

  private static func refusal(id: String?, code: String, reason: String, place: ManifestBatch.Place?) -> JSONValue {
    .members(
      ("id", .text(id)), ("code", .string(code)), ("reason", .string(reason)), ("place", .text(place?.description)))
  }

  private func importing(_ request: LocalRequest) throws -> LocalResponse {
    guard request.queryValue("format") == "portal" else {
      throw NodeError.usage("format", "the format must be portal")
    }
    guard let path = request.queryValue("path"), path.hasPrefix("/") else {
      throw NodeError.usage("path", "the file must be named by its absolute path")
    }
    let actor = Self.actor(request)
    return .stream(contentType: "application/x-ndjson", compressed: false) { [node] stream in
      @Sendable func line(_ name: String, _ value: JSONValue) -> [UInt8] {
        Array((JSONValue.members((name, value)).text + "\n").utf8)
      }
      do {
        let report = try await node.importPortal(path: path, actor: actor) { report in
          try await stream.write(
            line(
              "progress",
              .members(
                ("lines", .count(report.lines)), ("published", .count(report.published)),
                ("unchanged", .count(report.unchanged)), ("refused", .count(report.refused)))))
        }
        try await stream.write(line("result", report.json))
      } catch let error as NodeError {
        try await stream.write(line("problem", Self.document(Self.status(of: error), error.code, error.reason)))
      } catch let error as StoreError {
        try await stream.write(line("problem", Self.document(503, "store", error.reason)))
      }
    }
  }

  private func withdraw(_ request: LocalRequest) async throws -> JSONValue {
    let body = try await object(request)
    guard let reason = body["reason"]?.string, !reason.allSatisfy(\.isWhitespace), reason.utf8.count <= 4096 else {
      throw NodeError.usage("reason", "say why with --reason, in at most 4096 bytes")
    }
    let id = try id(body["id"]?.string)
    let name = try await node.withdraw(id, reason: reason, actor: Self.actor(request, stated: body["actor"]?.string))
    return .members(
      ("id", .string(id.text)), ("origin", .string(node.configuration.catalogOrigin.text)),
      ("index", .count(name.index)))
  }

  // MARK: Peers

  private func sync(_ request: LocalRequest) async throws -> JSONValue {
    let body = try await object(request)
    let regions = try (body["regions"]?.list ?? []).map { try region($0.string ?? "") }
    var seconds: Double?
    if body["wait"]?.bool == true {
      seconds = Double(body["timeoutSeconds"]?.integer ?? 60)
      guard let seconds, (0...86_400).contains(seconds) else {
        throw NodeError.usage("timeout", "the time-out must lie between 0 and 86400 seconds")
      }
    }
    return try await node.sync(regions, waitSeconds: seconds)
  }

  private func addPeer(_ request: LocalRequest) async throws -> JSONValue {
    let card = try PeerCard(parsing: try await request.body(limit: PeerCard.maximumBytes), source: "the card")
    let added = try await node.addPeer(
      card, relayed: request.queryValue("relayed") == "1", source: "the card", actor: Self.actor(request))
    return .members(
      ("region", .string(added.card.region.text)), ("name", .string(added.card.name)),
      ("fingerprint", .string(added.fingerprint)), ("updated", .bool(added.isUpdate)),
      ("relayed", .bool(added.isRelayed)))
  }

  private func peer(_ request: LocalRequest, _ method: String, _ parts: [String]) async throws -> JSONValue {
    let region = try region(parts[2])
    switch (method, parts.dropFirst(3).joined(separator: "/")) {
    case ("GET", ""): return try queries.peer(region, try await node.facts(of: region), withCard: true)
    case ("POST", "suspend"):
      let (reason, actor) = try await grounds(request)
      try await node.suspendPeer(region, reason: reason, actor: actor)
    case ("POST", "resume"):
      let (reason, actor) = try await grounds(request)
      try await node.resumePeer(region, reason: reason, actor: actor)
    case ("POST", "retire"):
      let body = try await object(request)
      try await node.retirePeer(
        region, at: try body["at"]?.string.map(cut), actor: Self.actor(request, stated: body["actor"]?.string))
    default: throw NodeError.refused("route", "no such route: \(request.path)")
    }
    return try queries.peer(region, try await node.facts(of: region), withCard: false)
  }

  /// Why, and who says so.
  private func grounds(_ request: LocalRequest) async throws -> (reason: String, actor: String) {
    let body = try await object(request)
    guard let reason = body["reason"]?.string, !reason.allSatisfy(\.isWhitespace), reason.utf8.count <= 4096 else {
      throw NodeError.usage("reason", "say why with --reason, in at most 4096 bytes")
    }
    return (reason, Self.actor(request, stated: body["actor"]?.string))
  }

  /// `SIZE:ROOT`, the root in either spelling that the product prints.
  private func cut(_ text: String) throws(NodeError) -> LogHead {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let size = UInt64(parts[0]), size <= RightEdge.sizeMax,
      let root = Digest(hex: parts[1]) ?? Base64.decodeDigest(parts[1].utf8)
    else { throw .usage("at", "\"\(text)\" is not SIZE:ROOT as `tongyuan status --json` prints them") }
    return LogHead(size: size, root: root)
  }

  // MARK: Pieces

  func object(_ request: LocalRequest) async throws -> JSONValue {
    do { return try JSONReader.value(try await request.body(limit: 64 << 10)) } catch let error as JSONError {
      throw NodeError.usage("json", "the request's body is no JSON: \(error)")
    }
  }

  func id(_ text: String?) throws(NodeError) -> ResourceID {
    let text = text ?? ""
    guard let id = ResourceID(text) else {
      throw .usage("id", "\"\(text)\" is no id: \(ResourceID.defect(of: text) ?? "it is malformed")")
    }
    return id
  }

  func region(_ text: String) throws(NodeError) -> RegionCode {
    guard let region = RegionCode(text) else { throw .usage("region", "\"\(text)\" is no region code") }
    return region
  }

  /// Who acts: what the caller says, else the user that the kernel names.
  static func actor(_ request: LocalRequest, stated: String? = nil) -> String {
    let stated = (stated ?? request.queryValue("actor"))?.trimmingCharacters(in: .whitespacesAndNewlines)
    if let stated, !stated.isEmpty { return String(stated.prefix(128)) }
    guard let entry = getpwuid(request.uid) else { return "uid \(request.uid)" }
    return String(cString: entry.pointee.pw_name)
  }

  private func json(_ value: JSONValue, status: Int = 200) -> LocalResponse {
    .bytes(Array(value.text.utf8), contentType: "application/json", status: status)
  }

  private static func status(of error: NodeError) -> Int {
    switch error.kind {
    case .usage: 400
    case .refused: error.code.hasPrefix("unknown") ? 404 : 409
    case .unreachable: 503
    case .fault: 500
    }
  }

  private func problem(_ error: NodeError) -> LocalResponse {
    problem(status: Self.status(of: error), code: error.code, error.reason)
  }

  private func problem(status: Int, code: String, _ detail: String) -> LocalResponse {
    .bytes(
      Array(Self.document(status, code, detail).text.utf8), contentType: "application/problem+json", status: status)
  }

  /// RFC 9457.
  private static func document(_ status: Int, _ code: String, _ detail: String) -> JSONValue {
    .members(
      ("type", .string("urn:tongyuan:problem:\(code)")), ("title", .string("The node refused the request")),
      ("status", .count(status)), ("detail", .string(detail)), ("code", .string(code)))
  }
}

extension ImportReport {
  var json: JSONValue {
    .members(
      ("published", .count(published)), ("unchanged", .count(unchanged)), ("refused", .count(refused)),
      ("defects", .object(defects.sorted { $0.key < $1.key }.map { .init($0.key, .count($0.value)) })),
      (
        "refusals",
        .array(
          refusals.map {
            .members(
              ("line", .count($0.line)), ("id", .text($0.id)), ("code", .string($0.code)),
              ("reason", .string($0.reason)))
          })
      ))
  }
}
