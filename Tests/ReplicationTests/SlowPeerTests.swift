import Catalog
import Replication
import Simulator
import Testing
import TransparencyLog

/// A relay that offers another's log and sends it too slowly to be of use, beside peers that are as they should be.
@Suite("Slow relays")
struct SlowPeerTests {
  let own: SimulatedLog
  let jiangsu: SimulatedLog
  /// Comes before the others wherever peers are gone through in order.
  let slow: RegionCode

  init() throws {
    own = try Place.log(Place.shanghai, entries: 3)
    jiangsu = try Place.log(Place.jiangsu, entries: 12)
    slow = try #require(RegionCode("110000"))
  }

  @Test("A region is asked for its own log at once, though a relay was first and is at it")
  func ownLogFirst() throws {
    var node = try TestCore(own, [jiangsu], dialling: [slow, Place.jiangsu])
    let head = try jiangsu.head(held: 12)
    let relayed = try #require(node.hear(head, from: slow).pulls.first)
    let pulls = node.hear(head, from: Place.jiangsu).pulls
    #expect(pulls.map(\.region) == [Place.jiangsu] && pulls.map(\.range) == [0..<4])
    // The relay is free again, and does not come before the region in what is next.
    var pull = try #require(pulls.first)
    for range in [4..<8, 8..<12] as [Range<UInt64>] {
      let effects = node.tell(
        .entriesReceived(Place.jiangsu, pull: pull.pull, try jiangsu.entries(pull.range, treeSize: 12)))
      #expect(effects.contains(.cancelEntries(slow, pull: relayed.pull)) == (range.lowerBound == 4))
      #expect(effects.pulls.map(\.region) == [Place.jiangsu] && effects.pulls.map(\.range) == [range])
      pull = try #require(effects.pulls.first)
    }
  }

  @Test("A region that was slower than a relay waits for it, as any other does")
  func slowRegion() throws {
    var node = try TestCore(own, [jiangsu], dialling: [slow, Place.jiangsu])
    let head = try jiangsu.head(held: 12)
    let relayed = try #require(node.hear(head, from: slow).pulls.first)
    let direct = try #require(node.hear(head, from: Place.jiangsu).pulls.first)
    // The relay goes on, and the region does not double each of its pulls.
    let effects = node.tell(.entriesReceived(slow, pull: relayed.pull, try jiangsu.entries(0..<4, treeSize: 12)))
    #expect(effects.contains(.cancelEntries(Place.jiangsu, pull: direct.pull)))
    #expect(effects.pulls.map(\.region) == [slow])
    #expect(node.tell(.timerFired(Place.jiangsu)).pulls.isEmpty)
  }

  @Test("Where a log comes through relays alone, who waits for a slow one is woken in time, and not held up again")
  func outdoneRelay() throws {
    var node = try TestCore(own, [jiangsu], dialling: [slow, Place.zhejiang])
    let head = try jiangsu.head(held: 12)
    #expect(node.hear(head, from: slow).pulls.map(\.region) == [slow])
    let waiting = node.hear(head, from: Place.zhejiang)
    #expect(waiting.pulls.isEmpty)
    let woken = try #require(waiting.timer(of: Place.zhejiang))
    #expect(woken <= node.now + 5_000)
    node.now = woken
    var pulls = node.tell(.timerFired(Place.zhejiang)).pulls
    for range in [0..<4, 4..<8, 8..<12] as [Range<UInt64>] {
      #expect(pulls.map(\.region) == [Place.zhejiang] && pulls.map(\.range) == [range])
      let pull = try #require(pulls.first)
      let entries = try jiangsu.entries(range, treeSize: 12)
      pulls = node.tell(.entriesReceived(Place.zhejiang, pull: pull.pull, entries)).pulls
    }
  }
}
