import Catalog
import Simulator
import Testing

/// Honest nodes that write by `Drafting` and mirror each other at random.
@Suite("Convergence")
struct ConvergenceTests {
  @Test(
    "What honest nodes draft is applied everywhere, and equal frontiers mean equal states",
    arguments: 0..<30 as Range<UInt64>)
  func honest(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let codes: [RegionCode] = [.national, .shanghai, .jiangsu, .suzhou]
    let regions = TestRegion.all(codes)
    let lists = try codes.dropFirst().map { owner in
      try ListText.agreed(
        "\(owner)/x/", source: codes.randomElement(using: &random) ?? owner, parties: codes,
        validity: 1000..<Int64.random(in: 1100...1400, using: &random))
    }
    for region in regions { for list in lists { try region.hold(list) } }
    for step in 0..<120 {
      guard let region = regions.randomElement(using: &random), let other = regions.randomElement(using: &random) else {
        return
      }
      region.now = max(region.now, 1000 + Int64(step) * 4)
      if region.code != other.code {
        let held = Int(region.store.logState(other.code).held)
        try region.mirror(other, upTo: held + Int.random(in: 0...4, using: &random))
      }
      do { try region.write(intent(of: region, codes, lists, &random)) } catch is DraftRefusal {}
    }
    var states: Set<String> = []
    for region in regions {
      region.now = 10_000
      for other in regions.shuffled(using: &random) where other.code != region.code { try region.mirror(other) }
    }
    for region in regions {
      for other in regions where other.code != region.code {
        #expect(region.store.logState(other.code).processed == UInt64(other.log.count))
      }
      for code in codes {
        for index in 0..<region.store.logState(code).processed {
          #expect(region.store.verdict(code, index) == .applied, "seed \(seed), \(code):\(index)")
        }
      }
      states.insert(region.state)
      #expect(region.store.versionFacts == regions[0].store.versionFacts, "seed \(seed)")
      #expect(try region.store.frontier() == regions[0].store.frontier(), "seed \(seed)")
    }
    #expect(states.count == 1, "seed \(seed)")
  }

  private func intent(
    of region: TestRegion, _ codes: [RegionCode], _ lists: [ListText], _ random: inout SeededGenerator
  ) -> Leaf {
    let owner = codes.randomElement(using: &random) ?? region.code
    let id = "\(owner)/\(["a", "x/1", "x/2"].randomElement(using: &random) ?? "a")"
    let list = lists[Int.random(in: lists.indices, using: &random)]
    switch Int.random(in: 0..<10, using: &random) {
    case 0, 1, 2: return .about(list, .sign)
    case 3 where random.next() % 4 == 0: return .about(list, .end, effective: region.now + 50)
    case 4: return .withdraw(id)
    case 5:
      let contested = ResourceID(id).flatMap { region.store.standing(of: $0)?.contested } ?? []
      return .naming(contested, .accept, id: id)
    case 6: return Leaf(.clock, time: 0)
    default: return .publish(id)
    }
  }
}
