import Catalog
import Foundation
import NodeRuntime
import Testing

/// The catalogs of 38 portals beside the repository, or where the environment variable SHARED says.
private let catalogs: URL = {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let shared = ProcessInfo.processInfo.environment["SHARED"].map { URL(fileURLWithPath: $0, relativeTo: root) }
  return (shared ?? root.appendingPathComponent("../shared").standardized).appendingPathComponent("data/catalogs")
}()

@Suite(
  "Real portal catalogs",
  // They are too large to ship with the sources.
  .enabled(if: FileManager.default.fileExists(atPath: catalogs.path), "no data/catalogs under SHARED"))
struct PortalFilesTests {
  @Test("All 46,621 records are imported, with the defects that they are known to have")
  func counts() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: catalogs.path).filter { $0.hasSuffix(".jsonl.gz") }
    #expect(files.count == 38)
    var counts: [PortalDefect: Int] = [:]
    var imported = 0
    var refused: [PortalRefusal] = []
    for file in files.sorted() {
      var reader = PortalReader(node: try #require(RegionCode(String(file.prefix(6)))))
      var lines = try GzipLines(path: catalogs.appendingPathComponent(file).path)
      while let line = try lines.next() {
        switch reader.read(line, number: lines.lineNumber) {
        case .manifest(let manifest, let defects)?:
          imported += 1
          for defect in defects { counts[defect, default: 0] += 1 }
          let body = manifest.encoded
          if try Manifest.decode(body, id: manifest.id, writer: reader.node) != manifest {
            Issue.record("\(file), line \(lines.lineNumber) decodes to something else")
          }
        case .refused(let refusal)?: refused.append(refusal)
        case nil: Issue.record("\(file) has an empty line")
        }
      }
    }
    #expect(imported == 46_621)
    #expect(refused.isEmpty)
    #expect(
      counts == [
        .missingDescription: 7_200, .missingOpenType: 4_743, .missingUpdateCycle: 3_534, .missingDepartment: 1_967,
        .updatedBeforePublished: 1_070, .duplicateTitle: 3_090, .unknownUpdateCycle: 774, .badDate: 1,
      ])
  }
}
