import Cryptography

/// Takes the members of one object of a document by name. What is wrong with them goes to the findings, with its line.
///
/// An absent member, `null`, and an empty text or list are the same: not stated.
struct DocumentReader {
  let line: Int
  /// Ends in a point unless empty.
  let path: String
  private let members: [DocumentNode.Member]

  /// Members whose names are not `known` are refused, naming the nearest known one; a name given twice is refused.
  init(_ members: [DocumentNode.Member], line: Int, path: String, known: [String], _ findings: inout ListFindings) {
    self.members = members
    self.line = line
    self.path = path
    for (place, member) in members.enumerated() {
      if !known.contains(member.name) {
        // The nearest name is sought only for what is shown: a file can hold millions of names.
        findings.refuse(
          .unknownField, line: member.line, path + JSONValue.string(member.name).excerpt.dropFirst().dropLast(),
          zh: "没有这个字段；最接近的是“\(member.name.nearest(of: known))”",
          en: "no such field; the nearest is “\(member.name.nearest(of: known))”")
      } else if members[..<place].contains(where: { $0.name == member.name }) {
        findings.refuse(.duplicate, line: member.line, path + member.name, zh: "同一字段写了两次", en: "is given twice")
      }
    }
  }

  func node(_ name: String) -> DocumentNode? {
    guard let node = members.first(where: { $0.name == name })?.value, node.content != .null else { return nil }
    return node
  }

  /// Where a member stands; where it is missing, where its object begins.
  func line(of name: String) -> Int { members.first { $0.name == name }?.line ?? line }

  func refuseType(_ name: String, _ node: DocumentNode, zh: String, en: String, _ findings: inout ListFindings) {
    let shown = node.excerpt
    var advice = Wording(zh: "", en: "")
    if case .number(let text) = node.content {
      advice = Wording(zh: "；文本请加引号：\"\(text)\"", en: "; a text stands in quotes: \"\(text)\"")
    }
    findings.refuse(
      .type, line: node.line, path + name, zh: "\(shown) 不是\(zh)\(advice.zh)",
      en: "\(shown) is not \(en)\(advice.en)")
  }

  func text(_ name: String, _ findings: inout ListFindings) -> String? {
    guard let node = node(name) else { return nil }
    return text(node, name, &findings)
  }

  private func text(_ node: DocumentNode, _ name: String, _ findings: inout ListFindings) -> String? {
    guard case .text(let text) = node.content else {
      refuseType(name, node, zh: "文本", en: "a text", &findings)
      return nil
    }
    if let defect = text.listTextDefect {
      findings.refuse(.characters, line: node.line, path + name, zh: defect.zh, en: defect.en)
      return nil
    }
    return text.unicodeScalars.allSatisfy(\.properties.isWhitespace) ? nil : text
  }

  func required(_ name: String, _ findings: inout ListFindings) -> String? {
    guard node(name) != nil else {
      refuseMissing(name, &findings)
      return nil
    }
    let before = findings.refusals.count
    if let text = text(name, &findings) { return text }
    if findings.refusals.count == before { refuseMissing(name, &findings) }
    return nil
  }

  func refuseMissing(_ name: String, _ findings: inout ListFindings) {
    findings.refuse(.missingField, line: line(of: name), path + name, zh: "必须填写", en: "is required")
  }

  /// Texts with their lines, in the order written.
  func texts(_ name: String, _ findings: inout ListFindings) -> [(text: String, line: Int)] {
    guard let node = node(name) else { return [] }
    guard case .list(let values) = node.content else {
      refuseType(name, node, zh: "文本的列表", en: "a list of texts", &findings)
      return []
    }
    var texts: [(text: String, line: Int)] = []
    for (place, value) in values.enumerated() {
      let before = findings.refusals.count
      if let text = text(value, "\(name)[\(place)]", &findings) {
        texts.append((text, value.line))
      } else if findings.refusals.count == before {
        findings.refuse(
          .value, line: value.line, "\(path)\(name)[\(place)]", zh: "为空，请删去", en: "is empty: leave it out")
      }
    }
    return texts
  }

  /// A set of texts: sorted as bytes, each once.
  func set(_ name: String, _ findings: inout ListFindings) -> [String] {
    texts(name, &findings).map(\.text).canonicalSet
  }

  func bool(_ name: String, _ findings: inout ListFindings) -> Bool? {
    guard let node = node(name) else { return nil }
    if case .bool(let value) = node.content { return value }
    refuseType(name, node, zh: "true 或 false", en: "true or false", &findings)
    return nil
  }

  func integer(_ name: String, in range: ClosedRange<Int64>, _ findings: inout ListFindings) -> Int64? {
    guard let node = node(name) else { return nil }
    if let number = node.json.integer, range.contains(number) { return number }
    findings.refuse(
      .value, line: node.line, path + name, zh: "\(node.excerpt) 不是 \(range.lowerBound) 到 \(range.upperBound) 的整数",
      en: "\(node.excerpt) is no whole number from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, of type: Choice.Type = Choice.self, _ findings: inout ListFindings
  ) -> Choice? where Choice.RawValue == String {
    guard let node = node(name) else { return nil }
    guard case .text(let text) = node.content, let choice = Choice(rawValue: text) else {
      let allowed = Choice.allCases.map(\.rawValue)
      findings.refuse(
        .value, line: node.line, path + name, zh: "\(node.excerpt) 不是 \(allowed.joined(separator: "、")) 之一",
        en: "\(node.excerpt) is none of \(allowed.joined(separator: ", "))")
      return nil
    }
    return choice
  }

  func date(_ name: String, _ findings: inout ListFindings) -> CalendarDate? {
    guard let node = node(name) else { return nil }
    if case .text(let text) = node.content, let date = CalendarDate(text) { return date }
    findings.refuse(
      .date, line: node.line, path + name, zh: "\(node.excerpt) 不是 yyyy-mm-dd 格式的有效日期",
      en: "\(node.excerpt) is no date of the calendar written yyyy-mm-dd")
    return nil
  }

  func dates(_ name: String, _ findings: inout ListFindings) -> [CalendarDate] {
    texts(name, &findings).compactMap { text, line in
      if let date = CalendarDate(text) { return date }
      findings.refuse(
        .date, line: line, path + name, zh: "“\(text.prefix(32))”不是 yyyy-mm-dd 格式的有效日期",
        en: "“\(text.prefix(32))” is no date of the calendar written yyyy-mm-dd")
      return nil
    }
  }

  func digest(_ name: String, _ findings: inout ListFindings) -> Digest? {
    guard let node = node(name) else { return nil }
    if case .text(let text) = node.content, let digest = Digest(hex: text) { return digest }
    findings.refuse(
      .digest, line: node.line, path + name, zh: "\(node.excerpt) 不是 64 位十六进制数字的摘要",
      en: "\(node.excerpt) is no digest: 64 hexadecimal digits, in quotes")
    return nil
  }

  func region(_ name: String, _ findings: inout ListFindings) -> RegionCode? {
    guard let node = node(name) else { return nil }
    guard case .text(let text) = node.content else {
      refuseType(name, node, zh: "地区代码", en: "a region code", &findings)
      return nil
    }
    return Self.region(text, line: node.line, path + name, &findings)
  }

  static func region(_ text: String, line: Int, _ field: String, _ findings: inout ListFindings) -> RegionCode? {
    if let region = RegionCode(text), RegionGroup.isProvince(text) { return region }
    let shown = JSONValue.string(text).excerpt
    findings.refuse(
      .region, line: line, field, zh: "\(shown) 不是地区代码（GB/T 2260 六位数字，或部委代码 000000-…）",
      en: "\(shown) is no region: six digits of GB/T 2260, or 000000- and a ministry's social credit code in lower case"
    )
    return nil
  }

  /// A reader of a member that is an object; nil if there is none.
  func object(_ name: String, known: [String], zh: String, _ findings: inout ListFindings) -> DocumentReader? {
    guard let node = node(name) else { return nil }
    guard case .object(let members) = node.content else {
      refuseType(name, node, zh: zh, en: "an object with \(known.joined(separator: ", "))", &findings)
      return nil
    }
    return DocumentReader(members, line: line(of: name), path: path + name + ".", known: known, &findings)
  }

  /// Calls `read` for each object of a list.
  func objects(
    _ name: String, known: [String], atMost limit: Int, _ findings: inout ListFindings,
    _ read: (DocumentReader, inout ListFindings) -> Void
  ) {
    guard let node = node(name) else { return }
    guard case .list(let values) = node.content else {
      refuseType(name, node, zh: "列表", en: "a list of objects", &findings)
      return
    }
    guard values.count <= limit else {
      findings.refuse(
        .tooMany, line: node.line, path + name, zh: "有 \(values.count) 项，最多 \(limit) 项",
        en: "has \(values.count) of them, \(limit) is the most")
      return
    }
    for (place, value) in values.enumerated() {
      guard case .object(let members) = value.content else {
        refuseType(
          "\(name)[\(place)]", value, zh: "对象", en: "an object with \(known.prefix(4).joined(separator: ", ")) …",
          &findings)
        continue
      }
      read(
        DocumentReader(members, line: value.line, path: "\(path)\(name)[\(place)].", known: known, &findings), &findings
      )
    }
  }
}

extension String {
  /// What people sign must read the same everywhere: no control character but a line feed, nothing that turns the reading
  /// direction (Unicode Annex 9) or draws nothing.
  fileprivate var listTextDefect: Wording? {
    guard utf8.count <= ListDocument.textLengthMax else {
      return Wording(
        zh: "有 \(utf8.count) 字节，最多 \(ListDocument.textLengthMax)",
        en: "has \(utf8.count) bytes, \(ListDocument.textLengthMax) is the most")
    }
    guard let bad = unicodeScalars.first(where: Self.isUnfit) else { return nil }
    let name = ResourceID.name(of: bad)
    return Wording(zh: "含有不允许的字符 \(name)", en: "contains \(name), which no list may")
  }

  private static func isUnfit(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A, 0x20..<0x7F, 0x3000...0x9FFF: false
    case 0..<0x20, 0x7F...0x9F, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
    case 0xFFF9...0xFFFB, 0xE0000...0xE007F: true
    default: false
    }
  }
}
