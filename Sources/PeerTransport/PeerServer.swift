import HummingbirdCore
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// HTTP/1.1 over mutual TLS 1.3 for the nodes of other regions. It knows who asks, and nothing of what is served.
package final class PeerServer: Sendable {
  package typealias Handler = @Sendable (PeerRequest) async throws -> PeerResponse

  package let port: Int
  private let listener: HTTPListener
  private let reception: PeerReception

  private init(port: Int, listener: HTTPListener, reception: PeerReception) {
    self.port = port
    self.listener = listener
    self.reception = reception
  }

  /// Returns once connections are accepted.
  package static func start(
    on socket: BoundSocket, credentials: NodeCredentials, trust: TrustTable, limits: ServerLimits = ServerLimits(),
    logger: Logger, handler: @escaping Handler
  ) async throws(TransportError) -> PeerServer {
    let refusals = RefusalLog(logger: logger)
    let reception = PeerReception(
      trust: trust, credentials: credentials, context: try credentials.serverContext(), refusals: refusals,
      limits: limits, logger: logger, handler: handler)
    let listener = try await HTTPListener.start(
      on: socket, limits: limits, refusals: refusals, logger: logger, prepare: reception.prepare)
    return PeerServer(port: socket.port ?? 0, listener: listener, reception: reception)
  }

  /// Effective at once: new connections cannot resume an older session, kept ones are judged anew at their next
  /// request, and streamed answers to who is no longer admitted are cut. Returns the regions whose card cannot be read,
  /// with the reason.
  @discardableResult
  package func replaceTrust(_ regions: [String: RegionTrust]) -> [String: String] {
    let unreadable = reception.trust.replace(regions)
    reception.renewContext()
    return unreadable
  }

  /// For new connections; kept ones go on with the certificate that they saw.
  package func replaceCredentials(_ credentials: NodeCredentials) throws(TransportError) {
    try reception.replaceCredentials(credentials)
  }

  /// By region.
  package var traffic: [String: Traffic] { reception.ledger.traffic }
  package var refusals: RefusalLog.Report { reception.refusals.report }
  package var openConnections: Int { listener.openConnections }

  /// Requests under way may end within `ServerLimits.drain`; then everything is cut.
  package func stop() async { await listener.stop() }
}

/// What all connections of a `PeerServer` share.
final class PeerReception: Sendable {
  private struct TLS {
    var credentials: NodeCredentials
    var context: NIOSSLContext
  }

  let trust: TrustTable
  let refusals: RefusalLog
  let ledger = TrafficLedger()
  private let tls: Mutex<TLS>
  private let limits: ServerLimits
  private let logger: Logger
  private let handler: PeerServer.Handler

  init(
    trust: TrustTable, credentials: NodeCredentials, context: NIOSSLContext, refusals: RefusalLog, limits: ServerLimits,
    logger: Logger, handler: @escaping PeerServer.Handler
  ) {
    self.trust = trust
    self.refusals = refusals
    tls = Mutex(TLS(credentials: credentials, context: context))
    self.limits = limits
    self.logger = logger
    self.handler = handler
  }

  func replaceCredentials(_ credentials: NodeCredentials) throws(TransportError) {
    let context = try credentials.serverContext()
    tls.withLock { $0 = TLS(credentials: credentials, context: context) }
  }

  func renewContext() {
    tls.withLock { tls in
      // The same credentials made a context before; should it fail all the same, each request is still judged.
      if let context = try? tls.credentials.serverContext() { tls.context = context }
    }
  }

  /// On the connection's event loop.
  @Sendable func prepare(
    _ channel: any Channel, _ prove: @escaping HTTPListener.Prove
  ) throws -> HTTPChannelHandler.Responder {
    let connection = PeerConnection(
      trust: trust, refusals: refusals, ledger: ledger, address: channel.peerDescription)
    let guardian = ConnectionGuard(connection: connection, limits: limits, prove: prove)
    let isolated = NIOLoopBound(guardian, eventLoop: channel.eventLoop)
    let verify: NIOSSLCustomVerificationCallback = { chain, promise in
      let leaf = chain.first.flatMap { try? $0.toDERBytes() }
      if case .refused(let refusal) = connection.present(leaf) {
        isolated.value.refuse(refusal)
        promise.succeed(.failed)
      } else {
        promise.succeed(.certificateVerified)
      }
    }
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(
      NIOSSLServerHandler(
        context: tls.withLock { $0.context }, customVerificationCallback: verify, configuration: .init()))
    try pipeline.addHandler(guardian)
    let answering = HTTPAnswering(limits: limits, logger: logger)
    return { request, writer, channel in
      switch connection.judgement() {
      case .admitted(let region):
        try await answering.answer(
          request, caller: PeerCaller(region: region), writer, channel,
          mayContinue: { connection.isAdmitted }, handler: self.handler)
      case .stranger(let refusal), .refused(let refusal):
        self.refusals.record(refusal, from: connection.address)
        try await answering.write(
          .notServed, to: writer,
          content: RequestContent(request: request, channel: channel, deadline: self.limits.body), channel: channel,
          mayContinue: { true }, close: true)
      }
    }
  }
}
