import SwiftProtobuf

extension Manifest {
  var wire: WireManifest {
    var wire = WireManifest()
    wire.id = id.text
    wire.title = title
    wire.code = code ?? ""
    wire.provider.region = provider.region.text
    wire.provider.department = provider.department ?? ""
    wire.provider.uscc = provider.uscc?.text ?? ""
    wire.abstract = abstract ?? ""
    wire.items = items.map(\.wire)
    wire.format = number(format)
    wire.updateCycle = updateCycle?.name ?? ""
    wire.shareType = number(shareType)
    wire.shareMode = number(shareMode)
    wire.useConditions = useConditions ?? ""
    wire.openType = number(openType)
    wire.classification = classification ?? ""
    wire.grade = number(grade)
    wire.level = UInt32(clamping: level ?? 0)
    wire.shareReason = shareReason ?? ""
    wire.legalBasis = legalBasis ?? ""
    wire.published = published?.description ?? ""
    wire.updated = updated?.description ?? ""
    wire.related = related
    wire.catalogKind = number(catalogKind)
    wire.mounts = mounts.map(\.wire)
    if let secrecyReview { wire.secrecyReview = secrecyReview.wire }
    if let privacyAssessment { wire.privacyAssessment = privacyAssessment.wire }
    wire.approvedBy = approvedBy ?? ""
    wire.reviewedBy = reviewedBy ?? ""
    wire.matters = matters
    wire.registrationNo = registrationNo ?? ""
    if let tradeSecret { wire.tradeSecret = tradeSecret.wire }
    if let sourceDesignation {
      wire.sourceDesignation.act = sourceDesignation.act
      wire.sourceDesignation.date = sourceDesignation.date?.description ?? ""
    }
    wire.formats = formats
    wire.keywords = keywords
    wire.category = category ?? ""
    wire.url = url ?? ""
    wire.dataVolume = dataVolume ?? ""
    wire.source = source ?? ""
    return wire
  }
}

extension Manifest.DataItem {
  fileprivate var wire: WireDataItem {
    var wire = WireDataItem()
    wire.name = name
    wire.type = type ?? ""
    wire.description_p = description ?? ""
    if let personal { wire.personal = personal }
    wire.grade = number(grade)
    return wire
  }
}

extension Manifest.Mount {
  fileprivate var wire: WireMount {
    var wire = WireMount()
    wire.shareMode = number(shareMode)
    wire.state = number(state)
    return wire
  }
}

extension Manifest.Statement {
  fileprivate var wire: WireStatement {
    var wire = WireStatement()
    switch self {
    case .answer(let answer): wire.answer = answer
    case .text(let text): wire.text = text
    }
    return wire
  }
}

/// The numbers of the wire count the cases of ours from 1, in their order; 0 is "not stated".
private func number<Choice: CaseIterable & Equatable, Wire: SwiftProtobuf.Enum>(_ choice: Choice?) -> Wire {
  guard let choice, let index = Array(Choice.allCases).firstIndex(of: choice), let wire = Wire(rawValue: index + 1)
  else {
    return Wire()
  }
  return wire
}
