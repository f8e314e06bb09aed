import NIOCore
import NIOSSL
import NIOTLS

/// Sits directly behind TLS: ends what never completes a handshake or never reads, judges the certificate of every
/// connection, resumed ones too, and counts bytes.
final class ConnectionGuard: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let connection: PeerConnection
  private let limits: ServerLimits
  private let prove: HTTPListener.Prove
  private var deadline: Scheduled<Void>?
  private var stall: Scheduled<Void>?
  private var handshakeDone = false
  /// One refusal a connection: what follows from it is not another.
  private var refused = false
  /// Closing TLS takes a moment, in which the caller's first request may still come.
  private var turnedAway = false

  init(connection: PeerConnection, limits: ServerLimits, prove: @escaping HTTPListener.Prove) {
    self.connection = connection
    self.limits = limits
    self.prove = prove
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let seconds = limits.handshake.components.seconds
    deadline = closing(
      context, after: limits.handshake,
      Refusal(.handshakeDeadline, "no TLS handshake within \(seconds) s of connecting"))
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
    stall?.cancel()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted = event {
      deadline?.cancel()
      handshakeDone = true
      // A resumed session skips the verification callback: the certificate comes out of the ticket.
      if !connection.hasCertificate {
        let shown = try? context.pipeline.syncOperations.nioSSL_peerCertificate()?.toDERBytes()
        if case .refused(let refusal) = connection.present(shown) { return turnAway(refusal, context) }
      }
      if case .admitted(let region) = connection.judgement(), let refusal = prove(region) {
        return turnAway(refusal, context)
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  /// Later handlers never see the handshake.
  private func turnAway(_ refusal: Refusal, _ context: ChannelHandlerContext) {
    refuse(refusal)
    turnedAway = true
    context.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !turnedAway else { return }
    connection.counter?.add(received: unwrapInboundIn(data).readableBytes)
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    connection.counter?.add(sent: unwrapOutboundIn(data).readableBytes)
    context.write(data, promise: promise)
  }

  /// Not writable for long: the peer stopped reading.
  func channelWritabilityChanged(context: ChannelHandlerContext) {
    stall?.cancel()
    stall = nil
    if !context.channel.isWritable {
      let seconds = limits.stalledRead.components.seconds
      stall = closing(
        context, after: limits.stalledRead, Refusal(.stalledReader, "took nothing of an answer for \(seconds) s"))
    }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if !handshakeDone { refuse(Self.refusal(error)) }
    context.fireErrorCaught(error)  // the connection's task waits for it
  }

  func refuse(_ refusal: Refusal) {
    guard !refused else { return }
    refused = true
    connection.refusals.record(refusal, from: connection.address)
  }

  private func closing(
    _ context: ChannelHandlerContext, after delay: Duration, _ refusal: Refusal
  ) -> Scheduled<Void> {
    context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) {
      self.refuse(refusal)
      context.close(promise: nil)
    }
  }

  /// BoringSSL's reasons exist only as text.
  private static func refusal(_ error: any Error) -> Refusal {
    let words = String(describing: error)
    if words.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE") {
      return Refusal(.noCertificate, "no certificate was shown")
    }
    if words.contains("UNSUPPORTED_PROTOCOL") || words.contains("WRONG_VERSION_NUMBER")
      || words.contains("HTTP_REQUEST")
    {
      return Refusal(.tlsVersion, "speaks no TLS 1.3 (\(words))")
    }
    return Refusal(.handshakeFailed, "the TLS handshake failed (\(words))")
  }
}
