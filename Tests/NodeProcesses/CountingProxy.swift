import Foundation
import Synchronization

/// Passes connections of this machine on to another port, and counts: what two nodes really say to each other, TLS included.
package final class CountingProxy: Sendable {
  package struct Count: Equatable, Sendable {
    /// Both directions.
    package var bytes = 0
    /// From the side that was dialled.
    package var answered = 0
    /// Times that the side which dialled spoke after the other, or first.
    package var roundTrips = 0
  }

  private struct State {
    var count = Count()
    /// When a byte last passed.
    var last = ContinuousClock.now
    var isCut = false
    /// The link is cut once this much was answered.
    var answeredMax = Int.max
    var connections: Set<Int32> = []
  }

  package let port: Int
  private let target: Int
  private let listener: Int32
  private let state = Mutex(State())

  package init(to target: Int) throws {
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
  package func close() {
    shutdown(listener, Int32(SHUT_RDWR))
    Glibc.close(listener)
    cut(true)
  }

  /// Cuts the link, or mends it.
  package func cut(_ isCut: Bool) {
    state.withLock { state in
      state.answeredMax = .max
      Self.cut(isCut, &state)
    }
  }

  /// Cuts the link once the side that is dialled has said this much more.
  package func cut(afterAnswered bytes: Int) { state.withLock { $0.answeredMax = $0.count.answered + bytes } }

  private static func cut(_ isCut: Bool, _ state: inout State) {
    state.isCut = isCut
    if isCut { for descriptor in state.connections { shutdown(descriptor, Int32(SHUT_RDWR)) } }
  }

  package var isCut: Bool { state.withLock(\.isCut) }
  package var count: Count { state.withLock(\.count) }
  package func reset() { state.withLock { $0.count = Count() } }
  package var last: ContinuousClock.Instant { state.withLock(\.last) }

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
        if !isFromClient { state.count.answered += length }
        if state.count.answered >= state.answeredMax { Self.cut(true, &state) }
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
