extension ListDocument.Item {
  /// Nobody can give away what is another's: both the region of the id and the source must be bound by the list.
  func checkParties(of list: ListDocument, _ place: Int, _ findings: inout ListFindings) {
    func isBound(_ region: RegionCode) -> Bool {
      if list.kind == .issued, let authority = list.authority { return authority.isAtOrAbove(region) }
      return list.parties.contains(region)
    }
    let (zh, en) =
      list.kind == .issued ? ("不在签发方之下", "does not lie below the authority") : ("不是清单的当事地区", "is no party of the list")
    if let owner, !isBound(owner) {
      findings.refuse(
        .party, line: line, "items[\(place)].resource", zh: "\(resource) 所属的地区 \(owner) \(zh)：不能处分他人的数据",
        en: "\(resource) belongs to \(owner), which \(en): nobody can give away what is another's")
    }
    if !isBound(source) {
      findings.refuse(
        .party, line: line, "items[\(place)].source", zh: "来源地区 \(source) \(zh)",
        en: "the source \(source) \(en): it would be bound without its signature")
    }
  }

  /// The terms against Decree 809.
  func checkLaw(_ place: Int, _ around: ListSurroundings, _ findings: inout ListFindings) {
    let path = "items[\(place)]."
    checkUnconditional(path, around, &findings)
    if share == .none, legalBasis == nil {
      findings.refuse(
        .legalBasis, line: line, path + "legalBasis", zh: "不予共享须写明法律、行政法规或国务院决定的依据（第 809 号令第十四条）",
        en: "refusing to share needs its legal basis: a law, an administrative regulation or a State Council decision "
          + "(809 art. 14)", law: "809 art. 14")
    }
    let answerMax =
      share == .unconditional ? around.limits.answerUnconditional : around.limits.answerConditional
    for (name, days, limit, article) in [
      ("updateWorkdays", duties.update, around.limits.update, 16), ("answerWorkdays", duties.answer, answerMax, 21),
      ("deliverWorkdays", duties.deliver, around.limits.deliver, 22),
      ("correctWorkdays", duties.correct, around.limits.correct, 26),
    ] {
      guard let days, days > limit else { continue }
      findings.refuse(
        .term, line: line, path + "duties." + name,
        zh: "\(days) 个工作日超过第 809 号令第 \(article) 条规定的 \(limit) 个：清单可以更严，不能更宽",
        en: "\(days) working days are more than the \(limit) of 809 art. \(article): a list may be stricter, not laxer",
        law: "809 art. \(article)")
    }
  }

  /// Unconditional data goes to every government department; adding conditions is a breach (809 art. 14, 15, 39(2)).
  private func checkUnconditional(_ path: String, _ around: ListSurroundings, _ findings: inout ListFindings) {
    if share != .unconditional {
      guard !resource.hasSuffix("/"), let id = ResourceID(resource), around.unconditional.contains(id) else { return }
      findings.refuse(
        .tightened, line: line, path + "share",
        zh: "目录中 \(resource) 为无条件共享，清单不得改为 \(share.rawValue)（第 809 号令第十五条）",
        en: "the catalog shares \(resource) unconditionally: no list may make it \(share.rawValue) (809 art. 15)",
        law: "809 art. 15")
      return
    }
    let abroad = !recipients.isEmpty && crossBorderBasis != nil && recipients.allSatisfy(Self.isOutside)
    let tightening: [(String, Bool)] = [
      ("recipients", !recipients.isEmpty && !abroad), ("departments", !departments.isEmpty),
      ("purposes", !purposes.isEmpty), ("conditions", conditions != nil), ("fields", fields != .init()),
      ("rowLimit", rowLimit != nil), ("minimumGroup", minimumGroup != nil),
    ]
    for (name, isStated) in tightening where isStated {
      findings.refuse(
        .tightened, line: line, path + name, zh: "无条件共享的数据提供给所有政务部门，不得另设 \(name)（第 809 号令第十五条、第三十九条第二项）",
        en: "unconditional data goes to every government department: \(name) would be a condition (809 art. 15, 39(2))",
        law: "809 art. 15")
    }
  }

  private static func isOutside(_ recipient: String) -> Bool {
    ["71", "81", "82"].contains { recipient.hasPrefix($0) }
  }

  /// What is allowed and rarely meant.
  func checkUse(of list: ListDocument, _ place: Int, _ around: ListSurroundings, _ findings: inout ListFindings) {
    let path = "items[\(place)]."
    func warn(_ code: ListFinding.Code, _ name: String, zh: String, en: String, law: String? = nil) {
      findings.warn(code, line: line, path + name, zh: zh, en: en, law: law)
    }
    if !duties.isStated {
      warn(.noDuties, "duties", zh: "没有写明职责和时限：责任清单首先是职责", en: "states no duties: who owes it by when")
    }
    if share == .conditional {
      if recipients.isEmpty {
        warn(.noRecipients, "recipients", zh: "没有接收方：依此项无人可得", en: "names no recipients: the item permits nobody")
      }
      if purposes.isEmpty {
        warn(
          .noPurposes, "purposes", zh: "没有使用用途：依此项无人可得（第 809 号令第十四条）",
          en: "names no purposes: the item permits nobody (809 art. 14)", law: "809 art. 14")
      }
    }
    if share == .none, !recipients.isEmpty {
      warn(.idle, "recipients", zh: "不予共享的项写了接收方，不起作用", en: "is without effect where share is none")
    }
    if crossBorderBasis == nil, let code = recipients.first(where: Self.isOutside) {
      warn(
        .crossBorder, "recipients", zh: "\(code) 在第 809 号令之外：没有 crossBorderBasis 一律拒绝",
        en: "\(code) lies outside Decree 809: without a crossBorderBasis it is denied")
    }
    if accessForms == [.aggregate], share == .conditional, minimumGroup == nil {
      warn(.idle, "minimumGroup", zh: "只供统计汇总而没有最小分组数", en: "is not stated where aggregates alone go out")
    }
    if let mountBy, mountBy > list.validUntil {
      warn(.idle, "mountBy", zh: "\(mountBy) 在清单失效之后", en: "\(mountBy) lies after the list's last day")
    }
    for purpose in purposes where Purpose.name(of: purpose) == nil && !around.purposes.contains(purpose) {
      findings.warn(
        .unknownPurpose, line: line, path + "purposes",
        zh: "未知用途“\(purpose.prefix(64))”；最接近的是“\(around.nearestPurpose(to: purpose))”",
        en:
          "“\(purpose.prefix(64))” is no purpose that is known; the nearest is “\(around.nearestPurpose(to: purpose))”")
    }
    guard let known = around.matters else { return }
    for matter in matters where !known.contains(matter) {
      warn(
        .unknownMatter, "matters", zh: "未知事项“\(matter.prefix(64))”",
        en: "“\(matter.prefix(64))” is no matter that is known")
    }
  }
}

extension ListSurroundings {
  fileprivate func nearestPurpose(to code: String) -> String {
    code.nearest(of: Purpose.known.map(\.code) + purposes.sorted())
  }
}
