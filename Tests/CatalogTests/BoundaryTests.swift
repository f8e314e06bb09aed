import Catalog
import Cryptography
import Simulator
import Testing

/// Versions of a source that goes on with a frozen clock, as an observer judges them who hears of them before or after
/// the entry that contests them.
@Suite("Boundaries")
struct BoundaryTests {
  private let shanghai: TestRegion
  private let jiangsu: TestRegion
  private let zhejiang: TestRegion
  /// Shanghai is the source of 320000/x/.
  private let list: ListText
  private let version = EntryName(.shanghai, 1)

  /// Jiangsu proposes the list and knows that Shanghai signed it, but not what Shanghai publishes. All times are the
  /// same.
  init() throws {
    let regions = TestRegion.all([.shanghai, .jiangsu, .zhejiang])
    (shanghai, jiangsu, zhejiang) = (regions[0], regions[1], regions[2])
    list = try ListText.agreed("320000/x/", source: .shanghai, parties: [.shanghai, .jiangsu])
    for region in regions { try region.hold(list) }
    try jiangsu.write(.about(list, .propose))
    try shanghai.mirror(jiangsu)
    try shanghai.write(.about(list, .sign))
    try jiangsu.mirror(shanghai)
    try jiangsu.write(Leaf(.clock, time: 0))
    try shanghai.write(.publish("320000/x/1"))
  }

  /// An observer that hears of Shanghai's version when it has processed `size` entries of Jiangsu.
  private func observer(
    knowing size: Int, replicating regions: [RegionCode] = [.shanghai, .jiangsu, .zhejiang]
  ) throws -> TestRegion {
    let observer = TestRegion(.suzhou, replicating: regions)
    if regions.contains(.zhejiang) { try observer.mirror(zhejiang) }
    try observer.mirror(jiangsu, upTo: 1)
    try observer.mirror(shanghai, upTo: 1)
    try observer.mirror(jiangsu, upTo: size)
    try observer.mirror(shanghai)
    try observer.mirror(jiangsu)
    #expect(observer.verdict(version) == "applied")
    return observer
  }

  private func expectContested(replicating regions: [RegionCode] = [.shanghai, .jiangsu, .zhejiang]) throws {
    let observers = try (1...jiangsu.log.count).map { try observer(knowing: $0, replicating: regions) }
    for observer in observers {
      #expect(observer.status("320000/x/1") == .contested)
      #expect(observer.store.versionFacts == observers[0].store.versionFacts && observer.state == observers[0].state)
    }
  }

  @Test("An end in the owner's own log is a boundary, also in the millisecond of the entry before it")
  func ownEnd() throws {
    try jiangsu.write(.publish("320000/y"))
    try jiangsu.write(.about(list, .end, effective: jiangsu.now))
    try expectContested()
  }

  @Test("The owner's own signature that completes an overruling list is a boundary")
  func ownSignature() throws {
    let longer = try ListText.agreed("320000/x/1", source: .zhejiang, parties: [.jiangsu, .zhejiang])
    for region in [shanghai, jiangsu, zhejiang] { try region.hold(longer) }
    try zhejiang.write(.about(longer, .propose))
    try jiangsu.mirror(zhejiang)
    // The proposal enters the past before the signature completes the list.
    try jiangsu.write(Leaf(.clock, time: 0))
    try jiangsu.write(.about(longer, .sign))
    try expectContested()
  }

  @Test("A boundary is where a log that is not replicated here is first named, and leaves the source in doubt")
  func unreplicated() throws {
    let rival = try ListText.agreed("320000/x/", source: .zhejiang, parties: [.jiangsu, .zhejiang])
    for region in [shanghai, jiangsu, zhejiang] { try region.hold(rival) }
    try jiangsu.write(.about(rival, .sign))
    try jiangsu.write(.publish("320000/y"))
    try zhejiang.write(.publish("330000/y"))
    try jiangsu.mirror(zhejiang)
    try jiangsu.write(Leaf(.clock, time: 0))
    try expectContested(replicating: [.shanghai, .jiangsu])
  }

  @Test("A party that ends a list over and over costs others a few index steps, not one for each end")
  func manyEnds() throws {
    var costs: [Int] = []
    for count in [1, 256] {
      let tests = try BoundaryTests()
      for number in 0..<count {
        try tests.jiangsu.write(.about(tests.list, .end, effective: 900_000 - Int64(number)))
      }
      let observer = TestRegion(.suzhou, replicating: [.shanghai, .jiangsu, .zhejiang])
      try observer.mirror(tests.jiangsu, upTo: 1)
      try observer.mirror(tests.shanghai, upTo: 1)
      try observer.mirror(tests.jiangsu)
      let before = observer.store.lookUpCount
      try observer.mirror(tests.shanghai)
      costs.append(observer.store.lookUpCount - before)
      #expect(observer.status("320000/x/1") == .standing, "no end has taken effect")
    }
    #expect(costs[1] < costs[0] + 100, "\(costs)")
  }

  @Test("The first of many ends that takes effect is the boundary, wherever it stands among them")
  func endInForce() throws {
    for number in 0..<5 {
      try jiangsu.write(.about(list, .end, effective: number < 3 ? 900_000 - Int64(number) : jiangsu.now))
    }
    try jiangsu.write(.publish("320000/y"))
    try expectContested()
  }

  @Test("What the owner saw in time is not contested by a later end")
  func seen() throws {
    try jiangsu.mirror(shanghai)
    try jiangsu.write(Leaf(.clock, time: 0))
    try jiangsu.write(.about(list, .end, effective: jiangsu.now))
    for size in 1...jiangsu.log.count {
      #expect(try observer(knowing: size).status("320000/x/1") == .standing)
    }
  }

  @Test("A contested version that a later one replaced counts once it is accepted: what it supersedes is replaced too")
  func acceptedWhenReplaced() throws {
    let id = "320000/x/2"
    let regions = TestRegion.all([.shanghai, .jiangsu])
    let (source, owner) = (regions[0], regions[1])
    for region in regions { try region.hold(list) }
    let theirs = try owner.write(.publish(id))
    try owner.write(.about(list, .propose))
    try source.mirror(owner)
    try source.write(.about(list, .sign))
    try owner.write(.about(list, .end, effective: owner.now))
    // Supersedes what the owner published; the next one supersedes nothing by name.
    let first = try source.write(.publish(id), superseding: .exactly([theirs]))
    let second = try source.write(.publish(id), superseding: .exactly([]))
    try owner.mirror(source)
    #expect(owner.shown(id) == theirs)
    let resource = try #require(ResourceID(id))
    #expect(owner.store.standing(of: resource)?.contested == [first, second])
    try owner.write(.naming([second], .accept, id: id))
    #expect(owner.status(id) == .disputed)
    try owner.write(.naming([first], .accept, id: id))
    #expect(owner.status(id) == .standing && owner.shown(id) == second)
  }

  @Test("Of several successors in doubt the one named last in the past is what a verdict waits for")
  func successorsInDoubt() throws {
    let anhui = try #require(RegionCode("340000"))
    let regions = TestRegion.all([.shanghai, .jiangsu, .zhejiang, anhui])
    for region in regions { try region.hold(list) }
    let successors = try [RegionCode.zhejiang, anhui].map { third in
      try ListText.agreed(
        "310000/z/", source: .shanghai, parties: [.shanghai, .jiangsu, third], replaces: list.digest)
    }
    for region in regions { for text in successors { try region.hold(text) } }
    let (source, owner) = (regions[0], regions[1])
    for third in regions.dropFirst(2) {
      try third.write(.publish("\(third.code)/a"))
      try source.mirror(third)
    }
    try owner.write(.about(list, .propose))
    for text in successors { try owner.write(.about(text, .sign)) }
    try source.mirror(owner)
    try source.write(.about(list, .sign))
    for text in successors { try source.write(.about(text, .sign)) }
    let foreign = try source.write(.publish("320000/x/1"))
    let observer = TestRegion(.suzhou, replicating: [.shanghai, .jiangsu])
    try observer.mirror(owner)
    try observer.mirror(source)
    #expect(observer.verdict(foreign) == "unjudged(340000)")
  }
}
