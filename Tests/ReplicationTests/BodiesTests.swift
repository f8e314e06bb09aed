import Catalog
import Replication
import Simulator
import Testing

@Suite("Bodies that frames lacked")
struct BodiesTests {
  private func wanted(_ open: UInt64, _ origins: Set<RegionCode> = []) -> WantedBodies {
    var wanted = WantedBodies()
    wanted.open = open
    wanted.origins = origins
    return wanted
  }

  /// Both peers have answered once, and hold nothing new.
  private func core() throws -> TestCore {
    let (own, jiangsu) = (try Place.log(Place.shanghai, entries: 1), try Place.log(Place.jiangsu, entries: 2))
    var core = try TestCore(own, [jiangsu], held: [Place.jiangsu: jiangsu.held(2)])
    core.hear(try jiangsu.head(held: 2), from: Place.jiangsu)
    core.hear(from: Place.zhejiang)
    return core
  }

  @Test("An open body is asked of every peer, page by page, and no peer counts as in sync before it is here")
  func everyPeer() throws {
    var core = try core()
    #expect(core.state(of: Place.jiangsu) == .inSync)
    #expect(core.tell(.bodiesWanted(wanted(3))).bodiesAsked == [Place.jiangsu: nil, Place.zhejiang: nil])
    #expect(core.state(of: Place.jiangsu) == .catchingUp)
    let next = EntryName(Place.jiangsu, 1)
    #expect(
      core.tell(.bodiesReceived(Place.jiangsu, found: 0, next: next)).bodiesAsked == [Place.jiangsu: next])
    #expect(core.tell(.bodiesReceived(Place.jiangsu, found: 2, next: nil)).bodiesAsked.isEmpty)
    core.tell(.bodiesWanted(wanted(0)))
    #expect(core.state(of: Place.jiangsu) == .inSync)
  }

  @Test("Whoever had none is asked again ever more rarely, at once when somebody asks for a sync or more is wanted")
  func pauses() throws {
    var core = try core()
    core.tell(.bodiesWanted(wanted(1)))
    var polls: [Int] = []
    core.tell(.bodiesReceived(Place.zhejiang, found: 0, next: nil))
    for _ in 0..<3 {
      core.tell(.bodiesReceived(Place.jiangsu, found: 0, next: nil))
      var count = 0
      var isAsked = false
      while !isAsked, count < 100 {
        count += 1
        core.tell(.timerFired(Place.jiangsu))
        isAsked = core.hear(from: Place.jiangsu).bodiesAsked.keys.contains(Place.jiangsu)
      }
      polls.append(count)
    }
    #expect(polls == [2, 3, 5])
    core.tell(.bodiesReceived(Place.jiangsu, found: 0, next: nil))
    #expect(core.tell(.syncRequested([])).bodiesAsked.keys.contains(Place.jiangsu))
    core.tell(.bodiesReceived(Place.jiangsu, found: 0, next: nil))
    #expect(core.tell(.bodiesWanted(wanted(2))).bodiesAsked.keys.contains(Place.jiangsu))
  }

  @Test("A restricted body is asked of its origin alone, and its absence keeps nobody from being in sync")
  func restricted() throws {
    var core = try core()
    #expect(core.tell(.bodiesWanted(wanted(0, [Place.jiangsu]))).bodiesAsked == [Place.jiangsu: nil])
    #expect(core.core.isFetchingBodies(from: Place.jiangsu) && !core.core.isFetchingBodies(from: Place.zhejiang))
    #expect(core.state(of: Place.jiangsu) == .inSync)
  }

  @Test("Who sends a false body is faulty; who does not answer is asked after its back-off")
  func failures() throws {
    var core = try core()
    core.tell(.bodiesWanted(wanted(1)))
    core.tell(.bodiesFailed(Place.jiangsu, PeerFailure(code: "falseBody", reason: "sent a false body", isFault: true)))
    #expect(core.state(of: Place.jiangsu) == .faulty)
    let effects = core.tell(.bodiesFailed(Place.zhejiang, PeerFailure(code: "timedOut", reason: "no answer")))
    #expect(effects.timer(of: Place.zhejiang) != nil && effects.bodiesAsked.isEmpty)
    // Nobody waits for a second answer.
    core.tell(.bodiesFailed(Place.zhejiang, PeerFailure(code: "falseBody", reason: "late", isFault: true)))
    #expect(core.state(of: Place.zhejiang) != .faulty)
  }
}

extension [Replication.Effect] {
  /// By the peer asked, the entry behind which the page begins.
  fileprivate var bodiesAsked: [RegionCode: EntryName?] {
    reduce(into: [:]) { asked, effect in
      if case .requestBodies(let region, let after) = effect { asked[region] = .some(after) }
    }
  }
}
