import Catalog
import Cryptography
import Foundation
import NodeProcesses
import NodeRuntime
import Presentation
import Testing
import TransparencyLog

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
      ("\"320000\"", "\"320000\", \"320000\""),
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
      try Self.card(authority: "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----"),
      try Self.card(authority: "subject=CN = x"), try Self.card(list: "-----BEGIN EC PRIVATE KEY-----"),
      try Self.card(), try Self.card(keys: #"{"catalog":"x"}"#), try Self.card(keys: try Self.foreignKey()),
    ]
    for card in cards {
      let error = #expect(throws: NodeError.self) { try PeerCard(parsing: Array(card.utf8), source: "the card") }
      Self.expectChinese(error?.reason ?? "", card)
    }
  }

  /// Of 310000, an authority's certificate in it as OpenSSL made it.
  private static func card(authority: String? = nil, list: String? = nil, keys: String = "{}") throws -> String {
    let certificate = try CertificateAuthority.create(name: "310000.local.tongyuan CA", now: 1_795_478_400).certificate
    let authority = try (authority ?? certificate.pem).replacing("\n", with: "\\n")
    let list = list.map { "\"\($0)\"" } ?? "null"
    return #"{"tongyuanCard":1,"federation":"local","region":"310000","name":"x","endpoints":["https://h:1"],"#
      + #""ca":"\#(authority)","crl":\#(list),"keys":\#(keys),"checkpoints":[]}"#
  }

  /// The catalog key of another region.
  private static func foreignKey() throws -> String {
    let name = ExactText("320000.local.tongyuan/catalog")
    return #"{"catalog":"\#(try NoteSigner(name: name, key: try Ed25519.PrivateKey.generate()).verifier.vkey)"}"#
  }

  @Test("A card of another federation is told by its federation, not by its keys")
  func federation() throws {
    let node = try NodeConfiguration(
      region: "310000", name: "上海市", federation: "other", listen: "127.0.0.1:7301", advertise: nil)
    let card = Array(try Self.card(keys: try Self.foreignKey()).utf8)
    let error = #expect(throws: NodeError.self) { try PeerCard(parsing: card, source: "the card", for: node) }
    #expect(error?.reason == "the card is a card of the federation \"local\", this node is of \"other\"")
  }

  @Test("What is wrong with config.yaml is said with its line and what to do, and never by a type's name")
  func configuration() throws {
    let sound = "region: \"310000\"\nname: 上海市\nfederation: local\nlisten: 127.0.0.1:7301\npollSeconds: 30\n"
    _ = try NodeConfiguration(yaml: sound, path: "config.yaml")
    let cases: [(yaml: String, words: String)] = [
      ("", "restore config.yaml from a backup"), ("# nothing\n\n", "restore config.yaml from a backup"),
      (sound.replacing("federation: local\n", with: ""), "put it back as it was, such as `federation: local`"),
      (sound.replacing("region: \"310000\"\n", with: ""), "`region: \"310000\"`"),
      (sound.replacing("pollSeconds: 30", with: "pollSeconds: soon"), "line 5: “pollSeconds” takes a number"),
      (sound + "noticeDays: 1.5\n", "line 6: “noticeDays” takes a whole number"),
      (sound.replacing("name: 上海市", with: "name: [上海市]"), "line 2: “name” takes a plain text"),
      (sound.replacing("name: 上海市", with: "name: \"上海市"), "(YAML)"),
      (sound + "federation: two\n", "“federation” twice"),
      ("- a\n", "(YAML)"), ("region\n", "(YAML)"),
    ]
    for (yaml, words) in cases {
      let error = #expect(throws: NodeError.self, "\(yaml)") { try NodeConfiguration(yaml: yaml, path: "config.yaml") }
      let reason = error?.reason ?? ""
      #expect(reason.contains(words), "\(yaml): \(reason)")
      for word in ["Coding", "Decoding", "tongyuan init"] { #expect(!reason.contains(word), "\(reason)") }
      Self.expectChinese(reason, yaml)
    }
  }

  @Test("What the node says in several pieces is put into Chinese whole")
  func pieces() {
    for reason in [
      "0 records are published, then /a b/trunc.gz: ends inside its compressed data; copy the file again",
      "column 2: a comma before }",
      "cannot listen on 127.0.0.1:1: something else does already; stop it or choose another",
      "cannot listen on 10.0.0.1:1: this machine has no such address [Cannot assign requested address]",
      "/n/peers/320000.json is missing; put it back, or add the region's card with `tongyuan peer add`",
      "a request of 70000 bytes, where at most 65536 are taken: shorten it, or send it in parts",
      "permission denied: /n is for its owner, root: run the command as that user",
      "320000/x: it is in dispute: settle that with `tongyuan resolve 320000/x` first, then withdraw it",
    ] { Self.expectChinese(reason, reason) }
  }
}
