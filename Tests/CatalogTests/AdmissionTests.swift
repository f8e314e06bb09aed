import Catalog
import Cryptography
import Simulator
import Testing

@Suite("Admission")
struct AdmissionTests {
  @Test("A malformed leaf is held and refused, and the log goes on behind it")
  func malformed() throws {
    let (shanghai, jiangsu) = try TestRegion.pair()
    try shanghai.append(Frame(leaf: [0xFF, 0xFF]))
    try shanghai.write(.publish("310000/a"))
    let outcome = try jiangsu.mirror(shanghai)
    #expect(jiangsu.verdict(EntryName(.shanghai, 0)) == "refused(malformed)")
    #expect(jiangsu.verdict(EntryName(.shanghai, 1)) == "applied")
    #expect(outcome.refused.map(\.name) == [EntryName(.shanghai, 0)] && outcome.processed == [.shanghai: 2])
    #expect(jiangsu.state == shanghai.state)
  }

  @Test("A refusal names what a steward needs to know")
  func reasons() throws {
    let (shanghai, jiangsu) = try TestRegion.pair()
    try shanghai.append(.publish("320000/x", time: 9))
    let refusal = try #require(jiangsu.mirror(shanghai).refused.first?.refusal)
    #expect(refusal.code == .namespace)
    #expect(refusal.reason.contains("320000/x") && refusal.reason.contains("310000"))
  }

  @Test("An entry that names a list is held only with the list's text")
  func missingText() throws {
    let (shanghai, jiangsu) = try TestRegion.pair()
    let list = try ListText.agreed("320000/x/", source: .shanghai, parties: [.shanghai, .jiangsu])
    try shanghai.hold(list)
    try shanghai.write(.publish("310000/a"))
    try shanghai.write(.about(list, .propose))
    try shanghai.write(.publish("310000/b"))
    let admission = jiangsu.admission
    let first = try admission.commit(shanghai.log, of: .shanghai, texts: [list.digest: [1, 2, 3]])
    #expect(first.heldCount == 1 && first.missingText == list.digest)
    let second = try admission.commit(Array(shanghai.log[1...]), of: .shanghai, texts: [list.digest: list.bytes])
    #expect(second.heldCount == 2 && second.missingText == nil)
    #expect(jiangsu.state == shanghai.state)
  }

  @Test("A text that is no list is held, and what names it is refused")
  func textThatIsNoList() throws {
    let (shanghai, jiangsu) = try TestRegion.pair()
    let bytes: [UInt8] = [1, 2, 3]
    let digest = try jiangsu.admission.hold(listText: bytes)
    var leaf = Leaf(.propose, time: 1)
    leaf.list = digest
    try shanghai.admission.hold(listText: bytes)
    try shanghai.append(leaf)
    try jiangsu.mirror(shanghai)
    #expect(jiangsu.verdict(EntryName(.shanghai, 0)) == "refused(list)")
  }

  @Test("A clock that names a region above a replicated one, whose log is not replicated, waits for its card")
  func regionAbove() throws {
    let nation = TestRegion(.national, replicating: [.national])
    let shanghai = TestRegion(.shanghai, replicating: [.national, .shanghai])
    let suzhou = TestRegion(.suzhou, replicating: [.shanghai, .suzhou])
    try nation.write(.publish("000000/a"))
    try shanghai.mirror(nation)
    try shanghai.write(.publish("310000/a"))
    let outcome = try suzhou.mirror(shanghai)
    #expect(outcome.waiting[.shanghai] == .region(.national))
    #expect(outcome.waiting[.shanghai]?.code == "pending(region)")
    #expect(outcome.processed.isEmpty)
  }

  @Test("A clock that names a region beside the replicated ones waits for nothing")
  func regionBeside() throws {
    let zhejiang = TestRegion(.zhejiang, replicating: [.zhejiang])
    let shanghai = TestRegion(.shanghai, replicating: [.zhejiang, .shanghai])
    let jiangsu = TestRegion(.jiangsu, replicating: [.shanghai, .jiangsu])
    try zhejiang.write(.publish("330000/a"))
    try shanghai.mirror(zhejiang)
    try shanghai.write(.publish("310000/a"))
    try jiangsu.mirror(shanghai)
    #expect(jiangsu.status("310000/a") == .standing)
  }

  @Test("An entry from the future waits, and is judged when its time has come")
  func future() throws {
    let (shanghai, jiangsu) = try TestRegion.pair()
    let time = jiangsu.now + Admission.clockToleranceMilliseconds
    try shanghai.append(.publish("310000/a", time: time))
    shanghai.now = time
    try shanghai.append(.publish("310000/b", time: time + 1))
    let outcome = try jiangsu.mirror(shanghai)
    #expect(jiangsu.status("310000/a") == .standing && outcome.waiting[.shanghai] == .time(time + 1))
    jiangsu.now += 1
    #expect(try jiangsu.admission.proceed().changed.map(\.text) == ["310000/b"])
  }

  @Test("A log that waited is judged a few entries at a time")
  func judgingMax() throws {
    let (shanghai, jiangsu) = try TestRegion.pair()
    for number in 0..<7 { try shanghai.write(.publish("310000/\(number)")) }
    var outcome = try jiangsu.admission.commit(shanghai.log, of: .shanghai, judgingMax: 3)
    #expect(outcome.heldCount == 7 && outcome.judgedCount == 3 && outcome.isExhausted)
    outcome = try jiangsu.admission.proceed(judgingMax: 3)
    #expect(outcome.processed == [.shanghai: 6] && outcome.isExhausted)
    outcome = try jiangsu.admission.proceed(judgingMax: 3)
    #expect(outcome.judgedCount == 1 && !outcome.isExhausted && outcome.waiting.isEmpty)
    #expect(jiangsu.state == shanghai.state)
  }

  @Test("Entries at or past a cut are passed over")
  func cut() throws {
    let shanghai = TestRegion(.shanghai, replicating: [.shanghai])
    for number in 0..<4 { try shanghai.write(.publish("310000/\(number)")) }
    let root = try #require(try shanghai.store.root(of: .shanghai, at: 2))
    let jiangsu = TestRegion(
      .jiangsu, replicating: [.shanghai, .jiangsu], cuts: [.shanghai: LogHead(size: 2, root: root)])
    #expect(try jiangsu.mirror(shanghai).heldCount == 2)
    #expect(try jiangsu.mirror(shanghai).heldCount == 0)
    #expect(jiangsu.status("310000/1") == .standing && jiangsu.status("310000/2") == nil)
  }

  // MARK: - Kinds whose effects are elsewhere

  @Test("Entries are recalled by their own log, versions also by the id's own region, and by nobody else")
  func recall() throws {
    let regions = TestRegion.all([.shanghai, .jiangsu, .zhejiang])
    let (shanghai, jiangsu, zhejiang) = (regions[0], regions[1], regions[2])
    let own = try shanghai.write(.publish("310000/a"))
    try shanghai.append(.publish("320000/b", time: 1001))
    let foreign = EntryName(.shanghai, 1)
    for other in [jiangsu, zhejiang] { try other.mirror(shanghai) }
    try shanghai.write(.naming([own, foreign], .recall))
    try jiangsu.write(.naming([foreign], .recall))
    #expect { try jiangsu.write(.naming([own], .recall)) } throws: { ($0 as? DraftRefusal)?.code == "namespace" }
    #expect { try zhejiang.write(.naming([foreign], .recall)) } throws: { ($0 as? DraftRefusal)?.code == "namespace" }
    #expect { try zhejiang.write(.naming([EntryName(.jiangsu, 0)], .recall)) } throws: {
      ($0 as? DraftRefusal)?.code == "supersedes"
    }
    #expect { try zhejiang.write(.naming([], .recall)) } throws: { ($0 as? DraftRefusal)?.code == "supersedes" }
  }

  @Test("A recall of an entry whose log is not replicated cannot be judged")
  func recallUnjudged() throws {
    let regions = TestRegion.all([.shanghai, .jiangsu])
    try regions[0].append(.publish("320000/b", time: 1000))
    try regions[1].mirror(regions[0])
    try regions[1].write(.naming([EntryName(.shanghai, 0)], .recall))
    let zhejiang = TestRegion(.zhejiang, replicating: [.jiangsu, .zhejiang])
    try zhejiang.mirror(regions[1])
    #expect(zhejiang.verdict(EntryName(.jiangsu, 0)) == "unjudged(310000)")
  }

  @Test("Only a restricted entry of one's own is granted to more recipients")
  func grant() throws {
    let (shanghai, jiangsu) = try TestRegion.pair()
    var restricted = Leaf.publish("310000/a", time: 1000)
    restricted.recipients = [.zhejiang]
    try shanghai.append(restricted)
    let open = try shanghai.write(.publish("310000/b"))
    try jiangsu.mirror(shanghai)
    let granted = EntryName(.shanghai, 0)
    #expect { try shanghai.write(.naming([open], .grant, recipients: [.jiangsu])) } throws: {
      ($0 as? DraftRefusal)?.code == "namespace"
    }
    #expect { try jiangsu.write(.naming([granted], .grant, recipients: [.jiangsu])) } throws: {
      ($0 as? DraftRefusal)?.code == "namespace"
    }
    #expect(shanghai.verdict(try shanghai.write(.naming([granted], .grant, recipients: [.jiangsu]))) == "applied")
  }

  @Test("An item is suspended by its source, the id's region and the authority; nobody else has a say")
  func suspend() throws {
    var wire = ListText.wire("320000/x/", source: .shanghai, parties: [.shanghai, .jiangsu, .zhejiang])
    wire.terms.kind = .decided
    wire.terms.authority = "000000"
    let list = try ListText(wire)
    let regions = TestRegion.all([.national, .shanghai, .jiangsu, .zhejiang, .suzhou])
    func verdict(of region: TestRegion, item: Int?) throws -> String? {
      var leaf = Leaf.about(list, .suspend)
      leaf.item = item
      try region.hold(list)
      do { return region.verdict(try region.write(leaf)) } catch let refusal as DraftRefusal { return refusal.code }
    }
    #expect(try regions.map { try verdict(of: $0, item: 0) } == ["applied", "applied", "applied", "party", "party"])
    #expect(
      try regions.map { try verdict(of: $0, item: nil) } == ["applied", "applied", "applied", "applied", "party"])
    #expect(try regions.map { try verdict(of: $0, item: 1) } == ["applied", "party", "party", "party", "party"])
  }
}
