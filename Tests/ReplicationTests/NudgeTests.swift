import Catalog
import Replication
import Simulator
import Testing
import TransparencyLog

@Suite("Nudges")
struct NudgeTests {
  var own: SimulatedLog
  let jiangsu: SimulatedLog

  init() throws {
    own = try Place.log(Place.shanghai, entries: 3)
    jiangsu = try Place.log(Place.jiangsu, entries: 10)
  }

  private func appended(_ log: SimulatedLog) throws -> Replication.Event {
    .appended(
      log.origin, edge: try log.edge(at: log.size), checkpoint: try log.checkpoint(at: log.size),
      processed: [log.origin: log.size])
  }

  @Test("A nudge that brings the entries is a commit; nothing is asked back")
  func withEntries() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu], held: [Place.jiangsu: try jiangsu.held(8)])
    let effects = node.tell(
      .nudgeReceived(Place.jiangsu, [try jiangsu.head(held: 10)], try jiangsu.entries(8..<10, treeSize: 10)))
    #expect(effects.groups.map(\.first) == [8])
    #expect(effects.pulls.isEmpty)
    node.commit(effects.groups[0])
    #expect(node.core.held(jiangsu.origin) == (try jiangsu.held(10)))
  }

  @Test("A nudge whose entries overlap what is held brings the rest")
  func overlapping() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu], held: [Place.jiangsu: try jiangsu.held(8)])
    let effects = node.tell(
      .nudgeReceived(Place.jiangsu, [try jiangsu.head(held: 10)], try jiangsu.entries(5..<10, treeSize: 10)))
    #expect(effects.groups.map(\.first) == [8])
    #expect(effects.groups.map(\.entries.count) == [2])
  }

  @Test("A nudge whose entries do not join, or that brings none, is a pull")
  func notJoining() throws {
    for entries in [try jiangsu.entries(8..<10, treeSize: 10), nil] {
      var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu], held: [Place.jiangsu: try jiangsu.held(6)])
      let effects = node.tell(.nudgeReceived(Place.jiangsu, [try jiangsu.head(held: 10)], entries))
      #expect(effects.groups.isEmpty)
      #expect(effects.pulls.map(\.range) == [6..<10])
    }
  }

  @Test("A nudge about what is known is nothing")
  func oldNews() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu], held: [Place.jiangsu: try jiangsu.held(10)])
    let entries = try jiangsu.entries(8..<10, treeSize: 10)
    #expect(node.tell(.nudgeReceived(Place.jiangsu, [try jiangsu.head(held: 10)], entries)).isEmpty)
    let old = node.tell(.nudgeReceived(Place.jiangsu, [try jiangsu.head(held: 7)], nil))
    #expect(
      old == [.readBranch(Place.jiangsu, jiangsu.origin, from: 7, to: 10)], "an old head may be of another history")
    #expect(node.error(of: Place.jiangsu) == nil)
  }

  @Test("Places that no log has are refused without a trap")
  func absurdPlaces() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    for first in [UInt64.max, UInt64.max - 1, UInt64(Int64.max)] {
      let entries = ServedEntries(first: first, frames: jiangsu.frames)
      #expect(node.tell(.nudgeReceived(Place.jiangsu, [try jiangsu.head(held: 10)], entries)).groups.isEmpty)
    }
  }

  @Test("An own entry nudges every peer once; what is appended while a nudge is under way follows its answer")
  mutating func ownEntries() throws {
    var node = try TestCore(own, [jiangsu])
    for region in [Place.jiangsu, Place.zhejiang] { node.hear(try own.head(held: 3), from: region) }
    try own.publish()
    let effects = node.tell(try appended(own))
    #expect(
      effects == [
        .nudge(Place.jiangsu, own.origin, from: 3), .nudge(Place.zhejiang, own.origin, from: 3),
      ])
    try own.publish()
    #expect(node.tell(try appended(own)).isEmpty)
    #expect(
      node.tell(.nudgeAnswered(Place.jiangsu, [try own.head(held: 4)])) == [.nudge(Place.jiangsu, own.origin, from: 4)])
    #expect(node.tell(.nudgeAnswered(Place.jiangsu, [try own.head(held: 5)])).isEmpty)
    #expect(node.tell(.nudgeAnswered(Place.jiangsu, [try own.head(held: 5)])).isEmpty, "nobody waits for this one")
  }

  @Test("A nudge that was lost is made good when the peer tells that it has less")
  mutating func lostNudge() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    node.hear(try own.head(held: 3), from: Place.jiangsu)
    try own.publish()
    #expect(node.tell(try appended(own)).nudged == [Place.jiangsu])
    let effects = node.tell(.nudgeFailed(Place.jiangsu, PeerFailure(code: "timedOut", reason: "did not answer")))
    node.now = try #require(effects.timer(of: Place.jiangsu))
    #expect(node.tell(.timerFired(Place.jiangsu)).asked == [Place.jiangsu])
    #expect(node.hear(try own.head(held: 3), from: Place.jiangsu).nudged == [Place.jiangsu])
  }

  @Test("A peer that is down is not nudged: it asks when it is back")
  mutating func downPeer() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    node.tell(.headsFailed(Place.jiangsu, PeerFailure(code: "unreachable", reason: "down")))
    try own.publish()
    #expect(node.tell(try appended(own)).isEmpty)
  }

  @Test("Who sends what cannot be read is named for it, asked anew from the start, and later forgiven")
  func unreadable() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    node.hear(try own.head(held: 3), from: Place.jiangsu)
    let failure = PeerFailure(code: "malformed", reason: "the nudge is no message", isFault: true)
    let effects = node.tell(.messageRefused(Place.jiangsu, failure))
    #expect(node.state(of: Place.jiangsu) == .faulty && node.error(of: Place.jiangsu) == failure)
    node.now = try #require(effects.timer(of: Place.jiangsu))
    #expect(node.tell(.timerFired(Place.jiangsu)) == [.requestHeads(Place.jiangsu, since: nil)])
    node.hear(try own.head(held: 3), from: Place.jiangsu)
    #expect(node.state(of: Place.jiangsu) == .inSync && node.error(of: Place.jiangsu) == nil)
    node.tell(.peerConfigured(PeerSettings(region: Place.jiangsu, standing: .suspended(reason: "test"))))
    node.tell(.messageRefused(Place.jiangsu, failure))
    #expect(node.error(of: Place.jiangsu) == nil, "a session that was open at its suspension says nothing any more")
  }

  @Test("A nudge is never blamed on the region whose log it is about")
  func falseNudge() throws {
    var node = try TestCore(own, [jiangsu])
    var entries = try jiangsu.entries(0..<10, treeSize: 10)
    entries.frames.swapAt(2, 3)
    let effects = node.tell(.nudgeReceived(Place.zhejiang, [try jiangsu.head(held: 10)], entries))
    #expect(effects.groups.isEmpty)
    #expect(node.error(of: Place.zhejiang)?.code == "falseProof")
    #expect(node.error(of: Place.jiangsu) == nil)
  }
}
