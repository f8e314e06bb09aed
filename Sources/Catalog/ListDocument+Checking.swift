extension ListDocument {
  /// What the form alone does not tell of a list without its items: when it holds, and who may bind whom.
  func checkTerms(_ reader: DocumentReader, _ around: ListSurroundings, _ findings: inout ListFindings) {
    checkValidity(reader, &findings)
    checkSigners(reader, around, &findings)
  }

  /// Whether items contradict each other or the law. Only where each could be read: a place in the list is one of the
  /// document's.
  func checkItems(_ around: ListSurroundings, _ findings: inout ListFindings) {
    if items.isEmpty { findings.warn(.idle, line: 0, "items", zh: "清单没有任何一项", en: "the list has no items") }
    checkOverlaps(&findings)
    for (place, item) in items.enumerated() {
      item.checkParties(of: self, place, &findings)
      item.checkLaw(place, around, &findings)
      item.checkUse(of: self, place, around, &findings)
    }
    checkCompleteness(&findings)
  }

  private func checkValidity(_ reader: DocumentReader, _ findings: inout ListFindings) {
    let line = reader.line(of: "valid")
    if validUntil < validFrom {
      findings.refuse(
        .validity, line: line, "valid", zh: "有效期 \(validFrom) 至 \(validUntil)：止于起始之前",
        en: "the validity ends before it begins: from \(validFrom) until \(validUntil)")
    }
    if validFrom.year < 1970 {
      findings.refuse(
        .validity, line: line, "valid", zh: "有效期不能始于 1970 年之前", en: "the validity begins before 1970")
    }
    if (kind == .decided) != (dispute != nil) {
      findings.refuse(
        .missingField, line: reader.line(of: dispute == nil ? "kind" : "dispute"), "dispute",
        zh: dispute == nil ? "裁定清单须写明所裁定的争议（第 809 号令第二十八条）" : "只有裁定清单（decided）才写 dispute",
        en: dispute == nil
          ? "a decided list says which dispute it decides (809 art. 28)" : "belongs to a decided list alone",
        law: "809 art. 28")
    }
  }

  private func checkSigners(
    _ reader: DocumentReader, _ around: ListSurroundings, _ findings: inout ListFindings
  ) {
    let line = reader.line(of: "parties")
    if parties.isEmpty {
      findings.refuse(.party, line: line, "parties", zh: "清单没有当事地区", en: "the list has no parties")
    }
    let authorityLine = reader.line(of: authority == nil ? "kind" : "authority")
    func refuseAuthority(_ zh: String, _ en: String, _ findings: inout ListFindings) {
      findings.refuse(.authority, line: authorityLine, "authority", zh: zh, en: en)
    }
    switch (kind, authority) {
    case (.agreed, .some):
      refuseAuthority(
        "协议清单由各方签署，没有 authority", "an agreed list has no authority: its parties sign", &findings)
    case (.agreed, nil): break
    case (_, nil):
      refuseAuthority(
        "\(kind.rawValue) 清单由 authority 一方签署，必须填写", "a list that is \(kind.rawValue) names the authority that signs it",
        &findings)
    case (_, .some(let authority)):
      if let other = parties.first(where: { !authority.isAtOrAbove($0) }) {
        refuseAuthority(
          "\(authority) 不是 \(other) 的上级地区", "\(authority) does not stand above the party \(other)", &findings)
      }
      if kind == .decided, parties.count < 2 || parties.contains(authority) {
        refuseAuthority(
          "裁定由争议双方的共同上级作出", "a decision needs two regions that dispute, and an authority that is neither",
          &findings)
      }
    }
    checkCards(reader, around, &findings)
    guard let proposer = around.proposer else { return }
    let signers = authority.map { [$0] } ?? parties
    if !signers.contains(proposer) {
      findings.refuse(
        .proposer, line: line, "parties",
        zh: "提出方 \(proposer) 不是须签署的一方（\(signers.map(\.text).joined(separator: "、"))）",
        en: "the proposer, \(proposer), is not one of those who sign: \(signers.map(\.text).joined(separator: ", "))")
    }
  }

  private func checkCards(_ reader: DocumentReader, _ around: ListSurroundings, _ findings: inout ListFindings) {
    guard let regions = around.regions else { return }
    for (name, region) in parties.map({ ("parties", $0) }) + (authority.map { [("authority", $0)] } ?? [])
    where !regions.contains(region) {
      findings.refuse(
        .noCard, line: reader.line(of: name), name, zh: "没有地区 \(region) 的名片：先用 `tongyuan peer add` 加入",
        en: "there is no card of region \(region): add it with `tongyuan peer add`, or its signature can never be seen")
    }
  }

  // MARK: - One datum, one source

  /// One resource stands in one item. A narrower item may name another source only if it cites the act that designates it
  /// (809 art. 19): the longest match decides.
  private func checkOverlaps(_ findings: inout ListFindings) {
    var places: [Substring: Int] = [:]
    places.reserveCapacity(items.count)
    for (place, item) in items.enumerated() {
      guard let first = places[item.resource[...]] else {
        places[item.resource[...]] = place
        continue
      }
      let other = items[first]
      let two = other.source != item.source
      findings.refuse(
        .overlap, line: item.line, "items[\(place)].resource",
        zh: "\(item.resource) 已在第 \(first + 1) 项（第 \(other.line) 行）"
          + (two ? "，来源为 \(other.source)：一数一源" : ""),
        en: "\(item.resource) stands in item \(first + 1) (line \(other.line)) already"
          + (two ? ", with the source \(other.source): one datum has one source" : ""), law: two ? "809 art. 19" : nil)
    }
    for (place, item) in items.enumerated() {
      guard let outer = item.enclosing.lazy.compactMap({ places[$0] }).first else { continue }
      let other = items[outer]
      guard other.source != item.source else { continue }
      let (zh, en) = (
        "\(item.resource) 在第 \(outer + 1) 项 \(other.resource)（第 \(other.line) 行）之内，来源却是 \(item.source) 而非 \(other.source)",
        "\(item.resource) lies within item \(outer + 1), \(other.resource) (line \(other.line)), but its source is "
          + "\(item.source), not \(other.source)"
      )
      if item.sourceDesignation == nil {
        findings.refuse(
          .overlap, line: item.line, "items[\(place)].source", zh: zh + "：一数一源，须写明数源认定 sourceDesignation",
          en: en + ": one datum has one source, cite the act that designates it as sourceDesignation",
          law: "809 art. 19")
      } else {
        findings.warn(.narrower, line: item.line, "items[\(place)].source", zh: zh, en: en)
      }
    }
  }

  // MARK: - What is not stated

  /// One warning for the list and one for its items: optional fields that practice expects and nobody stated.
  private func checkCompleteness(_ findings: inout ListFindings) {
    let stated: [(String, Bool)] = [
      ("number", number != nil), ("batch", batch != nil), ("issuer", issuer != nil),
      ("documentNumber", documentNumber != nil), ("issuedOn", issuedOn != nil), ("basis", basis != nil),
      ("scanDigest", scanDigest != nil),
    ]
    let missing = stated.filter { !$0.1 }.map(\.0).joined(separator: ", ")
    if !missing.isEmpty {
      findings.warn(.notStated, line: 1, "", zh: "清单未填写：\(missing)", en: "the list does not state \(missing)")
    }
    var counts: [String: (count: Int, line: Int)] = [:]
    for item in items {
      for name in item.unstated { counts[name] = ((counts[name]?.count ?? 0) + 1, counts[name]?.line ?? item.line) }
    }
    guard let first = counts.values.map(\.line).min() else { return }
    let ordered = counts.sorted { $0.key < $1.key }
    findings.warn(
      .notStated, line: first, "items",
      zh: "有的项未填写：" + ordered.map { "\($0.key)（\($0.value.count) 项，首见第 \($0.value.line) 行）" }.joined(separator: "、"),
      en: "items do not state "
        + ordered.map { "\($0.key) (\($0.value.count), first on line \($0.value.line))" }.joined(separator: ", "))
  }
}

extension ListDocument.Item {
  /// The prefixes that cover this resource, the longest first.
  fileprivate var enclosing: [Substring] {
    resource.utf8.indices.reversed()
      .filter { resource.utf8[$0] == 0x2F && resource.utf8.index(after: $0) != resource.utf8.endIndex }
      .map { resource[...$0] }
  }

  fileprivate var unstated: [String] {
    let stated: [(String, Bool)] = [
      ("source.department", department != nil), ("number", number != nil), ("catalogCode", catalogCode != nil),
      ("dataItems", !dataItems.isEmpty), ("matters", !matters.isEmpty), ("legalBasis", legalBasis != nil),
      ("accessForms", !accessForms.isEmpty), ("grade", grade != nil), ("mountBy", mountBy != nil),
      ("office", office != nil), ("sourceDesignation", sourceDesignation != nil),
      ("conditions", share != .conditional || conditions != nil),
      ("departments", share != .conditional || !departments.isEmpty), ("retention", share == .none || retention != nil),
      ("disposal", share == .none || disposal != nil),
      ("duties.updateWorkdays", duties.update != nil || !duties.isStated),
      ("duties.answerWorkdays", share == .none || duties.answer != nil || !duties.isStated),
      ("duties.deliverWorkdays", share == .none || duties.deliver != nil || !duties.isStated),
      ("duties.correctWorkdays", duties.correct != nil || !duties.isStated),
    ]
    return stated.filter { !$0.1 }.map(\.0)
  }
}

extension ListDocument.Duties {
  var isStated: Bool { update != nil || answer != nil || deliver != nil || correct != nil || updateCycle != nil }
}
