import Catalog
import Cryptography
import Simulator
import Testing

@Suite("Vector clocks")
struct VectorClockTests {
  private func head(_ size: UInt64, branch: String = "") -> LogHead {
    LogHead(size: size, root: SHA256.hash("\(size)\(branch)"))
  }

  private func clock(_ sizes: [RegionCode: UInt64]) -> VectorClock { VectorClock(sizes.mapValues { head($0) }) }

  @Test("A clock that lacks a region of another is before it, not beside it")
  func missingRegionIsZero() {
    #expect(clock([.shanghai: 1]).order(to: clock([.shanghai: 1, .jiangsu: 1])) == .before)
    #expect(clock([.shanghai: 1, .jiangsu: 1]).order(to: clock([.shanghai: 1])) == .after)
  }

  @Test("Clocks that each know what the other does not are concurrent")
  func concurrent() {
    #expect(clock([.shanghai: 2, .jiangsu: 1]).order(to: clock([.shanghai: 1, .jiangsu: 2])) == .concurrent)
    #expect(clock([.shanghai: 1]).order(to: clock([.jiangsu: 1])) == .concurrent)
  }

  @Test("A component of no entries is no component")
  func zeroIsMissing() {
    #expect(clock([.shanghai: 0]) == VectorClock())
    var emptied = clock([.shanghai: 3])
    emptied[.shanghai] = head(0)
    #expect(emptied.order(to: VectorClock()) == .equal)
  }

  @Test("Two heads of one size with different roots are a fork: the clocks are concurrent")
  func fork() {
    let one = VectorClock([.shanghai: head(2), .jiangsu: head(1)])
    let other = VectorClock([.shanghai: head(2, branch: "x"), .jiangsu: head(5)])
    #expect(one.order(to: other) == .concurrent)
    #expect(one.digest != other.digest)
  }

  @Test("The order of random clocks is that of their components", arguments: 0..<20 as Range<UInt64>)
  func orderIsComponentwise(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let regions: [RegionCode] = [.national, .shanghai, .jiangsu, .suzhou]
    func draw() -> VectorClock {
      clock(Dictionary(uniqueKeysWithValues: regions.map { ($0, UInt64.random(in: 0...2, using: &random)) }))
    }
    for _ in 0..<100 {
      let (a, b) = (draw(), draw())
      let (less, more) = (
        regions.allSatisfy { a.size(of: $0) <= b.size(of: $0) }, regions.allSatisfy { a.size(of: $0) >= b.size(of: $0) }
      )
      let expected: VectorClock.Order = less && more ? .equal : less ? .before : more ? .after : .concurrent
      #expect(a.order(to: b) == expected, "seed \(seed)")
      #expect((a.digest == b.digest) == (expected == .equal), "seed \(seed)")
    }
  }

  @Test("An entry happened before another exactly if the other's clock for its region is greater than its index")
  func happenedBefore() throws {
    let (shanghai, jiangsu) = try TestRegion.pair()
    try shanghai.write(.publish("310000/a"))
    try shanghai.write(.publish("310000/b"))
    try jiangsu.mirror(shanghai)
    try jiangsu.write(.publish("320000/a"))
    try shanghai.write(.publish("310000/c"))
    try jiangsu.mirror(shanghai)
    let store = jiangsu.store
    #expect(try store.happened(EntryName(.shanghai, 1), before: EntryName(.jiangsu, 0)))
    #expect(try !store.happened(EntryName(.shanghai, 2), before: EntryName(.jiangsu, 0)))
    #expect(try !store.happened(EntryName(.jiangsu, 0), before: EntryName(.shanghai, 2)))
    #expect(try store.happened(EntryName(.shanghai, 0), before: EntryName(.shanghai, 2)))
    #expect(try !store.happened(EntryName(.shanghai, 0), before: EntryName(.shanghai, 0)))
  }
}
