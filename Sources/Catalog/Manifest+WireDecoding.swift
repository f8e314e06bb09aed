import SwiftProtobuf

/// Why a body is shown as `invalid`: it is no manifest that may stand under the entry that it came with.
package struct ManifestDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
  package let field: String
  package let reason: String

  package var code: String { "invalid" }
  package var description: String { field.isEmpty ? reason : "\(field): \(reason)" }
}

extension Manifest {
  /// The body of a `publish` entry: protobuf as `proto/manifest.proto` says, the same bytes for equal manifests (fields in
  /// number order, no maps). May be longer than `byteCountMax`: the caller that made it refuses it.
  package var encoded: [UInt8] {
    do {
      return try wire.serializedBytes()
    } catch {
      preconditionFailure("a proto3 message of bounded size encodes: \(error)")
    }
  }

  /// Reads a body that came with the entry which names `id`, in the log of `writer`. The bytes, not this value, are what is
  /// stored and relayed.
  package static func decode(
    _ bytes: [UInt8], id: ResourceID, writer: RegionCode
  ) throws(ManifestDecodingError) -> Manifest {
    guard bytes.count <= byteCountMax else {
      throw ManifestDecodingError(field: "", reason: "\(bytes.count) bytes, a manifest has at most \(byteCountMax)")
    }
    let wire: WireManifest
    do {
      wire = try WireManifest(serializedBytes: bytes)
    } catch {
      throw ManifestDecodingError(field: "", reason: "not a manifest's protobuf: \(error)")
    }
    return try decode(wire, id: id, writer: writer)
  }

  static func decode(
    _ wire: WireManifest, id: ResourceID, writer: RegionCode
  ) throws(ManifestDecodingError) -> Manifest {
    guard wire.id.utf8.elementsEqual(id.text.utf8) else {
      throw ManifestDecodingError(field: "id", reason: "the body names another id than its entry")
    }
    var manifest = Manifest(
      id: id, title: try required(wire.title, "title"), provider: try Provider(decoding: wire.provider))
    guard manifest.provider.isAllowed(writer: writer, id: id) else {
      throw ManifestDecodingError(
        field: "provider.region",
        reason: "\(manifest.provider.region) is at or below neither the writer's region nor the id's")
    }
    try manifest.takeDescription(of: wire)
    try manifest.takeTerms(of: wire)
    try manifest.takeReviews(of: wire)
    return manifest
  }

  private mutating func takeDescription(of wire: WireManifest) throws(ManifestDecodingError) {
    code = try optional(wire.code, "code")
    abstract = try optional(wire.abstract, "abstract")
    for item in wire.items { items.append(try DataItem(decoding: item)) }
    format = try choice(wire.format, "format")
    classification = try optional(wire.classification, "classification")
    published = try date(wire.published, "published")
    updated = try date(wire.updated, "updated")
    related = try texts(wire.related, "related")
    catalogKind = try choice(wire.catalogKind, "catalogKind")
    matters = try texts(wire.matters, "matters")
    registrationNo = try optional(wire.registrationNo, "registrationNo")
    formats = try texts(wire.formats, "formats")
    keywords = try texts(wire.keywords, "keywords")
    category = try optional(wire.category, "category")
    url = try optional(wire.url, "url")
    dataVolume = try optional(wire.dataVolume, "dataVolume")
    source = try optional(wire.source, "source")
  }

  private mutating func takeTerms(of wire: WireManifest) throws(ManifestDecodingError) {
    updateCycle = try optional(wire.updateCycle, "updateCycle").map(UpdateCycle.init(name:))
    shareType = try choice(wire.shareType, "shareType")
    shareMode = try choice(wire.shareMode, "shareMode")
    useConditions = try optional(wire.useConditions, "useConditions")
    openType = try choice(wire.openType, "openType")
    grade = try choice(wire.grade, "grade")
    guard wire.level <= 4 else { throw ManifestDecodingError(field: "level", reason: "\(wire.level) is above 4") }
    level = wire.level == 0 ? nil : Int(wire.level)
    shareReason = try optional(wire.shareReason, "shareReason")
    legalBasis = try optional(wire.legalBasis, "legalBasis")
    for mount in wire.mounts {
      guard let state: Mount.State = try choice(mount.state, "mounts.state") else {
        throw ManifestDecodingError(field: "mounts.state", reason: "is missing")
      }
      mounts.append(Mount(shareMode: try choice(mount.shareMode, "mounts.shareMode"), state: state))
    }
  }

  private mutating func takeReviews(of wire: WireManifest) throws(ManifestDecodingError) {
    secrecyReview = try Statement(decoding: wire.secrecyReview, "secrecyReview")
    privacyAssessment = try Statement(decoding: wire.privacyAssessment, "privacyAssessment")
    tradeSecret = try Statement(decoding: wire.tradeSecret, "tradeSecret")
    approvedBy = try optional(wire.approvedBy, "approvedBy")
    reviewedBy = try optional(wire.reviewedBy, "reviewedBy")
    if wire.hasSourceDesignation {
      sourceDesignation = SourceDesignation(
        act: try required(wire.sourceDesignation.act, "sourceDesignation.act"),
        date: try date(wire.sourceDesignation.date, "sourceDesignation.date"))
    }
  }
}

extension Manifest.Provider {
  fileprivate init(decoding wire: WireProvider) throws(ManifestDecodingError) {
    guard let code = RegionCode(wire.region) else {
      throw ManifestDecodingError(field: "provider.region", reason: "is no region code")
    }
    region = code
    department = try optional(wire.department, "provider.department")
    if let code = try optional(wire.uscc, "provider.uscc") {
      guard let valid = SocialCreditCode(code) else {
        throw ManifestDecodingError(
          field: "provider.uscc", reason: SocialCreditCode.defect(of: code) ?? "is no social credit code")
      }
      uscc = valid
    }
  }
}

extension Manifest.DataItem {
  fileprivate init(decoding wire: WireDataItem) throws(ManifestDecodingError) {
    name = try required(wire.name, "items.name")
    type = try optional(wire.type, "items.type")
    description = try optional(wire.description_p, "items.description")
    personal = wire.hasPersonal ? wire.personal : nil
    grade = try choice(wire.grade, "items.grade")
  }
}

extension Manifest.Statement {
  fileprivate init?(decoding wire: WireStatement, _ field: String) throws(ManifestDecodingError) {
    switch wire.value {
    case .answer(let answer): self = .answer(answer)
    case .text(let stated):
      guard let stated = try optional(stated, field) else { return nil }
      self = .text(stated)
    case nil: return nil
    }
  }
}

/// U+0000 is refused: the C interfaces below us end a text there.
private func optional(_ text: String, _ field: String) throws(ManifestDecodingError) -> String? {
  if text.utf8.contains(0) { throw ManifestDecodingError(field: field, reason: "holds the character U+0000") }
  return text.isEmpty ? nil : text
}

private func required(_ stated: String, _ field: String) throws(ManifestDecodingError) -> String {
  guard let stated = try optional(stated, field) else {
    throw ManifestDecodingError(field: field, reason: "is missing")
  }
  return stated
}

private func texts(_ texts: [String], _ field: String) throws(ManifestDecodingError) -> [String] {
  for stated in texts { _ = try optional(stated, field) }
  return texts
}

private func date(_ stated: String, _ field: String) throws(ManifestDecodingError) -> CalendarDate? {
  guard let stated = try optional(stated, field) else { return nil }
  guard let date = CalendarDate(stated) else {
    throw ManifestDecodingError(field: field, reason: "is no date of the calendar written yyyy-mm-dd")
  }
  return date
}

/// The numbers of the wire count the cases of ours from 1, in their order; 0 is "not stated". A number of a later version
/// makes the body invalid here: to show a share type that is not understood as none stated would be false.
private func choice<Wire: SwiftProtobuf.Enum, Choice: CaseIterable>(
  _ wire: Wire, _ field: String
) throws(ManifestDecodingError) -> Choice? {
  if wire.rawValue == 0 { return nil }
  let all = Array(Choice.allCases)
  guard all.indices.contains(wire.rawValue - 1) else {
    throw ManifestDecodingError(field: field, reason: "value \(wire.rawValue) is not known to this version")
  }
  return all[wire.rawValue - 1]
}
