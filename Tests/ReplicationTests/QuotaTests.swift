import Catalog
import Replication
import Simulator
import Testing
import TransparencyLog

@Suite("A log is taken within its quota, and no slower than its fastest server")
struct QuotaTests {
  let own: SimulatedLog
  var jiangsu: SimulatedLog

  init() throws {
    own = try Place.log(Place.shanghai, entries: 1)
    jiangsu = try Place.log(Place.jiangsu, entries: 10)
  }

  /// Answers a pull and writes what came of it; the effects of both.
  private func serve(_ pull: TestPull, _ node: inout TestCore) throws -> [Replication.Effect] {
    let received = node.tell(
      .entriesReceived(
        pull.region, pull: pull.pull, try jiangsu.entries(pull.range, treeSize: pull.treeSize)))
    return try received + node.commit(#require(received.groups.first))
  }

  @Test("What is over the day's quota is taken on the next day, the same entries in the same order")
  func laterNeverDifferently() throws {
    var node = try TestCore(
      own, [jiangsu], dialling: [Place.jiangsu], quota: Quota(entriesPerDay: 6, bytesPerDay: 1 << 30))
    var effects = node.hear(try own.head(held: 1), try jiangsu.head(held: 10), from: Place.jiangsu)
    #expect(effects.pulls.map(\.range) == [0..<4])
    effects = try serve(#require(effects.pulls.first), &node)
    #expect(effects.pulls.map(\.range) == [4..<6])
    effects = try serve(#require(effects.pulls.first), &node)
    #expect(effects.pulls.isEmpty)
    #expect(node.state(of: Place.jiangsu) == .throttled && node.error(of: Place.jiangsu)?.code == "throttled")
    #expect(node.core.report(of: Place.jiangsu)?.behind == 4)
    #expect(node.core.outstanding(of: Place.jiangsu)[jiangsu.origin] == 6, "nobody waits for what comes tomorrow")
    let nudged = node.tell(
      .nudgeReceived(Place.jiangsu, [try jiangsu.head(held: 10)], try jiangsu.entries(6..<10, treeSize: 10)))
    #expect(nudged.groups.isEmpty && nudged.pulls.isEmpty)
    node.now += 24 * 3600 * 1000
    effects = node.tell(.timerFired(Place.jiangsu))
    #expect(effects.pulls.map(\.range) == [6..<10])
    _ = try serve(#require(effects.pulls.first), &node)
    #expect(node.core.held(jiangsu.origin)?.edge == (try jiangsu.edge(at: 10)))
    node.hear(try own.head(held: 1), try jiangsu.head(held: 10), from: Place.jiangsu)
    #expect(node.state(of: Place.jiangsu) == .inSync && node.error(of: Place.jiangsu) == nil)
  }

  @Test("Bytes count as well; one log over its quota holds up no other")
  func bytes() throws {
    let zhejiang = try Place.log(Place.zhejiang, entries: 3)
    var node = try TestCore(
      own, [jiangsu, zhejiang], dialling: [Place.jiangsu], quota: Quota(entriesPerDay: 100, bytesPerDay: 1))
    let effects = node.hear(try jiangsu.head(held: 10), try zhejiang.head(held: 3), from: Place.jiangsu)
    let next = try serve(#require(effects.pulls.first), &node)
    #expect(next.pulls.map(\.origin) == [zhejiang.origin])
    #expect(node.state(of: Place.jiangsu) == .throttled)
    #expect(node.state(of: Place.zhejiang) == nil, "zhejiang is no peer here")
  }

  @Test("A body that a frame leaves out counts as much as one that it brings: it is asked for later")
  func strippedBodies() throws {
    let frames = try jiangsu.entries(0..<1, treeSize: 10).frames
    let whole = UInt64(frames[0].encodedLength)
    for strips in [false, true] {
      var node = try TestCore(
        own, [jiangsu], dialling: [Place.jiangsu], quota: Quota(entriesPerDay: 100, bytesPerDay: whole))
      let pull = try #require(node.hear(try jiangsu.head(held: 10), from: Place.jiangsu).pulls.first)
      var answer = try jiangsu.entries(0..<1, treeSize: 10)
      if strips { answer.frames = frames.map { Frame(leaf: $0.leaf) } }
      let received = node.tell(.entriesReceived(Place.jiangsu, pull: pull.pull, answer))
      let group = try #require(received.groups.first)
      #expect(group.byteCount == Int(whole))
      #expect(node.commit(group).pulls.isEmpty && node.state(of: Place.jiangsu) == .throttled)
    }
  }

  @Test("What the store notes of a day's quota counts after a restart, on that day alone")
  func restart() throws {
    let quota = Quota(entriesPerDay: 4, bytesPerDay: 1 << 30)
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu], quota: quota)
    let pull = try #require(node.hear(try jiangsu.head(held: 10), from: Place.jiangsu).pulls.first)
    let received = node.tell(
      .entriesReceived(Place.jiangsu, pull: pull.pull, try jiangsu.entries(pull.range, treeSize: pull.treeSize)))
    let noted = try #require(received.groups.first?.taken)
    #expect(noted.entries == 4)
    var held = try jiangsu.held(4)
    held.taken = noted
    node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu], held: [Place.jiangsu: held], quota: quota)
    #expect(node.hear(try jiangsu.head(held: 10), from: Place.jiangsu).pulls.isEmpty)
    #expect(node.state(of: Place.jiangsu) == .throttled)
    node.now += Quota.dayMilliseconds
    #expect(node.tell(.timerFired(Place.jiangsu)).pulls.map(\.range) == [4..<8])
  }

  @Test("What a full disk did not take does not count")
  func failedCommit() throws {
    var node = try TestCore(
      own, [jiangsu], dialling: [Place.jiangsu], quota: Quota(entriesPerDay: 4, bytesPerDay: 1 << 30))
    for _ in 0..<3 {
      let effects = node.hear(try jiangsu.head(held: 10), from: Place.jiangsu)
      let pull = try #require(effects.pulls.first)
      #expect(pull.range == 0..<4)
      node.tell(
        .entriesReceived(Place.jiangsu, pull: pull.pull, try jiangsu.entries(pull.range, treeSize: pull.treeSize)))
      node.tell(.commitFailed(jiangsu.origin, reason: "the disk is full"))
      node.tell(.timerFired(Place.jiangsu))
    }
  }

  @Test("A peer that has a log and serves it slowly is not waited for by another that has it")
  func slowServer() throws {
    var node = try TestCore(own, [jiangsu])
    let first = try #require(node.hear(try jiangsu.head(held: 4), from: Place.jiangsu).pulls.first)
    #expect(node.hear(try jiangsu.head(held: 4), from: Place.zhejiang).pulls.isEmpty)
    node.now += 4_999
    #expect(node.tell(.contacted(Place.zhejiang)).pulls.isEmpty)
    node.now += 1
    let second = try #require(node.tell(.contacted(Place.zhejiang)).pulls.first)
    #expect(second.region == Place.zhejiang && second.range == first.range)
    let effects = try serve(second, &node)
    #expect(node.size(of: jiangsu) == 4)
    #expect(effects.contains(.cancelEntries(Place.jiangsu, pull: first.pull)), "it is free for what only it has")
    // What the slow one brings in the end is known already, and no fault.
    let late = node.tell(
      .entriesReceived(Place.jiangsu, pull: first.pull, try jiangsu.entries(first.range, treeSize: 4)))
    #expect(late.groups.isEmpty && node.error(of: Place.jiangsu) == nil)
    // Nobody waits for it a second time, until it has served something again.
    for region in [Place.jiangsu, Place.zhejiang] {
      node.tell(.timerFired(region))
      #expect(node.hear(try jiangsu.head(held: 8), from: region).pulls.map(\.range) == [4..<8])
    }
  }
}
