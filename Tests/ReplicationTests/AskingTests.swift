import Catalog
import Replication
import Simulator
import Testing

@Suite("Asking peers for heads")
struct AskingTests {
  let own: SimulatedLog
  let jiangsu: SimulatedLog

  init() throws {
    own = try Place.log(Place.shanghai, entries: 3)
    jiangsu = try Place.log(Place.jiangsu, entries: 6)
  }

  @Test("A new peer is asked at once, for everything")
  func newPeer() throws {
    var node = try TestCore(own, [jiangsu], dialling: [])
    #expect(
      node.tell(.peerConfigured(PeerSettings(region: Place.jiangsu))) == [.requestHeads(Place.jiangsu, since: nil)])
    #expect(node.state(of: Place.jiangsu) == .neverSynced)
  }

  @Test("At most one heads request is under way per peer; what is wanted meanwhile follows its answer")
  func oneRequest() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    #expect(node.tell(.syncRequested([])).isEmpty)
    #expect(node.tell(.timerFired(Place.jiangsu)).isEmpty)
    #expect(node.core.isAsking(Place.jiangsu))
    let effects = node.hear(try own.head(held: 3), from: Place.jiangsu, cursor: "9-4")
    #expect(effects.contains(.requestHeads(Place.jiangsu, since: "9-4")))
    #expect(node.hear(from: Place.jiangsu, cursor: "9-4").asked.isEmpty)
  }

  @Test("An answer that nobody waits for does nothing")
  func unaskedAnswer() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    node.hear(from: Place.jiangsu)
    #expect(node.hear(try jiangsu.head(held: 6), from: Place.jiangsu).isEmpty)
    #expect(node.tell(.headsFailed(Place.jiangsu, PeerFailure(code: "timedOut", reason: "late"))).isEmpty)
    #expect(node.hear(try jiangsu.head(held: 6), from: Place.zhejiang).isEmpty)
  }

  @Test("After failures the next attempt comes ever later, with jitter, never past the longest; success resets it")
  func backOffGrows() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    let unreachable = PeerFailure(code: "unreachable", reason: "refuses connections")
    var nominal: Int64 = 500
    for _ in 0..<12 {
      let effects = node.tell(.headsFailed(Place.jiangsu, unreachable))
      let delay = try #require(effects.timer(of: Place.jiangsu)) - node.now
      #expect(nominal / 2...nominal ~= delay)
      nominal = min(60_000, 2 * nominal)
      node.now += delay
      #expect(node.tell(.timerFired(Place.jiangsu)).asked == [Place.jiangsu])
    }
    #expect(node.state(of: Place.jiangsu) == .neverSynced)
    #expect(node.error(of: Place.jiangsu) == unreachable)
    let rest = try #require(node.hear(try own.head(held: 3), from: Place.jiangsu).timer(of: Place.jiangsu)) - node.now
    #expect(24_000...36_000 ~= rest)
    #expect(node.error(of: Place.jiangsu) == nil)
    #expect(node.state(of: Place.jiangsu) == .inSync)
    node.tell(.timerFired(Place.jiangsu))
    let again = try #require(node.tell(.headsFailed(Place.jiangsu, unreachable)).timer(of: Place.jiangsu)) - node.now
    #expect(250...500 ~= again)
    #expect(node.state(of: Place.jiangsu) == .unreachable)
  }

  @Test("Nodes that lose a peer at one moment do not return to it at one moment")
  func jitter() throws {
    let delays = try (0..<UInt64(20)).map { seed in
      var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu], seed: seed)
      let failure = PeerFailure(code: "timedOut", reason: "did not answer")
      return try #require(node.tell(.headsFailed(Place.jiangsu, failure)).timer(of: Place.jiangsu))
    }
    #expect(Set(delays).count > 10)
  }

  @Test("A peer that speaks to this node is not waited for any longer, unless it sent something false")
  func contacted() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    #expect(node.tell(.contacted(Place.jiangsu)).isEmpty)
    node.tell(.headsFailed(Place.jiangsu, PeerFailure(code: "unreachable", reason: "down")))
    #expect(node.tell(.contacted(Place.jiangsu)).asked == [Place.jiangsu])
    node.tell(.headsFailed(Place.jiangsu, PeerFailure(code: "malformed", reason: "no protobuf", isFault: true)))
    #expect(node.tell(.contacted(Place.jiangsu)).isEmpty)
    #expect(node.state(of: Place.jiangsu) == .faulty)
  }

  @Test("A sync that somebody asks for does not wait for the back-off")
  func syncRequested() throws {
    var node = try TestCore(own, [jiangsu])
    for region in [Place.jiangsu, Place.zhejiang] {
      node.tell(.headsFailed(region, PeerFailure(code: "unreachable", reason: "down")))
    }
    #expect(node.tell(.syncRequested([Place.zhejiang])).asked == [Place.zhejiang])
    #expect(node.tell(.syncRequested([])).asked == [Place.jiangsu])
  }

  @Test("Suspended, retired, removed and undialled peers are never asked, and pulls from them are given up")
  func peersAtRest() throws {
    let standings: [PeerSettings] = [
      PeerSettings(region: Place.jiangsu, standing: .suspended(reason: "dispute")),
      PeerSettings(region: Place.jiangsu, standing: .retired), PeerSettings(region: Place.jiangsu, dialled: false),
    ]
    for (settings, state) in zip(standings, [PeerReport.State.suspended, .retired, .relayed]) {
      var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
      let pull = try #require(node.hear(try jiangsu.head(held: 6), from: Place.jiangsu).pulls.first)
      #expect(node.tell(.peerConfigured(settings)) == [.cancelEntries(Place.jiangsu, pull: pull.pull)])
      #expect(node.tell(.timerFired(Place.jiangsu)).isEmpty)
      #expect(node.tell(.syncRequested([])).isEmpty)
      #expect(
        node.tell(.entriesReceived(Place.jiangsu, pull: pull.pull, try jiangsu.entries(0..<4, treeSize: 6))).isEmpty)
      #expect(node.state(of: Place.jiangsu) == state)
      #expect(node.tell(.peerConfigured(PeerSettings(region: Place.jiangsu))).asked == [Place.jiangsu])
    }
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    node.hear(try jiangsu.head(held: 6), from: Place.jiangsu)
    #expect(node.tell(.peerRemoved(Place.jiangsu)).count == 1)
    #expect(node.tell(.timerFired(Place.jiangsu)).isEmpty)
    #expect(node.core.report(of: Place.jiangsu) == nil)
  }

  @Test("A nudge from a suspended region is not looked at")
  func suspendedNudge() throws {
    var node = try TestCore(own, [jiangsu], dialling: [])
    node.tell(.peerConfigured(PeerSettings(region: Place.jiangsu, standing: .suspended(reason: "dispute"))))
    let entries = try jiangsu.entries(0..<6, treeSize: 6)
    #expect(node.tell(.nudgeReceived(Place.jiangsu, [try jiangsu.head(held: 6)], entries)).isEmpty)
  }

  @Test("A peer that speaks no common version is told apart from one that is down")
  func versions() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    var answer = HeadsAnswer(cursor: "1-1", heads: [try jiangsu.head(held: 6)])
    answer.versions = [7, 8]
    #expect(node.tell(.headsReceived(Place.jiangsu, answer)).pulls.isEmpty)
    #expect(node.error(of: Place.jiangsu)?.code == "version")
    #expect(node.error(of: Place.jiangsu)?.reason.contains("7, 8") == true)
  }

  @Test("Pages are asked for one after another, and a peer whose pages never end is asked for the rest later")
  func endlessPages() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    for page in 1...HeadsAnswer.pagesMax {
      let effects = node.hear(try own.head(held: 3), from: Place.jiangsu, cursor: "1-\(page)", more: true)
      #expect(effects.contains(.requestHeads(Place.jiangsu, since: "1-\(page)")))
    }
    let effects = node.hear(try own.head(held: 3), from: Place.jiangsu, cursor: "1-ff", more: true)
    #expect(effects.asked.isEmpty)
    #expect(effects.timer(of: Place.jiangsu) != nil || node.core.isAsking(Place.jiangsu) == false)
    #expect(node.tell(.timerFired(Place.jiangsu)) == [.requestHeads(Place.jiangsu, since: "1-ff")])
  }

  @Test("Who lost what a peer offered asks it for everything anew, whatever was under way")
  func droppedCursor() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    let pull = try #require(node.hear(try jiangsu.head(held: 6), from: Place.jiangsu, cursor: "1-5").pulls.first)
    #expect(node.tell(.syncRequested([])) == [.requestHeads(Place.jiangsu, since: "1-5")])
    // The offer goes with the failed pull; the answer under way tells only what is new since it.
    node.tell(.entriesFailed(Place.jiangsu, pull: pull.pull, PeerFailure(code: "timedOut", reason: "did not answer")))
    node.hear(try own.head(held: 3), from: Place.jiangsu, cursor: "1-6")
    #expect(node.tell(.timerFired(Place.jiangsu)) == [.requestHeads(Place.jiangsu, since: nil)])
    #expect(node.hear(try jiangsu.head(held: 6), from: Place.jiangsu).pulls.map(\.range) == [0..<4])
  }
}
