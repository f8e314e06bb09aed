import Catalog
import Cryptography
import Replication
import TransparencyLog

/// What must hold at the end of a simulation, whatever happened on the way.
extension Simulation {
  /// Every node has every entry, and all of it is judged.
  var isConverged: Bool {
    nodes.allSatisfy { node in
      node.isUp && node.disk.isEmpty && node.store.wanted.isEmpty && node.store.configuration == node.wanted
        && nodes.allSatisfy { other in
          let state = node.store.logState(other.region)
          return state.processed == state.held && state.held == other.store.logState(other.region).held
        }
    }
  }

  func check() {
    guard violations.isEmpty else { return }
    if !isConverged {
      violations.append("the nodes did not become one: " + nodes.map(situation).joined(separator: "; "))
    }
    do {
      try checkOneState()
      for node in nodes {
        checkNothingLost(of: node)
        checkNothingTwice(at: node)
        checkMirrors(of: node)
        checkTrespasses(of: node)
        try checkReplay(of: node)
      }
    } catch { violations.append("a check failed: \(error)") }
  }

  /// After each write: what a node states in its own clock never goes back, and all that it names is here, on its branch.
  func checkClock(of node: SimulatedNode) throws {
    let store = node.store
    for region in store.configuration.replicated {
      let processed = store.logState(region).processed
      if processed < node.stated[region] ?? 0 {
        violations.append("\(node.region) had processed \(node.stated[region] ?? 0) of \(region), now \(processed)")
      }
      node.stated[region] = processed
      guard processed > 0 else { continue }
      for (other, head) in store.statedClock(of: region, at: processed - 1).components
      where store.configuration.replicated.contains(other) {
        if try store.root(of: other, at: head.size) != head.root {
          violations.append("\(node.region) judged an entry of \(region) that names \(head.size) of \(other), not here")
        }
      }
    }
  }

  private func situation(_ node: SimulatedNode) -> String {
    let logs = nodes.map { other in
      let state = node.store.logState(other.region)
      return "\(other.region) \(state.processed)/\(state.held)"
    }
    let peers = node.core.reports().map {
      "\($0.region) \($0.state) behind \($0.behind) \($0.lastError.map { "(\($0.code): \($0.reason))" } ?? "")"
    }
    return "\(node.region) holds \(logs.joined(separator: ", ")); peers: \(peers.joined(separator: ", "))"
  }

  private func checkOneState() throws {
    let states = try nodes.map { node in
      [try node.store.frontier().digest.hex, node.store.stateDigest().description, node.store.configuration.digest.hex]
    }
    for (node, state) in zip(nodes, states) where state != states[0] {
      violations.append(
        "\(node.region) has frontier, state and configuration \(state), \(nodes[0].region) \(states[0])")
    }
  }

  private func checkNothingLost(of writer: SimulatedNode) {
    for (index, hash) in writer.acknowledged.sorted(by: { $0.key < $1.key }) {
      for node in nodes where node.store.entry(writer.region, index)?.leafHash != hash {
        violations.append("entry \(index) of \(writer.region) was acknowledged, and is not at \(node.region)")
      }
    }
  }

  private func checkNothingTwice(at node: SimulatedNode) {
    for log in nodes {
      let hashes = (0..<node.store.logState(log.region).held).compactMap { node.store.entry(log.region, $0)?.leafHash }
      if Set(hashes).count != hashes.count { violations.append("\(node.region) holds an entry of \(log.region) twice") }
    }
  }

  /// Byte for byte, bodies included.
  private func checkMirrors(of writer: SimulatedNode) {
    for node in nodes {
      for index in 0..<writer.store.logState(writer.region).held
      where node.store.entry(writer.region, index)?.frame != writer.store.entry(writer.region, index)?.frame {
        violations.append("entry \(index) of \(writer.region) differs at \(node.region)")
      }
    }
  }

  /// An entry outside its writer's namespace is mirrored, and refused with one verdict everywhere.
  private func checkTrespasses(of writer: SimulatedNode) {
    for index in 0..<writer.store.logState(writer.region).held {
      guard case .success(let leaf)? = writer.store.entry(writer.region, index)?.leaf, leaf.kind.isVersion else {
        continue
      }
      let due = leaf.resource?.owner == writer.region ? "applied" : "refused(namespace)"
      if due != "applied" { figures.refused += 1 }
      for node in nodes where node.store.verdict(writer.region, index)?.code != due {
        let verdict = node.store.verdict(writer.region, index)?.code ?? "none"
        violations.append("entry \(index) of \(writer.region) is \(verdict) at \(node.region), \(due) is due")
      }
    }
  }

  private func checkReplay(of node: SimulatedNode) throws {
    let outcome = try EventReplay.run(node.recording)
    if let difference = outcome.firstDifference {
      violations.append("event \(difference.event) of \(node.region) replays otherwise: \(difference)")
    }
    if outcome.events == 0 || outcome.cutBytes != 0 {
      violations.append("the recording of \(node.region) is not whole")
    }
  }

  func trace() -> Digest {
    let hash = SHA256.Incremental()
    for node in nodes { hash.update(node.recording) }
    return hash.finalize()
  }
}
