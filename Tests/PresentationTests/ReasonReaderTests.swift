import Catalog
import Foundation
import NodeProcesses
import NodeRuntime
import Presentation
import Testing

/// Bad input through the readers that a steward's files go through: what comes out has its Chinese, sentences within
/// sentences too.
@Suite("Reasons of the readers")
struct ReasonReaderTests {
  private static func expectChinese(
    _ reason: String, _ input: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let chinese = Reason.chinese(reason)
    #expect(chinese.englishRun == nil, "\(input): \(reason): \(chinese)", sourceLocation: sourceLocation)
    #expect(chinese.contains { $0.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) } }, "\(chinese)")
  }

  @Test("Whatever is wrong with a manifest is said in Chinese")
  func manifests() throws {
    let long = String(repeating: "长", count: 40_000)
    let members = [
      #""titel":"x""#, #""id":"""#, #""id":"310000/a b""#, #""id":"310000//a""#, #""id":"310000/../a""#,
      #""id":"\#(String(repeating: "a", count: 300))""#, #""id":5"#, #""title":"  ""#,
      #""title":[1]"#, #""provider":"x""#, #""provider":{"region":"31"}"#, #""provider":{"region":"330000"}"#,
      #""provider":{"uscc":"91110000600037341M"}"#, #""provider":{"uscc":"9111"}"#,
      #""provider":{"uscc":"I1110000600037341L"}"#, #""code":"不可""#, #""items":{}"#, #""items":[5]"#,
      #""items":[{"nam":"x"}]"#,
      #""items":[{"name":"x","personal":"yes"}]"#, #""items":[{"name":"x","grade":"high"}]"#, #""format":"x""#,
      #""updateCycle":"x""#, #""shareType":"some""#, #""shareType":5"#, #""shareType":"conditional""#,
      #""shareType":"none""#, #""published":"2026-02-30""#, #""published":5"#, #""url":"ftp://x""#, #""source":5"#,
      #""mounts":[{}]"#, #""level":9"#, #""level":"x""#, #""keywords":["",5]"#, #""keywords":"x""#,
      #""abstract":"\#(long)""#, #""secrecyReview":5"#, #""tradeSecret":5"#,
      #""id":"310000/13812345678""#, #""published":"2026-02-01","updated":"2026-01-01""#, #""level":2,"grade":"core""#,
      #""grade":"general","items":[{"name":"x","grade":"core"}]"#,
    ]
    let own = try #require(RegionCode("310000"))
    for member in members {
      var batch = ManifestBatch(region: own)
      let id = member.contains(#""id""#) ? "" : #""id":"310000/a","#
      let title = member.contains(#""title""#) ? "" : #""title":"x","#
      try batch.add(Array("{\(id)\(title)\(member)}".utf8), from: "-")
      let warnings = batch.candidates.flatMap(\.warnings).map(\.description)
      #expect(!batch.refusals.isEmpty || !warnings.isEmpty, "\(member) is taken")
      for reason in batch.refusals.map(\.refusal.description) + warnings { Self.expectChinese(reason, member) }
    }
  }

  @Test("Whatever is wrong with a manifest's JSON is said in Chinese, with its line")
  func json() throws {
    let texts = [
      "{", "[1,]", "{,}", "{\"a\":1,}", "[1 2]", "{\"a\" 1}", "{a:1}", "'a'", "x", "01", "1.", "1e", "-", "\"a",
      "\"\n\"",
      "\"\\x\"", "\"\\u00\"", "\"\\u0000\"", "\"\\ud800\"", "[", "[1", "{\"a\":", "{\"a\":1", "{\"a\":1,\"a\":2}",
      "tru", "5",
      String(repeating: "[", count: 200), String(repeating: "9", count: 2_000), "{\"a\"", "[}", "{\"a\":1 2}",
    ]
    let own = try #require(RegionCode("310000"))
    for text in texts {
      var batch = ManifestBatch(region: own)
      do {
        try batch.add(Array(text.utf8), from: "x.json")
        for refused in batch.refusals { Self.expectChinese(refused.refusal.description, text) }
      } catch { Self.expectChinese(error.description, text) }
    }
    var batch = ManifestBatch(region: own)
    let error = #expect(throws: ManifestBatchError.self) { try batch.add([0x22, 0xFF, 0x22], from: "x.json") }
    Self.expectChinese(error?.description ?? "", "no UTF-8")
  }

  @Test("Whatever is wrong with a list is said in Chinese")
  func lists() throws {
    let example = """
      list: delta-credit
      version: 1
      kind: agreed
      title: 清单
      parties: ["310000", "320000"]
      valid: {from: 2026-01-01, until: 2027-12-31}
      items:
        - resource: 310000/credit/
          source: {region: "310000"}
          share: conditional
          recipients: ["32", "330000"]
          purposes: [credit-review]
          duties: {updateWorkdays: 10, answerWorkdays: 10}

      """
    let changes = [
      ("list: delta-credit", "list: Delta Credit"), ("version: 1", "version: 0"), ("kind: agreed", "kind: other"),
      ("kind: agreed", "kind: decided"), ("kind: agreed", "kind: issued\nauthority: \"330000\""), ("title: 清单", ""),
      ("title: 清单", "titel: 清单"), ("title: 清单", "title: [5]"), ("\"320000\"", "320000"), ("\"320000\"", "\"3\""),
      ("until: 2027-12-31", "until: 2025-12-31"), ("until: 2027-12-31", "until: 2027-02-30"),
      ("310000/credit/", "310000/cre dit/"), ("310000/credit/", "310000//"), ("310000/credit/", "99/x"),
      ("310000/credit/", "330000/x"), ("source: {region: \"310000\"}", "source: {region: \"330000\"}"),
      ("share: conditional", "share: none"), ("share: conditional", "share: unconditional"),
      ("[\"32\", \"330000\"]", "[\"3x\"]"),
      ("[\"32\", \"330000\"]", "[\"810000\"]"), ("[credit-review]", "[credit-rewiev]"), ("[credit-review]", "[]"),
      ("answerWorkdays: 10", "answerWorkdays: 11"),
      ("purposes:", "matters: [x]\n    fields: {allow: [a], deny: [a]}\n    purposes:"),
      ("purposes:", "grade: high\n    rowLimit: x\n    purposes:"), ("kind: agreed", "kind: agreed\nkind: agreed"),
      ("items:", "items:\n  - resource: 310000/credit/x\n    source: {region: \"320000\"}\n    share: conditional"),
    ]
    for (old, new) in changes {
      let text = example.replacing(old, with: new)
      do {
        let reading = ListDocument.read(try ListFile.tree(Array(text.utf8)))
        #expect(!reading.refusals.isEmpty || !reading.warnings.isEmpty, "\(new) is taken")
        for finding in reading.refusals + reading.warnings { Self.expectChinese(finding.text(\.zh), new) }
      } catch let defect as ListFile.Defect {
        Self.expectChinese(defect.reason.zh, new)
      }
    }
  }

  @Test("Whatever is wrong with a node's settings, a card or an id is said in Chinese")
  func settings() throws {
    func init_(
      _ change: (inout (region: String, name: String, federation: String, listen: String, advertise: String?)) -> Void
    )
      -> String
    {
      var given = (
        region: "310000", name: "上海市", federation: "local", listen: "127.0.0.1:7301", advertise: nil as String?
      )
      change(&given)
      do {
        _ = try NodeConfiguration(
          region: given.region, name: given.name, federation: given.federation, listen: given.listen,
          advertise: given.advertise)
        return "taken"
      } catch { return "\(error)" }
    }
    let reasons = [
      init_ { $0.region = "31" }, init_ { $0.name = "" }, init_ { $0.federation = "A b" }, init_ { $0.listen = "x" },
      init_ { $0.listen = "::1:7301" }, init_ { $0.listen = "0.0.0.0:7301" }, init_ { $0.advertise = "http://x" },
    ]
    for reason in reasons { Self.expectChinese(reason, "init") }
    let cards = [
      "x", "[]", "{}", #"{"tongyuanCard":2}"#, #"{"tongyuanCard":1}"#,
      #"{"tongyuanCard":1,"federation":"A","region":"x"}"#,
      #"{"tongyuanCard":1,"federation":"local","region":"310000","name":"x","endpoints":5}"#,
      #"{"tongyuanCard":1,"federation":"local","region":"310000","name":"x","endpoints":[5]}"#,
      #"{"tongyuanCard":1,"federation":"local","region":"310000","name":"x","endpoints":["http://x"]}"#,
    ]
    for card in cards {
      let error = #expect(throws: NodeError.self) { try PeerCard(parsing: Array(card.utf8), source: "the card") }
      Self.expectChinese(error?.reason ?? "", card)
    }
  }
}
