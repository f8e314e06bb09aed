import Catalog
import Testing

@Suite("Lists compared and printed")
struct ListPageTests {
  private static func text(_ json: String) throws -> ListText {
    try #require(try readList(json).document).text(federation: TestRegion.federation)
  }

  private static let second = smallItem.replacing("310000/credit/", with: "310000/water/")

  @Test("A list differs from itself in nothing")
  func same() throws {
    let text = try Self.text(fullListJSON)
    #expect(ListDifference(from: text, to: text).isEmpty)
  }

  @Test("What changed is told item by item and field by field")
  func difference() throws {
    let old = try Self.text(smallList(smallItem + "," + Self.second))
    let changed = smallItem.replacing(#"["32"]"#, with: #"["320000"]"#)
      .replacing(#""answerWorkdays":10"#, with: #""deliverWorkdays":20"#)
    let added = smallItem.replacing("310000/credit/", with: "310000/tax/")
    let new = try Self.text(smallList(added + "," + changed).replacing(#""title":"t""#, with: #""title":"u""#))
    let difference = ListDifference(from: old, to: new)
    #expect(difference.terms == [.init(name: "title", old: .string("t"), new: .string("u"))])
    #expect(difference.items.map(\.kind) == [.added, .changed, .removed])
    #expect(difference.items.map(\.resource) == ["310000/tax/", "310000/credit/", "310000/water/"])
    #expect(difference.items.map(\.oldPlace) == [nil, 0, 1])
    #expect(difference.items.map(\.newPlace) == [0, 1, nil])
    #expect(
      difference.items[1].fields == [
        .init(name: "recipients", old: .array([.string("32")]), new: .array([.string("320000")])),
        .init(name: "duties.deliverWorkdays", old: nil, new: .number("20")),
        .init(name: "duties.answerWorkdays", old: .number("10"), new: nil),
      ])
    #expect(
      difference.json.text.hasPrefix(
        #"{"terms":[{"field":"title","old":"t","new":"u"}],"items":[{"change":"added","resource":"310000/tax/""#))
  }

  @Test("An item that only changed its place is said to have moved; one that lost a neighbour is not")
  func moved() throws {
    let (a, b) = (smallItem, Self.second)
    let both = try Self.text(smallList(a + "," + b))
    #expect(
      ListDifference(from: both, to: try Self.text(smallList(b + "," + a))).items.map(\.kind) == [.moved, .moved])
    #expect(ListDifference(from: both, to: try Self.text(smallList(b))).items.map(\.kind) == [.removed])
  }

  @Test("The page shows every field of the list under a Chinese name, the parties, and a place to sign for each")
  func page() throws {
    let text = try Self.text(fullListJSON)
    let signature = ListPage.Signature(
      region: .jiangsu, origin: "320000.local.tongyuan/catalog", index: 7, time: text.terms.validity.lowerBound)
    let html = ListPage(text, names: [.jiangsu: "江苏<省>"], signatures: [signature]).html
    for words in [
      "长三角信用信息共享责任清单", "协议（各方签署）", "2026-01-01", "2027-12-31", "长三角办〔2026〕1 号", "数源部门", "上海市发展和改革委员会", "有条件共享",
      "江苏省全域（32）", "浙江省（330000）", "信用审查（credit-review）", "脱敏的字段", "idNumber", "重要", "1000", "核验", "每日", "到期销毁",
      "沪数源认〔2026〕3 号",
      "江苏&lt;省&gt;（320000）", "第 7 条", "尚无记录", "盖章处", text.digest.hex,
    ] { #expect(html.contains(words), "\(words)") }
    // Whatever has no label would stand there under its English name.
    #expect(!html.contains(/<th>[A-Za-z]/))
  }

  @Test("No text of a list can become markup, whoever wrote it")
  func escaped() throws {
    var wire = ListText.wire("310000/a/", source: .shanghai, parties: [.shanghai, .jiangsu])
    let evil = "<script>alert('x')</script>\" onload=\"x&\u{202E}\u{7}"
    wire.terms.title = evil
    wire.terms.number = evil
    wire.terms.issuer = evil
    wire.items[0].share = evil
    wire.items[0].department = evil
    wire.items[0].purposes = [evil]
    wire.items[0].accessForms = [evil]
    wire.items[0].duties.updateCycle = evil
    wire.items[0].dataItems = [evil]
    let html = ListPage(try ListText(wire)).html
    #expect(!html.contains("<script") && !html.contains("\" onload") && !html.contains("'x'"))
    #expect(!html.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\u{7}" })
    #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onload=&quot;x&amp;"))
    // Nothing is fetched and nothing runs: no address, no script, no style from elsewhere.
    #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("url("))
  }
}
