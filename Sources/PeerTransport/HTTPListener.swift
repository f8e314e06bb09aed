import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// One listening socket: accepts within bounds, runs each connection in a task of its own, and ends them all.
final class HTTPListener: Sendable {
  /// Adds to the pipeline what a connection needs before HTTP, on its event loop, and returns who answers it.
  typealias Prepare = @Sendable (any Channel) throws -> HTTPChannelHandler.Responder

  private struct State {
    var channels: [ObjectIdentifier: (channel: any Channel, address: String)] = [:]
    var perAddress: [String: Int] = [:]
    var tasks: [ObjectIdentifier: Task<Void, Never>] = [:]
    var stopping = false
    var whenEmpty: AsyncStream<Void>.Continuation?
  }

  private struct Turned: Error {}

  private let state = Mutex(State())
  private let limits: ServerLimits
  private let refusals: RefusalLog
  /// Set once, before `start` returns.
  private let listening = Mutex<(any Channel)?>(nil)
  private let socketPath: String?

  private init(limits: ServerLimits, refusals: RefusalLog, socketPath: String?) {
    self.limits = limits
    self.refusals = refusals
    self.socketPath = socketPath
  }

  static func start(
    on socket: BoundSocket, limits: ServerLimits, refusals: RefusalLog, logger: Logger, prepare: @escaping Prepare
  ) async throws(TransportError) -> HTTPListener {
    let listener = HTTPListener(limits: limits, refusals: refusals, socketPath: socket.path)
    do {
      let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        // Out of descriptors: wait and go on, instead of ending the server.
        .serverChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler(shouldForwardIOErrorCaught: false))
          }
        }
        .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
        .childChannelInitializer { listener.initialize($0, logger: logger, prepare: prepare) }
        .withBoundSocket(socket.take())
        .get()
      listener.listening.withLock { $0 = channel }
      return listener
    } catch {
      throw TransportError(.addressUnavailable, "cannot listen", underlying: "\(error)")
    }
  }

  private func initialize(_ channel: any Channel, logger: Logger, prepare: Prepare) -> EventLoopFuture<Void> {
    guard admit(channel) else { return channel.eventLoop.makeFailedFuture(Turned()) }
    let configuration = HTTP1Channel.Configuration(
      idleTimeout: TimeAmount(limits.idle),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headerFieldBytes, maxHeaderListSize: limits.headerBytes,
        maxHeaderFieldCount: limits.headerFields))
    do {
      let http = HTTP1Channel(responder: try prepare(channel), configuration: configuration)
      return http.setup(channel: channel, logger: logger).map { value in
        // A connection's value that nobody handles would trap: nothing may come between.
        self.run(channel) { await http.handle(value: value, logger: logger) }
      }
    } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
  }

  private func admit(_ channel: any Channel) -> Bool {
    let key = ObjectIdentifier(channel)
    // All callers of a local socket share one place: only its total is bounded.
    let address = channel.remoteAddress?.ipAddress ?? ""
    let refusal: Refusal? = state.withLock { state in
      let ofAddress = state.perAddress[address, default: 0]
      guard !state.stopping else { return Refusal(.tooManyConnections, "this node is stopping") }
      guard state.channels.count < limits.connections else {
        return Refusal(.tooManyConnections, "\(limits.connections) connections are open")
      }
      guard address.isEmpty || ofAddress < limits.connectionsPerAddress else {
        return Refusal(.tooManyConnections, "\(limits.connectionsPerAddress) connections from this address are open")
      }
      state.channels[key] = (channel, address)
      state.perAddress[address] = ofAddress + 1
      return nil
    }
    if let refusal {
      refusals.record(refusal, from: channel.peerDescription)
      return false
    }
    channel.closeFuture.whenComplete { _ in self.closed(key) }
    return true
  }

  private func run(_ channel: any Channel, _ work: @escaping @Sendable () async -> Void) {
    let key = ObjectIdentifier(channel)
    state.withLock { state in
      state.tasks[key] = Task {
        await work()
        self.ended(key)
      }
    }
  }

  private func closed(_ key: ObjectIdentifier) {
    state.withLock { state in
      guard let (_, address) = state.channels.removeValue(forKey: key) else { return }
      let left = state.perAddress[address, default: 1] - 1
      state.perAddress[address] = left > 0 ? left : nil
      finishIfEmpty(&state)
    }
  }

  private func ended(_ key: ObjectIdentifier) {
    state.withLock { state in
      state.tasks[key] = nil
      finishIfEmpty(&state)
    }
  }

  private func finishIfEmpty(_ state: inout State) {
    if state.channels.isEmpty, state.tasks.isEmpty { state.whenEmpty?.finish() }
  }

  /// Accepts no more, lets requests under way end within `limits.drain`, then cuts them. A handler that ignores its
  /// cancellation is left behind two seconds later.
  func stop() async {
    let (empty, signal) = AsyncStream<Void>.makeStream()
    let first = state.withLock { state in
      defer { state.stopping = true }
      return !state.stopping
    }
    guard first else { return }
    let channel = listening.withLock { $0 }
    try? await channel?.close()
    if let socketPath { unlink(socketPath) }
    let open = state.withLock { state in
      state.whenEmpty = signal
      finishIfEmpty(&state)
      return state.channels.values.map(\.channel)
    }
    for channel in open { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let cut = loop.scheduleTask(in: TimeAmount(limits.drain)) {
      let (channels, tasks) = self.state.withLock { ($0.channels.values.map(\.channel), Array($0.tasks.values)) }
      tasks.forEach { $0.cancel() }
      channels.forEach { $0.close(promise: nil) }
    }
    let leave = loop.scheduleTask(in: TimeAmount(limits.drain) + .seconds(2)) { signal.finish() }
    for await _ in empty {}
    cut.cancel()
    leave.cancel()
  }

  var openConnections: Int { state.withLock { $0.channels.count } }
}

extension Channel {
  /// `127.0.0.1:1234`, or `local`.
  var peerDescription: String {
    guard let address = remoteAddress, let host = address.ipAddress else { return "local" }
    return address.port.map { "\(host):\($0)" } ?? host
  }
}
