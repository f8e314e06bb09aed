import Catalog
import Cryptography
import Testing

/// A list with every field, synthetic; JSON is the same document as the YAML of docs/LISTS.md.
let fullListJSON = #"""
  {"list":"delta-credit","version":2,"kind":"agreed","title":"长三角信用信息共享责任清单","parties":["310000","320000","330000"],
  "valid":{"from":"2026-01-01","until":"2027-12-31"},"replaces":"0000000000000000000000000000000000000000000000000000000000000001",
  "number":"CSJ-2026-01","batch":"第一批","issuer":"长三角区域合作办公室","documentNumber":"长三角办〔2026〕1 号","issuedOn":"2025-12-20",
  "basis":"《政务数据共享条例》第十四条","scanDigest":"00000000000000000000000000000000000000000000000000000000000000ff",
  "calendars":[{"region":"000000","from":"2026-01-01","until":"2026-12-31","holidays":["2026-01-01","2026-10-01"],
  "workdays":["2026-10-10"]}],
  "items":[{"resource":"310000/credit/","source":{"region":"310000","department":"上海市发展和改革委员会"},"share":"conditional",
  "recipients":["32","330000"],"departments":["市场监督管理局"],"purposes":["credit-review"],"fields":{"allow":["level","name","uscc"],
  "mask":["phone"],"hash":["idNumber"],"deny":["address"]},"grade":"important","rowLimit":1000,"minimumGroup":5,
  "duties":{"updateWorkdays":10,"answerWorkdays":10,"deliverWorkdays":20,"correctWorkdays":10,"calendar":"310000",
  "updateCycle":"daily"},"number":"1","catalogCode":"306001/0001","dataItems":["企业名称"],"matters":["企业信用查询"],
  "legalBasis":"《征信业管理条例》","conditions":"仅限信用审查","accessForms":["batch","verify"],"mountBy":"2026-03-31",
  "office":"信用处","retention":"一年","disposal":"到期销毁","onward":true,"crossBorderBasis":"《…安排》",
  "sourceDesignation":"沪数源认〔2026〕3 号"}]}
  """#

let smallItem =
  #"{"resource":"310000/credit/","source":{"region":"310000"},"share":"conditional","recipients":["32"],"purposes":["audit"],"duties":{"answerWorkdays":10}}"#

func smallList(_ item: String = smallItem, _ more: String = "") -> String {
  #"{"list":"a","version":1,"kind":"agreed","title":"t","parties":["310000","320000"],"valid":{"from":"2026-01-01","until":"2026-12-31"},"items":["#
    + item + "]" + more + "}"
}

func readList(_ json: String, _ around: ListSurroundings = ListSurroundings()) throws -> ListReading {
  ListDocument.read(DocumentNode(try JSONReader.value(Array(json.utf8))), around)
}

@Suite("List documents")
struct ListDocumentTests {
  @Test("Every field goes into the text and comes out as it went in")
  func roundTrip() throws {
    let reading = try readList(fullListJSON)
    #expect(reading.refusals.isEmpty, "\(reading.refusals)")
    #expect(reading.warnings.isEmpty, "\(reading.warnings)")
    let document = try #require(reading.document)
    let text = try document.text(federation: TestRegion.federation)
    #expect(try ListText(bytes: text.bytes) == text)
    #expect(text.json.sorted.text == (try JSONReader.value(Array(fullListJSON.utf8))).sorted.text)
    #expect(ListDocument.read(DocumentNode(text.json)).document == document)
  }

  @Test("A list holds from the first moment of its first day in Beijing to the last of its last")
  func validity() throws {
    let text = try #require(try readList(smallList()).document).text(federation: TestRegion.federation)
    #expect(text.terms.validity == 1_767_196_800_000..<1_798_732_800_000)
    let later = try ListText(
      ListText.wire("310000/a/", source: .shanghai, parties: [.shanghai, .jiangsu], validity: 5..<7))
    #expect(later.json.text.contains(#""valid":{"from":5,"until":7}"#))
  }

  @Test("Groups stand for codes in the text: provinces as parties, all of them as recipients")
  func groups() throws {
    let json = smallList(smallItem.replacing(#"["32"]"#, with: #"["成渝","32"]"#))
      .replacing(#"["310000","320000"]"#, with: #"["长三角"]"#)
    let document = try #require(try readList(json).document)
    #expect(document.parties.map(\.text) == ["310000", "320000", "330000", "340000"])
    #expect(document.items[0].recipients == ["32", "50", "51"])
    for name in ["京津冀", "长三角", "粤港澳", "成渝", "长江中游"] {
      let group = try #require(RegionGroup.named(name))
      #expect(group.prefixes.allSatisfy { RegionGroup.provinces[$0] != nil }, "\(name)")
    }
  }

  @Test("The calendars that duties are counted in are added to the text, unless the list states them")
  func calendars() throws {
    func calendar(_ region: RegionCode, _ days: [String] = []) -> WorkCalendar {
      WorkCalendar(
        region: region, from: CalendarDate("2026-01-01")!, until: CalendarDate("2026-12-31")!,
        holidays: days.compactMap { CalendarDate($0) }, workdays: [])
    }
    let document = try #require(try readList(smallList()).document)
    let known = [calendar(.national), calendar(.shanghai), calendar(.jiangsu)]
    #expect(document.adding(calendars: known).calendars == [calendar(.national), calendar(.shanghai)])
    var stated = document
    stated.calendars = [calendar(.national, ["2026-05-01"])]
    #expect(stated.adding(calendars: known).calendars.first == stated.calendars.first)
  }

  private static let faults: [(String, String, String)] = [
    (smallList(smallItem, #","titel":"x""#), "unknownField", "the nearest is “title”"),
    (smallList().replacing(#""title":"t","#, with: ""), "missingField", "title: is required"),
    (smallList().replacing(#""title":"t""#, with: #""title":7"#), "type", "in quotes: \"7\""),
    (smallList().replacing(#""list":"a""#, with: #""list":"A b""#), "value", "1–64 of a-z 0-9 -"),
    (smallList().replacing(#""version":1"#, with: #""version":0"#), "value", "from 1 to 4294967295"),
    (smallList().replacing("agreed", with: "voted"), "value", "none of agreed, issued, decided"),
    (smallList().replacing("2026-12-31", with: "2025-12-31"), "validity", "ends before it begins"),
    (smallList().replacing("2026-12-31", with: "2026-02-30"), "date", "no date of the calendar"),
    (smallList().replacing("2026-01-01", with: "1969-01-01"), "validity", "before 1970"),
    (smallList().replacing(#""310000","320000""#, with: ""), "party", "no parties"),
    (
      smallList().replacing(#"["310000","320000"]"#, with: #"["310000","990000"]"#), "region", "\"990000\" is no region"
    ),
    (smallList(smallItem, #","authority":"000000""#), "authority", "its parties sign"),
    (smallList().replacing("agreed", with: "issued"), "authority", "names the authority"),
    (
      smallList(smallItem, #","authority":"310000""#).replacing("agreed", with: "issued"), "authority",
      "does not stand above the party 320000"
    ),
    (
      smallList(smallItem, #","authority":"000000""#).replacing("agreed", with: "decided"), "missingField",
      "which dispute it decides"
    ),
    (smallList(smallItem, #","dispute":"x""#), "missingField", "decided list alone"),
    (smallList(smallItem, #","replaces":"12""#), "digest", "64 hexadecimal digits"),
    (
      smallList(
        smallItem,
        #","calendars":[{"region":"310000","from":"2026-01-01","until":"2026-12-31","holidays":["2027-01-01"]}]"#),
      "date", "outside the calendar"
    ),
    (
      smallList(
        smallItem,
        #","calendars":[{"region":"310000","from":"2026-01-01","until":"2026-12-31","holidays":["2026-05-01"],"workdays":["2026-05-01"]}]"#
      ), "date", "both a holiday and a workday"
    ),
    (smallList("7"), "type", "an object with resource"),
    (smallList(smallItem.replacing("310000/credit/", with: "310000//x")), "id", "no id and no prefix"),
    (smallList(smallItem.replacing("310000/credit/", with: "credit/")), "prefix", "“credit”, which is no region"),
    (smallList(smallItem.replacing("310000/credit/", with: "990000/x/")), "prefix", "no region"),
    (smallList(smallItem.replacing(#"["32"]"#, with: #"["320"]"#)), "prefix", "no prefix of one (2 or 4 digits)"),
    (smallList(smallItem.replacing(#"["32"]"#, with: #"["3x"]"#)), "prefix", "“3x” is no region"),
    (smallList(smallItem.replacing(#"["32"]"#, with: #"["火星"]"#)), "prefix", "no group of regions"),
    (smallList(smallItem.replacing(#"["32"]"#, with: #"[32]"#)), "type", "a text stands in quotes: \"32\""),
    (smallList(smallItem.replacing(#"["32"]"#, with: #"[""]"#)), "value", "leave it out"),
    (
      smallList(smallItem.replacing(#"{"region":"310000"}"#, with: #"{"region":"330000"}"#)), "party",
      "is no party of the list"
    ),
    (smallList(smallItem.replacing("310000/credit/", with: "330000/credit/")), "party", "give away what is another's"),
    (smallList(smallItem + "," + smallItem), "overlap", "stands in item 1 (line 0) already"),
    (
      smallList(
        smallItem + ","
          + smallItem.replacing("310000/credit/", with: "310000/credit/x").replacing(
            #"{"region":"310000"}"#, with: #"{"region":"320000"}"#)),
      "overlap", "one datum has one source"
    ),
    (
      smallList(smallItem.replacing(#""answerWorkdays":10"#, with: #""answerWorkdays":11"#)), "term",
      "the 10 of 809 art. 21"
    ),
    (
      smallList(smallItem.replacing(#""answerWorkdays":10"#, with: #""deliverWorkdays":21"#)), "term",
      "the 20 of 809 art. 22"
    ),
    (
      smallList(smallItem.replacing(#""answerWorkdays":10"#, with: #""correctWorkdays":11"#)), "term",
      "the 10 of 809 art. 26"
    ),
    (
      smallList(smallItem.replacing(#""answerWorkdays":10"#, with: #""updateWorkdays":11"#)), "term",
      "the 10 of 809 art. 16"
    ),
    (smallList(smallItem.replacing(#""answerWorkdays":10"#, with: #""updateCycle":"often""#)), "value", "realtime"),
    (
      smallList(
        smallItem.replacing(
          #""share":"conditional","recipients":["32"],"purposes":["audit"]"#, with: #""share":"unconditional""#)),
      "term", "the 1 of 809 art. 21"
    ),
    (
      smallList(
        smallItem.replacing(
          #""share":"conditional","recipients":["32"],"purposes":["audit"]"#, with: #""share":"none""#)), "legalBasis",
      "809 art. 14"
    ),
    (
      smallList(smallItem.replacing(#""duties""#, with: #""fields":{"allow":["a"],"mask":["a"]},"duties""#)),
      "fieldRules", "a field has one rule"
    ),
    (
      smallList(smallItem.replacing(#""duties""#, with: #""accessForms":["ftp"],"duties""#)), "value",
      "none of verify, lookup"
    ),
    (smallList(smallItem.replacing(#""duties""#, with: #""onward":"no","duties""#)), "type", "true or false"),
    (smallList(smallItem.replacing(#""duties""#, with: #""catalogCode":"a b","duties""#)), "value", "1–64"),
    (smallList(smallItem.replacing(#""duties""#, with: #""office":"a\u202eb","duties""#)), "characters", "U+202E"),
    (
      smallList(
        smallItem.replacing(#""duties""#, with: #""office":"\#(String(repeating: "a", count: 16_385))","duties""#)),
      "characters", "16384 is the most"
    ),
  ]

  @Test("What is wrong is refused with its code, in words that say what to do", arguments: faults)
  func refused(json: String, code: String, words: String) throws {
    let reading = try readList(json)
    #expect(reading.document == nil)
    let found = reading.refusals.map { "\($0.code.rawValue) \($0.text(\.en))" }
    #expect(reading.refusals.contains { $0.code.rawValue == code && $0.text(\.en).contains(words) }, "\(found)")
    #expect(reading.refusals.count == 1, "\(found)")
    #expect(reading.refusals.allSatisfy { $0.reason.zh.unicodeScalars.contains { $0.value > 0x4E00 } })
  }

  @Test("A field that a document gives twice is refused, whoever read the document")
  func duplicate() {
    let member = DocumentNode.Member("list", line: 1, DocumentNode(line: 1, .text("a")))
    let again = DocumentNode.Member("list", line: 2, DocumentNode(line: 2, .text("b")))
    let reading = ListDocument.read(DocumentNode(line: 1, .object([member, again])))
    #expect(reading.refusals.contains { $0.code == .duplicate && $0.line == 2 })
  }

  @Test(
    "Whatever limits unconditional data is refused, by the article that forbids it",
    arguments: [
      #""recipients":["32"]"#, #""departments":["x"]"#, #""purposes":["audit"]"#, #""conditions":"x""#,
      #""fields":{"mask":["a"]}"#, #""rowLimit":5"#, #""minimumGroup":5"#,
    ])
  func tightened(terms: String) throws {
    let item =
      #"{"resource":"310000/credit/","source":{"region":"310000"},"share":"unconditional","duties":{"answerWorkdays":1},"#
    let refusals = try readList(smallList(item + terms + "}")).refusals
    #expect(refusals.map(\.code) == [.tightened])
    #expect(refusals.first?.law == "809 art. 15")
    #expect(try readList(smallList(item.dropLast() + "}")).refusals.isEmpty)
  }

  @Test("A list cannot make conditional what the catalog shares unconditionally")
  func tightenedAgainstTheCatalog() throws {
    var around = ListSurroundings()
    around.unconditional = [ResourceID("310000/credit/x")!]
    let item = smallItem.replacing("310000/credit/", with: "310000/credit/x")
    #expect(try readList(smallList(item), around).refusals.map(\.code) == [.tightened])
    #expect(try readList(smallList(), around).refusals.isEmpty)
  }

  @Test("A party without card, and a proposer that is no signer, are refused where that is known")
  func surroundings() throws {
    var around = ListSurroundings()
    around.regions = [.shanghai]
    #expect(try readList(smallList(), around).refusals.map(\.code) == [.noCard])
    around.regions = [.shanghai, .jiangsu]
    #expect(try readList(smallList(), around).refusals.isEmpty)
    around.proposer = .zhejiang
    #expect(try readList(smallList(), around).refusals.map(\.code) == [.proposer])
    around.proposer = .jiangsu
    #expect(try readList(smallList(), around).refusals.isEmpty)
  }

  @Test("A narrower item may name another source if it cites the act that designates it")
  func designated() throws {
    let narrower = smallItem.replacing("310000/credit/", with: "310000/credit/x")
      .replacing(#"{"region":"310000"}"#, with: #"{"region":"320000"},"sourceDesignation":"沪数源认〔2026〕3 号""#)
    let reading = try readList(smallList(smallItem + "," + narrower))
    #expect(reading.refusals.isEmpty, "\(reading.refusals)")
    #expect(reading.warnings.contains { $0.code == .narrower })
  }

  @Test(
    "What is allowed and rarely meant is a warning",
    arguments: [
      (smallItem.replacing(#","duties":{"answerWorkdays":10}"#, with: ""), ListFinding.Code.noDuties),
      (smallItem.replacing(#""recipients":["32"],"#, with: ""), .noRecipients),
      (smallItem.replacing(#""purposes":["audit"],"#, with: ""), .noPurposes),
      (smallItem.replacing("audit", with: "audits"), .unknownPurpose),
      (smallItem.replacing(#"["32"]"#, with: #"["81"]"#), .crossBorder),
      (smallItem.replacing(#""duties""#, with: #""mountBy":"2027-01-01","duties""#), .idle), (smallItem, .notStated),
    ])
  func warned(item: String, code: ListFinding.Code) throws {
    let reading = try readList(smallList(item))
    #expect(reading.document != nil, "\(reading.refusals)")
    #expect(reading.warnings.contains { $0.code == code }, "\(reading.warnings)")
  }

  @Test("A deployment's own words are known; a vocabulary with a fault is refused whole")
  func vocabulary() throws {
    func node(_ json: String) throws -> DocumentNode { DocumentNode(try JSONReader.value(Array(json.utf8))) }
    var around = ListSurroundings()
    #expect(around.add(vocabulary: try node(#"{"purposes":["audits"]}"#)).isEmpty)
    #expect(around.matters == nil)
    let item = smallItem.replacing("audit", with: "audits")
    #expect(try !readList(smallList(item), around).warnings.contains { $0.code == .unknownPurpose })
    #expect(around.add(vocabulary: try node(#"{"matters":[]}"#)).isEmpty)
    #expect(around.matters == [])
    let days = #"{"region":"000000","from":"2026-01-01","until":"2026-12-31","holidays":["2026-10-01"]}"#
    #expect(around.add(vocabulary: try node(#"{"calendars":["# + days + "]}")).isEmpty)
    #expect(around.calendars.map(\.holidays) == [[CalendarDate("2026-10-01")!]])
    let document = try #require(try readList(smallList()).document)
    #expect(document.adding(calendars: around.calendars).calendars == around.calendars)
    for bad in [#"{"calendars":[{"region":"000000"}]}"#, #"{"matter":["x"]}"#, #"{"purposes":{"a":1}}"#, "[]"] {
      #expect(!around.add(vocabulary: try node(bad)).isEmpty, "\(bad)")
    }
    #expect(around.purposes == ["audits"])
  }

  @Test("A matter is looked up only where matters are known")
  func matters() throws {
    let item = smallItem.replacing(#""duties""#, with: #""matters":["企业注销"],"duties""#)
    var around = ListSurroundings()
    #expect(try !readList(smallList(item), around).warnings.contains { $0.code == .unknownMatter })
    around.matters = ["退休"]
    #expect(try readList(smallList(item), around).warnings.contains { $0.code == .unknownMatter })
  }

  @Test("Of one kind of fault a hundred are shown, and how many more there are")
  func many() throws {
    let items = (0..<150).map { smallItem.replacing("credit/", with: "x\($0)/").replacing(":10", with: ":11") }
    let refusals = try readList(smallList(items.joined(separator: ","))).refusals
    #expect(refusals.count == 101)
    #expect(refusals.last?.reason.en == "50 more of the kind term are not shown")
  }

  @Test("Two lists that name two sources for one resource at one time are told apart only by replacing")
  func together() throws {
    let one = try #require(try readList(smallList()).document)
    var other = one
    other.list = "b"
    #expect(one.overlaps(with: other, named: "b.yaml").isEmpty)
    other.items[0].source = .jiangsu
    #expect(one.overlaps(with: other, named: "b.yaml").map(\.code) == [.overlap])
    other.validFrom = CalendarDate("2027-01-01")!
    other.validUntil = CalendarDate("2027-12-31")!
    #expect(one.overlaps(with: other, named: "b.yaml").isEmpty)
    other = one
    other.title = "u"
    #expect(one.overlaps(with: other, named: "b.yaml").map(\.code) == [.duplicate])
  }
}
