import Catalog
import Cryptography
import Replication
import Simulator
import Testing
import TransparencyLog

@Suite("What is false is refused, and its sender named")
struct FaultTests {
  let own: SimulatedLog
  let jiangsu: SimulatedLog

  init() throws {
    own = try Place.log(Place.shanghai, entries: 3)
    jiangsu = try Place.log(Place.jiangsu, entries: 10)
  }

  /// What Zhejiang serves of Jiangsu's log, after it offered it truthfully.
  private func served(
    _ change: (inout ServedEntries) throws -> Void
  ) throws -> (node: TestCore, effects: [Replication.Effect]) {
    var node = try TestCore(own, [jiangsu])
    let pull = try #require(node.hear(try jiangsu.head(held: 10), from: Place.zhejiang).pulls.first)
    var entries = try jiangsu.entries(0..<4, treeSize: 10)
    try change(&entries)
    let effects = node.tell(.entriesReceived(Place.zhejiang, pull: pull.pull, entries))
    return (node, effects)
  }

  private func expectRefused(_ code: String, _ change: (inout ServedEntries) throws -> Void) throws {
    let (node, effects) = try served(change)
    #expect(effects.groups.isEmpty, "\(code)")
    #expect(node.size(of: jiangsu) == 0)
    #expect(node.error(of: Place.zhejiang)?.code == code)
    #expect(node.error(of: Place.zhejiang)?.isFault == true)
    #expect(node.state(of: Place.zhejiang) == .faulty)
    #expect(node.error(of: Place.jiangsu) == nil, "the origin signed nothing false")
    #expect(node.state(of: Place.jiangsu) == .neverSynced)
    #expect(effects.timer(of: Place.zhejiang) != nil)
  }

  @Test("Entries that do not lead to the signed root are a false proof")
  func falseProof() throws {
    try expectRefused("falseProof") { $0.frames.swapAt(0, 1) }
    try expectRefused("falseProof") { $0.frames[1] = Frame(leaf: Array("forged".utf8)) }
    try expectRefused("falseProof") { $0.consistency[0] = SHA256.hash("forged") }
    try expectRefused("falseProof") { $0.consistency.removeLast() }
    try expectRefused("falseProof") { $0.consistency = [] }
    try expectRefused("falseProof") { $0.consistency += $0.consistency }
  }

  @Test("A body that the leaf does not commit to is a false body")
  func falseBody() throws {
    try expectRefused("falseBody") {
      let body = try #require(Body(nonce: [UInt8](repeating: 1, count: Body.nonceLength), content: [1, 2, 3]))
      $0.frames[2] = Frame(leaf: $0.frames[2].leaf, body: body)
    }
    try expectRefused("falseBody") { $0.frames[2] = Frame(leaf: $0.frames[2].leaf, body: $0.frames[1].body) }
  }

  @Test("Other entries than were asked for, none, or more are no answer")
  func otherEntries() throws {
    try expectRefused("malformed") { $0.first = 1 }
    try expectRefused("malformed") { $0.frames = [] }
    try expectRefused("malformed") { $0 = try jiangsu.entries(0..<5, treeSize: 10) }
  }

  @Test("A body that is left out is no lie: the leaf proves itself")
  func missingBody() throws {
    let (node, effects) = try served { $0.frames[2] = Frame(leaf: $0.frames[2].leaf) }
    #expect(effects.groups.count == 1)
    #expect(node.error(of: Place.zhejiang) == nil)
  }

  @Test("A checkpoint by a key that is not the log's is refused, and nothing of that answer is pulled")
  func wrongKey() throws {
    var node = try TestCore(own, [jiangsu])
    let impostor = try SimulatedKeys(Place.jiangsu, federation: Place.federation, seed: 99)
    var head = try jiangsu.head(held: 10)
    head.checkpoint = try impostor.checkpoint(size: 10, root: jiangsu.root(at: 10))
    let effects = node.hear(head, from: Place.zhejiang)
    #expect(effects.pulls.isEmpty)
    #expect(node.error(of: Place.zhejiang)?.code == "falseCheckpoint")
    #expect(node.state(of: Place.zhejiang) == .faulty)
    #expect(node.error(of: Place.jiangsu) == nil)
  }

  @Test("A peer that offers well and serves badly is asked ever more rarely, and forgiven once it serves well")
  func badServer() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.zhejiang])
    var effects = node.hear(try jiangsu.head(held: 10), from: Place.zhejiang)
    var delays: [Int64] = []
    for _ in 0..<6 {
      let pull = try #require(effects.pulls.first)
      var entries = try jiangsu.entries(0..<4, treeSize: 10)
      entries.frames.swapAt(0, 1)
      let time = try #require(
        node.tell(.entriesReceived(Place.zhejiang, pull: pull.pull, entries)).timer(of: Place.zhejiang))
      delays.append(time - node.now)
      node.now = time
      node.tell(.timerFired(Place.zhejiang))
      effects = node.hear(try jiangsu.head(held: 10), from: Place.zhejiang)
      #expect(node.state(of: Place.zhejiang) == .faulty)
    }
    #expect(delays[5] > 4 * delays[0])
    let pull = try #require(effects.pulls.first)
    let entries = try jiangsu.entries(0..<4, treeSize: 10)
    #expect(node.tell(.entriesReceived(Place.zhejiang, pull: pull.pull, entries)).groups.count == 1)
    #expect(node.error(of: Place.zhejiang) == nil)
  }

  @Test("A region whose own log went back was restored from an old copy: it is told so, and its log kept")
  func rolledBack() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu], held: [Place.jiangsu: try jiangsu.held(10)])
    node.hear(try jiangsu.head(held: 7), from: Place.jiangsu)
    #expect(node.error(of: Place.jiangsu)?.code == "rolledBack")
    #expect(node.state(of: Place.jiangsu) == .faulty)
    #expect(node.size(of: jiangsu) == 10)
  }

  @Test("A relay that has less is no fault, nor an answer that was under way while more arrived")
  func notRolledBack() throws {
    var relayed = try TestCore(own, [jiangsu], dialling: [Place.zhejiang], held: [Place.jiangsu: try jiangsu.held(10)])
    relayed.hear(try jiangsu.head(held: 7), from: Place.zhejiang)
    #expect(relayed.error(of: Place.zhejiang) == nil)
    var overtaken = try TestCore(own, [jiangsu], dialling: [Place.jiangsu], held: [Place.jiangsu: try jiangsu.held(7)])
    let nudge = overtaken.tell(
      .nudgeReceived(Place.jiangsu, [try jiangsu.head(held: 10)], try jiangsu.entries(7..<10, treeSize: 10)))
    overtaken.commit(nudge.groups[0])
    overtaken.hear(try jiangsu.head(held: 7), from: Place.jiangsu)
    #expect(overtaken.error(of: Place.jiangsu) == nil)
  }

  @Test(
    "Two histories of one size by one key are a fork: kept as a proof, and the held branch alone is mirrored further")
  func fork() throws {
    let branch = try Place.log(Place.jiangsu, entries: 10, seed: 5)
    #expect(try branch.root(at: 10) != jiangsu.root(at: 10))
    var node = try TestCore(own, [jiangsu], held: [Place.jiangsu: try jiangsu.held(10)])
    let effects = node.hear(try branch.head(held: 10), from: Place.zhejiang)
    let proof = ForkProof(try jiangsu.checkpoint(at: 10), try branch.checkpoint(at: 10))
    let report = Replication.Effect.keepFork(jiangsu.origin, proof, from: Place.zhejiang)
    #expect(effects.contains(report))
    #expect(node.state(of: Place.jiangsu) == .forked)
    #expect(node.error(of: Place.zhejiang) == nil, "who shows a fork did nothing wrong")
    #expect(node.core.heads(of: [jiangsu.origin]).map(\.forked) == [true])
    var longer = jiangsu
    try longer.publish()
    let entries = try longer.entries(10..<11, treeSize: 11)
    let groups = node.tell(.nudgeReceived(Place.jiangsu, [try longer.head(held: 11)], entries)).groups
    #expect(groups.count == 1, "the held branch is mirrored further, for those who lean on it")
    var other = branch
    try other.publish()
    let refused = try other.entries(10..<11, treeSize: 11)
    #expect(node.tell(.nudgeReceived(Place.zhejiang, [try other.head(held: 11)], refused)).groups.isEmpty)
  }

  @Test("A peer that has more of the own log than this store says that the store is an old copy")
  func ownLogLonger() throws {
    var longer = own
    try longer.publish()
    var node = try TestCore(own, [jiangsu])
    let effects = node.hear(try longer.head(held: 4), from: Place.zhejiang)
    #expect(effects.pulls.isEmpty)
    #expect(node.error(of: Place.zhejiang)?.code == "ownLogLonger")
    #expect(node.error(of: Place.zhejiang)?.isFault == false)
  }

  @Test("That the own log was longer is not forgotten when the peer that showed it is gone, only when it is held again")
  func ownLogLongerStays() throws {
    var longer = own
    for _ in 0..<3 { try longer.publish() }
    var node = try TestCore(own, [jiangsu])
    #expect(node.core.longerOwnLog == nil)
    // A peer that holds a part of it shows the signature of all of it.
    node.hear(try longer.head(held: 2, of: 6), from: Place.zhejiang)
    node.hear(try longer.head(held: 5), from: Place.jiangsu)
    let shown = OwnLogShown(region: Place.zhejiang, head: LogHead(size: 6, root: try longer.root(at: 6)))
    #expect(node.core.longerOwnLog == shown)
    for region in [Place.zhejiang, Place.jiangsu] {
      node.tell(.timerFired(region))
      node.tell(.headsFailed(region, PeerFailure(code: "unreachable", reason: "down")))
      #expect(node.error(of: region)?.code == "unreachable")
    }
    node.tell(.peerRemoved(Place.zhejiang))
    #expect(node.core.longerOwnLog == shown)
    for size in [5, 6] as [UInt64] {
      node.tell(
        .appended(
          own.origin, edge: try longer.edge(at: size), checkpoint: try longer.checkpoint(at: size), processed: [:]))
      #expect(node.core.longerOwnLog == (size < 6 ? shown : nil))
    }
  }

  @Test("A head of the own log that its key did not sign says nothing")
  func ownLogForged() throws {
    var node = try TestCore(own, [jiangsu])
    let impostor = try SimulatedKeys(Place.shanghai, federation: Place.federation, seed: 99)
    let head = Head(
      origin: own.origin, checkpoint: try impostor.checkpoint(size: 9, root: .zero), held: 9, processed: 9)
    node.hear(head, from: Place.zhejiang)
    #expect(node.core.longerOwnLog == nil)
    #expect(node.state(of: Place.zhejiang) == .faulty)
  }

  @Test("A peer has answered once its last page is here, or once it could not be asked")
  func answered() throws {
    var node = try TestCore(own, [jiangsu])
    let head = try jiangsu.head(held: 0, of: 10)
    #expect(!node.core.hasAnswered(Place.jiangsu) && !node.core.hasAnswered(Place.zhejiang))
    node.hear(head, from: Place.jiangsu, more: true)
    #expect(!node.core.hasAnswered(Place.jiangsu))
    node.hear(head, from: Place.jiangsu, cursor: "1-2")
    #expect(node.core.hasAnswered(Place.jiangsu))
    node.tell(.headsFailed(Place.zhejiang, PeerFailure(code: "unreachable", reason: "down")))
    #expect(node.core.hasAnswered(Place.zhejiang))
  }

  @Test("Sizes at the edge of what a log can have are counted without a trap")
  func absurdSizes() throws {
    let logs = try ["320000", "330000", "340000", "350000"].compactMap(RegionCode.init).map {
      try Place.log($0, entries: 1)
    }
    var node = try TestCore(own, logs, dialling: [Place.jiangsu])
    let size = UInt64.max
    let heads = try logs.map {
      Head(
        origin: $0.origin, checkpoint: try $0.keys.checkpoint(size: size, root: .zero), held: size, processed: size)
    }
    let effects = node.tell(.headsReceived(Place.jiangsu, HeadsAnswer(cursor: "1-1", heads: heads)))
    #expect(effects.pulls.count == 1)
    #expect(node.core.report(of: Place.jiangsu)?.behind == .max)
    let pull = effects.pulls[0]
    node.tell(.entriesReceived(Place.jiangsu, pull: pull.pull, try logs[0].entries(0..<1, treeSize: 1)))
    #expect(node.error(of: Place.jiangsu)?.code == "falseProof")
  }
}
