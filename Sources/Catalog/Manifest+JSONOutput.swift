extension Manifest {
  /// As `show --json` prints it and `publish` reads it: fields in the order of the table in `fields`, what is not stated
  /// left out.
  package var json: JSONValue {
    var members = MemberList()
    members.add("id", id.text)
    members.add("title", title)
    members.add("code", code)
    members.add("provider", provider.json)
    members.add("abstract", abstract)
    members.add("items", list: items.map(\.json))
    members.add("format", (format?.rawValue).map { .number(String($0)) })
    members.add("updateCycle", updateCycle?.name)
    members.add("shareType", shareType?.rawValue)
    members.add("shareMode", shareMode?.rawValue)
    members.add("useConditions", useConditions)
    members.add("openType", openType?.rawValue)
    members.add("classification", classification)
    members.add("grade", grade?.rawValue)
    members.add("level", level.map { .number(String($0)) })
    members.add("shareReason", shareReason)
    members.add("legalBasis", legalBasis)
    members.add("published", published?.description)
    members.add("updated", updated?.description)
    members.add("related", list: related.map(JSONValue.string))
    members.add("catalogKind", catalogKind?.rawValue)
    members.add("mounts", list: mounts.map(\.json))
    members.add("secrecyReview", secrecyReview?.json)
    members.add("privacyAssessment", privacyAssessment?.json)
    members.add("approvedBy", approvedBy)
    members.add("reviewedBy", reviewedBy)
    members.add("matters", list: matters.map(JSONValue.string))
    members.add("registrationNo", registrationNo)
    members.add("tradeSecret", tradeSecret?.json)
    members.add("sourceDesignation", sourceDesignation?.json)
    members.add("formats", list: formats.map(JSONValue.string))
    members.add("keywords", list: keywords.map(JSONValue.string))
    members.add("category", category)
    members.add("url", url)
    members.add("dataVolume", dataVolume)
    // A peer's text may be no JSON: then it is shown as the text that it is.
    members.add("source", source.map { (try? JSONReader.value(Array($0.utf8))) ?? .string($0) })
    return .object(members.list)
  }
}

private struct MemberList {
  private(set) var list: [JSONValue.Member] = []

  mutating func add(_ name: String, _ value: JSONValue?) {
    if let value { list.append(JSONValue.Member(name, value)) }
  }

  mutating func add(_ name: String, _ text: String?) { add(name, text.map(JSONValue.string)) }

  mutating func add(_ name: String, list values: [JSONValue]) {
    if !values.isEmpty { add(name, .array(values)) }
  }
}

extension Manifest.Provider {
  fileprivate var json: JSONValue {
    var members = MemberList()
    members.add("region", region.text)
    members.add("department", department)
    members.add("uscc", uscc?.text)
    return .object(members.list)
  }
}

extension Manifest.DataItem {
  fileprivate var json: JSONValue {
    var members = MemberList()
    members.add("name", name)
    members.add("type", type)
    members.add("description", description)
    members.add("personal", personal.map(JSONValue.bool))
    members.add("grade", grade?.rawValue)
    return .object(members.list)
  }
}

extension Manifest.Mount {
  fileprivate var json: JSONValue {
    var members = MemberList()
    members.add("shareMode", shareMode?.rawValue)
    members.add("state", state.rawValue)
    return .object(members.list)
  }
}

extension Manifest.SourceDesignation {
  fileprivate var json: JSONValue {
    var members = MemberList()
    members.add("act", act)
    members.add("date", date?.description)
    return .object(members.list)
  }
}

extension Manifest.Statement {
  fileprivate var json: JSONValue {
    switch self {
    case .answer(let answer): .bool(answer)
    case .text(let text): .string(text)
    }
  }
}
