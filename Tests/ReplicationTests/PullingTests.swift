import Catalog
import Replication
import Simulator
import Testing
import TransparencyLog

@Suite("Pulling entries")
struct PullingTests {
  let own: SimulatedLog
  let jiangsu: SimulatedLog
  let zhejiang: SimulatedLog

  init() throws {
    own = try Place.log(Place.shanghai, entries: 3)
    jiangsu = try Place.log(Place.jiangsu, entries: 10)
    zhejiang = try Place.log(Place.zhejiang, entries: 5)
  }

  @Test("Heads lead to a pull, proven entries to a commit, the commit to the next pull, until all is held")
  func wholeLog() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    var effects = node.hear(try jiangsu.head(held: 10), from: Place.jiangsu)
    for range in [0..<4, 4..<8, 8..<10] as [Range<UInt64>] {
      let pull = try #require(effects.pulls.first)
      #expect(
        pull == TestPull(region: Place.jiangsu, pull: pull.pull, origin: jiangsu.origin, range: range, treeSize: 10))
      effects = node.tell(.entriesReceived(Place.jiangsu, pull: pull.pull, try jiangsu.entries(range, treeSize: 10)))
      let group = try #require(effects.groups.first)
      #expect(group.first == range.lowerBound)
      #expect(group.entries.map(\.frame) == Array(jiangsu.frames[Int(range.lowerBound)..<Int(range.upperBound)]))
      #expect(group.edge == (try jiangsu.edge(at: range.upperBound)))
      #expect(group.consistency == (try jiangsu.consistency(from: range.upperBound, to: 10)))
      #expect(node.state(of: Place.jiangsu) == .catchingUp)
      effects += node.commit(group)
      #expect(node.size(of: jiangsu) == range.upperBound)
    }
    #expect(effects.pulls.isEmpty)
    #expect(node.core.held(jiangsu.origin) == (try jiangsu.held(10)))
    #expect(node.state(of: Place.jiangsu) == .inSync)
    #expect(node.core.report(of: Place.jiangsu)?.frontier == [Place.jiangsu: 10])
  }

  @Test("At most three groups of a log wait for the disk; the next pull waits with them")
  func boundedMemory() throws {
    let jiangsu = try Place.log(Place.jiangsu, entries: 14)
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    var effects = node.hear(try jiangsu.head(held: 14), from: Place.jiangsu)
    var groups: [ProvenGroup] = []
    for range in [0..<4, 4..<8, 8..<12] as [Range<UInt64>] {
      let pull = try #require(effects.pulls.first)
      effects = node.tell(.entriesReceived(Place.jiangsu, pull: pull.pull, try jiangsu.entries(range, treeSize: 14)))
      groups += effects.groups
    }
    #expect(groups.count == 3)
    #expect(effects.pulls.isEmpty)
    #expect(node.commit(groups[0]).pulls.map(\.range) == [12..<14])
  }

  @Test("An answer may end early: the rest is pulled next")
  func shortAnswer() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    let pull = try #require(node.hear(try jiangsu.head(held: 10), from: Place.jiangsu).pulls.first)
    let effects = node.tell(.entriesReceived(Place.jiangsu, pull: pull.pull, try jiangsu.entries(0..<1, treeSize: 10)))
    #expect(effects.groups.map(\.edge.size) == [1])
    #expect(effects.pulls.map(\.range) == [1..<5])
  }

  @Test("Several peers are pulled from at once, one log from one of them")
  func manyPeers() throws {
    var node = try TestCore(own, [jiangsu, zhejiang])
    let heads = [try jiangsu.head(held: 10), try zhejiang.head(held: 5)]
    let first = node.hear(heads[0], heads[1], from: Place.jiangsu)
    #expect(first.pulls.map(\.origin) == [jiangsu.origin])
    let second = node.hear(heads[0], heads[1], from: Place.zhejiang)
    #expect(second.pulls.map(\.origin) == [zhejiang.origin])
    #expect(second.pulls.map(\.region) == [Place.zhejiang])
  }

  @Test("A peer that falls silent in a pull does not hold up the others, and its log is taken over by them")
  func silentPeer() throws {
    var node = try TestCore(own, [jiangsu, zhejiang])
    let silent = try #require(node.hear(try jiangsu.head(held: 10), from: Place.jiangsu).pulls.first)
    let other = node.hear(try jiangsu.head(held: 10), try zhejiang.head(held: 5), from: Place.zhejiang)
    let pull = try #require(other.pulls.first)
    #expect(pull.origin == zhejiang.origin)
    #expect(
      node.tell(.entriesReceived(Place.zhejiang, pull: pull.pull, try zhejiang.entries(0..<4, treeSize: 5))).groups
        .count == 1)
    let failure = PeerFailure(code: "timedOut", reason: "did not answer")
    let effects = node.tell(.entriesFailed(Place.jiangsu, pull: silent.pull, failure))
    #expect(effects.pulls.isEmpty, "Zhejiang is busy with the rest of its own log")
    let rest = try zhejiang.entries(4..<5, treeSize: 5)
    let next = node.tell(.entriesReceived(Place.zhejiang, pull: pull.pull + 1, rest))
    #expect(next.pulls.map(\.origin) == [jiangsu.origin])
    #expect(next.pulls.map(\.region) == [Place.zhejiang])
  }

  @Test("Answers to pulls that were given up, or were answered, are ignored")
  func staleAnswers() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    let pull = try #require(node.hear(try jiangsu.head(held: 10), from: Place.jiangsu).pulls.first)
    let entries = try jiangsu.entries(0..<4, treeSize: 10)
    for stale in [0, pull.pull - 1, pull.pull + 1, .max] {
      #expect(node.tell(.entriesReceived(Place.jiangsu, pull: stale, entries)).isEmpty)
    }
    #expect(node.tell(.entriesReceived(Place.zhejiang, pull: pull.pull, entries)).isEmpty)
    #expect(node.tell(.entriesReceived(Place.jiangsu, pull: pull.pull, entries)).groups.count == 1)
    #expect(node.tell(.entriesReceived(Place.jiangsu, pull: pull.pull, entries)).isEmpty)
    #expect(
      node.tell(.entriesFailed(Place.jiangsu, pull: pull.pull, PeerFailure(code: "timedOut", reason: "late"))).isEmpty)
  }

  @Test("A peer that holds part of a log serves that part, with its consistency to the checkpoint")
  func halfHeldLog() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.zhejiang])
    let effects = node.hear(try jiangsu.head(held: 7, of: 10), from: Place.zhejiang)
    let pull = try #require(effects.pulls.first)
    #expect(pull.range == 0..<4)
    #expect(pull.treeSize == 7)
    let first = node.tell(.entriesReceived(Place.zhejiang, pull: pull.pull, try jiangsu.entries(0..<3, treeSize: 7)))
    let next = try #require(first.pulls.first)
    #expect(next.range == 3..<7)
    let second = node.tell(.entriesReceived(Place.zhejiang, pull: next.pull, try jiangsu.entries(3..<7, treeSize: 7)))
    for group in first.groups + second.groups { node.commit(group) }
    #expect(node.core.held(jiangsu.origin) == (try jiangsu.held(7, of: 10)))
    #expect(node.error(of: Place.zhejiang) == nil)
  }

  @Test("A log that is not replicated here is not taken in")
  func unknownLog() throws {
    var node = try TestCore(own, [jiangsu])
    #expect(node.hear(try zhejiang.head(held: 5), from: Place.zhejiang).pulls.isEmpty)
    #expect(node.error(of: Place.zhejiang) == nil)
  }

  @Test("A log that is added later is asked for from the start")
  func addedLog() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.zhejiang])
    node.hear(try zhejiang.head(held: 5), from: Place.zhejiang, cursor: "3-3")
    node.tell(.logOpened(zhejiang.keys.identity, HeldLog()))
    #expect(node.tell(.timerFired(Place.zhejiang)) == [.requestHeads(Place.zhejiang, since: nil)])
    #expect(node.hear(try zhejiang.head(held: 5), from: Place.zhejiang).pulls.map(\.range) == [0..<4])
  }

  @Test("A write that fails loses nothing: the group is fetched and written again, at growing distances while it fails")
  func commitFailed() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    var effects = node.hear(try jiangsu.head(held: 10), from: Place.jiangsu)
    var delays: [Int64] = []
    for _ in 0..<6 {
      let pull = try #require(effects.pulls.first)
      node.tell(.entriesReceived(Place.jiangsu, pull: pull.pull, try jiangsu.entries(0..<4, treeSize: 10)))
      effects = node.tell(.commitFailed(jiangsu.origin, reason: "the disk is full"))
      #expect(node.error(of: Place.jiangsu)?.reason.contains("the disk is full") == true)
      #expect(node.size(of: jiangsu) == 0)
      // The pull that began behind the group does not join any more, and is not blamed on the peer.
      let open = node.tell(
        .entriesReceived(Place.jiangsu, pull: pull.pull + 1, try jiangsu.entries(4..<8, treeSize: 10)))
      #expect(open.groups.isEmpty)
      let time = try #require((effects + open).timer(of: Place.jiangsu))
      delays.append(time - node.now)
      node.now = time
      node.tell(.timerFired(Place.jiangsu))
      effects = node.hear(try jiangsu.head(held: 10), from: Place.jiangsu)
    }
    #expect(delays[5] > 4 * delays[0])
    let pull = try #require(effects.pulls.first)
    let group = try #require(
      node.tell(.entriesReceived(Place.jiangsu, pull: pull.pull, try jiangsu.entries(0..<4, treeSize: 10))).groups.first
    )
    node.commit(group)
    #expect(node.size(of: jiangsu) == 4)
  }

  @Test("Where the first of two groups is not written, nothing new is proven before the second's outcome is here")
  func twoGroupsFail() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    var effects = node.hear(try jiangsu.head(held: 10), from: Place.jiangsu)
    for range in [0..<4, 4..<8] as [Range<UInt64>] {
      let pull = try #require(effects.pulls.first)
      effects = node.tell(.entriesReceived(Place.jiangsu, pull: pull.pull, try jiangsu.entries(range, treeSize: 10)))
    }
    node.tell(.commitFailed(jiangsu.origin, reason: "the disk is full"))
    let nudge = Replication.Event.nudgeReceived(
      Place.jiangsu, [try jiangsu.head(held: 10)], try jiangsu.entries(0..<10, treeSize: 10))
    #expect(node.tell(nudge).groups.isEmpty)
    node.tell(.commitFailed(jiangsu.origin, reason: "does not join"))
    let groups = node.tell(nudge).groups
    #expect(groups.map(\.first) == [0])
    node.commit(groups[0])
    #expect(node.size(of: jiangsu) == 10)
  }
}
