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
    switch Self.routes.match(request.method, request.path) {
    case .found(let handler, let parameters): return try await handler(self, request, parameters)
    case .notFound: return problem(status: 404, code: "route", "no such route: \(request.path)")
    case .wrongMethod(let allowed):
      var response = problem(
        status: 405, code: "method", "\(request.path) takes \(allowed.joined(separator: " and ")) alone")
      response.headers = [("allow", allowed.joined(separator: ", "))]
      return response
    }
  }

  // MARK: Routes

  /// What `:region` took is the first of the parameters.
  private typealias Handler = @Sendable (LocalService, LocalRequest, [String]) async throws -> LocalResponse
  private typealias Route = RouteTable<Handler>.Route

  private static let routes = RouteTable<Handler>(questions + acts + ofPeers)

  private static let questions: [Route] = [
    get("/v1/status") { service, _, _ in try service.queries.status(try await service.node.facts()) },
    get("/v1/clock") { service, _, _ in try service.queries.clock(try await service.node.facts()) },
    get("/v1/card") { service, _, _ in try service.queries.card().json },
    get("/v1/search") { service, request, _ in try await service.search(request) },
    get("/v1/resource") { service, request, _ in
      try service.queries.resource(
        try service.id(request.queryValue("id")), withHistory: request.queryValue("history") == "1")
    },
    get("/v1/proof") { service, request, _ in try service.queries.proof(of: try service.id(request.queryValue("id"))) },
    get("/v1/explain") { service, request, _ in try await service.explain(request) },
    get("/v1/conflicts") { service, _, _ in try service.queries.conflicts() },
    get("/v1/lists") { service, _, _ in try await service.queries.lists() },
    get("/v1/lists/text") { service, request, _ in try service.listTexts(request) },
    get("/v1/audit") { service, request, _ in try await service.auditLog(request) },
    get("/v1/audit/verify") { service, request, _ in
      guard let peer = request.queryValue("from") else { return try await service.queries.verifyLogs() }
      return try await service.node.verifyLogs(of: try service.region(peer))
    },
  ]

  private static let acts: [Route] = [
    Route("POST", "/v1/publish") { service, request, _ in try await service.publish(request) },
    Route("POST", "/v1/import") { service, request, _ in try service.importing(request) },
    post("/v1/withdraw") { service, request, _ in try await service.withdraw(request) },
    post("/v1/grant") { service, request, _ in try await service.grant(request) },
    post("/v1/recall") { service, request, _ in try await service.recall(request) },
    post("/v1/resolve") { service, request, _ in try await service.resolve(request) },
    post("/v1/lists/propose") { service, request, _ in try await service.propose(request) },
    post("/v1/lists/act") { service, request, _ in try await service.actOnList(request) },
  ]

  private static let ofPeers: [Route] = [
    post("/v1/sync") { service, request, _ in try await service.sync(request) },
    get("/v1/peers") { service, _, _ in try service.queries.peers(try await service.node.facts()) },
    post("/v1/peers") { service, request, _ in try await service.addPeer(request) },
    get("/v1/peers/:region") { service, _, parameters in
      try await service.peer(try service.region(parameters[0]), withCard: true)
    },
    post("/v1/peers/:region/suspend") { service, request, parameters in
      try await service.suspend(try service.region(parameters[0]), request)
    },
    post("/v1/peers/:region/resume") { service, request, parameters in
      try await service.resume(try service.region(parameters[0]), request)
    },
    post("/v1/peers/:region/retire") { service, request, parameters in
      try await service.retire(try service.region(parameters[0]), request)
    },
  ]

  private static func get(
    _ pattern: String,
    _ answer: @escaping @Sendable (LocalService, LocalRequest, [String]) async throws -> JSONValue
  ) -> Route { json("GET", pattern, answer) }

  private static func post(
    _ pattern: String,
    _ answer: @escaping @Sendable (LocalService, LocalRequest, [String]) async throws -> JSONValue
  ) -> Route { json("POST", pattern, answer) }

  private static func json(
    _ method: String, _ pattern: String,
    _ answer: @escaping @Sendable (LocalService, LocalRequest, [String]) async throws -> JSONValue
  ) -> Route {
    Route(method, pattern) { service, request, parameters in
      service.json(try await answer(service, request, parameters))
    }
  }

  // MARK: Search

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

  /// A body's `reason` and the like.
  func words(_ body: JSONValue, _ name: String) throws(NodeError) -> String {
    guard let text = body[name]?.string, !text.allSatisfy(\.isWhitespace), text.utf8.count <= 4096 else {
      throw .usage(name, "say why with --\(name), in at most 4096 bytes")
    }
    return text
  }

  func json(_ value: JSONValue, status: Int = 200) -> LocalResponse {
    .bytes(Array(value.text.utf8), contentType: "application/json", status: status)
  }

  // MARK: Problems

  static func status(of error: NodeError) -> Int {
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
  static func document(_ status: Int, _ code: String, _ detail: String) -> JSONValue {
    .members(
      ("type", .string("urn:tongyuan:problem:\(code)")), ("title", .string("The node refused the request")),
      ("status", .count(status)), ("detail", .string(detail)), ("code", .string(code)))
  }
}
