import Cryptography

/// One record of an open-data portal's file (JSON lines), as what it becomes in the catalog.
package enum PortalRecord: Hashable, Sendable {
  /// Defects in rising order, each once. With `duplicateID` among them the manifest must not be published.
  case manifest(Manifest, defects: [PortalDefect])
  case refused(PortalRefusal)
}

/// Reads the lines of one file in their order and remembers what only the file as a whole shows: repeated ids and titles.
///
/// Memory is 8 bytes and some for each id and title; two different ones are taken for the same about once in 2^64 / n².
package struct PortalReader: Sendable {
  package let node: RegionCode

  private var ids: Set<UInt64> = []
  private var titles: Set<UInt64> = []

  /// For the node of that region.
  package init(node: RegionCode) { self.node = node }

  /// nil for a line of white space. `number` counts from 1. The caller bounds the line's length.
  package mutating func read(_ line: [UInt8], number: Int) -> PortalRecord? {
    if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }) { return nil }
    var fields: PortalFields
    do {
      fields = PortalFields(try Self.members(line, number: number))
    } catch {
      return .refused(error)
    }
    let idText = fields.takeText("id")
    func refused(_ code: PortalRefusal.Code, _ reason: String) -> PortalRecord {
      .refused(PortalRefusal(code: code, line: number, id: idText, reason: reason))
    }
    guard let idText else { return refused(.missingID, "the record has no id") }
    guard let title = fields.takeText("title") else { return refused(.missingTitle, "the record has no title") }

    let stated = fields.takeText("region")
    let region = stated.flatMap { RegionCode($0) }
    if let stated, region == nil || !node.isAtOrAbove(region ?? node) {
      return refused(.region, "region \(JSONValue.string(stated).excerpt) is neither \(node) nor below it")
    }
    let identity: PortalID
    do {
      identity = try PortalID(idText, stated: region, node: node)
    } catch .foreign(let region) {
      return refused(.region, "the id names region \(region), which is neither \(node) nor below it")
    } catch {
      return refused(.missingID, "nothing follows the region in the id \(JSONValue.string(idText).excerpt)")
    }
    if stated == nil { fields.report(.missingRegion) }
    if identity.isChanged { fields.keep("id", .string(idText), as: .changedID) }

    var manifest = Manifest(
      id: identity.id, title: title, provider: Manifest.Provider(region: region ?? identity.region))
    fields.fill(&manifest)
    if Manifest.personLikeNumber(in: manifest.id) != nil { fields.report(.personLikeID) }
    let size = manifest.encoded.count
    guard size <= Manifest.byteCountMax else {
      return refused(.tooLarge, "takes \(size) bytes, a manifest has at most \(Manifest.byteCountMax)")
    }
    if !ids.insert(Self.fingerprint(manifest.id.text)).inserted { fields.report(.duplicateID) }
    let heading = "\(manifest.provider.region.text)\n\(title)\n\(manifest.provider.department ?? "")"
    if !titles.insert(Self.fingerprint(heading)).inserted { fields.report(.duplicateTitle) }
    return .manifest(manifest, defects: fields.defects.sorted())
  }

  private static func members(_ line: [UInt8], number: Int) throws(PortalRefusal) -> [JSONValue.Member] {
    let value: JSONValue
    do {
      value = try JSONReader.value(line)
    } catch {
      throw PortalRefusal(code: .json, line: number, id: nil, reason: "column \(error.column): \(error.reason)")
    }
    guard case .object(let members) = value else {
      throw PortalRefusal(
        code: .json, line: number, id: nil, reason: "a record is a JSON object, this is \(value.kind)")
    }
    return members
  }

  private static func fingerprint(_ text: String) -> UInt64 {
    SHA256.hash(text).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
  }
}
