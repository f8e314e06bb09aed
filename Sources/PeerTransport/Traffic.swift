import Synchronization

/// Bytes of HTTP, before TLS, as seen from this node.
package struct Traffic: Sendable, Equatable {
  package var received: Int
  package var sent: Int

  package init(received: Int = 0, sent: Int = 0) {
    self.received = received
    self.sent = sent
  }
}

final class TrafficCounter: Sendable {
  private let received = Atomic<Int>(0)
  private let sent = Atomic<Int>(0)

  func add(received count: Int) { received.wrappingAdd(count, ordering: .relaxed) }
  func add(sent count: Int) { sent.wrappingAdd(count, ordering: .relaxed) }
  var traffic: Traffic { Traffic(received: received.load(ordering: .relaxed), sent: sent.load(ordering: .relaxed)) }
}

/// A counter for each region that was ever admitted: bounded by the peers that were ever added.
final class TrafficLedger: Sendable {
  private let counters = Mutex<[String: TrafficCounter]>([:])

  func counter(of region: String) -> TrafficCounter {
    counters.withLock { counters in
      if let counter = counters[region] { return counter }
      let counter = TrafficCounter()
      counters[region] = counter
      return counter
    }
  }

  var traffic: [String: Traffic] { counters.withLock { $0.mapValues(\.traffic) } }
}
