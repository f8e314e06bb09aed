import Catalog
import Testing

@Suite("Resource ids")
struct ResourceIDTests {
  @Test(
    "Components of the alphabet joined by / are an id",
    arguments: [
      "310000/信用/a.b_c-1~:@+=()", "310000/𪚥〇", "310000/...", "310000", "a", "310000/㐀䶿一鿿𠀀",
      "310000/" + String(repeating: "x", count: 249), "310000/" + String(repeating: "水", count: 83),
    ])
  func sound(text: String) throws {
    let id = try #require(ResourceID(text))
    #expect(id.text == text)
    #expect(ResourceID(bytes: Array(text.utf8)) == id)
    #expect(id.bytes == Array(text.utf8))
  }

  @Test(
    "Anything else is refused, naming the first wrong character and its position",
    arguments: [
      ("", "at least one character"),
      ("310000/" + String(repeating: "x", count: 250), "at most 256 bytes, this has 257"),
      ("310000/café", "character 11, “é” (U+00E9)"), ("310000/cafe\u{301}", "character 12, U+0301"),
      ("310000/a b", "character 9, U+0020"), ("310000/a\u{7}", "character 9, U+0007"), ("310000/a\u{3000}b", "U+3000"),
      ("310000/a\u{200B}b", "U+200B"), ("310000//a", "an empty component before character 8"),
      ("/310000", "an empty component before character 1"), ("310000/a/", "an empty component before character 10"),
      ("310000/./a", "the component before character 9 is “.”"), ("310000/..", "is “..”"), ("310000/*", "“*” (U+002A)"),
      ("310000/\"a\"", "(U+0022)"), ("310000/１", "“１” (U+FF11)"), ("310000/·", "(U+00B7)"),
      ("310000/\u{F900}", "(U+F900)"),
      ("310000/a\\b", "(U+005C)"), ("310000/%2e", "“%” (U+0025)"), ("310000/\u{323B0}", "U+323B0"),
      ("310000/信 用", "character 9"),
    ])
  func refused(text: String, reason: String) throws {
    #expect(ResourceID(text) == nil)
    #expect(ResourceID(bytes: Array(text.utf8)) == nil)
    let defect = try #require(ResourceID.defect(of: text))
    #expect(defect.contains(reason), "\(defect)")
  }

  @Test(
    "Bytes that are no UTF-8 are no id",
    arguments: [
      [0x33, 0x31, 0x2F, 0xFF], [0x61, 0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE6, 0xB0], [0xF4, 0x90, 0x80, 0x80],
    ] as [[UInt8]])
  func notUTF8(bytes: [UInt8]) {
    #expect(ResourceID(bytes: bytes) == nil)
  }

  @Test(
    "The owner is the region that the first component names",
    arguments: [
      ("310000/credit", "310000"), ("310000", "310000"), ("000000-91110000600037341l/x", "000000-91110000600037341l"),
      ("abc/310000", nil), ("3100001/x", nil),
    ])
  func owner(text: String, owner: String?) throws {
    #expect(try #require(ResourceID(text)).owner?.text == owner)
  }

  @Test(
    "Prefixes match whole components",
    arguments: [
      ("310000/a/b", "310000/a", true), ("310000/a/b", "310000/a/", true), ("310000/a", "310000/a", true),
      ("310000/a", "310000/a/", false), ("310000/ab", "310000/a", false), ("310000/ab", "310000/a/", false),
      ("310000/a", "310000/a/b", false), ("310000/信用", "310000/信", false), ("310000/a", "310000", true),
    ])
  func prefixes(text: String, prefix: String, matches: Bool) throws {
    #expect(try #require(ResourceID(text)).matches(prefix: prefix) == matches)
  }

  @Test("Ids are compared, hashed and sorted as bytes")
  func order() throws {
    // UTF-16 would put the character beyond U+FFFF first.
    let texts = ["310000/𠀀", "310000/鿿", "310000/a", "310000/B", "310000/-"]
    let ids = texts.compactMap { ResourceID($0) }
    #expect(ids.sorted().map(\.text) == ["310000/-", "310000/B", "310000/a", "310000/鿿", "310000/𠀀"])
    #expect(Set(ids + ids).count == texts.count)
  }
}
