import Catalog
import Cryptography
import Simulator
import Testing

@Suite("State digests")
struct StateDigestTests {
  @Test("The sum does not show in which order digests came and went", arguments: 0..<10 as Range<UInt64>)
  func orderless(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let digests = (0..<50).map { _ in SHA256.hash(random.bytes(4)) }
    var sum = StateDigest()
    for digest in digests { sum.add(digest) }
    var other = StateDigest()
    for digest in digests.shuffled(using: &random) + digests.prefix(9) { other.add(digest) }
    for digest in digests.prefix(9).shuffled(using: &random) { other.remove(digest) }
    #expect(sum == other)
    for digest in digests.shuffled(using: &random) { sum.remove(digest) }
    #expect(sum == StateDigest())
  }

  @Test("The sum is modulo 2^256: carries and borrows run through all words")
  func carries() throws {
    let allOnes = try #require(Digest(bytes: [UInt8](repeating: 0xFF, count: 32)))
    let one = try #require(Digest(bytes: [UInt8](repeating: 0, count: 31) + [1]))
    var sum = StateDigest(allOnes)
    sum.add(one)
    #expect(sum == StateDigest())
    sum.remove(one)
    #expect(sum.digest == allOnes)
    #expect(StateDigest(one).description == String(repeating: "0", count: 63) + "1")
  }

  @Test("Each part of what stands changes the digest of its id")
  func parts() throws {
    let id = try #require(ResourceID("310000/a"))
    let (one, two) = (EntryName(.shanghai, 1), EntryName(.jiangsu, 1))
    let all = [
      Standing(status: .standing, shown: one, versions: [one], contested: []),
      Standing(status: .withdrawn, shown: one, versions: [one], contested: []),
      Standing(status: .standing, shown: two, versions: [two], contested: []),
      Standing(status: .disputed, shown: one, versions: [one, two], contested: []),
      Standing(status: .disputed, shown: two, versions: [one, two], contested: []),
      Standing(status: .standing, shown: one, versions: [one], contested: [two]),
      Standing(status: .contested, shown: nil, versions: [], contested: [one]),
    ]
    #expect(Set(all.map { $0.digest(of: id) }).count == all.count)
    #expect(all[0].digest(of: id) != all[0].digest(of: try #require(ResourceID("310000/b"))))
  }

  @Test("The configuration's digest covers federation, rules, logs and cuts, and no order")
  func configuration() throws {
    let other = try #require(FederationName("test"))
    let cut = LogHead(size: 3, root: SHA256.hash("a"))
    let all = [
      CatalogConfiguration(federation: TestRegion.federation, replicated: [.shanghai, .jiangsu]),
      CatalogConfiguration(federation: other, replicated: [.shanghai, .jiangsu]),
      CatalogConfiguration(federation: TestRegion.federation, rules: 2, replicated: [.shanghai, .jiangsu]),
      CatalogConfiguration(federation: TestRegion.federation, replicated: [.shanghai]),
      CatalogConfiguration(
        federation: TestRegion.federation, replicated: [.shanghai, .jiangsu], cuts: [.jiangsu: cut]),
      CatalogConfiguration(
        federation: TestRegion.federation, replicated: [.shanghai, .jiangsu],
        cuts: [.jiangsu: LogHead(size: 3, root: SHA256.hash("b"))]),
    ]
    #expect(Set(all.map(\.digest)).count == all.count)
    #expect(
      all[0].digest
        == CatalogConfiguration(federation: TestRegion.federation, replicated: [.jiangsu, .shanghai]).digest)
  }
}
