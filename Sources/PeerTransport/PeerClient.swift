import CCurl
import Synchronization

/// Requests to the node of one region, over mutual TLS 1.3 with kept connections. It must outlive its streamed answers.
package final class PeerClient: Sendable {
  package struct Configuration: Sendable {
    /// Whom to expect.
    package var region: String
    package var federation: String
    /// `https://host:port`, tried in order, beginning with the last one that answered.
    package var endpoints: [String]
    package var trust: RegionTrust
    package var credentials: NodeCredentials
    /// For each endpoint, the TLS handshake included.
    package var connectTimeout: Duration = .seconds(5)
    /// Under 512 bytes a second for this long, whether the answer has begun or not, ends a request.
    package var slowTimeout: Duration = .seconds(20)

    package init(
      region: String, federation: String, endpoints: [String], trust: RegionTrust, credentials: NodeCredentials
    ) {
      self.region = region
      self.federation = federation
      self.endpoints = endpoints
      self.trust = trust
      self.credentials = credentials
    }
  }

  /// Everything that belongs to one configuration.
  private struct Engine {
    let configuration: Configuration
    let peer: CurlPeer
    let loop: CurlLoop
  }

  private struct State {
    var engine: Engine
    /// Which endpoint answered last.
    var preferred = 0
  }

  /// One connection for bulk, one for the rest, and some room for both at once.
  private static let maximumConnections = 4

  private let state: Mutex<State>
  private let counter = TrafficCounter()

  /// Fails if an endpoint, the peer's card or this node's certificate cannot be used.
  package init(_ configuration: Configuration) throws(TransportError) {
    state = Mutex(State(engine: try Self.engine(configuration)))
  }

  deinit { state.withLock { _ = $0.engine.loop.post(.stop) } }

  private static func engine(_ configuration: Configuration) throws(TransportError) -> Engine {
    guard !configuration.endpoints.isEmpty else {
      throw TransportError(.badConfiguration, "the card of the region \(configuration.region) names no endpoint")
    }
    for endpoint in configuration.endpoints where !isEndpoint(endpoint) {
      throw TransportError(
        .badConfiguration,
        """
        the endpoint \(RefusalLog.oneLine(endpoint, limit: 100)) of the region \(configuration.region) is not \
        of the form https://host:port
        """)
    }
    let verifier = try PeerVerifier(
      region: configuration.region, federation: configuration.federation, trust: configuration.trust)
    return Engine(
      configuration: configuration, peer: CurlPeer(verifier: verifier, credentials: configuration.credentials),
      loop: try CurlLoop(verifier: verifier, maximumConnections: maximumConnections))
  }

  /// `https://`, host and optional port, nothing else: a card must not smuggle a path, a user or another protocol in.
  package static func isEndpoint(_ text: String) -> Bool {
    let scheme = "https://"
    guard text.hasPrefix(scheme), text.utf8.count <= 300 else { return false }
    let rest = text.utf8.dropFirst(scheme.utf8.count)
    return !rest.isEmpty
      && rest.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"): true
        case UInt8(ascii: "["), UInt8(ascii: "]"): true
        default: false
        }
      }
  }

  /// Other endpoints, another card, new credentials. Kept connections end, and requests under way fail with
  /// `cancelled`: none outlives the trust that it was made under.
  package func reconfigure(_ configuration: Configuration) throws(TransportError) {
    let engine = try Self.engine(configuration)
    let old = state.withLock { state in
      defer { state = State(engine: engine) }
      return state.engine
    }
    old.loop.post(.stop)
  }

  /// Requests under way, and later ones, fail with `cancelled`.
  package func shutdown() { state.withLock { _ = $0.engine.loop.post(.stop) } }

  package var traffic: Traffic { counter.traffic }

  /// `limit`: bytes of the answer, decompressed; an answer that states more is refused unread. `timeout` counts anew for
  /// each endpoint, from its connection to the last byte. Any status is an answer, but the 403 of a node that does not
  /// serve this one: that is `refusedByPeer`.
  package func get(_ path: String, limit: Int, timeout: Duration) async throws(TransportError) -> Answer {
    try await request("GET", path, body: nil, contentType: nil, limit: limit, timeout: timeout).whole()
  }

  package func post(
    _ path: String, body: [UInt8], contentType: String, limit: Int, timeout: Duration
  ) async throws(TransportError) -> Answer {
    try await request("POST", path, body: body, contentType: contentType, limit: limit, timeout: timeout).whole()
  }

  /// Returns with the head of the answer; the body comes as it is read, and no faster.
  package func stream(
    _ path: String, limit: Int, timeout: Duration
  ) async throws(TransportError) -> StreamedAnswer {
    try await request("GET", path, body: nil, contentType: nil, limit: limit, timeout: timeout)
  }

  private func request(
    _ method: String, _ path: String, body: [UInt8]?, contentType: String?, limit: Int, timeout: Duration
  ) async throws(TransportError) -> StreamedAnswer {
    precondition(path.hasPrefix("/"), "a path begins with /")
    let (engine, preferred) = state.withLock { ($0.engine, $0.preferred) }
    let endpoints = engine.configuration.endpoints
    var worst: TransportError?
    for step in endpoints.indices {
      let index = (preferred + step) % endpoints.count
      let request = CurlRequest(
        method: method, url: endpoints[index] + path, headers: contentType.map { ["Content-Type: \($0)"] } ?? [],
        body: body, limit: limit, total: timeout, connect: engine.configuration.connectTimeout,
        slow: engine.configuration.slowTimeout, peer: engine.peer)
      do throws(FailedAttempt) {
        let answer = try await attempt(request, engine, endpoint: endpoints[index])
        state.withLock { state in
          if state.engine.loop === engine.loop { state.preferred = index }
        }
        return answer
      } catch {
        // A peer that is away says less than one that is wrong.
        if worst == nil || worst?.code == .unreachable { worst = error.error }
        guard error.mayTryNext, !Task.isCancelled else { break }
      }
    }
    throw worst ?? TransportError(.unreachable, "the region \(engine.configuration.region) has no endpoint")
  }

  private struct FailedAttempt: Error {
    let error: TransportError
    /// The request had no effect, and another endpoint of the same peer may do better.
    let mayTryNext: Bool
  }

  private func attempt(
    _ request: CurlRequest, _ engine: Engine, endpoint: String
  ) async throws(FailedAttempt) -> StreamedAnswer {
    let place = "\(engine.configuration.region) at \(endpoint)"
    let verifier = engine.peer.verifier
    let explain: @Sendable (any Error) -> TransportError = { error in
      guard let failure = error as? CurlFailure else {
        return TransportError(.cancelled, "the request to \(place) was cancelled")
      }
      let refusal = failure.code == CURLE_PEER_FAILED_VERIFICATION ? verifier.takeRefusal() : nil
      return TransportError(failure, place: place, refusal: refusal, limit: request.limit)
    }
    guard let transfer = CurlTransfer(request, loop: engine.loop, counter: counter) else {
      throw FailedAttempt(
        error: TransportError(.badConfiguration, "libcurl could not start a request: out of memory"), mayTryNext: false)
    }
    let head: ResponseHead
    do {
      head = try await transfer.start()
    } catch {
      let explained = explain(error)
      let unsent = (error as? CurlFailure)?.requestSent == false
      throw FailedAttempt(
        error: explained, mayTryNext: unsent && explained.code != .cancelled || explained.code == .refusedByPeer)
    }
    let answer = StreamedAnswer(
      status: head.status, headers: head.headers, chunks: StreamedAnswer.Chunks(transfer, explain: explain))
    // A route may answer 403 of its own: only the marked one says that this node is not served at all.
    if head.status == 403, head.headers.contains(where: { $0.name == OutboundResponse.refusalHeader }) {
      throw FailedAttempt(
        error: TransportError(
          .refusedByPeer, "\(place) does not serve this region: it lacks our card, or has suspended or retired us"),
        mayTryNext: false)
    }
    return answer
  }
}
