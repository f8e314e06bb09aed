import Catalog
import Cryptography
import Foundation
import PeerTransport
import Persistence
import Replication
import TransparencyLog

/// What this node serves to other regions' nodes. The transport has proven who asks.
struct PeerService: Sendable {
  let node: Node
  let store: Store
  let writer: Writer
  let federation: FederationName

  /// Entries are read and sent in pieces of this many bytes: memory does not grow with what is asked for.
  private static let chunkBytes = 256 << 10

  func answer(_ request: PeerRequest) async throws -> PeerResponse {
    guard let region = RegionCode(request.region) else { return problem(403, "This node does not serve you") }
    switch Self.routes.match(request.method, request.path) {
    case .found(let handler, let parameters): return try await handler(self, request, region, parameters)
    case .notFound: return problem(404, "No such route")
    case .wrongMethod(let allowed):
      var response = problem(405, "This route takes \(allowed.joined(separator: " and ")) alone")
      response.headers = [("allow", allowed.joined(separator: ", "))]
      return response
    }
  }

  private typealias Handler = @Sendable (PeerService, PeerRequest, RegionCode, [String]) async throws -> PeerResponse
  private typealias Route = RouteTable<Handler>.Route

  /// What `:log` took, the hash of an origin, is the first of the parameters.
  private static let routes = RouteTable<Handler>([
    Route("GET", "/sync/v1/heads") { service, request, region, _ in try await service.heads(request, for: region) },
    Route("POST", "/sync/v1/nudge") { service, request, region, _ in try await service.nudge(request, from: region) },
    Route("GET", "/sync/v1/logs/:log/entries") { service, request, _, parameters in
      try await service.entries(request, hash: parameters[0])
    },
    Route("GET", "/sync/v1/logs/:log/consistency") { service, request, _, parameters in
      try await service.consistency(request, hash: parameters[0])
    },
    Route("POST", "/sync/v1/bodies") { service, request, region, _ in try await service.bodies(request, for: region) },
    Route("GET", "/sync/v1/texts/:digest") { service, _, _, parameters in try service.text(parameters[0]) },
    Route("GET", "/sync/v1/forks/:log") { service, _, _, parameters in try await service.fork(hash: parameters[0]) },
    Route("GET", "/tlog/:log/checkpoint") { service, _, _, parameters in
      try await service.checkpoint(hash: parameters[0])
    },
    Route("GET", "/tlog/:log/*") { service, _, _, parameters in
      try await service.tile(hash: parameters[0], path: parameters[1])
    },
  ])

  private func heads(_ request: PeerRequest, for region: RegionCode) async throws -> PeerResponse {
    node.inbox.yield(.contacted(region))
    let answer = await node.heads(since: request.queryValue("since"))
    return .bytes(try answer.bytes, contentType: PeerPath.protobuf)
  }

  private func nudge(_ request: PeerRequest, from region: RegionCode) async throws -> PeerResponse {
    let nudge: Nudge
    let entries: ServedEntries?
    do {
      nudge = try Nudge(parsing: try await request.body(limit: Nudge.maximumBytes))
      entries = try joinable(try ServedEntries(nudge), nudge)
    } catch let error as MalformedMessage {
      node.inbox.yield(.messageRefused(region, PeerFailure(error)))
      return problem(400, error.reason)
    } catch let error as FrameError {
      node.inbox.yield(.messageRefused(region, PeerFailure(error)))
      return problem(400, error.reason)
    } catch let error as TransportError where error.code == .tooLarge {
      node.inbox.yield(
        .messageRefused(region, PeerFailure(code: "tooLarge", reason: "sent \(error.reason)", isFault: true)))
      throw error  // the transport answers 413
    }
    let heads = await node.nudged(by: region, nudge.heads, entries)
    return .bytes(try HeadsAnswer(cursor: "", heads: heads).bytes, contentType: PeerPath.protobuf)
  }

  /// Entries that name a text which is not here are pulled, with the text.
  private func joinable(_ entries: ServedEntries?, _ nudge: Nudge) throws -> ServedEntries? {
    guard let entries, let origin = nudge.heads.first?.origin else { return nil }
    let named = entries.namedLists(of: origin)
    if named.isEmpty { return entries }
    return try store.read(writer.catalogConfiguration) { transaction in
      try named.allSatisfy { try transaction.isListTextHeld($0.list) } ? entries : nil
    }
  }

  private func entries(_ request: PeerRequest, hash: String) async throws -> PeerResponse {
    guard let origin = await catalogLog(hash: hash) else { return noSuchLog }
    guard let (from, to) = Self.sizes(request) else { return badSizes }
    let held = try store.read(writer.catalogConfiguration) { try $0.heldLog(origin)?.edge.size ?? 0 }
    guard from < min(held, to) else { return problem(404, "This node holds \(held) entries of that log") }
    let end = min(to, held)
    return .stream(contentType: "application/octet-stream") { [store, writer] stream in
      var next = from
      while next < end {
        let from = next
        let (bytes, count) = try store.read(writer.catalogConfiguration) {
          try $0.frames(of: origin, from: from, to: end, byteCountMax: Self.chunkBytes)
        }
        guard count > 0 else { return }
        try await stream.write(bytes)
        next += count
      }
    }
  }

  /// The frames of the entries that are asked for, in that order: with the body where it is here and the peer may have it.
  /// Fewer where the bytes end.
  private func bodies(_ request: PeerRequest, for region: RegionCode) async throws -> PeerResponse {
    let names: [EntryName]
    do { names = try BodiesRequest(parsing: try await request.body(limit: BodiesRequest.byteCountMax)).names } catch let
      error as MalformedMessage
    { return problem(400, error.reason) }
    // A disclosure is written down, then sent.
    return .bytes(try await node.disclose(names, to: region), contentType: "application/octet-stream")
  }

  private func consistency(_ request: PeerRequest, hash: String) async throws -> PeerResponse {
    guard let origin = await catalogLog(hash: hash) else { return noSuchLog }
    guard let (from, to) = Self.sizes(request) else { return badSizes }
    guard let branch = try store.read(writer.catalogConfiguration, { try $0.branch(of: origin, from: from, to: to) })
    else { return problem(404, "This node cannot prove that") }
    let hashes = request.queryValue("root") == "1" ? [branch.root] + branch.hashes : branch.hashes
    return .bytes(hashes.flatMap(\.bytes), contentType: "application/octet-stream")
  }

  private func catalogLog(hash: String) async -> Origin? {
    guard let origin = await node.origin(hash: hash), origin.log == .catalog else { return nil }
    return origin
  }

  /// `from` and `to`, in order.
  private static func sizes(_ request: PeerRequest) -> (from: UInt64, to: UInt64)? {
    guard let from = request.queryValue("from").flatMap(UInt64.init),
      let to = request.queryValue("to").flatMap(UInt64.init), from <= to
    else { return nil }
    return (from, to)
  }

  private func text(_ digest: String) throws -> PeerResponse {
    guard let digest = Digest(hex: digest),
      let text = try store.read(writer.catalogConfiguration, { try $0.storedText(digest) })
    else { return problem(404, "This node holds no such text") }
    return .bytes(text, contentType: "application/octet-stream")
  }

  private func fork(hash: String) async throws -> PeerResponse {
    guard let proof = await node.forkProof(hash: hash) else { return problem(404, "No fork of that log is known") }
    return .bytes(proof.bytes, contentType: "text/plain; charset=utf-8")
  }

  // MARK: c2sp.org/tlog-tiles: what any verifier of transparency logs reads

  private func checkpoint(hash: String) async throws -> PeerResponse {
    guard let origin = await node.origin(hash: hash),
      let checkpoint = try store.read(writer.catalogConfiguration, { try $0.heldLog(origin)?.checkpoint })
    else { return noSuchLog }
    return .bytes(checkpoint.bytes, contentType: "text/plain; charset=utf-8")
  }

  private func tile(hash: String, path: String) async throws -> PeerResponse {
    guard let origin = await node.origin(hash: hash) else { return noSuchLog }
    guard let resource = TileResource(path: path) else { return problem(404, "No such route") }
    let bytes = try store.read(writer.catalogConfiguration) { transaction -> [UInt8]? in
      switch resource {
      case .hashes(let address): return try transaction.tile(of: origin, address)
      case .entries(let index, let width):
        // Audit entries are for witnesses: only their hashes are public here.
        guard origin.log == .catalog else { return nil }
        return try transaction.entryBundle(of: origin, index: index, width: width)
      }
    }
    guard let bytes else { return problem(404, "This node does not hold that tile") }
    return .bytes(bytes, contentType: "application/octet-stream")
  }

  // MARK: Problems

  private var noSuchLog: PeerResponse { problem(404, "This node holds no such log") }
  private var badSizes: PeerResponse { problem(400, "from and to are sizes, from at most to") }

  private func problem(_ status: Int, _ title: String) -> PeerResponse {
    PeerResponse.bytes(
      Array(
        JSONValue.object([
          .init("type", .string("about:blank")), .init("title", .string(title)), .init("status", .number("\(status)")),
        ]).text.utf8), contentType: "application/problem+json", status: status)
  }
}

extension ServedEntries {
  /// The entries that ride on a nudge; nil if there are none.
  init?(_ nudge: Nudge) throws {
    guard !nudge.frames.isEmpty, let origin = nudge.heads.first?.origin else { return nil }
    var decoder = FrameDecoder()
    decoder.feed(nudge.frames)
    self.init(first: nudge.first, readingFor: origin)
    while let frame = try decoder.next() { append(frame) }
    try decoder.finish()
  }
}

extension Node {
  func heads(since cursor: String?) -> HeadsAnswer { replication.heads(since: cursor) }

  /// The log whose origin line has this SHA-256; nil if it is not held here.
  func origin(hash: String) -> Origin? {
    if PeerPath.hash(of: configuration.auditOrigin) == hash { return configuration.auditOrigin }
    return replication.origin(hash: hash)
  }

  /// Takes a nudge in, and answers what is held afterwards: the sender need not be told twice.
  func nudged(by region: RegionCode, _ heads: [Head], _ entries: ServedEntries?) async -> [Head] {
    // At once: who waits to see a change waits for this. What else is on its way to the core is about other things.
    dispatch(.nudgeReceived(region, heads, entries))
    let deadline = ContinuousClock.now + .seconds(5)
    if let head = heads.first, let entries {
      let (end, isBeyond) = entries.first.addingReportingOverflow(UInt64(entries.frames.count))
      if isBeyond { return replication.heads(of: heads.map(\.origin)) }
      // While it is on its way to the disk; a nudge that was refused or does not join is answered now.
      while ContinuousClock.now < deadline, let log = replication.progress(of: head.origin), log.held < end,
        log.proven >= end
      {
        await nextEvent(before: deadline)
      }
    }
    return replication.heads(of: heads.map(\.origin))
  }
}
