extension ListDocument.Item {
  /// Reads one item. nil if what every item needs is missing or wrong; the findings then say so.
  init?(_ reader: DocumentReader, _ findings: inout ListFindings) {
    let resource = Self.resource(reader, &findings)
    let share = reader.choice("share", of: Manifest.ShareType.self, &findings)
    if reader.node("share") == nil { reader.refuseMissing("share", &findings) }
    var source: RegionCode?
    var department: String?
    if let inner = reader.object(
      "source", known: ListDocument.sourceFields, zh: "含 region、department 的对象", &findings)
    {
      if inner.node("region") == nil { inner.refuseMissing("region", &findings) }
      source = inner.region("region", &findings)
      department = inner.text("department", &findings)
    } else if reader.node("source") == nil {
      reader.refuseMissing("source", &findings)
    }
    let recipients = Self.recipients(reader, &findings)
    let fields = ListDocument.FieldRules(reader, &findings)
    let duties = ListDocument.Duties(reader, &findings)
    guard let resource, let share, let source else { return nil }
    self.init(resource: resource, source: source, department: department, share: share)
    line = reader.line
    self.recipients = recipients
    self.fields = fields
    self.duties = duties
    readTerms(reader, &findings)
    readPractice(reader, &findings)
  }

  private mutating func readTerms(_ reader: DocumentReader, _ findings: inout ListFindings) {
    departments = reader.set("departments", &findings)
    purposes = reader.set("purposes", &findings)
    grade = reader.choice("grade", of: Manifest.Grade.self, &findings)
    rowLimit = reader.integer("rowLimit", in: 1...(1 << 53), &findings).map(UInt64.init)
    minimumGroup = reader.integer("minimumGroup", in: 1...1_000_000, &findings).map(UInt32.init)
    legalBasis = reader.text("legalBasis", &findings)
    conditions = reader.text("conditions", &findings)
    onward = reader.bool("onward", &findings) ?? false
    crossBorderBasis = reader.text("crossBorderBasis", &findings)
    sourceDesignation = reader.text("sourceDesignation", &findings)
    for (text, line) in reader.texts("accessForms", &findings) {
      guard let form = AccessForm(rawValue: text) else {
        let allowed = AccessForm.allCases.map(\.rawValue)
        findings.refuse(
          .value, line: line, reader.path + "accessForms",
          zh: "“\(text.prefix(32))”不是 \(allowed.joined(separator: "、")) 之一",
          en: "“\(text.prefix(32))” is none of \(allowed.joined(separator: ", "))")
        continue
      }
      if !accessForms.contains(form) { accessForms.append(form) }
    }
    accessForms.sort { $0.rawValue < $1.rawValue }
  }

  private mutating func readPractice(_ reader: DocumentReader, _ findings: inout ListFindings) {
    number = reader.text("number", &findings)
    catalogCode = reader.text("catalogCode", &findings)
    if let catalogCode, !Manifest.isOfficialCode(catalogCode) {
      findings.refuse(
        .value, line: reader.line(of: "catalogCode"), reader.path + "catalogCode",
        zh: "信息资源代码为 1–64 个 A-Z a-z 0-9 / _ -", en: "is not 1–64 of A-Z a-z 0-9 / _ -")
    }
    dataItems = reader.set("dataItems", &findings)
    matters = reader.set("matters", &findings)
    mountBy = reader.date("mountBy", &findings)
    office = reader.text("office", &findings)
    retention = reader.text("retention", &findings)
    disposal = reader.text("disposal", &findings)
  }

  private static func resource(_ reader: DocumentReader, _ findings: inout ListFindings) -> String? {
    guard let text = reader.required("resource", &findings) else { return nil }
    let line = reader.line(of: "resource")
    if let defect = ResourceID.defect(of: text.hasSuffix("/") ? text.dropLast() : text[...]) {
      findings.refuse(
        .id, line: line, reader.path + "resource", zh: "既不是标识也不是前缀：\(defect)", en: "is no id and no prefix: \(defect)")
      return nil
    }
    let owner = text.prefix { $0 != "/" }
    guard RegionCode(owner) != nil, RegionGroup.isProvince(owner) else {
      findings.refuse(
        .prefix, line: line, reader.path + "resource", zh: "首段“\(owner.prefix(40))”不是地区代码",
        en:
          "begins with “\(owner.prefix(40))”, which is no region: an id begins with the code of the region it belongs to"
      )
      return nil
    }
    return text
  }

  private static func recipients(_ reader: DocumentReader, _ findings: inout ListFindings) -> [String] {
    var codes: [String] = []
    for (text, line) in reader.texts("recipients", &findings) {
      if let group = RegionGroup.named(text) {
        codes += group.prefixes
      } else if isRecipient(text) {
        codes.append(text)
      } else {
        let groups = RegionGroup.all.map(\.name)
        findings.refuse(
          .prefix, line: line, reader.path + "recipients",
          zh: "“\(text.prefix(40))”不是地区代码，也不是 2 位或 4 位的地区前缀或区域名（\(groups.joined(separator: "、"))）",
          en:
            "“\(text.prefix(40))” is no region, no prefix of one (2 or 4 digits), and no group of regions (\(groups.joined(separator: ", ")))"
        )
      }
    }
    return codes.canonicalSet
  }

  /// Half a level (1, 3 or 5 digits) names nothing.
  private static func isRecipient(_ text: String) -> Bool {
    guard RegionGroup.isProvince(text) else { return false }
    if RegionCode(text) != nil { return true }
    return [2, 4].contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}

extension ListDocument.FieldRules {
  fileprivate init(_ reader: DocumentReader, _ findings: inout ListFindings) {
    guard
      let rules = reader.object(
        "fields", known: ListDocument.ruleFields, zh: "含 allow、mask、hash、deny 的对象", &findings)
    else { return }
    var seen: [String: String] = [:]
    func read(_ name: String, _ findings: inout ListFindings) -> [String] {
      let texts = rules.texts(name, &findings)
      for (text, line) in texts {
        if let other = seen[text], other != name {
          findings.refuse(
            .fieldRules, line: line, rules.path + name, zh: "字段“\(text)”已在 \(other) 中，一个字段只能有一条规则",
            en: "“\(text)” stands under \(other) already: a field has one rule")
        }
        seen[text] = name
      }
      return texts.map(\.text).canonicalSet
    }
    allow = read("allow", &findings)
    mask = read("mask", &findings)
    hash = read("hash", &findings)
    deny = read("deny", &findings)
  }
}

extension ListDocument.Duties {
  fileprivate init(_ reader: DocumentReader, _ findings: inout ListFindings) {
    guard let duties = reader.object("duties", known: ListDocument.dutyFields, zh: "职责的集合", &findings) else { return }
    func days(_ name: String, _ findings: inout ListFindings) -> UInt32? {
      duties.integer(name, in: ListDocument.workdaysRange, &findings).map(UInt32.init)
    }
    update = days("updateWorkdays", &findings)
    answer = days("answerWorkdays", &findings)
    deliver = days("deliverWorkdays", &findings)
    correct = days("correctWorkdays", &findings)
    calendar = duties.region("calendar", &findings)
    updateCycle = duties.text("updateCycle", &findings)
    if let cycle = updateCycle, case .other = Manifest.UpdateCycle(name: cycle) {
      let allowed = Manifest.UpdateCycle.known.map(\.name)
      findings.refuse(
        .value, line: duties.line(of: "updateCycle"), duties.path + "updateCycle",
        zh: "“\(cycle.prefix(32))”不是 \(allowed.joined(separator: "、")) 之一",
        en: "“\(cycle.prefix(32))” is none of \(allowed.joined(separator: ", "))")
    }
  }
}
