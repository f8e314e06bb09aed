import COpenSSL
import Cryptography
import Foundation
import PeerTransport
import Testing

@Suite("A server admits the nodes of its peers and nobody else")
struct PeerIdentityTests {
  private let federation: TestFederation

  init() throws { federation = try TestFederation() }

  /// Starts a server, lets a client with these credentials try, and returns what both saw.
  private func attempt(
    _ credentials: NodeCredentials, _ regions: [String: RegionTrust]? = nil
  ) async throws -> (client: TransportError?, server: RefusalLog.Report) {
    let server = try await federation.server(regions)
    let client = try federation.client(port: server.port, credentials: credentials)
    let failure = await client.failure()
    client.shutdown()
    await server.stop()
    return (failure, server.refusals)
  }

  @Test("A certificate for region Y issued by region X's authority is refused")
  func foreignAuthorityOfAPeer() async throws {
    let zhejiang = try CertificateAuthority.create(name: "330000.local.tongyuan CA", now: federation.now)
    // Both are peers: Zhejiang's authority is trusted, but not for Jiangsu's name.
    let forged = try federation.credentials([federation.uri("320000")], from: zhejiang).credentials
    let (client, server) = try await attempt(
      forged, ["320000": try federation.trust(federation.jiangsu), "330000": try federation.trust(zhejiang)])
    #expect(client?.code == .refusedByPeer)
    #expect(server.counts == [.foreignAuthority: 1])
    let reason = try #require(server.recent.first?.refusal.reason)
    #expect(reason.contains("names the region 320000"))
    #expect(reason.contains("was not issued by CN=320000.local.tongyuan CA"))
    #expect(reason.contains("its issuer: CN=330000.local.tongyuan CA"))
  }

  @Test("A good peer is served, and the handler learns its region")
  func goodPeer() async throws {
    let server = try await federation.server()
    let client = try federation.client(port: server.port)
    #expect(try await client.text() == "hello 320000")
    #expect(server.refusals.counts.isEmpty)
    client.shutdown()
    await server.stop()
  }

  @Test("A peer whose revocation list names other certificates is served")
  func listOfOthers() async throws {
    let server = try await federation.server(["320000": try federation.trust(federation.jiangsu, revoked: ["abcd"])])
    let client = try federation.client(port: server.port)
    #expect(try await client.text() == "hello 320000")
    client.shutdown()
    await server.stop()
  }

  @Test("An authority of the same name with another key is refused")
  func namesake() async throws {
    let namesake = try CertificateAuthority.create(name: "320000.local.tongyuan CA", now: federation.now)
    let (client, server) = try await attempt(
      try federation.credentials([federation.uri("320000")], from: namesake).credentials)
    #expect(client?.code == .refusedByPeer)
    #expect(server.counts == [.foreignAuthority: 1])
  }

  @Test("A connection without a certificate is refused")
  func noCertificate() async throws {
    let server = try await federation.server()
    let port = server.port
    await #expect(throws: TLSProbe.Failure.self) { try await blocking { try TLSProbe(port: port).get() } }
    await server.stop()
    #expect(server.refusals.counts == [.noCertificate: 1])
  }

  @Test(
    "A certificate without exactly one URI name, or with another one, is refused",
    arguments: [
      ([], Refusal.Code.uriNames),
      (["spiffe://320000.local.tongyuan/node", "spiffe://310000.local.tongyuan/node"], .uriNames),
      (["spiffe://320000.local.tongyuan/node", "spiffe://320000.local.tongyuan/node"], .uriNames),
      (["spiffe://320000.test.tongyuan/node"], .foreignName),
      (["spiffe://320000.local.tongyuan/node/"], .foreignName),
      (["spiffe://320000.local.tongyuan/auditor"], .foreignName),
      (["SPIFFE://320000.local.tongyuan/node"], .foreignName),
      (["spiffe://.local.tongyuan/node"], .foreignName),
      (["https://320000.local.tongyuan/node"], .foreignName),
    ])
  func names(_ names: [String], _ code: Refusal.Code) async throws {
    let (client, server) = try await attempt(
      try federation.credentials(names, from: federation.jiangsu).credentials)
    #expect(client?.code == .refusedByPeer)
    #expect(server.counts == [code: 1])
  }

  @Test("An expired certificate, and one that is not valid yet, are refused")
  func validity() async throws {
    let now = federation.now
    let names = [federation.uri("320000")]
    let expired = try federation.credentials(names, from: federation.jiangsu, until: now - 60, issued: now - 7200)
    var (client, server) = try await attempt(expired.credentials)
    #expect(client?.code == .refusedByPeer)
    #expect(server.counts == [.expired: 1])
    let early = try federation.credentials(
      names, from: federation.jiangsu, until: now + 90_000, issued: now + 80_000)
    (client, server) = try await attempt(early.credentials)
    #expect(client?.code == .refusedByPeer)
    #expect(server.counts == [.notYetValid: 1])
  }

  @Test("TLS 1.2 is refused")
  func oldVersion() async throws {
    let server = try await federation.server()
    let port = server.port
    let credentials = try federation.jiangsuCredentials()
    await #expect(throws: TLSProbe.Failure.self) {
      try await blocking { try TLSProbe(port: port, credentials: credentials, maximumVersion: TLS1_2_VERSION).get() }
    }
    await server.stop()
    #expect(server.refusals.counts == [.tlsVersion: 1])
  }

  @Test("What is no TLS at all is refused")
  func noTLS() async throws {
    let server = try await federation.server()
    let port = server.port
    let ended = try await blocking {
      try TCPProbe.sendAndAwaitEnd(port: port, Array("GET / HTTP/1.1\r\nHost: node\r\n\r\n".utf8))
    }
    #expect(ended)
    await server.stop()
    #expect(server.refusals.report(of: [.tlsVersion, .handshakeFailed]) == 1)
  }

  @Test("A revoked certificate is refused")
  func revoked() async throws {
    let (credentials, certificate) = try federation.credentials(
      [federation.uri("320000")], from: federation.jiangsu)
    let (client, server) = try await attempt(
      credentials, ["320000": try federation.trust(federation.jiangsu, revoked: [certificate.serial])])
    #expect(client?.code == .refusedByPeer)
    #expect(server.counts == [.revoked: 1])
  }

  @Test("A certificate revoked after it got a session ticket is refused on resumption")
  func revokedWithTicket() async throws {
    let (credentials, certificate) = try federation.credentials(
      [federation.uri("320000")], from: federation.jiangsu)
    let server = try await federation.server()
    let port = server.port
    // OpenSSL's session is reference-counted; its address crosses to the next thread as a number.
    let ticket = try await blocking { () -> UInt in
      let probe = try TLSProbe(port: port, credentials: credentials)
      _ = try probe.get()
      return UInt(bitPattern: try #require(probe.session()))
    }
    let resumed = try await blocking {
      let probe = try TLSProbe(port: port, credentials: credentials, session: OpaquePointer(bitPattern: ticket))
      return (probe.resumed, try probe.get())
    }
    #expect(resumed.0, "the server resumes sessions: else this test proves nothing")
    #expect(resumed.1.hasSuffix("hello 320000"))

    server.replaceTrust(["320000": try federation.trust(federation.jiangsu, revoked: [certificate.serial])])
    await #expect(throws: TLSProbe.Failure.self) {
      try await blocking {
        try TLSProbe(port: port, credentials: credentials, session: OpaquePointer(bitPattern: ticket)).get()
      }
    }
    SSL_SESSION_free(OpaquePointer(bitPattern: ticket))
    await server.stop()
    #expect(server.refusals.counts == [.revoked: 1])
  }

  @Test("A resumed session is judged by its certificate even where its ticket is still good")
  func resumedSession() async throws {
    let (credentials, certificate) = try federation.credentials(
      [federation.uri("320000")], from: federation.jiangsu)
    let table = TrustTable(federation: "local", regions: ["320000": try federation.trust(federation.jiangsu)])
    let server = try await federation.server(table: table)
    let port = server.port
    let ticket = try await blocking { () -> UInt in
      let probe = try TLSProbe(port: port, credentials: credentials)
      _ = try probe.get()
      return UInt(bitPattern: try #require(probe.session()))
    }
    // The table alone: the server's TLS context, and with it the ticket, stay as they were.
    table.replace(["320000": try federation.trust(federation.jiangsu, revoked: [certificate.serial])])
    await #expect(throws: TLSProbe.Failure.self) {
      try await blocking {
        try TLSProbe(port: port, credentials: credentials, session: OpaquePointer(bitPattern: ticket)).get()
      }
    }
    SSL_SESSION_free(OpaquePointer(bitPattern: ticket))
    await server.stop()
    #expect(server.refusals.counts == [.revoked: 1])
  }

  @Test("Unknown, suspended and retired peers get one and the same 403")
  func fixedRefusal() async throws {
    let credentials = try federation.jiangsuCredentials()
    var answers: [String] = []
    for (regions, code) in [
      ([:], Refusal.Code.unknownRegion),
      (["320000": try federation.trust(federation.jiangsu, state: .suspended)], .suspended),
      (["320000": try federation.trust(federation.jiangsu, state: .retired)], .retired),
    ] {
      let server = try await federation.server(regions)
      let port = server.port
      answers.append(try await blocking { try TLSProbe(port: port, credentials: credentials).get() })
      #expect(server.refusals.counts == [code: 1])
      let client = try federation.client(port: port, credentials: credentials)
      #expect(await client.failure()?.code == .refusedByPeer)
      client.shutdown()
      await server.stop()
    }
    #expect(answers[0].hasPrefix("HTTP/1.1 403 "))
    #expect(Set(answers).count == 1)
  }

  @Test("Suspension, retirement and revocation end a kept connection at its next request, and resuming restores it")
  func keptConnection() async throws {
    let (credentials, certificate) = try federation.credentials(
      [federation.uri("320000")], from: federation.jiangsu)
    let server = try await federation.server()
    let port = server.port
    for trust in [
      try federation.trust(federation.jiangsu, state: .suspended),
      try federation.trust(federation.jiangsu, state: .retired),
      try federation.trust(federation.jiangsu, revoked: [certificate.serial]),
    ] {
      server.replaceTrust(["320000": try federation.trust(federation.jiangsu)])
      let probe = try await blocking { try TLSProbe(port: port, credentials: credentials) }
      #expect(try await blocking { try probe.get() }.hasPrefix("HTTP/1.1 200 "))
      server.replaceTrust(["320000": trust])
      #expect(try await blocking { try probe.get() }.hasPrefix("HTTP/1.1 403 "))
      #expect(try await blocking { probe.isEnded() })
    }
    await server.stop()
  }

  @Test("A streamed answer is cut when its reader is suspended")
  func suspendedWhileReading() async throws {
    let (started, starting) = AsyncStream<Void>.makeStream()
    let (suspended, suspending) = AsyncStream<Void>.makeStream()
    let server = try await federation.server { _ in
      .stream(contentType: "application/octet-stream", compressed: false) { stream in
        try await stream.write([1])
        starting.finish()
        for await _ in suspended {}
        try await stream.write([2])
      }
    }
    let client = try federation.client(port: server.port)
    let answer = try await client.stream("/", limit: 100, timeout: .seconds(20))
    for await _ in started {}
    server.replaceTrust(["320000": try federation.trust(federation.jiangsu, state: .suspended)])
    suspending.finish()
    await #expect(throws: TransportError.self) { try await answer.collect() }
    client.shutdown()
    await server.stop()
  }

  @Test("A card that cannot be read shuts out its own region only, and is named")
  func unreadableCard() async throws {
    let server = try await federation.server([:])
    let unreadable = server.replaceTrust([
      "320000": try federation.trust(federation.jiangsu),
      "330000": RegionTrust(authorityPEM: "no certificate"),
    ])
    #expect(Array(unreadable.keys) == ["330000"])
    let client = try federation.client(port: server.port)
    #expect(try await client.text() == "hello 320000")
    client.shutdown()
    await server.stop()
  }

  @Test("New credentials are shown without a restart")
  func renewedCredentials() async throws {
    let server = try await federation.server(
      credentials: try federation.credentials([federation.uri("310000")], from: federation.jiangsu).credentials)
    let client = try federation.client(port: server.port)
    #expect(await client.failure()?.code == .certificateRefused)
    try server.replaceCredentials(try federation.shanghaiCredentials())
    #expect(try await client.text() == "hello 320000")
    #expect(throws: TransportError.self) {
      try server.replaceCredentials(NodeCredentials(certificatePEM: "", keyPEM: ""))
    }
    client.shutdown()
    await server.stop()
  }
}

extension RefusalLog.Report {
  func report(of codes: [Refusal.Code]) -> Int { codes.reduce(0) { $0 + (counts[$1] ?? 0) } }
}
