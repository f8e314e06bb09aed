import Foundation
import Logging
import PeerTransport
import Testing

@Suite("A server survives its callers")
struct PeerServerTests {
  private let federation: TestFederation

  init() throws { federation = try TestFederation() }

  @Test("A port in use is reported before anything else happens")
  func portInUse() throws {
    let first = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
    let port = try #require(first.port)
    let error = #expect(throws: TransportError.self) { try BoundSocket.tcp(host: "127.0.0.1", port: port) }
    #expect(error?.code == .addressInUse)
    #expect(error?.reason.contains("127.0.0.1:\(port)") == true)
    withExtendedLifetime(first) {}
  }

  @Test("An address of another machine cannot be listened on")
  func foreignAddress() {
    let error = #expect(throws: TransportError.self) { try BoundSocket.tcp(host: "192.0.2.1", port: 0) }
    #expect(error?.code == .addressUnavailable)
    #expect(throws: TransportError.self) { try BoundSocket.tcp(host: "127.0.0.1", port: 65_536) }
  }

  @Test("Silence, and half a ClientHello, are ended at the handshake's deadline")
  func deadline() async throws {
    var limits = ServerLimits()
    limits.handshake = .milliseconds(200)
    let server = try await federation.server(limits: limits)
    let port = server.port
    // A TLS record that announces 512 bytes of ClientHello and brings four.
    for bytes in [[], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc]] as [[UInt8]] {
      #expect(try await blocking { try TCPProbe.sendAndAwaitEnd(port: port, bytes) })
    }
    await server.stop()
    #expect(server.refusals.counts == [.handshakeDeadline: 2])
  }

  @Test("Each refusal is counted and logged with its reason in one line, but a flood does not fill the log")
  func flood() async throws {
    let lines = CapturedLog.Lines()
    let server = try await federation.server(logger: Logger(label: "test") { _ in CapturedLog(lines: lines) })
    let port = server.port
    for _ in 0..<100 {
      #expect(try await blocking { try TCPProbe.sendAndAwaitEnd(port: port, Array("no TLS at all".utf8)) })
    }
    await server.stop()
    #expect(server.refusals.counts.values.reduce(0, +) == 100)
    #expect(server.refusals.recent.count == 32)
    let refused = lines.all.filter { $0.hasPrefix("refused 127.0.0.1:") }
    #expect((20..<80).contains(refused.count))
    #expect(refused.allSatisfy { !$0.contains("\n") && $0.contains(": tlsVersion: ") })
  }

  @Test("A connection that asks nothing is ended when it is idle for long")
  func idle() async throws {
    var limits = ServerLimits()
    limits.idle = .milliseconds(200)
    let server = try await federation.server(limits: limits)
    let port = server.port
    let credentials = try federation.jiangsuCredentials()
    let ended = try await blocking {
      let probe = try TLSProbe(port: port, credentials: credentials)
      _ = try probe.get()
      return probe.isEnded()
    }
    #expect(ended)
    await server.stop()
  }

  @Test("A head that never ends is ended when idle, and one over the bounds is refused")
  func heads() async throws {
    var limits = ServerLimits()
    limits.idle = .milliseconds(300)
    let server = try await federation.server(limits: limits)
    let port = server.port
    let credentials = try federation.jiangsuCredentials()
    let ended = try await blocking {
      let probe = try TLSProbe(port: port, credentials: credentials)
      try probe.send("GET / HTTP/1.1\r\nHost: node\r\nX: ")
      return probe.isEnded()
    }
    #expect(ended)
    let answer = try await blocking {
      let probe = try TLSProbe(port: port, credentials: credentials)
      try probe.send("GET / HTTP/1.1\r\nHost: node\r\nX: \(String(repeating: "x", count: 9 << 10))\r\n\r\n")
      return try probe.answer()
    }
    #expect(answer.hasPrefix("HTTP/1.1 400 "))
    await server.stop()
  }

  @Test("A caller that does not read its answer is ended")
  func stalledReader() async throws {
    var limits = ServerLimits()
    limits.stalledRead = .milliseconds(200)
    let (cut, cutting) = AsyncStream<Void>.makeStream()
    let server = try await federation.server(limits: limits) { _ in
      .stream(contentType: "application/octet-stream", compressed: false) { stream in
        defer { cutting.finish() }
        while true { try await stream.write([UInt8](repeating: 0, count: 1 << 20)) }
      }
    }
    let port = server.port
    let credentials = try federation.jiangsuCredentials()
    let probe = try await blocking {
      let probe = try TLSProbe(port: port, credentials: credentials)
      try probe.send("GET / HTTP/1.1\r\nHost: node\r\n\r\n")
      return probe
    }
    for await _ in cut {}
    withExtendedLifetime(probe) {}
    await server.stop()
    #expect(server.refusals.counts == [.stalledReader: 1])
  }

  @Test("A body that does not come in time is ended")
  func slowBody() async throws {
    var limits = ServerLimits()
    limits.body = .milliseconds(200)
    let server = try await federation.server(limits: limits) { request in
      .bytes(try await request.body(limit: 100), contentType: "text/plain")
    }
    let port = server.port
    let credentials = try federation.jiangsuCredentials()
    let ended = try await blocking {
      let probe = try TLSProbe(port: port, credentials: credentials)
      try probe.send("POST / HTTP/1.1\r\nHost: node\r\nContent-Length: 10\r\n\r\n12345")
      return probe.isEnded()
    }
    #expect(ended)
    await server.stop()
  }

  @Test("A region's connections are limited; beyond that the new one is refused")
  func connectionsOfARegion() async throws {
    var limits = ServerLimits()
    limits.connectionsPerCaller = 2
    let server = try await federation.server(limits: limits)
    let port = server.port
    let credentials = try federation.jiangsuCredentials()
    let kept = try await blocking { try (0..<2).map { _ in try TLSProbe(port: port, credentials: credentials) } }
    _ = try await blocking { try kept.map { try $0.get() } }
    await #expect(throws: TLSProbe.Failure.self) {
      try await blocking { try TLSProbe(port: port, credentials: credentials).get() }
    }
    #expect(try await blocking { try kept[0].get() }.hasSuffix("hello 320000"))
    await server.stop()
    #expect(server.refusals.counts == [.tooManyConnections: 1])
  }

  @Test(
    "A flood of connections that prove nothing ends the oldest of them, and a peer gets through",
    arguments: [true, false])
  func flood(isOfOneAddress: Bool) async throws {
    var limits = ServerLimits()
    if isOfOneAddress { limits.connectionsPerAddress = 8 } else { limits.connections = 8 }
    limits.handshake = .seconds(60)
    let server = try await federation.server(limits: limits)
    let port = server.port
    let flood = try await blocking { try (0..<40).map { _ in try TCPProbe.connect(port: port) } }
    defer { for descriptor in flood { close(descriptor) } }
    // The kernel took them all; the server has seen them once it ended the oldest 32.
    let deadline = ContinuousClock.now + .seconds(20)
    while server.refusals.counts[.tooManyConnections] != 32, ContinuousClock.now < deadline { await Task.yield() }
    let client = try federation.client(port: port)
    for _ in 0..<3 { #expect(try await client.text() == "hello 320000") }
    #expect(server.openConnections <= 9)
    client.shutdown()
    await server.stop()
    #expect(server.refusals.counts == [.tooManyConnections: 33])
  }

  @Test("A body over the route's limit is answered with 413, whether it is sent or only announced")
  func bodyLimit() async throws {
    let server = try await federation.server { request in
      .text("\(try await request.body(limit: 1000).count)")
    }
    let client = try federation.client(port: server.port)
    func status(_ count: Int) async throws -> Int {
      try await client.post(
        "/", body: [UInt8](repeating: 1, count: count), contentType: "application/octet-stream", limit: 1000,
        timeout: .seconds(20)
      ).status
    }
    #expect(try await status(1000) == 200)
    #expect(try await status(1001) == 413)
    #expect(try await status(8 << 20) == 413)
    #expect(try await status(1000) == 200)
    client.shutdown()
    let port = server.port
    let credentials = try federation.jiangsuCredentials()
    let answers = try await blocking {
      try ["Content-Length: 99999999999999", "Transfer-Encoding: chunked"].map { header in
        let probe = try TLSProbe(port: port, credentials: credentials)
        try probe.send("POST / HTTP/1.1\r\nHost: node\r\n\(header)\r\n\r\n")
        return try probe.answer().prefix(13)
      }
    }
    #expect(answers == ["HTTP/1.1 413 ", "HTTP/1.1 411 "])
    await server.stop()
  }

  @Test("A handler that fails is answered with a fixed 500, and the connection goes on")
  func handlerFails() async throws {
    struct Secret: Error {}
    let server = try await federation.server { request in
      if request.path == "/fail" { throw Secret() }
      return .text("well")
    }
    let port = server.port
    let credentials = try federation.jiangsuCredentials()
    let answers = try await blocking {
      let probe = try TLSProbe(port: port, credentials: credentials)
      return [try probe.get("/fail"), try probe.get("/")]
    }
    #expect(answers[0].hasPrefix("HTTP/1.1 500 "))
    #expect(!answers[0].contains("Secret"))
    #expect(answers[1].hasSuffix("well"))
    await server.stop()
  }

  @Test("Method, path, query and headers reach the handler")
  func request() async throws {
    let server = try await federation.server { request in
      let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "|")
      return .text(
        "\(request.method) \(request.path) \(query) \(request.header("X-Test") ?? "-") \(request.acceptsZstd)")
    }
    let port = server.port
    let credentials = try federation.jiangsuCredentials()
    let answer = try await blocking {
      let probe = try TLSProbe(port: port, credentials: credentials)
      try probe.send("PUT /a%2Fb?from=0&to=%E4%BF%A1+1&flag&bad=%zz HTTP/1.1\r\nHost: n\r\nx-test: y\r\n\r\n")
      return try probe.answer()
    }
    #expect(answer.hasSuffix("PUT /a%2Fb from=0|to=信 1|flag=|bad=%zz y false"))
    await server.stop()
  }

  @Test("Stopping lets a request under way end, and cuts one that does not")
  func stop() async throws {
    var limits = ServerLimits()
    limits.drain = .milliseconds(300)
    let (asked, asking) = AsyncStream<String>.makeStream()
    let (released, release) = AsyncStream<Void>.makeStream()
    let server = try await federation.server(limits: limits) { request in
      asking.yield(request.path)
      if request.path == "/long" { try await Task.sleep(for: .seconds(600)) }
      for await _ in released {}
      return .text("done")
    }
    let client = try federation.client(port: server.port)
    async let short = client.text("/short")
    async let long = client.failure("/long")
    var under = Set<String>()
    for await path in asked {
      under.insert(path)
      if under.count == 2 { break }
    }
    async let stopped: Void = server.stop()
    release.finish()
    #expect(try await short == "done")
    #expect(await long != nil)
    await stopped
    #expect(await client.failure()?.code == .unreachable)
    #expect(server.openConnections == 0)
    client.shutdown()
  }
}
