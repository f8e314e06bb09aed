import Cryptography

extension ListDocument {
  // The names of all fields, as `docs/list.schema.json` has them.
  package static let fields = [
    "list", "version", "kind", "title", "parties", "authority", "valid", "replaces", "number", "batch", "issuer",
    "documentNumber", "issuedOn", "basis", "scanDigest", "dispute", "calendars", "items",
  ]
  package static let validFields = ["from", "until"]
  package static let calendarFields = ["region", "from", "until", "holidays", "workdays"]
  package static let itemFields = [
    "resource", "source", "share", "recipients", "departments", "purposes", "fields", "grade", "rowLimit",
    "minimumGroup", "duties", "number", "catalogCode", "dataItems", "matters", "legalBasis", "conditions",
    "accessForms", "mountBy", "office", "retention", "disposal", "onward", "crossBorderBasis", "sourceDesignation",
  ]
  package static let sourceFields = ["region", "department"]
  package static let ruleFields = ["allow", "mask", "hash", "deny"]
  package static let dutyFields = [
    "updateWorkdays", "answerWorkdays", "deliverWorkdays", "correctWorkdays", "calendar", "updateCycle",
  ]
  /// Working days that a duty may state at all; what the law leaves is `DutyLimits`.
  package static let workdaysRange: ClosedRange<Int64> = 1...3650

  /// Reads and checks a list's document: its form, what it names, the law. All refusals come at once.
  package static func read(_ node: DocumentNode, _ around: ListSurroundings = ListSurroundings()) -> ListReading {
    var findings = ListFindings()
    guard case .object(let members) = node.content else {
      findings.refuse(
        .type, line: node.line, "", zh: "清单应是字段的集合，这里是 \(node.excerpt)",
        en: "a list is an object with list, version, kind …, this is \(node.excerpt)")
      return ListReading(document: nil, refusals: findings.refusals, warnings: [])
    }
    let reader = DocumentReader(members, line: node.line, path: "", known: fields, &findings)
    var document = readTerms(reader, &findings)
    reader.objects("items", known: itemFields, atMost: itemCountMax, &findings) { reader, findings in
      if let item = Item(reader, &findings) { document?.items.append(item) }
    }
    if reader.node("items") == nil { reader.refuseMissing("items", &findings) }
    document?.checkTerms(reader, around, &findings)
    guard let document, !findings.isRefused else {
      findings.close()
      return ListReading(document: nil, refusals: findings.refusals, warnings: findings.warnings)
    }
    document.checkItems(around, &findings)
    findings.close()
    return ListReading(
      document: findings.isRefused ? nil : document, refusals: findings.refusals, warnings: findings.warnings)
  }

  private static func readTerms(_ reader: DocumentReader, _ findings: inout ListFindings) -> ListDocument? {
    let name = reader.required("list", &findings)
    if let name, !isName(name) {
      findings.refuse(
        .value, line: reader.line(of: "list"), "list", zh: "清单标识为 1–64 个 a-z 0-9 -",
        en: "a list's id has 1–64 of a-z 0-9 -, \(JSONValue.string(name).excerpt) has not")
    }
    let version = reader.integer("version", in: 1...Int64(UInt32.max), &findings)
    let kind = reader.choice("kind", of: ListTerms.Kind.self, &findings)
    let title = reader.required("title", &findings)
    for name in ["version", "kind", "parties", "valid"] where reader.node(name) == nil {
      reader.refuseMissing(name, &findings)
    }
    let parties = readParties(reader, &findings)
    let authority = reader.region("authority", &findings)
    var days: (from: CalendarDate, until: CalendarDate)?
    if let valid = reader.object("valid", known: validFields, zh: "含 from、until 的对象", &findings) {
      for name in validFields where valid.node(name) == nil { valid.refuseMissing(name, &findings) }
      if let from = valid.date("from", &findings), let until = valid.date("until", &findings) { days = (from, until) }
    }
    let calendars = readCalendars(reader, &findings)
    let further = ListDocument.Further(reader, &findings)
    guard let name, let version, let kind, let title, let days else { return nil }
    var document = ListDocument(
      list: name, version: UInt32(version), kind: kind, title: title, parties: parties, authority: authority,
      validFrom: days.from, validUntil: days.until)
    further.write(to: &document)
    document.calendars = calendars
    return document
  }

  static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
  }

  private static func readParties(_ reader: DocumentReader, _ findings: inout ListFindings) -> [RegionCode] {
    var parties: Set<RegionCode> = []
    var named: Set<String> = []
    for (text, line) in reader.texts("parties", &findings) {
      guard named.insert(text).inserted else {
        findings.refuse(
          .duplicate, line: line, "parties", zh: "\(JSONValue.string(text).excerpt) 写了两次：同一地区只写一次",
          en: "\(JSONValue.string(text).excerpt) is given twice: name each party once")
        continue
      }
      if let group = RegionGroup.named(text) {
        parties.formUnion(group.codes.compactMap { RegionCode($0) })
      } else if let region = DocumentReader.region(text, line: line, "parties", &findings) {
        parties.insert(region)
      }
    }
    return parties.sorted()
  }

  static func readCalendars(_ reader: DocumentReader, _ findings: inout ListFindings) -> [WorkCalendar] {
    var calendars: [WorkCalendar] = []
    reader.objects("calendars", known: calendarFields, atMost: 4096, &findings) { reader, findings in
      for name in ["region", "from", "until"] where reader.node(name) == nil { reader.refuseMissing(name, &findings) }
      let days = (reader.dates("holidays", &findings), reader.dates("workdays", &findings))
      guard let region = reader.region("region", &findings), let from = reader.date("from", &findings),
        let until = reader.date("until", &findings)
      else { return }
      let calendar = WorkCalendar(region: region, from: from, until: until, holidays: days.0, workdays: days.1)
      if let defect = calendar.defect {
        findings.refuse(.date, line: reader.line, String(reader.path.dropLast()), zh: defect.zh, en: defect.en)
      }
      if calendars.contains(where: { $0.region == region }) {
        findings.refuse(
          .duplicate, line: reader.line, reader.path + "region", zh: "地区 \(region) 的日历写了两次",
          en: "the calendar of \(region) is given twice")
      }
      calendars.append(calendar)
    }
    return calendars.sorted { $0.region < $1.region }
  }

  /// The optional fields of a list without its items.
  private struct Further {
    let replaces, scanDigest: Digest?
    let number, batch, issuer, documentNumber, basis, dispute: String?
    let issuedOn: CalendarDate?

    init(_ reader: DocumentReader, _ findings: inout ListFindings) {
      replaces = reader.digest("replaces", &findings)
      scanDigest = reader.digest("scanDigest", &findings)
      number = reader.text("number", &findings)
      batch = reader.text("batch", &findings)
      issuer = reader.text("issuer", &findings)
      documentNumber = reader.text("documentNumber", &findings)
      basis = reader.text("basis", &findings)
      dispute = reader.text("dispute", &findings)
      issuedOn = reader.date("issuedOn", &findings)
    }

    func write(to document: inout ListDocument) {
      document.replaces = replaces
      document.scanDigest = scanDigest
      document.number = number
      document.batch = batch
      document.issuer = issuer
      document.documentNumber = documentNumber
      document.basis = basis
      document.dispute = dispute
      document.issuedOn = issuedOn
    }
  }
}

extension ListTerms.Kind: CaseIterable {
  package static let allCases: [ListTerms.Kind] = [.agreed, .issued, .decided]
}

extension WorkCalendar {
  fileprivate var defect: Wording? {
    guard from <= until else {
      return Wording(zh: "日历的起始日 \(from) 晚于终止日 \(until)", en: "the calendar begins on \(from), after its end, \(until)")
    }
    if let day = (holidays + workdays).first(where: { $0 < from || $0 > until }) {
      return Wording(
        zh: "\(day) 不在日历的 \(from) 至 \(until) 内", en: "\(day) lies outside the calendar, \(from) to \(until)")
    }
    if let day = holidays.first(where: Set(workdays).contains) {
      return Wording(zh: "\(day) 既是节假日又是工作日", en: "\(day) is both a holiday and a workday")
    }
    return nil
  }
}
