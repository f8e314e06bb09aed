import Catalog
import Foundation
import NodeRuntime
import Testing

@Suite("The sample lists")
struct SampleListTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test("The demo's lists agree with its manifests and with the law", arguments: ["delta-credit", "delta-water"])
  func samples(name: String) throws {
    var around = ListSurroundings()
    around.regions = []
    for region in ["310000", "320000", "330000"] {
      around.regions?.insert(try #require(RegionCode(region)))
      let bytes = [UInt8](try Data(contentsOf: Self.root.appending(path: "Demo/samples/\(region).json")))
      guard case .array(let manifests) = try JSONReader.value(bytes) else { continue }
      for value in manifests {
        let reading = Manifest.read(value, region: try #require(RegionCode(region)))
        let manifest = try #require(reading.manifest)
        if manifest.shareType == .unconditional { around.unconditional.insert(manifest.id) }
      }
    }
    #expect(around.unconditional.count > 10)
    let file = Self.root.appending(path: "Demo/samples/lists/\(name).yaml")
    let reading = ListDocument.read(try ListFile.tree([UInt8](Data(contentsOf: file))), around)
    #expect(reading.refusals.isEmpty, "\(reading.refusals)")
    #expect(reading.warnings.allSatisfy { $0.code == .notStated }, "\(reading.warnings)")
    let federation = try #require(FederationName("local"))
    #expect(try reading.document?.text(federation: federation).claims.count == reading.document?.items.count)
  }

  @Test("The list that docs/LISTS.md explains passes, and states everything that a list may")
  func documented() throws {
    let page = try String(contentsOf: Self.root.appending(path: "docs/LISTS.md"), encoding: .utf8)
    let yaml = try #require(
      page.components(separatedBy: "```yaml\n").dropFirst().first?.components(separatedBy: "```").first)
    let reading = ListDocument.read(try ListFile.tree(Array(yaml.utf8)))
    #expect(reading.refusals.isEmpty, "\(reading.refusals)")
    #expect(reading.warnings.isEmpty, "\(reading.warnings)")
    for field in ListDocument.fields + ListDocument.itemFields + ListDocument.dutyFields + ListDocument.ruleFields
      + ListDocument.calendarFields
    { #expect(page.contains("`\(field)`"), "docs/LISTS.md does not explain \(field)") }
    for group in RegionGroup.all { #expect(page.contains(group.name), "docs/LISTS.md does not name \(group.name)") }
    for purpose in Purpose.known { #expect(page.contains("`\(purpose.code)`"), "docs/LISTS.md lacks \(purpose.code)") }
  }
}
