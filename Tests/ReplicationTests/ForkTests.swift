import Catalog
import Cryptography
import Replication
import Simulator
import Testing
import TransparencyLog

@Suite("Forks are found, proven and spread, and nobody honest is accused")
struct ForkTests {
  let own: SimulatedLog

  init() throws { own = try Place.log(Place.shanghai, entries: 3) }

  /// Two histories of Jiangsu's log that share their first entries.
  private func branches(shared: Int, _ one: Int, _ other: Int) throws -> (SimulatedLog, SimulatedLog) {
    var first = try Place.log(Place.jiangsu, entries: shared)
    var second = first
    for _ in shared..<one { try first.publish() }
    second = second.divergent
    for _ in shared..<other { try second.publish() }
    return (first, second)
  }

  /// Answers what the core asks about branches: its store, and the peers that serve `logs`.
  private func settle(
    _ node: inout TestCore, _ effects: [Replication.Effect], store: SimulatedLog, peers: [RegionCode: SimulatedLog]
  ) throws -> [Replication.Effect] {
    var all = effects
    var queue = effects
    while !queue.isEmpty {
      let next: [Replication.Effect]
      switch queue.removeFirst() {
      case .readBranch(let region, let origin, let from, let to):
        next = node.tell(.branchRead(region, origin, size: from, try store.branch(from: from, to: to)))
      case .requestBranch(let region, let origin, let from, let to):
        let log = try #require(peers[region])
        next = node.tell(.branchReceived(region, origin, try log.branch(from: from, to: to)))
      case .requestEntries(let region, let pull, _, let from, let to, let size):
        let log = try #require(peers[region])
        next = node.tell(.entriesReceived(region, pull: pull, try log.entries(from..<to, treeSize: size)))
      default: next = []
      }
      queue += next
      all += next
    }
    return all
  }

  private func expectFork(
    _ node: TestCore, _ effects: [Replication.Effect], of log: SimulatedLog, shared: UInt64?,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let proofs = effects.compactMap { effect -> ForkProof? in
      if case .keepFork(log.origin, let proof, _) = effect { proof } else { nil }
    }
    #expect(proofs.count == 1, sourceLocation: sourceLocation)
    try proofs.first?.check(key: log.keys.identity.key)
    #expect(node.state(of: Place.jiangsu) == .forked, sourceLocation: sourceLocation)
    #expect(
      node.error(of: Place.zhejiang) == nil, "who shows a fork does nothing wrong", sourceLocation: sourceLocation)
    #expect(node.core.fork(of: log.origin)?.shared?.size == shared, sourceLocation: sourceLocation)
    #expect(node.core.heads(of: [log.origin]).map(\.forked) == [true], sourceLocation: sourceLocation)
  }

  @Test("Branches of any sizes are proven at the first head, and the size where they part is found")
  func anySizes() throws {
    for shared in [0, 1, 4, 5, 7] {
      for one in (shared + 1)...9 {
        for other in (shared + 1)...9 {
          let (held, shown) = try branches(shared: shared, one, other)
          var node = try TestCore(
            own, [held], dialling: [Place.jiangsu, Place.zhejiang],
            held: [Place.jiangsu: try held.held(UInt64(one))], groupEntries: 16)
          let first = node.hear(try shown.head(held: UInt64(other)), from: Place.zhejiang)
          let effects = try settle(&node, first, store: held, peers: [Place.zhejiang: shown])
          #expect(effects.groups.isEmpty)
          try expectFork(node, effects, of: held, shared: UInt64(shared))
          let report = try #require(node.core.fork(of: held.origin))
          #expect(report.other == [Place.zhejiang] && report.held.isEmpty)
        }
      }
    }
  }

  @Test("A node that held a part of one branch and took the rest of another finds the fork once it can")
  func halfHeld() throws {
    let (one, other) = try branches(shared: 6, 10, 12)
    var node = try TestCore(
      own, [one], dialling: [Place.zhejiang, Place.jiangsu], held: [Place.jiangsu: try one.held(4, of: 10)],
      groupEntries: 16)
    node.hear(try one.head(held: 4, of: 10), from: Place.zhejiang)
    let pull = node.hear(try other.head(held: 12), from: Place.jiangsu)
    let effects = try settle(&node, pull, store: other, peers: [Place.jiangsu: other, Place.zhejiang: one])
    let group = try #require(effects.groups.first)
    #expect(!effects.contains { if case .keepFork = $0 { true } else { false } }, "nothing contradicts yet")
    let more = try settle(&node, node.commit(group), store: other, peers: [Place.jiangsu: other, Place.zhejiang: one])
    try expectFork(node, more, of: one, shared: 4)
  }

  @Test("The proof spreads: who is told of a fork fetches it, checks it, and tells it on, restart or not")
  func spreads() throws {
    let (held, other) = try branches(shared: 4, 6, 7)
    let proof = ForkProof(
      smaller: try held.checkpoint(at: 6), larger: try other.checkpoint(at: 7), branchRoot: try other.root(at: 6),
      hashes: try other.consistency(from: 6, to: 7))
    var node = try TestCore(own, [held], held: [Place.jiangsu: try held.held(6)])
    var head = try held.head(held: 6)
    head.forked = true
    let effects = node.hear(head, from: Place.zhejiang)
    #expect(effects.contains(.requestFork(Place.zhejiang, held.origin)))
    let kept = node.tell(.forkReceived(Place.zhejiang, held.origin, proof))
    #expect(kept.contains(.keepFork(held.origin, proof, from: Place.zhejiang)))
    #expect(node.core.heads(since: nil).heads.first { $0.origin == held.origin }?.forked == true)
    var stored = try held.held(6)
    stored.fork = proof
    let restarted = try TestCore(own, [held], held: [Place.jiangsu: stored])
    #expect(restarted.state(of: Place.jiangsu) == .forked)
    #expect(restarted.core.fork(of: held.origin)?.proof == proof)
  }

  @Test("Nobody waits for what a cut leaves out, of a forked log either")
  func outstandingBehindACut() throws {
    let (jiangsu, other) = try branches(shared: 2, 3, 3)
    var node = try TestCore(own, [jiangsu], held: [Place.jiangsu: jiangsu.held(3)])
    _ = try settle(
      &node, node.hear(try other.head(held: 3), from: Place.zhejiang), store: jiangsu, peers: [Place.zhejiang: other])
    #expect(node.core.fork(of: jiangsu.origin) != nil)
    #expect(node.core.outstanding(of: Place.zhejiang)[jiangsu.origin] == 3)
    var identity = jiangsu.keys.identity
    identity.cut = 2
    node.tell(.logOpened(identity, try jiangsu.held(3)))
    #expect(node.core.outstanding(of: Place.zhejiang)[jiangsu.origin] ?? 2 == 2)
  }

  @Test("A false proof of a fork accuses its sender alone")
  func falseFork() throws {
    let held = try Place.log(Place.jiangsu, entries: 6)
    var longer = held
    try longer.publish()
    let impostor = try SimulatedKeys(Place.jiangsu, federation: Place.federation, seed: 99)
    let lies = [
      ForkProof(try held.checkpoint(at: 6), try impostor.checkpoint(size: 6, root: SHA256.hash("forged"))),
      ForkProof(
        smaller: try held.checkpoint(at: 6), larger: try longer.checkpoint(at: 7), branchRoot: SHA256.hash("forged"),
        hashes: try longer.consistency(from: 6, to: 7)),
      ForkProof(try held.checkpoint(at: 6), try held.checkpoint(at: 6)),
    ]
    for lie in lies {
      var node = try TestCore(own, [held], held: [Place.jiangsu: try held.held(6)])
      var head = try held.head(held: 6)
      head.forked = true
      node.hear(head, from: Place.zhejiang)
      let effects = node.tell(.forkReceived(Place.zhejiang, held.origin, lie))
      #expect(!effects.contains { if case .keepFork = $0 { true } else { false } })
      #expect(node.error(of: Place.zhejiang)?.code == "falseFork")
      #expect(node.state(of: Place.zhejiang) == .faulty)
      #expect(node.state(of: Place.jiangsu) != .forked)
      #expect(node.core.fork(of: held.origin) == nil)
    }
  }

  @Test(
    "A relay that serves false entries and lies about the branch is faulty, and the honest log takes more from others")
  func lyingRelay() throws {
    var jiangsu = try Place.log(Place.jiangsu, entries: 6)
    let held = try jiangsu.held(6)
    for _ in 0..<4 { try jiangsu.publish() }
    let honest = try jiangsu.branch(from: 6, to: 10)
    let lies = [
      honest, BranchProof(root: SHA256.hash("x"), hashes: honest.hashes), BranchProof(root: honest.root, hashes: []),
      BranchProof(root: SHA256.hash("x"), hashes: Array(honest.hashes.dropFirst())),
      BranchProof(root: SHA256.hash("x"), hashes: honest.hashes.map { _ in SHA256.hash("y") }),
    ]
    for lie in lies {
      var node = try TestCore(own, [jiangsu], held: [Place.jiangsu: held])
      let pull = try #require(node.hear(try jiangsu.head(held: 10), from: Place.zhejiang).pulls.first)
      var entries = try jiangsu.entries(6..<10, treeSize: 10)
      entries.frames.swapAt(0, 1)
      let asked = node.tell(.entriesReceived(Place.zhejiang, pull: pull.pull, entries))
      #expect(asked.contains(.requestBranch(Place.zhejiang, jiangsu.origin, from: 6, to: 10)))
      let effects = node.tell(.branchReceived(Place.zhejiang, jiangsu.origin, lie))
      #expect(!effects.contains { if case .keepFork = $0 { true } else { false } })
      #expect(node.error(of: Place.zhejiang)?.code == "falseProof")
      #expect(node.state(of: Place.zhejiang) == .faulty)
      #expect(node.core.fork(of: jiangsu.origin) == nil)
      let fromOrigin = try #require(node.hear(try jiangsu.head(held: 10), from: Place.jiangsu).pulls.first)
      let groups = node.tell(
        .entriesReceived(Place.jiangsu, pull: fromOrigin.pull, try jiangsu.entries(6..<10, treeSize: 10))
      ).groups
      #expect(groups.count == 1)
    }
  }

  @Test("A peer that does not answer about its branch is no liar, and is asked again later")
  func silent() throws {
    let (held, shown) = try branches(shared: 4, 6, 9)
    var node = try TestCore(own, [held], held: [Place.jiangsu: try held.held(6)], groupEntries: 16)
    let pull = try #require(node.hear(try shown.head(held: 9), from: Place.zhejiang).pulls.first)
    node.tell(.entriesReceived(Place.zhejiang, pull: pull.pull, try shown.entries(6..<9, treeSize: 9)))
    node.tell(
      .branchFailed(Place.zhejiang, held.origin, PeerFailure(code: "timedOut", reason: "did not answer")))
    #expect(node.error(of: Place.zhejiang)?.isFault == false)
    #expect(node.state(of: Place.jiangsu) != .forked)
    node.tell(.timerFired(Place.zhejiang))
    let again = try settle(
      &node, node.hear(try shown.head(held: 9), from: Place.zhejiang), store: held, peers: [Place.zhejiang: shown])
    #expect(again.contains { if case .keepFork = $0 { true } else { false } })
  }

  @Test("Of a log that the configuration cuts, nothing behind the cut is asked for")
  func cut() throws {
    let jiangsu = try Place.log(Place.jiangsu, entries: 10)
    var node = try TestCore(own, [], held: [:], groupEntries: 16)
    var identity = jiangsu.keys.identity
    identity.cut = 6
    node.tell(.logOpened(identity, try jiangsu.held(3)))
    let pull = try #require(node.hear(try jiangsu.head(held: 10), from: Place.zhejiang).pulls.first)
    #expect(pull.range == 3..<6)
    node.commit(
      try #require(
        node.tell(.entriesReceived(Place.zhejiang, pull: pull.pull, try jiangsu.entries(3..<6, treeSize: 10))).groups
          .first))
    #expect(node.hear(try jiangsu.head(held: 10), from: Place.zhejiang).pulls.isEmpty)
    #expect(node.core.report(of: Place.zhejiang)?.behind == 0)
  }
}
