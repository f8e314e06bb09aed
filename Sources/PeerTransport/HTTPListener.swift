import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// One listening socket: accepts within bounds, runs each connection in a task of its own, and ends them all.
///
/// Where there is no room, the oldest connection whose caller has proven nothing yet makes some: who floods a node with
/// connections ends his own, while a peer's handshake takes milliseconds.
final class HTTPListener: Sendable {
  /// Tells whose connection it is, once that is proven; a refusal if that caller has enough of them.
  typealias Prove = @Sendable (_ caller: String) -> Refusal?
  /// Adds to the pipeline what a connection needs before HTTP, on its event loop, and returns who answers it.
  typealias Prepare = @Sendable (any Channel, _ prove: @escaping Prove) throws -> HTTPChannelHandler.Responder

  private struct Connection {
    let channel: any Channel
    let address: String
    /// Grows with each that is accepted.
    let number: UInt64
    /// Whose it is; nil while nothing is proven.
    var caller: String?
  }

  private struct State {
    var channels: [ObjectIdentifier: Connection] = [:]
    var accepted: UInt64 = 0
    /// Evicted, and not closed yet.
    var leaving = 0
    /// Connections that have proven nothing, by address; the others, by caller.
    var perAddress: [String: Int] = [:]
    var perCaller: [String: Int] = [:]
    var tasks: [ObjectIdentifier: Task<Void, Never>] = [:]
    var stopping = false
    var whenEmpty: AsyncStream<Void>.Continuation?

    /// nil: all that are open have proven something. Local callers have, by their socket.
    func oldestUnproven(from address: String?) -> ObjectIdentifier? {
      channels.lazy.filter { $0.value.caller == nil && !$0.value.address.isEmpty }
        .filter { address == nil || $0.value.address == address }
        .min { $0.value.number < $1.value.number }?.key
    }

    mutating func remove(_ key: ObjectIdentifier) -> (any Channel)? {
      guard let connection = channels.removeValue(forKey: key) else { return nil }
      if let caller = connection.caller {
        HTTPListener.decrement(&perCaller, caller)
      } else {
        HTTPListener.decrement(&perAddress, connection.address)
      }
      return connection.channel
    }
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
      let http = HTTP1Channel(
        responder: try prepare(channel) { [key = ObjectIdentifier(channel)] in self.prove(key, $0) },
        configuration: configuration)
      return http.setup(channel: channel, logger: logger).map { value in
        // A connection's value that nobody handles would trap: nothing may come between.
        self.run(channel) { await http.handle(value: value, logger: logger) }
      }
    } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
  }

  /// Connections on their way out, at most, beside those that are counted.
  private static let leavingMax = 64

  private func admit(_ channel: any Channel) -> Bool {
    let key = ObjectIdentifier(channel)
    // All callers of a local socket share one place: only its total is bounded.
    let address = channel.remoteAddress?.ipAddress ?? ""
    let (refusal, evicted): (Refusal?, (any Channel)?) = state.withLock { state in
      guard !state.stopping else { return (Refusal(.tooManyConnections, "this node is stopping"), nil) }
      let ofAddress = state.perAddress[address, default: 0]
      var refusal: Refusal?
      if !address.isEmpty, ofAddress >= limits.connectionsPerAddress {
        refusal = Refusal(.tooManyConnections, "\(ofAddress) connections from one address have proven nothing yet")
      } else if state.channels.count >= limits.connections {
        refusal = Refusal(.tooManyConnections, "\(state.channels.count) connections are open")
      }
      var evicted: (any Channel)?
      if refusal != nil {
        let isOfAddress = ofAddress >= limits.connectionsPerAddress
        guard state.leaving < Self.leavingMax, let oldest = state.oldestUnproven(from: isOfAddress ? address : nil)
        else { return (refusal, nil) }
        evicted = state.remove(oldest)
        state.leaving += 1
      }
      state.accepted += 1
      state.channels[key] = Connection(channel: channel, address: address, number: state.accepted)
      state.perAddress[address, default: 0] += 1
      return (refusal, evicted)
    }
    if let evicted {
      if let refusal { refusals.record(refusal, from: evicted.peerDescription) }
      evicted.closeFuture.whenComplete { _ in self.state.withLock { $0.leaving -= 1 } }
      evicted.close(promise: nil)
    } else if let refusal {
      refusals.record(refusal, from: channel.peerDescription)
      return false
    }
    channel.closeFuture.whenComplete { _ in self.closed(key) }
    return true
  }

  private func prove(_ key: ObjectIdentifier, _ caller: String) -> Refusal? {
    state.withLock { state in
      guard var connection = state.channels[key], connection.caller == nil else { return nil }
      let count = state.perCaller[caller, default: 0]
      guard count < limits.connectionsPerCaller else {
        return Refusal(.tooManyConnections, "\(count) connections of \(caller) are open")
      }
      connection.caller = caller
      state.channels[key] = connection
      state.perCaller[caller] = count + 1
      Self.decrement(&state.perAddress, connection.address)
      return nil
    }
  }

  private static func decrement(_ counts: inout [String: Int], _ key: String) {
    let left = counts[key, default: 1] - 1
    counts[key] = left > 0 ? left : nil
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
      _ = state.remove(key)
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
