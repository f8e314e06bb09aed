import Cryptography
import Foundation
import PeerTransport
import Testing

@Suite("A client talks to the region it expects and to nobody else")
struct PeerClientTests {
  private let federation: TestFederation

  init() throws { federation = try TestFederation() }

  /// What a client that expects Shanghai says of a server that shows these credentials.
  private func failure(
    showing credentials: NodeCredentials, expecting region: String = "310000", trust: RegionTrust? = nil
  ) async throws -> (error: TransportError?, served: RefusalLog.Report) {
    let server = try await federation.server(credentials: credentials)
    let client = try federation.client(port: server.port, expecting: region, trust: trust)
    let error = await client.failure()
    client.shutdown()
    await server.stop()
    return (error, server.refusals)
  }

  @Test("A server that shows the expected region's name from another region's authority is refused")
  func foreignAuthority() async throws {
    let forged = try federation.credentials([federation.uri("310000")], from: federation.jiangsu).credentials
    let error = try await failure(showing: forged).error
    #expect(error?.code == .certificateRefused)
    #expect(error?.reason.contains("was not issued by CN=310000.local.tongyuan CA") == true)
  }

  @Test("A sound server of another region is refused as somebody else")
  func anotherRegion() async throws {
    let error = try await failure(
      showing: try federation.jiangsuCredentials(), trust: try federation.trust(federation.jiangsu)
    ).error
    #expect(error?.code == .peerIdentityMismatch)
    #expect(error?.reason.contains("the node there is 320000's, not 310000's") == true)
  }

  @Test("A server with two URI names is refused")
  func twoNames() async throws {
    let two = try federation.credentials(
      [federation.uri("310000"), federation.uri("320000")], from: federation.shanghai)
    #expect(try await failure(showing: two.credentials).error?.code == .peerIdentityMismatch)
  }

  @Test("An expired server and a revoked one are refused")
  func expiredAndRevoked() async throws {
    let now = federation.now
    let expired = try federation.credentials(
      [federation.uri("310000")], from: federation.shanghai, until: now - 60, issued: now - 7200)
    var error = try await failure(showing: expired.credentials).error
    #expect(error?.code == .certificateRefused)
    #expect(error?.reason.contains("has expired") == true)
    let (credentials, certificate) = try federation.credentials(
      [federation.uri("310000")], from: federation.shanghai)
    error = try await failure(
      showing: credentials, trust: try federation.trust(federation.shanghai, revoked: [certificate.serial])
    ).error
    #expect(error?.code == .certificateRefused)
    #expect(error?.reason.contains("was revoked") == true)
  }

  @Test("A peer's revocation list that it did not sign, and an endpoint of another form, are configuration errors")
  func configuration() throws {
    var trust = try federation.trust(federation.shanghai)
    trust.revocationListPEM = try federation.jiangsu.revocationList(revoked: [], number: 1, now: federation.now)
    #expect(throws: TransportError.self) { try federation.client(port: 1, trust: trust) }
    for endpoint in ["http://h:1", "https://", "https://h/path", "https://u@h:1", "https://h:1\r\nX: y", "file:///x"] {
      #expect(throws: TransportError.self, "\(endpoint)") { try federation.client(port: 1, endpoints: [endpoint]) }
    }
    #expect(throws: TransportError.self) { try federation.client(port: 1, endpoints: []) }
    #expect(PeerClient.isEndpoint("https://[::1]:7301"))
  }

  @Test("Requests share kept connections, and hundreds at once are all answered")
  func load() async throws {
    let server = try await federation.server { request in
      .bytes(Array((request.queryValue("n") ?? "").utf8), contentType: "text/plain")
    }
    let client = try federation.client(port: server.port)
    let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<400 {
        group.addTask { try await client.text("/?n=\(number)") == "\(number)" }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(answers == 400)
    #expect(server.openConnections <= 4)
    #expect(server.refusals.counts.isEmpty)
    client.shutdown()
    await server.stop()
    #expect(server.openConnections == 0)
  }

  @Test("Endpoints are tried in order until one answers")
  func endpoints() async throws {
    let server = try await federation.server()
    let dead = "https://127.0.0.1:\(try freePort())"
    let client = try federation.client(port: 0, endpoints: [dead, "https://127.0.0.1:\(server.port)"])
    #expect(try await client.text() == "hello 320000")
    client.shutdown()
    let lost = try federation.client(port: 0, endpoints: [dead])
    #expect(await lost.failure()?.code == .unreachable)
    lost.shutdown()
    await server.stop()
  }

  /// A port that was free a moment ago.
  private func freePort() throws -> Int {
    let socket = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
    return try #require(socket.port)
  }

  @Test("A peer that accepts and never answers costs a timer")
  func silence() async throws {
    // The kernel completes the connection; nobody ever reads from it.
    let silent = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
    var configuration = PeerClient.Configuration(
      region: "310000", federation: "local", endpoints: ["https://127.0.0.1:\(try #require(silent.port))"],
      trust: try federation.trust(federation.shanghai), credentials: try federation.jiangsuCredentials())
    configuration.connectTimeout = .milliseconds(200)
    let client = try PeerClient(configuration)
    #expect(await client.failure()?.code == .timedOut)
    client.shutdown()
    withExtendedLifetime(silent) {}
  }

  @Test("A peer that answers a byte now and then costs a timer")
  func trickle() async throws {
    let server = try await federation.server { _ in
      .stream(contentType: "application/octet-stream", compressed: false) { stream in
        while true {
          try await stream.write([0])
          try await Task.sleep(for: .milliseconds(100))  // this is the peer's slowness, nothing waits for it
        }
      }
    }
    var configuration = PeerClient.Configuration(
      region: "310000", federation: "local", endpoints: ["https://127.0.0.1:\(server.port)"],
      trust: try federation.trust(federation.shanghai), credentials: try federation.jiangsuCredentials())
    configuration.slowTimeout = .seconds(1)
    let client = try PeerClient(configuration)
    #expect(await client.failure()?.code == .timedOut)
    client.shutdown()
    await server.stop()
  }

  @Test("An answer over the limit is refused, stated or not, compressed or not")
  func answerLimit() async throws {
    let server = try await federation.server { request in
      switch request.path {
      case "/stated": .bytes([UInt8](repeating: 7, count: 1001), contentType: "application/octet-stream")
      case "/exact": .bytes([UInt8](repeating: 7, count: 1000), contentType: "application/octet-stream")
      default:
        // 64 MiB of zeros are a few kilobytes of zstd: the limit counts what comes out.
        .stream(contentType: "application/octet-stream", compressed: request.path == "/bomb") { stream in
          for _ in 0..<64 { try await stream.write([UInt8](repeating: 0, count: 1 << 20)) }
        }
      }
    }
    let client = try federation.client(port: server.port)
    func outcome(_ path: String) async -> TransportError.Code? {
      do {
        _ = try await client.get(path, limit: 1000, timeout: .seconds(20))
        return nil
      } catch { return error.code }
    }
    #expect(await outcome("/stated") == .tooLarge)
    #expect(await outcome("/unstated") == .tooLarge)
    #expect(await outcome("/bomb") == .tooLarge)
    #expect(await outcome("/exact") == nil)
    #expect(client.traffic.received < 8 << 20)
    client.shutdown()
    await server.stop()
  }

  @Test("A streamed answer arrives whole, compressed where it is worth it", arguments: [true, false])
  func streams(compressed: Bool) async throws {
    let piece = Array("310000/credit/enterprise-penalties\n".utf8)
    let pieces = 200_000  // 7 MB: more than all buffers between
    let server = try await federation.server { _ in
      .stream(contentType: "application/octet-stream", compressed: compressed) { stream in
        let block = [[UInt8]](repeating: piece, count: 1000).flatMap { $0 }
        for _ in 0..<pieces / 1000 { try await stream.write(block) }
      }
    }
    let client = try federation.client(port: server.port)
    let answer = try await client.stream("/", limit: 100 << 20, timeout: .seconds(60))
    var count = 0
    var matches = true
    for try await chunk in answer.chunks {
      for byte in chunk {
        matches = matches && byte == piece[count % piece.count]
        count += 1
      }
    }
    #expect(count == piece.count * pieces)
    #expect(matches)
    #expect((client.traffic.received < count / 10) == compressed)
    client.shutdown()
    await server.stop()
  }

  @Test("An answer that is cut short is an error, never a short answer")
  func cutShort() async throws {
    struct Broken: Error {}
    let server = try await federation.server { _ in
      .stream(contentType: "application/octet-stream", compressed: false) { stream in
        try await stream.write([UInt8](repeating: 1, count: 1000))
        throw Broken()
      }
    }
    let client = try federation.client(port: server.port)
    #expect(await client.failure()?.code == .connectionLost)
    client.shutdown()
    await server.stop()
  }

  @Test("Cancelling a task ends its request, and dropping an answer ends its transfer")
  func cancellation() async throws {
    let (asked, asking) = AsyncStream<Void>.makeStream()
    var limits = ServerLimits()
    limits.drain = .milliseconds(200)  // a handler that waits for something else does not notice its caller's end
    let server = try await federation.server(limits: limits) { request in
      if request.path == "/wait" {
        asking.finish()
        try await Task.sleep(for: .seconds(600))
      }
      return .stream(contentType: "application/octet-stream", compressed: false) { stream in
        while true { try await stream.write([UInt8](repeating: 0, count: 1 << 20)) }
      }
    }
    let client = try federation.client(port: server.port)
    let waiting = Task { await client.failure("/wait") }
    for await _ in asked {}
    waiting.cancel()
    #expect(await waiting.value?.code == .cancelled)
    do {
      let endless = try await client.stream("/endless", limit: .max, timeout: .seconds(60))
      #expect(endless.status == 200)
    }
    let late = Task { () -> TransportError? in
      withUnsafeCurrentTask { $0?.cancel() }
      return await client.failure()
    }
    #expect(await late.value?.code == .cancelled)
    client.shutdown()
    #expect(await client.failure()?.code == .cancelled)
    await server.stop()
  }

  @Test("A new configuration holds at once: kept connections do not outlive their trust")
  func reconfiguration() async throws {
    let (credentials, certificate) = try federation.credentials(
      [federation.uri("310000")], from: federation.shanghai)
    let server = try await federation.server(credentials: credentials)
    let client = try federation.client(port: server.port)
    #expect(try await client.text() == "hello 320000")
    try client.reconfigure(
      PeerClient.Configuration(
        region: "310000", federation: "local", endpoints: ["https://127.0.0.1:\(server.port)"],
        trust: try federation.trust(federation.shanghai, revoked: [certificate.serial]),
        credentials: try federation.jiangsuCredentials()))
    #expect(await client.failure()?.code == .certificateRefused)
    client.shutdown()
    await server.stop()
  }

  @Test("Both ends count the same bytes of small requests")
  func traffic() async throws {
    let server = try await federation.server { request in
      let body = try await request.body(limit: 1 << 20)
      return .bytes(body, contentType: "application/octet-stream")
    }
    let client = try federation.client(port: server.port)
    for count in [0, 1, 5000] {
      let answer = try await client.post(
        "/echo", body: [UInt8](repeating: 9, count: count), contentType: "application/octet-stream", limit: 1 << 20,
        timeout: .seconds(20))
      #expect(answer.body.count == count)
      #expect(answer.header("Content-Type") == "application/octet-stream")
    }
    client.shutdown()
    await server.stop()
    #expect(server.traffic["320000"]?.received == client.traffic.sent)
    #expect(server.traffic["320000"]?.sent == client.traffic.received)
  }
}
