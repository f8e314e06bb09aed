import Catalog
import Cryptography
import Simulator
import Testing

@Suite("Which configuration judges")
struct ReconfigurationTests {
  /// Jiangsu's log leans on three entries of Zhejiang's; Shanghai mirrors Jiangsu's alone.
  private let zhejiang = TestRegion(.zhejiang, replicating: [.zhejiang])
  private let jiangsu = TestRegion(.jiangsu, replicating: [.jiangsu, .zhejiang])
  private let shanghai = TestRegion(.shanghai, replicating: [.shanghai, .jiangsu])
  private let all: Set<RegionCode> = [.shanghai, .jiangsu, .zhejiang]

  init() throws {
    try jiangsu.write(.publish("320000/alone"))
    try shanghai.mirror(jiangsu)
    for number in 0..<3 { try zhejiang.write(.publish("330000/\(number)")) }
    try jiangsu.mirror(zhejiang)
    try jiangsu.write(.publish("320000/leans"))
  }

  private func decide(
    _ regions: Set<RegionCode>, cuts: [RegionCode: LogHead] = [:]
  ) throws -> Reconfiguration {
    let wanted = CatalogConfiguration(federation: TestRegion.federation, replicated: regions, cuts: cuts)
    return try Reconfiguration(from: shanghai.store.configuration, to: wanted, reading: shanghai.store)
  }

  @Test("A log that nothing here knows of counts at once, and nothing is judged again")
  func unknown() throws {
    let decided = try decide(all)
    #expect(decided.configuration.replicated == all)
    #expect(decided.change == .relabelled && decided.blocked.isEmpty)
  }

  @Test("A log that processed entries lean on does not count before as much of it is held")
  func leanedOn() throws {
    try shanghai.mirror(jiangsu)
    for held in 0..<3 {
      let decided = try decide(all)
      #expect(decided.blocked == [.init(region: .zhejiang, wait: .dependency(.zhejiang, size: 3))])
      #expect(decided.configuration == shanghai.store.configuration && decided.change == .none)
      shanghai.store.holdUnjudged([zhejiang.log[held]], of: .zhejiang)
    }
    let decided = try decide(all)
    #expect(decided.configuration.replicated == all)
    #expect(decided.change == .anew && decided.blocked.isEmpty)
  }

  @Test("What is held of a log that was not judged is judged now, whoever names it")
  func held() throws {
    shanghai.store.holdUnjudged([zhejiang.log[0]], of: .zhejiang)
    #expect(try decide(all).change == .anew)
  }

  @Test("An entry that names a log and waits for something else is judged anew with the rest")
  func namedByWaiting() throws {
    jiangsu.now += Admission.clockToleranceMilliseconds + 1
    try jiangsu.write(.publish("320000/future"))
    shanghai.now = 0
    try shanghai.mirror(jiangsu)
    #expect(shanghai.store.logState(.jiangsu).processed < 3)
    #expect(try decide(all).change != .relabelled)
  }

  @Test("A log of which another history is held does not count: processed entries could not be judged with it")
  func branch() throws {
    try shanghai.mirror(jiangsu)
    let other = TestRegion(.zhejiang, replicating: [.zhejiang])
    for number in 0..<3 { try other.write(.publish("330000/other/\(number)")) }
    shanghai.store.holdUnjudged(other.log, of: .zhejiang)
    let head = LogHead(size: 3, root: try #require(try zhejiang.store.root(of: .zhejiang, at: 3)))
    #expect(try decide(all).blocked == [.init(region: .zhejiang, wait: .branch(ClockChange(.zhejiang, head)))])
    // Of a log that is cut the roots are unseen.
    let cut = LogHead(size: 2, root: try #require(try other.store.root(of: .zhejiang, at: 2)))
    let decided = try decide(all, cuts: [.zhejiang: cut])
    #expect(decided.change == .anew && decided.configuration.cuts == [.zhejiang: cut])
  }

  @Test("An entry that could not be judged without a log is judged again when one is added")
  func unjudged() throws {
    var foreign = Leaf.publish("330000/x", time: 2000)
    foreign.cites = EntryName(.jiangsu, 0)
    let lone = TestRegion(.jiangsu, replicating: [.jiangsu])
    try lone.write(.publish("320000/a"))
    try lone.append(foreign)
    let shanghai = TestRegion(.shanghai, replicating: [.shanghai, .jiangsu])
    try shanghai.mirror(lone)
    #expect(shanghai.verdict(EntryName(.jiangsu, 1)) == "unjudged(330000)")
    let wanted = CatalogConfiguration(federation: TestRegion.federation, replicated: all)
    #expect(
      try Reconfiguration(from: shanghai.store.configuration, to: wanted, reading: shanghai.store).change == .anew)
  }

  @Test(
    "A log that judges stays though nobody wants it any more, with its cut; a cut of another log counts for nothing")
  func stays() throws {
    let decided = try decide([.shanghai])
    #expect(decided.configuration == shanghai.store.configuration && decided.change == .none)
    let empty = LogHead(size: 0, root: try #require(try shanghai.store.root(of: .jiangsu, at: 0)))
    let cut = try decide([.shanghai], cuts: [.jiangsu: empty, .zhejiang: empty])
    #expect(cut.configuration.replicated == [.shanghai, .jiangsu] && cut.configuration.cuts == [.jiangsu: empty])
    #expect(cut.change == .anew)
  }

  @Test("A region that the log above it binds does not count without that log, where processed entries name it")
  func above() throws {
    let suzhou: Set<RegionCode> = [.shanghai, .zhejiang, .suzhou]
    let reader = TestRegion(.shanghai, replicating: [.shanghai, .zhejiang])
    let writer = TestRegion(.zhejiang, replicating: [.zhejiang, .jiangsu])
    let lone = TestRegion(.jiangsu, replicating: [.jiangsu])
    try lone.write(.publish("320000/a"))
    try writer.mirror(lone)
    try writer.write(.publish("330000/leans"))
    try reader.mirror(writer)
    #expect(reader.status("330000/leans") == .standing)
    func decide(_ regions: Set<RegionCode>) throws -> Reconfiguration {
      let wanted = CatalogConfiguration(federation: TestRegion.federation, replicated: regions)
      return try Reconfiguration(from: reader.store.configuration, to: wanted, reading: reader.store)
    }
    #expect(try decide(suzhou).blocked == [.init(region: .suzhou, wait: .region(.jiangsu))])
    // What is above is configured, and not here yet: both wait.
    let both = try decide(suzhou.union([.jiangsu]))
    #expect(both.blocked.map(\.region) == [.jiangsu, .suzhou])
    #expect(both.configuration == reader.store.configuration)
    reader.store.holdUnjudged(lone.log, of: .jiangsu)
    #expect(try decide(suzhou.union([.jiangsu])).configuration.replicated == suzhou.union([.jiangsu]))
  }
}
