import Catalog
import Foundation
import NodeProcesses

/// Peers that are slow or down, beside a pair of nodes that know them.
///
/// Their regions come before those of the pair: wherever peers are gone through in order, these are met first.
final class BadPeers {
  enum Fault: String, CaseIterable {
    /// Was in contact, and ended: nobody listens at its port.
    case down
    /// Was in contact, and is suspended by SIGSTOP: connections are accepted, nothing is answered.
    case silent
    /// Answers what is asked of it a byte a second.
    case dripping
    /// Offers all that the sender holds, and sends it at 2 kB/s: too fast to be taken for dead.
    case trickling

    var region: String {
      switch self {
      case .down: "110000"
      case .silent: "120000"
      case .dripping: "130000"
      case .trickling: "140000"
      }
    }

    /// Part of the `lastError` that `status` shows once it is known for what it is; nil: there is none to see.
    var says: String? {
      switch self {
      case .down: "cannot be reached"
      case .silent, .dripping: "did not answer in time"
      case .trickling: nil
      }
    }
  }

  let nodes: [Fault: NodeProcess]
  /// Written once: a node that is suspended does not tell its card.
  private let cards: [Fault: String]
  private var hostile: HostileProcess?
  private let folder: String
  private let pair: NodePair
  /// Of the pair, both of which know them.
  private var clients: [NodeClient] { [pair.senderClient, pair.receiverClient] }
  /// Entries that the sender holds, and the trickling one offers.
  private let size: Int
  /// Sessions with them were stopped by `disturb(false)`.
  private var areSuspended = false

  /// Makes them; none runs.
  init(beside pair: NodePair, size: Int, in folder: String) throws {
    self.pair = pair
    self.size = size
    self.folder = folder
    nodes = Dictionary(
      uniqueKeysWithValues: try Fault.allCases.map {
        ($0, try NodeProcess(region: $0.region, name: $0.rawValue, in: folder))
      })
    cards = try nodes.mapValues { node in
      let path = node.directory + "/card.json"
      try node.writeCard(to: path)
      return Programs.text(path)
    }
  }

  deinit { for node in nodes.values { node.kill9() } }

  /// Starts them, makes them known at both nodes of the pair, and what they are. `others`: nodes that will ask them later.
  func start(others: [NodeProcess]) async throws {
    guard let dripping = nodes[.dripping], let trickling = nodes[.trickling] else { return }
    for node in nodes.values {
      for asking in [pair.sender, pair.receiver] + others {
        try asking.writeCard(to: "\(node.directory)/peers/\(asking.region).json")
      }
    }
    hostile = try HostileProcess([(dripping, .drippingHeads), (trickling, .trickledEntries)], in: folder)
    try nodes[.down]?.start()
    try nodes[.silent]?.start()
    for client in clients {
      for fault in Fault.allCases {
        try await client.addPeer(try JSONReader.value(Array(cards[fault, default: ""].utf8)))
      }
    }
    for fault in [Fault.down, .silent] {
      for client in clients {
        try await client.awaitPeer(fault.region, "to have been in contact") { $0["lastContact"] != .null }
      }
    }
    nodes[.down]?.kill9()
    try nodes[.silent]?.suspend()
  }

  /// Lays their cards where a node finds them when it starts.
  func giveCards(to node: NodeProcess) throws {
    for (fault, card) in cards {
      try card.write(toFile: "\(node.directory)/peers/\(fault.region).json", atomically: true, encoding: .utf8)
    }
  }

  /// Resumes the pair's sessions with them, or stops these.
  func disturb(_ isDisturbed: Bool) async throws {
    guard areSuspended == isDisturbed else { return }
    areSuspended = !isDisturbed
    for client in clients {
      for fault in Fault.allCases { try await client.setSuspended(areSuspended, fault.region) }
    }
  }

  // MARK: What nodes say of them

  /// Waits until both nodes of the pair say of each what it is.
  func awaitFaults() async throws {
    for client in clients {
      for fault in Fault.allCases {
        try await client.awaitPeer(fault.region, "to be seen as \(fault.rawValue)") { shows(fault, $0) }
      }
    }
    try checkProcesses()
  }

  /// Throws unless both nodes of the pair still say of each what it is, or of all that sessions with them are stopped.
  func check() async throws {
    for client in clients {
      for fault in Fault.allCases {
        let peer = try await client.peer(fault.region)
        // Requests that ended when sessions were stopped are the last that ended, if that is not long ago.
        guard areSuspended ? peer["state"]?.string == "suspended" : shows(fault, peer, orSays: "was cancelled") else {
          throw ProcessFailure("\(fault.region) is not \(fault.rawValue): \(peer.text)")
        }
      }
    }
    try checkProcesses()
  }

  /// Throws unless a node that has just met them heard what these say, and nothing of the others.
  func checkMet(at client: NodeClient) async throws {
    for fault in [Fault.down, .trickling] {
      try await client.awaitPeer(fault.region, "to be met as \(fault.rawValue)") { shows(fault, $0) }
    }
    for fault in [Fault.silent, .dripping] {
      let peer = try await client.peer(fault.region)
      guard peer["lastContact"] == .null else {
        throw ProcessFailure("\(fault.region) is not \(fault.rawValue): \(peer.text)")
      }
    }
    try checkProcesses()
  }

  private func shows(_ fault: Fault, _ peer: JSONValue, orSays: String? = nil) -> Bool {
    let error = peer["lastError"]?.string
    guard let says = fault.says else {
      // It has said that it holds everything, and whoever sees it believes so.
      return error == nil && peer["frontier"]?[pair.sender.region]?.integer ?? 0 >= Int64(size)
    }
    // Whether there ever was a contact makes no difference.
    return ["neverSynced", "unreachable"].contains(peer["state"]?.string)
      && [says, orSays].contains { words in words.map { error?.contains($0) == true } == true }
  }

  private func checkProcesses() throws {
    guard nodes[.down]?.isRunning == false, nodes[.silent]?.isSuspended == true, hostile?.isRunning == true else {
      throw ProcessFailure("the bad peers are not what they are said to be")
    }
  }
}

extension NodeClient {
  fileprivate func awaitPeer(
    _ region: String, _ what: String, until condition: (JSONValue) -> Bool
  ) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      let peer = try await peer(region)
      if condition(peer) { return }
      guard ContinuousClock.now < deadline else {
        throw ProcessFailure("waited a minute for \(region) \(what): \(peer.text)")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
