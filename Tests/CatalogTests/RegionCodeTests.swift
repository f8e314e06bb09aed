import Catalog
import Testing

private let ministry = "000000-91110000600037341l"

@Suite("Region codes, federation names, origins")
struct RegionCodeTests {
  @Test(
    "Six digits, or 000000- and a social credit code in lower case, are a region code",
    arguments: [
      ("310000", true), ("000000", true), ("999999", true), (ministry, true),
      ("", false), ("31000", false), ("3100000", false), ("31000a", false), ("３１００００", false), ("31000\u{0660}", false),
      ("000000-91110000600037341L", false), ("000000-91110000600037342l", false), ("310000-91110000600037341l", false),
      ("000000-9111000060003734", false), ("310000\n", false),
    ])
  func form(text: String, isCode: Bool) {
    #expect((RegionCode(text) != nil) == isCode)
    #expect((RegionCode(bytes: Array(text.utf8)) != nil) == isCode)
    if isCode { #expect(RegionCode(text)?.text == text) }
  }

  @Test("Bytes that are no ASCII are no region code")
  func bytes() {
    #expect(RegionCode(bytes: [0xFF, 0x30, 0x30, 0x30, 0x30, 0x30]) == nil)
    #expect(RegionCode(bytes: [UInt8](repeating: 0x30, count: 1 << 16)) == nil)
  }

  @Test(
    "The code is the hierarchy",
    arguments: [
      ("310000", "310000", true), ("000000", "310000", true), ("000000", ministry, true), (ministry, ministry, true),
      ("320000", "320500", true), ("320000", "320506", true), ("320500", "320506", true), ("320500", "320500", true),
      ("320500", "320000", false), ("320506", "320500", false), ("320500", "320600", false),
      ("310000", "320000", false),
      ("310000", "000000", false), (ministry, "000000", false), (ministry, "310000", false),
      ("310000", ministry, false),
      ("320506", "320507", false),
    ])
  func hierarchy(upper: String, lower: String, isAbove: Bool) throws {
    #expect(try #require(RegionCode(upper)).isAtOrAbove(#require(RegionCode(lower))) == isAbove)
  }

  @Test("Codes are ordered as bytes")
  func order() throws {
    let texts = ["320500", ministry, "310000", "000000"]
    #expect(texts.compactMap { RegionCode($0) }.sorted().map(\.text) == ["000000", ministry, "310000", "320500"])
  }

  @Test(
    "A federation's name is a letter and up to 31 letters, digits, hyphens",
    arguments: [
      ("local", true), ("a", true), ("delta-2026", true), (String(repeating: "a", count: 32), true),
      (String(repeating: "a", count: 33), false), ("", false), ("2a", false), ("-a", false), ("Local", false),
      ("a.b", false),
      ("é", false),
    ])
  func federation(text: String, isName: Bool) {
    #expect((FederationName(text) != nil) == isName)
  }

  @Test(
    "An origin prints as it parses",
    arguments: [
      "310000.local.tongyuan/catalog", "310000.local.tongyuan/audit", "310000.local.tongyuan/catalog/2",
      "000000-91110000600037341l.delta-1.tongyuan/audit/4294967295",
    ])
  func origin(text: String) throws {
    let origin = try #require(Origin(text))
    #expect(origin.text == text)
    let parts = Origin(
      region: origin.region, federation: origin.federation, log: origin.log, generation: origin.generation)
    #expect(parts == origin)
  }

  @Test(
    "What no origin prints is no origin",
    arguments: [
      "", "310000.local.tongyuan", "310000.local.tongyuan/", "310000.local.tongyuan/catalog/",
      "310000.local.tongyuan/catalog/1",
      "310000.local.tongyuan/catalog/02", "310000.local.tongyuan/catalog/+2", "310000.local.tongyuan/catalog/0",
      "310000.local.tongyuan/catalog/4294967296", "310000.local.tongyuan/catalog/2/3", "310000.local.tongyuan/Catalog",
      "310000.local.tongyuan/witness", "31000.local.tongyuan/catalog", "310000.Local.tongyuan/catalog",
      "310000.local.example/catalog", "310000.local.tongyuan/catalog\n", "310000.a.local.tongyuan/catalog",
    ])
  func badOrigin(text: String) {
    #expect(Origin(text) == nil)
  }
}
