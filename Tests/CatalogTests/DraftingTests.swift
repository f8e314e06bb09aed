import Catalog
import Cryptography
import Simulator
import Testing

@Suite("Drafting")
struct DraftingTests {
  private func code(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return (error as? DraftRefusal)?.code }
  }

  /// Shanghai is the source of Jiangsu's 320000/x/.
  private func agreed() throws -> (shanghai: TestRegion, jiangsu: TestRegion, list: ListText) {
    let (shanghai, jiangsu) = try TestRegion.pair()
    let list = try ListText.agreed("320000/x/", source: .shanghai, parties: [.shanghai, .jiangsu])
    try jiangsu.hold(list)
    try shanghai.hold(list)
    try jiangsu.write(.about(list, .propose))
    try shanghai.mirror(jiangsu)
    try shanghai.write(.about(list, .sign))
    return (shanghai, jiangsu, list)
  }

  @Test("An entry states the components that grew since the log's last entry, and only these")
  func clockChanges() throws {
    let (shanghai, jiangsu) = try TestRegion.pair()
    try jiangsu.write(.publish("320000/a"))
    try shanghai.mirror(jiangsu)
    func changes(_ region: TestRegion) throws -> [ClockChange] { try region.log.last?.leaf.get().clock ?? [] }
    try shanghai.write(.publish("310000/a"))
    let root = try #require(try jiangsu.store.root(of: .jiangsu, at: 1))
    #expect(try changes(shanghai) == [ClockChange(.jiangsu, LogHead(size: 1, root: root))])
    try shanghai.write(.publish("310000/b"))
    #expect(try changes(shanghai).isEmpty)
  }

  @Test("Above 500 changes of the clock, clock-only entries stand before the entry")
  func manyChanges() throws {
    let codes = (0..<1201).map { RegionCode(String(400_001 + $0))! }
    let own = TestRegion(.shanghai, replicating: [.shanghai] + codes)
    for code in codes {
      let other = TestRegion(code, replicating: [code])
      try other.write(.publish("\(code)/a"))
      try own.mirror(other)
    }
    let name = try own.write(.publish("310000/a"))
    #expect(name.index == 2)
    #expect(try own.log.map { try $0.leaf.get().clock.count } == [500, 500, 201])
    #expect(try own.log.map { try $0.leaf.get().kind } == [.clock, .clock, .publish])
    #expect(own.store.statedClock(of: .shanghai, at: 2).components.count == 1201)
    #expect(own.status("310000/a") == .standing)
  }

  @Test("Time never runs backwards within a log, whatever the machine's clock does")
  func time() throws {
    let (shanghai, _) = try TestRegion.pair()
    try shanghai.write(.publish("310000/a"))
    shanghai.now = 10
    let name = try shanghai.write(.publish("310000/b"))
    #expect(try shanghai.log[Int(name.index)].leaf.get().time == 1000)
    #expect(shanghai.verdict(name) == "applied")
  }

  @Test("A write that the rules would refuse is not written")
  func refused() throws {
    let (shanghai, _) = try TestRegion.pair()
    #expect(code { try shanghai.write(.publish("320000/a")) } == "namespace")
    #expect(code { try shanghai.write(.publish("310000//a")) } == "id")
    #expect(code { try shanghai.write(.naming([EntryName(.shanghai, 5)], .accept, id: "310000/a")) } == "supersedes")
    #expect(code { try shanghai.write(.publish("330000/a")) } == "namespace")
    #expect(shanghai.log.isEmpty)
  }

  @Test("A source that a list names publishes, citing the list by itself; the id's own region may not meanwhile")
  func citation() throws {
    let (shanghai, jiangsu, _) = try agreed()
    let name = try shanghai.write(.publish("320000/x/1"))
    #expect(try shanghai.log[Int(name.index)].leaf.get().cites == EntryName(.shanghai, 0))
    try jiangsu.mirror(shanghai)
    #expect(jiangsu.shown("320000/x/1") == name)
    #expect(code { try jiangsu.write(.publish("320000/x/1")) } == "namespace")
  }

  @Test("A new version supersedes what stands; one of the own log needs no name")
  func supersedes() throws {
    let (shanghai, jiangsu) = try TestRegion.pair()
    let list = try ListText.agreed("320000/x/", source: .shanghai, parties: [.shanghai, .jiangsu])
    let old = try jiangsu.write(.publish("320000/x/1"))
    for region in [shanghai, jiangsu] { try region.hold(list) }
    try jiangsu.write(.about(list, .propose))
    try shanghai.mirror(jiangsu)
    try shanghai.write(.about(list, .sign))
    let new = try shanghai.write(.publish("320000/x/1"))
    #expect(try shanghai.log[Int(new.index)].leaf.get().supersedes == [old])
    let newer = try shanghai.write(.publish("320000/x/1"))
    #expect(try shanghai.log[Int(newer.index)].leaf.get().supersedes.isEmpty)
    try jiangsu.mirror(shanghai)
    #expect(jiangsu.status("320000/x/1") == .standing && jiangsu.shown("320000/x/1") == newer)
  }

  @Test(
    "In a dispute a version says what it supersedes; an import leaves the dispute as it is; what is stale is refused")
  func disputes() throws {
    let (shanghai, jiangsu, _) = try agreed()
    let theirs = try jiangsu.write(.publish("320000/x/1"))
    let ours = try shanghai.write(.publish("320000/x/1"))
    try shanghai.mirror(jiangsu)
    #expect(shanghai.status("320000/x/1") == .disputed && shanghai.shown("320000/x/1") == ours)
    #expect(code { try shanghai.write(.publish("320000/x/1")) } == "disputed")
    let imported = try shanghai.write(.publish("320000/x/1"), superseding: .standingUnlessDisputed)
    #expect(shanghai.status("320000/x/1") == .disputed && shanghai.shown("320000/x/1") == imported)
    #expect(code { try shanghai.write(.publish("320000/x/1"), superseding: .exactly([theirs, ours])) } == "stale")
    let settled = try shanghai.write(.publish("320000/x/1"), superseding: .exactly([theirs, imported]))
    #expect(shanghai.status("320000/x/1") == .standing && shanghai.shown("320000/x/1") == settled)
  }

  @Test("A source whose frozen clock ignores the end of its list is contested, until the id's region accepts")
  func contested() throws {
    let (shanghai, jiangsu, list) = try agreed()
    try jiangsu.mirror(shanghai)
    jiangsu.now = 2000
    try jiangsu.write(.about(list, .end, effective: 2000))
    let name = try shanghai.write(.publish("320000/x/1"))
    try jiangsu.mirror(shanghai)
    #expect(jiangsu.verdict(name) == "applied" && jiangsu.status("320000/x/1") == .contested)
    try jiangsu.write(.naming([name], .accept, id: "320000/x/1"))
    #expect(jiangsu.status("320000/x/1") == .standing)
    try shanghai.mirror(jiangsu)
    #expect(shanghai.state == jiangsu.state)
  }
}
