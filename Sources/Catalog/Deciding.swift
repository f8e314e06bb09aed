/// Whether a request for a resource's data is permitted (DESIGN.md section 4; Decree 809 art. 14–15): the one function that
/// every disclosure of data asks.
///
/// The manifest's share type is the base. `unconditional` goes to every government department, and no list may tighten it;
/// `conditional` needs an item in force that names recipient, purpose and department, or an agreed request; `none` is
/// refused with its legal basis; everything else is denied. `manifest` is what stands for the id; nil: nothing does.
/// `label` says why a resource that stands has no manifest here. `time` is in milliseconds since the epoch.
package func decide(
  _ request: AccessRequest, manifest: Manifest?, notHere label: String? = nil, lists: AccessLists,
  agreements: [AgreedRequest] = [], at time: Int64
) -> Decision {
  let (match, other) = lists.deciding(request.resource, at: time)
  let case_ = AccessCase(
    request: request, manifest: manifest, label: label, match: match, other: other, time: time)
  return case_.decide(agreements)
}

/// One request with all that bears on it.
private struct AccessCase {
  let request: AccessRequest
  let manifest: Manifest?
  /// Why there is none, though the resource is known.
  let label: String?
  /// The deciding item, in force.
  let match: AccessLists.Match?
  /// Where there is none, one that is not in force.
  let other: AccessLists.Match?
  let time: Int64

  func decide(_ agreements: [AgreedRequest]) -> Decision {
    guard let manifest else { return deny(label.map { .notHere($0) } ?? .unknownResource) }
    if isOwnData(manifest) { return permit(.ownData, []) }
    if manifest.shareType == .some(.none) {
      return deny(
        .notShared(reason: manifest.shareReason, basis: manifest.legalBasis), law: "809 art. 14", cites: false)
    }
    guard let share = manifest.shareType else { return deny(.noShareType, law: "809 art. 14", cites: false) }
    guard request.isGovernment else { return deny(.notGovernment, cites: false) }
    let agreement = agreements.first { $0.concerns(request) && $0.state == .agreed && time < $0.until }
    if isCrossBorder, match?.item.wire.crossBorderBasis.isEmpty ?? true || !isRecipient { return deny(.crossBorder) }
    // What a list says of the grade would tighten what is unconditional: there the manifest's own counts alone.
    let grade = share == .unconditional ? manifest.effectiveGrade : higherGrade(manifest)
    if grade == .core, agreement == nil { return deny(.coreGrade, law: "Data Security Law art. 21") }
    if share == .unconditional {
      return permit(.unconditional, lawfulUse(grade), law: "809 art. 15", cites: isCrossBorder)
    }
    return decideConditional(manifest, grade, agreement, agreements)
  }

  private func decideConditional(
    _ manifest: Manifest, _ grade: Manifest.Grade?, _ agreement: AgreedRequest?, _ agreements: [AgreedRequest]
  ) -> Decision {
    let denial = itemDenial
    if denial == nil, grade != .core {
      return permit(.listItem, rules([]) + terms + lawfulUse(grade), law: "809 art. 14")
    }
    if let agreement {
      let refused = refusedFields(agreement.fields)
      if !refused.isEmpty { return deny(.field(refused), law: "809 art. 25") }
      return permit(
        .agreedRequest(agreement.number), rules(agreement.fields) + terms + lawfulUse(grade), law: "809 art. 21")
    }
    if match == nil, let over = agreements.first(where: { $0.concerns(request) }) {
      return deny(.requestOver(over.number), law: "809 art. 25")
    }
    return deny(denial ?? .noItem, law: "809 art. 14")
  }

  /// Of the region that answers for the resource, or of the place below it that provides it.
  private func isOwnData(_ manifest: Manifest) -> Bool {
    let source = match?.item.source ?? request.resource.owner
    return request.isGovernment && (request.region == source || request.region == manifest.provider.region)
  }

  // MARK: - The item

  private var isRecipient: Bool {
    match?.item.wire.recipients.contains { Recipient.covers($0, request.region) } ?? false
  }

  /// Why the deciding item does not permit the request; nil: it does.
  private var itemDenial: Decision.Ground? {
    guard let match else { return other.map { .notInForce(whyNotInForce($0)) } ?? .noItem }
    let item = match.item.wire
    if item.share == Manifest.ShareType.none.rawValue {
      return .notShared(reason: nil, basis: item.legalBasis.isEmpty ? nil : item.legalBasis)
    }
    if item.share != Manifest.ShareType.conditional.rawValue { return .shareConflict(list: item.share) }
    if !isRecipient { return .recipient(item.recipients) }
    if match.list.suspensions.contains(where: {
      $0.stops(match.item, at: match.place, of: match.terms, for: request.region)
    }) {
      return .suspended
    }
    guard let purpose = request.purpose, item.purposes.contains(purpose) else { return .purpose(item.purposes) }
    if !item.departments.isEmpty, !item.departments.contains(where: { $0 == request.department }) {
      return .department(item.departments)
    }
    if !item.accessForms.isEmpty, let form = request.form, !item.accessForms.contains(form.rawValue) {
      return .accessForm(item.accessForms)
    }
    let refused = refusedFields([])
    return refused.isEmpty ? nil : .field(refused)
  }

  private func whyNotInForce(_ match: AccessLists.Match) -> Decision.NotInForce {
    switch match.list.state {
    case .proposed(let missing): return .proposed(missing: missing)
    case .replaced: return .replaced
    case .ended: return .ended
    case .complete:
      let validity = match.terms.validity
      return time < validity.lowerBound
        ? .notBegun(CalendarDate(beijingMilliseconds: validity.lowerBound))
        : .expired(CalendarDate(beijingMilliseconds: validity.upperBound - 1))
    }
  }

  // MARK: - Law

  /// Hong Kong, Macao and Taiwan lie outside Decree 809, whichever side they are on.
  private var isCrossBorder: Bool {
    guard let owner = request.resource.owner else { return false }
    return (owner.isOutsideDecree809 || request.region.isOutsideDecree809)
      && owner.provinceText != request.region.provinceText
  }

  /// GB/T 43697-2024: of two grades the higher wins.
  private func higherGrade(_ manifest: Manifest) -> Manifest.Grade? {
    let stated = match.flatMap { Manifest.Grade(rawValue: $0.item.wire.grade) }
    return [manifest.effectiveGrade, stated].compactMap { $0 }.max()
  }

  /// What the law asks of every use, list or none.
  private func lawfulUse(_ grade: Manifest.Grade?) -> [Obligation] {
    var obligations: [Obligation] = request.purpose.map { [.purpose($0)] } ?? []
    let isOnward = match?.item.wire.onward ?? false
    if !isOnward { obligations.append(.noOnward) }
    obligations.append(.recordOfUse(years: 3))
    let isPersonal = manifest?.items.contains { $0.personal == true } ?? false
    if isPersonal || grade.map({ $0 >= .important }) ?? false { obligations.append(.recordOfGiving(years: 3)) }
    return obligations
  }

  // MARK: - Field rules

  /// Of the columns asked for, those that may not go out: denied, or not among those that are allowed at all. `agreed` are
  /// an agreed request's columns; empty: all.
  private func refusedFields(_ agreed: [String]) -> [String] {
    guard !request.fields.isEmpty else { return [] }
    let rules = match?.item.wire.fields ?? WireFieldRules()
    let open = rules.allow + rules.mask + rules.hash
    return request.fields.filter { field in
      rules.deny.contains(field) || !rules.allow.isEmpty && !open.contains(field)
        || !agreed.isEmpty && !agreed.contains(field)
    }
  }

  /// What happens to the columns. Where a text puts one under two rules, the strictest holds: deny, hash, mask, allow.
  private func rules(_ agreed: [String]) -> [Obligation] {
    let rules = match?.item.wire.fields ?? WireFieldRules()
    func concerns(_ field: String) -> Bool { request.fields.isEmpty || request.fields.contains(field) }
    var obligations: [Obligation] = []
    if request.fields.isEmpty {
      var open = rules.allow.isEmpty ? [] : (rules.allow + rules.mask + rules.hash).canonicalSet
      if !agreed.isEmpty { open = open.isEmpty ? agreed.canonicalSet : open.filter(agreed.contains) }
      open.removeAll(where: rules.deny.contains)
      // Where nothing is left, nothing goes out: an empty list of columns is not the same as no rule.
      if !rules.allow.isEmpty || !agreed.isEmpty { obligations.append(.only(open)) }
      obligations += rules.deny.map { .omit($0) }
    }
    for field in rules.hash where concerns(field) && !rules.deny.contains(field) { obligations.append(.hash(field)) }
    for field in rules.mask
    where concerns(field) && !rules.deny.contains(field) && !rules.hash.contains(field) {
      obligations.append(.mask(field))
    }
    return obligations
  }

  /// The item's further terms.
  private var terms: [Obligation] {
    guard let item = match?.item.wire else { return [] }
    var terms: [Obligation] = []
    if item.rowLimit > 0 { terms.append(.rowLimit(item.rowLimit)) }
    if item.minimumGroup > 0 { terms.append(.minimumGroup(item.minimumGroup)) }
    if !item.conditions.isEmpty { terms.append(.conditions(item.conditions)) }
    if !item.retention.isEmpty { terms.append(.retention(item.retention)) }
    if !item.disposal.isEmpty { terms.append(.disposal(item.disposal)) }
    return terms
  }

  // MARK: - The answer

  private func permit(
    _ ground: Decision.Ground, _ obligations: [Obligation], law: String? = nil, cites: Bool = true
  ) -> Decision {
    decision(.permit, ground, obligations, law, cites ? match : nil)
  }

  private func deny(_ ground: Decision.Ground, law: String? = nil, cites: Bool = true) -> Decision {
    decision(.deny, ground, [], law, cites ? match ?? other : nil)
  }

  private func decision(
    _ effect: Decision.Effect, _ ground: Decision.Ground, _ obligations: [Obligation], _ law: String?,
    _ match: AccessLists.Match?
  ) -> Decision {
    Decision(
      effect: effect, ground: ground, request: request, citation: match.map { .init($0) }, obligations: obligations,
      law: law)
  }
}
