/// What came of reading one manifest: either a manifest, or everything that is wrong with it.
package struct ManifestReading: Hashable, Sendable {
  /// nil exactly if there are refusals.
  package let manifest: Manifest?
  package let refusals: [ManifestRefusal]
  package let warnings: [ManifestWarning]
  /// What stands under `id`, as far as it is a text: to name a refused manifest by.
  package let id: String?
}

extension Manifest {
  static let fields = [
    "id", "title", "code", "provider", "abstract", "items", "format", "updateCycle", "shareType", "shareMode",
    "useConditions", "openType", "classification", "grade", "level", "shareReason", "legalBasis", "published",
    "updated",
    "related", "catalogKind", "mounts", "secrecyReview", "privacyAssessment", "approvedBy", "reviewedBy", "matters",
    "registrationNo", "tradeSecret", "sourceDesignation", "formats", "keywords", "category", "url", "dataVolume",
    "source",
  ]

  /// Reads a manifest that a person or a program of `region` wants to publish. Strict: what is given must be valid, and an
  /// unknown field is refused. All refusals come at once.
  package static func read(_ value: JSONValue, region: RegionCode) -> ManifestReading {
    guard case .object(let members) = value else {
      let refusal = ManifestRefusal(.json, field: "", "a manifest is a JSON object, this is \(value.kind)")
      return ManifestReading(manifest: nil, refusals: [refusal], warnings: [], id: nil)
    }
    var reader = ManifestObjectReader(members, known: fields)
    let idText = reader.requiredText("id")
    var id: ResourceID?
    if let idText {
      id = ResourceID(idText)
      if id == nil { reader.refuse(.id, "id", ResourceID.defect(of: idText) ?? "is no id") }
    }
    let title = reader.requiredText("title")
    let provider = readProvider(&reader, region: region)
    // What stands in for them never leaves this function: without id and title there is a refusal.
    var manifest = Manifest(id: id ?? unstatedID, title: title ?? "", provider: provider)
    readDescription(&reader, into: &manifest)
    readTerms(&reader, into: &manifest)
    readReviews(&reader, into: &manifest)
    if let id, !provider.isAllowed(writer: region, id: id) {
      reader.refuse(
        .region, "provider.region",
        "\(provider.region) is neither at or below \(region), which publishes, "
          + "nor at or below the region of the id")
    }
    reader.refuse(manifest.shareTermRefusals)
    if reader.refusals.isEmpty {
      let size = manifest.encoded.count
      if size > byteCountMax {
        reader.refuse(.tooLarge, "", "takes \(size) bytes, a manifest has at most \(byteCountMax): shorten it")
      }
    }
    let isSound = reader.refusals.isEmpty
    return ManifestReading(
      manifest: isSound ? manifest : nil, refusals: reader.refusals, warnings: isSound ? manifest.warnings : [],
      id: idText)
  }

  private static let unstatedID = ResourceID("-")!

  private static func readProvider(_ reader: inout ManifestObjectReader, region: RegionCode) -> Provider {
    var provider = Provider(region: region)
    reader.object(
      "provider",
      { reader in
        if let text = reader.text("region") {
          if let code = RegionCode(text) {
            provider.region = code
          } else {
            reader.refuse(
              .region, "region",
              "\(JSONValue.string(text).excerpt) is no region code: six digits of GB/T 2260, or 000000- "
                + "and a ministry's social credit code in lower case")
          }
        }
        provider.department = reader.text("department")
        if case .string(let text)? = reader.value("uscc") {
          provider.uscc = SocialCreditCode(text)
          if let defect = SocialCreditCode.defect(of: text) {
            reader.refuse(.uscc, "uscc", "\(JSONValue.string(text).excerpt): \(defect)")
          }
        } else {
          _ = reader.text("uscc")  // refuses what is no text
        }
      }, known: ["region", "department", "uscc"])
    return provider
  }

  private static func readDescription(_ reader: inout ManifestObjectReader, into manifest: inout Manifest) {
    manifest.code = reader.text("code")
    if let code = manifest.code, !isOfficialCode(code) {
      reader.refuse(.value, "code", "\(JSONValue.string(code).excerpt) is not 1–64 of A-Z a-z 0-9 / _ -")
    }
    manifest.abstract = reader.text("abstract")
    manifest.items = reader.objects("items", known: ["name", "type", "description", "personal", "grade"]) { reader in
      let (name, type) = (reader.requiredText("name"), reader.text("type"))
      let (description, personal) = (reader.text("description"), reader.bool("personal"))
      let grade = reader.choice("grade", of: Grade.self)
      return name.map { DataItem(name: $0, type: type, description: description, personal: personal, grade: grade) }
    }
    manifest.format = readFormat(&reader)
    manifest.classification = reader.text("classification")
    manifest.published = reader.date("published")
    manifest.updated = reader.date("updated")
    manifest.related = reader.texts("related")
    manifest.catalogKind = reader.choice("catalogKind")
    manifest.matters = reader.texts("matters")
    manifest.registrationNo = reader.text("registrationNo")
    manifest.formats = reader.texts("formats")
    manifest.keywords = reader.texts("keywords")
    manifest.category = reader.text("category")
    manifest.url = reader.text("url")
    if let url = manifest.url, !isWebAddress(url) {
      reader.refuse(
        .value, "url", "\(JSONValue.string(url).excerpt) is no address that begins with http:// or https://")
    }
    if case .number(let text)? = reader.value("dataVolume") {
      manifest.dataVolume = text
    } else {
      manifest.dataVolume = reader.text("dataVolume")
    }
    switch reader.value("source") {
    case nil: break
    case .object(let members)?: manifest.source = members.isEmpty ? nil : JSONValue.object(members).sorted.text
    case let value?: reader.refuse(.type, "source", "\(value.excerpt) is \(value.kind), this takes an object")
    }
  }

  /// The official number, or its name here.
  private static func readFormat(_ reader: inout ManifestObjectReader) -> Format? {
    if case .string(let text)? = reader.value("format") {
      if let format = Format.allCases.first(where: { "\($0)" == text || "\($0.rawValue)" == text }) { return format }
      let allowed = Format.allCases.map { "\($0.rawValue) \($0)" }.joined(separator: ", ")
      reader.refuse(.value, "format", "\(JSONValue.string(text).excerpt) is none of \(allowed)")
      return nil
    }
    return reader.integer("format", in: 1...6).flatMap(Format.init(rawValue:))
  }

  private static func readTerms(_ reader: inout ManifestObjectReader, into manifest: inout Manifest) {
    if case .string(let name)? = reader.value("updateCycle") {
      let cycle = UpdateCycle(name: name)
      manifest.updateCycle = cycle
      if case .other = cycle {
        let allowed = UpdateCycle.known.map(\.name).joined(separator: ", ")
        reader.refuse(.value, "updateCycle", "\(JSONValue.string(name).excerpt) is none of \(allowed)")
      }
    } else {
      _ = reader.text("updateCycle")
    }
    manifest.shareType = reader.choice("shareType")
    manifest.shareMode = reader.choice("shareMode")
    manifest.useConditions = reader.text("useConditions")
    manifest.openType = reader.choice("openType")
    manifest.grade = reader.choice("grade")
    manifest.level = reader.integer("level", in: 1...4)
    manifest.shareReason = reader.text("shareReason")
    manifest.legalBasis = reader.text("legalBasis")
    manifest.mounts = reader.objects("mounts", known: ["shareMode", "state"]) { reader in
      let (mode, state) = (reader.choice("shareMode", of: ShareMode.self), reader.choice("state", of: Mount.State.self))
      if reader.value("state") == nil { reader.refuse(.missingField, "state", "is required") }
      return state.map { Mount(shareMode: mode, state: $0) }
    }
  }

  private static func readReviews(_ reader: inout ManifestObjectReader, into manifest: inout Manifest) {
    manifest.secrecyReview = reader.statement("secrecyReview")
    manifest.privacyAssessment = reader.statement("privacyAssessment")
    manifest.approvedBy = reader.text("approvedBy")
    manifest.reviewedBy = reader.text("reviewedBy")
    manifest.tradeSecret = reader.statement("tradeSecret")
    if case .string(let act)? = reader.value("sourceDesignation") {
      manifest.sourceDesignation = act.isEmpty ? nil : SourceDesignation(act: act)
      return
    }
    var designation: SourceDesignation?
    reader.object(
      "sourceDesignation",
      { reader in
        let (act, date) = (reader.requiredText("act"), reader.date("date"))
        designation = act.map { SourceDesignation(act: $0, date: date) }
      }, known: ["act", "date"])
    manifest.sourceDesignation = designation
  }
}
