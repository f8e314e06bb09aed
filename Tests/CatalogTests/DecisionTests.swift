import Catalog
import Cryptography
import Testing

/// Who may have which data: the cases in words, one a line. All data is synthetic.
///
/// The list is `delta-credit`, agreed by 310000, 320000, 330000, valid in 2026 and 2027; the request is made on 2026-06-01;
/// the resource is 310000/credit/penalties where the table says `penalties`. Under *the list says*: `to` recipients, `for`
/// purposes, `of` departments; `-x` the column x is denied, `*x` masked, `#x` hashed, `x` allowed; `—` there is no list.
private let table = """
  who asks          | for what         | purpose        | the catalog says | the list says                            | effect | code          | law
  # Unconditional: to every government department, with or without a list; no list may tighten it.
  320000            | penalties        | credit-review  | unconditional    | —                                        | permit | unconditional | 809 art. 15
  320000            | penalties        | —              | unconditional    | —                                        | permit | unconditional | 809 art. 15
  440000            | penalties        | tax-collection | unconditional    | conditional to 32 for credit-review      | permit | unconditional | 809 art. 15
  440000            | penalties        | tax-collection | unconditional    | none by 《某法》                         | permit | unconditional | 809 art. 15
  440000            | penalties        | tax-collection | unconditional    | conditional grade core to 32             | permit | unconditional | 809 art. 15
  320000            | penalties        | credit-review  | unconditional    | conditional to 32 suspended              | permit | unconditional | 809 art. 15
  320000 enterprise | penalties        | credit-review  | unconditional    | —                                        | deny   | notGovernment | —
  # Conditional: an item in force that names recipient, purpose and department.
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review      | permit | listItem      | 809 art. 14
  320500            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review      | permit | listItem      | 809 art. 14
  320500            | penalties        | credit-review  | conditional      | conditional to 320000 for credit-review  | deny   | recipient     | 809 art. 14
  330000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review      | deny   | recipient     | 809 art. 14
  000000-91110000600037341l | penalties | credit-review | conditional      | conditional to 000000-91110000600037341l for credit-review | permit | listItem | 809 art. 14
  000000-91110000600037341l | penalties | credit-review | conditional      | conditional to 000000 for credit-review  | deny   | recipient     | 809 art. 14
  320000            | penalties        | tax-collection | conditional      | conditional to 32 for credit-review      | deny   | purpose       | 809 art. 14
  320000            | penalties        | —              | conditional      | conditional to 32 for credit-review      | deny   | purpose       | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | conditional to 32                        | deny   | purpose       | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | conditional for credit-review            | deny   | recipient     | 809 art. 14
  320000 市场监管局 | penalties        | credit-review  | conditional      | conditional to 32 for credit-review of 市场监管局 | permit | listItem | 809 art. 14
  320000 公安厅     | penalties        | credit-review  | conditional      | conditional to 32 for credit-review of 市场监管局 | deny | department | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review of 市场监管局 | deny | department | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | —                                        | deny   | noItem        | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review on 310000/water/ | deny | noItem | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review on 310000/credit/pen | deny | noItem | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review on 310000/credit/penalties | permit | listItem | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review on 320000/credit/ | deny | noItem | 809 art. 14
  # A list that is not in force permits nothing.
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review unsigned | deny | notInForce  | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review ended | deny  | notInForce    | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review replaced | deny | notInForce  | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review expired | deny | notInForce   | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review future | deny | notInForce    | 809 art. 14
  # Suspended (809 art. 27): for one recipient, or for all.
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review suspended | deny | suspended  | 809 art. 14
  320500            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review suspended:320000 | permit | listItem | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review suspended:320000 | deny | suspended | 809 art. 14
  # What the list says against the catalog.
  320000            | penalties        | credit-review  | conditional      | none by 《某法》 to 32 for credit-review | deny   | notShared     | 809 art. 14
  320000            | penalties        | credit-review  | conditional      | unconditional to 32 for credit-review    | deny   | shareConflict | 809 art. 14
  # An agreed request stands in for a list (809 art. 21).
  320000            | penalties        | credit-review  | conditional      | — request agreed                         | permit | agreedRequest | 809 art. 21
  330000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review request agreed | permit | agreedRequest | 809 art. 21
  320000            | penalties        | credit-review  | conditional      | — request expired                        | deny   | requestOver   | 809 art. 25
  320000            | penalties        | credit-review  | conditional      | — request terminated                     | deny   | requestOver   | 809 art. 25
  320000            | penalties        | tax-collection | conditional      | — request agreed for credit-review       | deny   | noItem        | 809 art. 14
  # Not shared: refused with its legal basis, whatever a list or a request says.
  320000            | penalties        | credit-review  | none             | —                                        | deny   | notShared     | 809 art. 14
  320000            | penalties        | credit-review  | none             | conditional to 32 for credit-review      | deny   | notShared     | 809 art. 14
  320000            | penalties        | credit-review  | none             | — request agreed                         | deny   | notShared     | 809 art. 14
  # Everything else is denied.
  320000            | penalties        | credit-review  | nothing          | conditional to 32 for credit-review      | deny   | noShareType   | 809 art. 14
  320000            | penalties        | credit-review  | no entry         | conditional to 32 for credit-review      | deny   | unknownResource | —
  320000 enterprise | penalties        | credit-review  | conditional      | conditional to 32 for credit-review      | deny   | notGovernment | —
  # A region's own data is its own.
  310000            | penalties        | credit-review  | conditional      | —                                        | permit | ownData       | —
  310000            | penalties        | credit-review  | none             | —                                        | permit | ownData       | —
  310000 enterprise | penalties        | credit-review  | none             | —                                        | deny   | notShared     | 809 art. 14
  320000            | penalties        | —              | conditional      | conditional from 320000 to 33 for credit-review | permit | ownData | —
  # Hong Kong, Macao, Taiwan lie outside 809: only an item that cites a basis.
  810000            | penalties        | credit-review  | unconditional    | —                                        | deny   | crossBorder   | —
  820000            | penalties        | credit-review  | conditional      | conditional to 82 for credit-review      | deny   | crossBorder   | —
  820000            | penalties        | credit-review  | conditional      | conditional to 82 for credit-review crossborder | permit | listItem | 809 art. 14
  710000            | penalties        | credit-review  | conditional      | conditional to 82 for credit-review crossborder | deny | crossBorder | —
  810000            | penalties        | credit-review  | unconditional    | unconditional to 81 crossborder          | permit | unconditional | 809 art. 15
  810000            | penalties        | credit-review  | conditional      | — request agreed                         | deny   | crossBorder   | —
  320000            | 810000/credit/x  | credit-review  | unconditional    | —                                        | deny   | crossBorder   | —
  # Core data goes out on a request alone; of two grades the higher wins.
  320000            | penalties        | credit-review  | conditional core | conditional to 32 for credit-review      | deny   | coreGrade     | Data Security Law art. 21
  320000            | penalties        | credit-review  | conditional      | conditional to 32 for credit-review grade core | deny | coreGrade  | Data Security Law art. 21
  320000            | penalties        | credit-review  | conditional core | conditional to 32 for credit-review request agreed | permit | agreedRequest | 809 art. 21
  320000            | penalties        | credit-review  | conditional important | conditional to 32 for credit-review | permit | listItem      | 809 art. 14
  # Columns.
  320000            | penalties name   | credit-review  | conditional      | conditional to 32 for credit-review name -address | permit | listItem | 809 art. 14
  320000            | penalties address | credit-review | conditional      | conditional to 32 for credit-review name -address | deny | field    | 809 art. 14
  320000            | penalties salary | credit-review  | conditional      | conditional to 32 for credit-review name -address | deny | field    | 809 art. 14
  320000            | penalties salary | credit-review  | conditional      | conditional to 32 for credit-review -address | permit | listItem  | 809 art. 14
  320000            | penalties phone  | credit-review  | conditional      | conditional to 32 for credit-review name *phone | permit | listItem | 809 art. 14
  # Forms of access.
  320000 verify     | penalties        | credit-review  | conditional      | conditional to 32 for credit-review by-form verify | permit | listItem | 809 art. 14
  320000 batch      | penalties        | credit-review  | conditional      | conditional to 32 for credit-review by-form verify | deny | accessForm | 809 art. 14
  """

/// One line of the table, read.
struct DecisionCase: Sendable, CustomTestStringConvertible {
  let line: String
  let columns: [String]

  var testDescription: String { columns.joined(separator: " | ") }

  static let all: [DecisionCase] = table.split(separator: "\n").dropFirst().compactMap { line in
    let line = line.trimmingPrefix { $0 == " " }
    guard !line.hasPrefix("#") else { return nil }
    return DecisionCase(line: String(line), columns: line.split(separator: "|").map { $0.trimmed })
  }

  static let today = CalendarDate("2026-06-01")!.beijingMilliseconds

  var request: AccessRequest {
    let (asker, what) = (columns[0].words, columns[1].words)
    let id = what[0] == "penalties" ? "310000/credit/penalties" : what[0]
    var request = AccessRequest(ResourceID(id)!, region: RegionCode(asker[0])!)
    request.purpose = columns[2] == "—" ? nil : columns[2]
    request.fields = Array(what.dropFirst())
    for word in asker.dropFirst() {
      if word == "enterprise" {
        request.isGovernment = false
      } else if let form = AccessForm(rawValue: word) {
        request.form = form
      } else {
        request.department = word
      }
    }
    return request
  }

  var manifest: Manifest? {
    let words = columns[3].words
    guard columns[3] != "no entry" else { return nil }
    var manifest = Manifest(id: request.resource, title: "行政处罚", provider: .init(region: .shanghai))
    manifest.shareType = Manifest.ShareType(rawValue: words[0])
    manifest.grade = words.count > 1 ? Manifest.Grade(rawValue: words[1]) : nil
    manifest.legalBasis = manifest.shareType == .some(.none) ? "《保密法》第九条" : nil
    return manifest
  }

  /// The list and the agreed request of the fifth column.
  func terms() throws -> (lists: [AccessList], agreements: [AgreedRequest]) {
    var words = columns[4].words[...]
    let stated = words.popFirst() ?? "—"
    var (item, valid, state) = (WireListItem(), ("2026-01-01", "2027-12-31"), AccessList.State.complete)
    (item.resource, item.source) = ("310000/credit/", "310000")
    item.share = stated == "—" ? "" : stated
    var (suspensions, agreements): ([Suspension], [AgreedRequest]) = ([], [])
    func next() -> String { words.popFirst() ?? "" }
    while let word = words.popFirst() {
      switch word {
      case "to": item.recipients.append(next())
      case "for":
        if agreements.isEmpty { item.purposes.append(next()) } else { agreements[0].purpose = next() }
      case "of": item.departments.append(next())
      case "on": item.resource = next()
      case "from": item.source = next()
      case "by": item.legalBasis = next()
      case "by-form": item.accessForms.append(next())
      case "grade": item.grade = next()
      case "crossborder": item.crossBorderBasis = "《…安排》"
      case "unsigned": state = .proposed(missing: [.zhejiang])
      case "ended": state = .ended
      case "replaced": state = .replaced
      case "expired": valid.1 = "2026-05-31"
      case "future": valid.0 = "2026-06-02"
      case "suspended": suspensions.append(Suspension(by: .shanghai, item: nil, recipient: nil))
      case "suspended:320000": suspensions.append(Suspension(by: .shanghai, item: 0, recipient: .jiangsu))
      case "request":
        var agreement = AgreedRequest(
          number: "2026-17", resource: request.resource, region: request.region, purpose: request.purpose ?? "",
          until: Self.today + 1)
        switch next() {
        case "expired": agreement.until = Self.today
        case "terminated": agreement.state = .terminated
        default: break
        }
        agreements.append(agreement)
      case _ where word.hasPrefix("-"): item.fields.deny.append(String(word.dropFirst()))
      case _ where word.hasPrefix("*"): item.fields.mask.append(String(word.dropFirst()))
      case _ where word.hasPrefix("#"): item.fields.hash.append(String(word.dropFirst()))
      default: item.fields.allow.append(word)
      }
    }
    guard stated != "—" else { return ([], agreements) }
    let validity =
      CalendarDate(valid.0)!.beijingMilliseconds..<CalendarDate(valid.1)!.beijingMilliseconds
      + CalendarDate.dayMilliseconds
    var wire = ListText.wire(
      item.resource, source: .shanghai, parties: [.shanghai, .jiangsu, .zhejiang], validity: validity)
    wire.items = [item]
    return ([AccessList(try ListText(wire), state: state, suspensions: suspensions)], agreements)
  }

  func decide() throws -> Decision {
    let (lists, agreements) = try terms()
    return Catalog.decide(
      request, manifest: manifest, lists: AccessLists(lists), agreements: agreements, at: Self.today)
  }
}

@Suite("Decisions about access")
struct DecisionTests {
  @Test("Each case of the table", arguments: DecisionCase.all)
  func tableCase(row: DecisionCase) throws {
    try #require(row.columns.count == 8, "\(row.line)")
    let decision = try row.decide()
    #expect(decision.effect.rawValue == row.columns[5], "\(decision.reason.en)")
    #expect(decision.code == row.columns[6], "\(decision.reason.en)")
    #expect(decision.law ?? "—" == row.columns[7])
    #expect(!decision.reason.zh.isEmpty && !decision.reason.en.isEmpty)
    #expect(decision.effect == .permit || decision.obligations.isEmpty)
  }

  @Test("The table has its cases, and every ground of a decision about data stands in it")
  func coverage() throws {
    let codes = try Set(DecisionCase.all.map { try $0.decide().code })
    #expect(DecisionCase.all.count >= 60)
    #expect(
      codes == [
        "ownData", "unconditional", "listItem", "agreedRequest", "unknownResource", "noShareType", "notShared",
        "notGovernment", "crossBorder", "coreGrade", "noItem", "notInForce", "shareConflict", "recipient", "department",
        "purpose", "accessForm", "field", "suspended", "requestOver",
      ])
  }

  private func item(_ change: (inout WireListItem) -> Void) throws -> AccessLists {
    var wire = ListText.wire(
      "310000/credit/", source: .shanghai, parties: [.shanghai, .jiangsu], validity: 0..<DecisionCase.today * 2)
    wire.items[0].share = "conditional"
    wire.items[0].recipients = ["32"]
    wire.items[0].purposes = ["credit-review"]
    change(&wire.items[0])
    return AccessLists([AccessList(try ListText(wire))])
  }

  private static let id = ResourceID("310000/credit/penalties")!

  private func decide(
    _ lists: AccessLists, agreements: [AgreedRequest] = [], fields: [String] = [],
    _ change: (inout Manifest) -> Void = { _ in }
  ) -> Decision {
    var manifest = Manifest(id: Self.id, title: "行政处罚", provider: .init(region: .shanghai))
    manifest.shareType = .conditional
    change(&manifest)
    var request = AccessRequest(Self.id, region: .jiangsu, purpose: "credit-review")
    request.fields = fields
    return Catalog.decide(
      request, manifest: manifest, lists: lists, agreements: agreements, at: DecisionCase.today)
  }

  @Test("A permission carries the item's terms and what the law asks of every use")
  func obligations() throws {
    let lists = try item {
      $0.fields.allow = ["name"]
      $0.fields.mask = ["phone"]
      $0.fields.hash = ["idNumber"]
      $0.fields.deny = ["address"]
      $0.rowLimit = 1000
      $0.minimumGroup = 5
      $0.conditions = "仅限信用审查"
      $0.retention = "一年"
      $0.disposal = "销毁"
      $0.grade = "important"
    }
    #expect(
      decide(lists).obligations == [
        .only(["idNumber", "name", "phone"]), .omit("address"), .hash("idNumber"), .mask("phone"), .rowLimit(1000),
        .minimumGroup(5), .conditions("仅限信用审查"), .retention("一年"), .disposal("销毁"), .purpose("credit-review"),
        .noOnward, .recordOfUse(years: 3), .recordOfGiving(years: 3),
      ])
    #expect(
      decide(lists, fields: ["phone"]).obligations.prefix(2) == [.mask("phone"), .rowLimit(1000)])
    #expect(try decide(item { $0.onward = true }).obligations == [.purpose("credit-review"), .recordOfUse(years: 3)])
    #expect(
      try decide(item { _ in }) { $0.items = [.init(name: "姓名", personal: true)] }.obligations.last
        == .recordOfGiving(years: 3))
  }

  @Test("A column that a text puts under several rules gets the strictest")
  func strictest() throws {
    let lists = try item {
      $0.fields.allow = ["a", "b", "c", "d"]
      $0.fields.mask = ["b", "c", "d"]
      $0.fields.hash = ["c", "d"]
      $0.fields.deny = ["d"]
    }
    #expect(
      decide(lists).obligations.prefix(4) == [.only(["a", "b", "c"]), .omit("d"), .hash("c"), .mask("b")])
    #expect(decide(lists, fields: ["d"]).code == "field")
  }

  @Test("An agreed request opens only the columns that it names, under the item's rules")
  func agreedColumns() throws {
    var agreement = AgreedRequest(
      number: "2026-17", resource: Self.id, region: .jiangsu, purpose: "credit-review", until: .max)
    agreement.fields = ["name", "address"]
    let lists = try item {
      $0.recipients = ["33"]
      $0.fields.deny = ["address"]
    }
    #expect(decide(lists, agreements: [agreement]).obligations.prefix(2) == [.only(["name"]), .omit("address")])
    #expect(decide(lists, agreements: [agreement], fields: ["phone"]).code == "field")
    #expect(decide(lists, agreements: [agreement], fields: ["address"]).code == "field")
    #expect(decide(lists, agreements: [agreement], fields: ["name"]).code == "agreedRequest")
  }

  @Test("The answer cites list, version, digest and item, and reads as a sentence in both languages")
  func citation() throws {
    let decision = try decide(item { $0.number = "沪-07" })
    #expect(decision.citation?.list == "delta-credit")
    #expect(decision.citation?.version == 1)
    #expect(decision.citation?.item == 0)
    #expect(
      decision.reason
        == Wording(
          zh: "清单 delta-credit 第 1 版第 1 项（沪-07）允许 320000 为信用审查（credit-review）使用 310000/credit/penalties",
          en: "list delta-credit version 1, item 1 (沪-07), lets 320000 use 310000/credit/penalties for “credit-review”")
    )
    #expect(
      decision.json.text.hasPrefix(
        #"{"id":"310000/credit/penalties","effect":"permit","code":"listItem","reason":"list delta-credit"#))
    #expect(
      decision.json.text.contains(#""list":"delta-credit","version":1,"item":1,"law":"809 art. 14","obligations":[{"#))
    let refused = try decide(item { $0.purposes = ["statistics"] })
    #expect(
      refused.reason.zh == "清单 delta-credit 第 1 版第 1 项只供用于 统计分析（statistics），不含信用审查（credit-review）（第 809 号令第二十五条）")
  }

  @Test("Nobody but an item's source, its region and the authority can suspend it")
  func suspending() throws {
    let lists = try DecisionCase.all[0].terms().lists
    #expect(lists.isEmpty)
    var wire = ListText.wire(
      "310000/credit/", source: .zhejiang, parties: [.shanghai, .jiangsu, .zhejiang], validity: 0..<Int64.max)
    wire.items[0].share = "conditional"
    wire.items[0].recipients = ["32"]
    wire.items[0].purposes = ["credit-review"]
    let text = try ListText(wire)
    for (by, isStopped) in [(RegionCode.shanghai, true), (.zhejiang, true), (.jiangsu, false), (.suzhou, false)] {
      let list = AccessList(text, suspensions: [Suspension(by: by, item: nil, recipient: nil)])
      #expect((decide(AccessLists([list])).code == "suspended") == isStopped, "\(by)")
    }
    let other = AccessList(text, suspensions: [Suspension(by: .shanghai, item: 1, recipient: nil)])
    #expect(decide(AccessLists([other])).effect == .permit)
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    String(trimmingPrefix { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
  fileprivate var words: [String] { split { $0 == " " }.map { String($0) } }
}
