import Catalog
import Simulator
import Testing

@Suite("Suspensions of a list")
struct ListStopsTests {
  /// As the rule is worded: a suspension holds unless a resumption of who may resume it covers it and knew of it.
  private func holds(
    _ stop: ListStop, among stops: [ListStop], _ terms: ListTerms, _ store: MemoryCatalogStore
  ) -> Bool {
    !stops.contains { other in
      guard other.resumes, other.entry.region == stop.entry.region || other.entry.region == terms.authority,
        other.item == nil || other.item == stop.item,
        other.recipient == nil || other.recipient == stop.recipient
      else { return false }
      if other.entry.region == stop.entry.region { return other.entry.index > stop.entry.index }
      let known = store.statedClock(of: other.entry.region, at: other.entry.index, for: stop.entry.region)
      return (known?.size ?? 0) > stop.entry.index
    }
  }

  @Test(
    "Those hold that no resumption covers which knew of them, however often who suspends and resumes",
    arguments: 0..<UInt64(40))
  func likeTheRule(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let codes: [RegionCode] = try [.jiangsu, .suzhou, #require(RegionCode("320100"))]
    let regions = TestRegion.all(codes)
    var wire = ListText.wire("320500/x", source: .suzhou, parties: Array(codes.dropFirst()))
    if seed % 2 == 0 {
      wire.terms.kind = .decided
      wire.terms.authority = RegionCode.jiangsu.text
    }
    let terms = try ListText(wire).terms
    var stops: [ListStop] = []
    for number in 0..<60 {
      let writer = regions[number % 3]
      for other in regions where other !== writer && Bool.random(using: &generator) { _ = try writer.mirror(other) }
      let name = try writer.write(Leaf(.clock, time: 0))
      stops.append(
        ListStop(
          entry: name, resumes: Bool.random(using: &generator),
          item: [nil, 0, 1].randomElement(using: &generator) ?? nil,
          recipient: [nil, .zhejiang].randomElement(using: &generator) ?? nil))
    }
    let observer = regions[0]
    for other in regions.dropFirst() { _ = try observer.mirror(other) }
    let expected = stops.filter { !$0.resumes && holds($0, among: stops, terms, observer.store) }
      .map { Suspension(by: $0.entry.region, item: $0.item, recipient: $0.recipient) }
    let found = try observer.store.suspensions(among: stops.shuffled(using: &generator), of: terms)
    #expect(Set(found) == Set(expected))
    #expect(Set(found).count == found.count, "each kind once")
  }
}
