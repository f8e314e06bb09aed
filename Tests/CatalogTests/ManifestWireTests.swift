import Catalog
import SwiftProtobuf
import Testing

@Suite("Manifests as bodies")
struct ManifestWireTests {
  private let id = ResourceID("310000/credit/enterprise-penalties")!

  @Test("A body decodes to the manifest that it was made of, and equal manifests make equal bytes")
  func roundTrip() throws {
    let manifest = try #require(try readManifest(fullManifestJSON).manifest)
    let bytes = manifest.encoded
    for _ in 0..<20 { #expect(manifest.encoded == bytes) }
    #expect(try Manifest.decode(bytes, id: id, writer: shanghai) == manifest)
  }

  @Test("Every value of every enumeration survives")
  func enumerations() throws {
    var manifest = Manifest(id: id, title: "t", provider: Manifest.Provider(region: shanghai))
    func check() throws { #expect(try Manifest.decode(manifest.encoded, id: id, writer: shanghai) == manifest) }
    for value in Manifest.Format.allCases { manifest.format = value; try check() }
    for value in Manifest.ShareType.allCases { manifest.shareType = value; try check() }
    for value in Manifest.ShareMode.allCases { manifest.shareMode = value; try check() }
    for value in Manifest.OpenType.allCases { manifest.openType = value; try check() }
    for value in Manifest.Grade.allCases { manifest.grade = value; try check() }
    for value in Manifest.CatalogKind.allCases { manifest.catalogKind = value; try check() }
    for value in Manifest.UpdateCycle.known + [.other("每逢双月")] { manifest.updateCycle = value; try check() }
    for value in Manifest.Mount.State.allCases {
      manifest.mounts = [Manifest.Mount(shareMode: .batch, state: value)]
      try check()
    }
  }

  @Test("The numbers on the wire are those of proto/manifest.proto")
  func numbers() throws {
    var manifest = Manifest(id: id, title: "t", provider: Manifest.Provider(region: shanghai))
    manifest.shareType = Manifest.ShareType.none
    manifest.grade = .core
    manifest.catalogKind = .publicResource
    manifest.format = .selfDescribing
    let wire = try WireManifest(serializedBytes: manifest.encoded)
    #expect(wire.shareType == .none)
    #expect(wire.grade == .core)
    #expect(wire.catalogKind == .publicResource)
    #expect(wire.format == .selfDescribing)
  }

  @Test(
    "A body that may not stand under its entry is invalid",
    arguments: [
      ("id", "another id"), ("title", "missing"), ("region", "no region code"),
      ("foreign", "neither the writer's region"),
      ("date", "no date"), ("uscc", "check character"), ("shareType", "value 9"), ("level", "above 4"),
      ("zero", "U+0000"),
      ("size", "at most 61440"), ("garbage", "not a manifest's protobuf"), ("item", "is missing"),
      ("mount", "is missing"),
    ])
  func invalid(change: String, reason: String) throws {
    var wire = WireManifest()
    wire.id = id.text
    wire.title = "t"
    wire.provider.region = "310115"
    var suffix: [UInt8] = []
    switch change {
    case "id": wire.id = "310000/other"
    case "title": wire.title = ""
    case "region": wire.provider.region = "Shanghai"
    case "foreign": wire.provider.region = "320000"
    case "date": wire.updated = "2025-13-01"
    case "uscc": wire.provider.uscc = "911100006000373411"
    case "shareType": wire.shareType = .UNRECOGNIZED(9)
    case "level": wire.level = 5
    case "zero": wire.keywords = ["a", "b\0"]
    case "size": wire.abstract = String(repeating: "x", count: 61_440)
    case "item": wire.items = [WireDataItem()]
    case "mount": wire.mounts = [WireMount()]
    default: suffix = [0xFF, 0xFF, 0xFF]
    }
    let bytes = try wire.serializedBytes() + suffix
    let error = #expect(throws: ManifestDecodingError.self) { try Manifest.decode(bytes, id: id, writer: shanghai) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "no error")")
    #expect(error?.code == "invalid")
  }

  @Test("Fields of a later version do no harm")
  func unknownFields() throws {
    let manifest = Manifest(id: id, title: "t", provider: Manifest.Provider(region: shanghai))
    // Field 1000, length-delimited, "new".
    let bytes = manifest.encoded + [0xC2, 0x3E, 3] + Array("new".utf8)
    #expect(try Manifest.decode(bytes, id: id, writer: shanghai) == manifest)
  }
}
