import Cryptography
import Foundation
import Logging
import PeerTransport
import Synchronization

/// Regions with authorities of their own, made anew for each test.
struct TestFederation {
  let name = "local"
  let now = Int(Date().timeIntervalSince1970)
  let shanghai: CertificateAuthority
  let jiangsu: CertificateAuthority

  static let shanghaiCode = "310000"
  static let jiangsuCode = "320000"

  init() throws {
    shanghai = try CertificateAuthority.create(
      name: NodeName.authority(region: Self.shanghaiCode, federation: "local"), now: now)
    jiangsu = try CertificateAuthority.create(
      name: NodeName.authority(region: Self.jiangsuCode, federation: "local"), now: now)
  }

  func uri(_ region: String) -> String { NodeName.uri(region: region, federation: name) }

  /// A certificate of any shape, with its key.
  func credentials(
    _ names: [String], from authority: CertificateAuthority, until: Int? = nil, issued: Int? = nil
  ) throws -> (credentials: NodeCredentials, certificate: Certificate) {
    let key = try P256.PrivateKey.generate()
    let certificate = try authority.issueNode(
      alternativeNames: names, key: key, now: issued ?? now, until: until ?? now + 86_400)
    return (NodeCredentials(certificatePEM: try certificate.pem, keyPEM: try key.pem), certificate)
  }

  func shanghaiCredentials() throws -> NodeCredentials {
    try credentials([uri(Self.shanghaiCode)], from: shanghai).credentials
  }

  func jiangsuCredentials() throws -> NodeCredentials {
    try credentials([uri(Self.jiangsuCode)], from: jiangsu).credentials
  }

  func trust(
    _ authority: CertificateAuthority, revoked: [String]? = nil, state: RegionTrust.State = .known
  ) throws -> RegionTrust {
    RegionTrust(
      authorityPEM: try authority.certificate.pem,
      revocationListPEM: try revoked.map { try authority.revocationList(revoked: $0, number: 1, now: now) },
      state: state)
  }

  /// Shanghai's server, knowing Jiangsu unless told otherwise.
  func server(
    _ regions: [String: RegionTrust]? = nil, credentials: NodeCredentials? = nil, table: TrustTable? = nil,
    limits: ServerLimits = ServerLimits(), logger: Logger = quiet,
    handler: @escaping PeerServer.Handler = TestFederation.tellRegion
  ) async throws -> PeerServer {
    let regions = try regions ?? [Self.jiangsuCode: try trust(jiangsu)]
    return try await PeerServer.start(
      on: try BoundSocket.tcp(host: "127.0.0.1", port: 0), credentials: try credentials ?? shanghaiCredentials(),
      trust: table ?? TrustTable(federation: name, regions: regions), limits: limits, logger: logger,
      handler: handler)
  }

  /// Jiangsu's client, expecting Shanghai unless told otherwise.
  func client(
    port: Int, credentials: NodeCredentials? = nil, expecting region: String = shanghaiCode,
    trust expected: RegionTrust? = nil, endpoints: [String]? = nil
  ) throws -> PeerClient {
    try PeerClient(
      PeerClient.Configuration(
        region: region, federation: name, endpoints: endpoints ?? ["https://127.0.0.1:\(port)"],
        trust: try expected ?? trust(shanghai), credentials: try credentials ?? jiangsuCredentials()))
  }

  @Sendable static func tellRegion(_ request: PeerRequest) async throws -> PeerResponse {
    .text("hello \(request.region)")
  }

  static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension PeerClient {
  func text(_ path: String = "/") async throws -> String {
    String(decoding: try await get(path, limit: 1 << 16, timeout: .seconds(20)).body, as: UTF8.self)
  }

  /// What the request failed with; nil if it did not.
  func failure(_ path: String = "/") async -> TransportError? {
    do {
      _ = try await get(path, limit: 1 << 16, timeout: .seconds(20))
      return nil
    } catch {
      return error
    }
  }
}

/// Runs blocking code beside the tasks: the pool of tasks has few threads, and the server needs them.
func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
  try await withCheckedThrowingContinuation { continuation in
    Thread { continuation.resume(with: Result { try body() }) }.start()
  }
}

/// Keeps what is logged.
struct CapturedLog: LogHandler {
  final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    func append(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
  }

  let lines: Lines
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { lines.append("\(event.message)") }
}
