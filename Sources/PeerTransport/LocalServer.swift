import Glibc
import HummingbirdCore
import Logging
import NIOCore

/// HTTP/1.1 on a local socket, for the commands of this machine. Whoever may open the socket (mode 0600) is served; the
/// kernel says who it is.
package final class LocalServer: Sendable {
  package typealias Handler = @Sendable (LocalRequest) async throws -> LocalResponse

  /// As the kernel fills it in (struct ucred).
  private struct Credentials {
    var pid: Int32 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0
  }

  private let listener: HTTPListener

  private init(listener: HTTPListener) { self.listener = listener }

  /// Returns once connections are accepted. A command may send for as long as it takes.
  package static func start(
    on socket: BoundSocket, limits: ServerLimits = LocalServer.limits, logger: Logger, handler: @escaping Handler
  ) async throws(TransportError) -> LocalServer {
    let answering = HTTPAnswering(limits: limits, logger: logger)
    let listener = try await HTTPListener.start(
      on: socket, limits: limits, refusals: RefusalLog(logger: logger), logger: logger
    ) { channel, _ in
      let caller = try Self.caller(channel)
      return { request, writer, channel in
        try await answering.answer(
          request, caller: caller, writer, channel, mayContinue: { true }, handler: handler)
      }
    }
    return LocalServer(listener: listener)
  }

  /// The commands of a machine do not attack their own node, but they may be many and slow.
  package static var limits: ServerLimits {
    var limits = ServerLimits()
    limits.body = .seconds(600)
    limits.stalledRead = .seconds(600)
    return limits
  }

  private static func caller(_ channel: any Channel) throws -> LocalCaller {
    guard let provider = channel as? any SocketOptionProvider else { throw ChannelError.operationUnsupported }
    // On the connection's event loop the answer is there at once.
    let read: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
    var credentials: Result<Credentials, any Error>?
    read.assumeIsolated().whenComplete { credentials = $0 }
    guard let credentials = try credentials?.get() else { throw ChannelError.operationUnsupported }
    return LocalCaller(uid: credentials.uid, pid: credentials.pid)
  }

  /// Requests under way may end within `ServerLimits.drain`; the socket's file is removed.
  package func stop() async { await listener.stop() }
}
