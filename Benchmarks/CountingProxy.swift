import Foundation
import NodeProcesses
import Synchronization

/// Passes connections of this machine on to another port, and counts: what two nodes really say to each other, TLS included.
final class CountingProxy: Sendable {
  struct Count: Equatable {
    /// Both directions.
    var bytes = 0
    /// Times that the side which dialled spoke after the other, or first.
    var roundTrips = 0
  }

  private struct State {
    var count = Count()
    /// When a byte last passed.
    var last = ContinuousClock.now
    var isCut = false
    var connections: Set<Int32> = []
  }

  let port: Int
  private let target: Int
  private let listener: Int32
  private let state = Mutex(State())

  init(to target: Int) throws {
    self.target = target
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    port = try Programs.freePort()
    guard Self.withAddress(port, { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0 else {
      throw ProcessFailure("port \(port) cannot be listened on: \(String(cString: strerror(errno)))")
    }
    Thread.detachNewThread { [self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        connect(client)
      }
    }
  }

  /// Ends the proxy; connections under way end too.
  func close() {
    shutdown(listener, Int32(SHUT_RDWR))
    Glibc.close(listener)
    cut(true)
  }

  /// Cuts the link, or mends it.
  func cut(_ isCut: Bool) {
    state.withLock { state in
      state.isCut = isCut
      if isCut { for descriptor in state.connections { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }
  }

  var count: Count { state.withLock(\.count) }
  func reset() { state.withLock { $0.count = Count() } }
  var last: ContinuousClock.Instant { state.withLock(\.last) }

  private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }

  private func connect(_ client: Int32) {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let isOpen = state.withLock { state in
      guard !state.isCut, Self.withAddress(target, { Glibc.connect(server, $0, $1) }) == 0 else { return false }
      state.connections.formUnion([client, server])
      return true
    }
    guard isOpen else {
      Glibc.close(client)
      Glibc.close(server)
      return
    }
    for descriptor in [client, server] {
      var one: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }
    let connection = Connection(client: client, server: server)
    for isFromClient in [true, false] {
      Thread.detachNewThread { [self] in
        copy(connection, isFromClient: isFromClient)
        if connection.isLastEnd() {
          state.withLock { $0.connections.subtract([client, server]) }
          Glibc.close(client)
          Glibc.close(server)
        }
      }
    }
  }

  private final class Connection: Sendable {
    let client: Int32
    let server: Int32
    private let ends = Atomic<Int>(0)
    /// Whether the client spoke last.
    let clientSpeaks = Mutex(false)

    init(client: Int32, server: Int32) {
      self.client = client
      self.server = server
    }

    func isLastEnd() -> Bool { ends.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == 2 }
  }

  private func copy(_ connection: Connection, isFromClient: Bool) {
    let (from, to) =
      isFromClient ? (connection.client, connection.server) : (connection.server, connection.client)
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let length = recv(from, &buffer, buffer.count, 0)
      guard length > 0 else { break }
      let begins = connection.clientSpeaks.withLock { speaks in
        defer { speaks = isFromClient }
        return isFromClient && !speaks
      }
      state.withLock { state in
        state.count.bytes += length
        if begins { state.count.roundTrips += 1 }
        state.last = .now
      }
      guard Self.sendAll(buffer[..<length], to: to) else { break }
    }
    shutdown(to, Int32(SHUT_WR))
  }

  private static func sendAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let step = send(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, Int32(MSG_NOSIGNAL))
        guard step > 0 else { return false }
        rest = rest.dropFirst(step)
      }
      return true
    }
  }
}
