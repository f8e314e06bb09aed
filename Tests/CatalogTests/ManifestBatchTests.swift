import Catalog
import Testing

@Suite("The manifests of one publish call")
struct ManifestBatchTests {
  private func batch(_ inputs: String...) throws -> ManifestBatch {
    var batch = ManifestBatch(region: shanghai)
    for (index, input) in inputs.enumerated() { try batch.add(Array(input.utf8), from: "file\(index + 1).json") }
    return batch
  }

  @Test("Several files, values one after another and lists make one batch")
  func inputs() throws {
    let batch = try batch(
      "{\"id\":\"310000/a\",\"title\":\"a\"}\n{\"id\":\"310000/b\",\"title\":\"b\"}\n",
      "[{\"id\":\"310000/c\",\"title\":\"c\"}]", "")
    #expect(batch.refusals.isEmpty)
    #expect(batch.candidates.map(\.manifest.title) == ["a", "b", "c"])
    #expect(
      batch.candidates.map(\.place.description) == ["file1.json, line 1", "file1.json, line 2", "file2.json, line 1"])
  }

  @Test("An id that stands twice in a call is refused, across files too, naming the first")
  func duplicates() throws {
    let one = "{\"id\":\"310000/a\",\"title\":\"a\"}"
    let batch = try batch(one, "\n" + one)
    #expect(batch.candidates.count == 1)
    let refused = try #require(batch.refusals.first)
    #expect(refused.refusal.code == .duplicate)
    #expect(refused.id == "310000/a")
    #expect(refused.place.description == "file2.json, line 2")
    #expect(refused.refusal.reason.contains("file1.json, line 1"))
  }

  @Test("Refused manifests are named by what stands under their id, and by their place")
  func refused() throws {
    let batch = try batch("{\"id\":\"310000/a\",\"title\":\"a\"}\n{\"id\":\"x y\",\"title\":\"\"}\n7")
    #expect(batch.candidates.count == 1)
    #expect(batch.refusals.map(\.id) == ["x y", "x y", nil])
    #expect(batch.refusals.map(\.place.line) == [2, 2, 3])
    #expect(batch.refusals.map(\.refusal.code) == [.id, .missingField, .json])
  }

  @Test("Broken JSON gives up the call with file, line and column")
  func broken() {
    let error = #expect(throws: ManifestBatchError.self) {
      try batch("{\"id\":\"310000/a\",\"title\":\"a\"}\n{\"id\":}")
    }
    #expect(error?.description == "file1.json: line 2, column 7: expected a value, found “}” (U+007D)")
    #expect(error?.code == .json)
  }

  @Test("More than 10,000 manifests are for import")
  func tooMany() throws {
    let lines = (0...10_000).map { "{\"id\":\"310000/\($0)\",\"title\":\"t\"}\n" }
    _ = try batch(lines.dropLast().joined())
    let error = #expect(throws: ManifestBatchError.self) { try batch(lines.joined()) }
    #expect(error?.code == .tooMany)
    #expect(error?.reason.contains("import") == true)
  }

  @Test("More than 16 MiB are for import, whatever the number of files")
  func tooLarge() throws {
    var batch = ManifestBatch(region: shanghai)
    let half = [UInt8](repeating: 0x20, count: 8 << 20)
    try batch.add(half, from: "a")
    try batch.add(half, from: "b")
    let error = #expect(throws: ManifestBatchError.self) { try batch.add([0x20], from: "c") }
    #expect(error?.code == .tooLarge)
    #expect(error?.description.contains("import") == true)
  }
}
