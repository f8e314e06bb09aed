import Catalog
import Foundation
import NodeRuntime
import Testing

@Suite("List files")
struct ListFileTests {
  private static func read(_ yaml: String) throws -> ListReading {
    ListDocument.read(try ListFile.tree(Array(yaml.utf8)))
  }

  /// The example of the command line's contract.
  private static let example = """
    list: delta-credit
    version: 1
    kind: agreed              # agreed | issued | decided
    title: 长三角信用信息共享责任清单
    parties: ["310000", "320000", "330000"]
    valid: {from: 2026-01-01, until: 2027-12-31}
    items:
      - resource: 310000/credit/
        source: {region: "310000", department: 上海市发展和改革委员会}
        share: conditional
        recipients: ["32", "330000"]
        purposes: [credit-review]
        fields: {allow: [name, uscc, level], mask: [phone], hash: [idNumber], deny: [address]}
        grade: important
        rowLimit: 1000
        minimumGroup: 5
        duties: {updateWorkdays: 10, answerWorkdays: 10, deliverWorkdays: 20, correctWorkdays: 10}

    """

  @Test("The example passes; what it does not state is a warning")
  func example() throws {
    let reading = try Self.read(Self.example)
    #expect(reading.refusals.isEmpty, "\(reading.refusals)")
    #expect(reading.document?.items.first?.recipients == ["32", "330000"])
    #expect(reading.warnings.allSatisfy { $0.code == .notStated })
  }

  @Test(
    "A fault is told at its line",
    arguments: [
      ("    grade: important", "    gradee: important", 14, "unknownField"),
      ("until: 2027-12-31", "until: 2025-12-31", 6, "validity"),
      (#"["32", "330000"]"#, "\n      - \"32\"\n      - \"3x\"", 13, "prefix"),
      ("answerWorkdays: 10", "answerWorkdays: 11", 8, "term"),
      (#""330000"]"#, "330000]", 5, "type"), ("kind: agreed", "kind: yes", 3, "value"),
      ("    grade: important", "    grade: null\n    onward: no", 15, "type"),
    ])
  func lines(old: String, new: String, line: Int, code: String) throws {
    let at = try #require(Self.example.range(of: old))
    let found = try Self.read(Self.example.replacingCharacters(in: at, with: new)).refusals
    #expect(found.map(\.line) == [line], "\(found)")
    #expect(found.map(\.code.rawValue) == [code], "\(found)")
  }

  @Test(
    "What is no YAML document, or one that grows when it is walked, is refused with its line",
    arguments: [
      ("list: [a\n", 2), ("list: a\nlist: b\n", 1), ("list: a\n---\nlist: b\n", 2), ("", 0), ("a: &x [1]\nb: *x\n", 2),
      ("a: &a [x,x]\nb: &b [*a,*a]\n? *b\n: 1\n", 2), ("a: &x [1]\nb: [\u{2028}*x]\n", 2), ("a: *x\n", 1),
      (String(repeating: "[", count: 900) + String(repeating: "]", count: 900), 1),
      (String(repeating: "- ", count: 990) + "x", 1), (String(repeating: "{a: ", count: 5000), 1), ("? [a]\n: b\n", 1),
    ])
  func refused(yaml: String, line: Int) {
    let defect = #expect(throws: ListFile.Defect.self) { try ListFile.tree(Array(yaml.utf8)) }
    #expect(defect?.line == line, "\(String(describing: defect))")
  }

  @Test("Bytes that are no UTF-8, and too many of them, are refused")
  func bytes() {
    #expect(throws: ListFile.Defect.self) { try ListFile.tree([0x61, 0xFF]) }
    #expect(throws: ListFile.Defect.self) {
      try ListFile.tree([UInt8](repeating: 0x20, count: ListFile.byteCountMax + 1))
    }
  }

  @Test("Anchors without aliases, and & and * within texts, are texts as ever")
  func notAliases() throws {
    let tree = try ListFile.tree(Array("a: &x 研发 & 设计\nb: 2 * 3\nc: \"*y\"\n".utf8))
    #expect(tree.json.text == #"{"a":"研发 & 设计","b":"2 * 3","c":"*y"}"#)
  }

  @Test("Scalars are read by the core schema of YAML 1.2: no is a text, a date too, quotes make texts of everything")
  func scalars() throws {
    let yaml = "[no, 2026-01-01, 1, 1.5, 0x1f, ~, true, \"1\", '~', 310000, -, 1.2.3, .inf]"
    let json = #"["no","2026-01-01",1,1.5,0x1f,null,true,"1","~",310000,"-","1.2.3",.inf]"#
    #expect(try ListFile.tree(Array(yaml.replacing(" -,", with: " \"-\",").utf8)).json.text == json)
  }

  @Test("A mark of the encoding and carriage returns before line feeds change nothing")
  func editors() throws {
    let plain = try ListFile.tree(Array(Self.example.utf8))
    #expect(try ListFile.tree([0xEF, 0xBB, 0xBF] + Array(Self.example.utf8)) == plain)
    #expect(try ListFile.tree(Array(Self.example.replacing("\n", with: "\r\n").utf8)) == plain)
  }

  @Test("Ten thousand items are read and written, each with its line")
  func large() throws {
    let head = Self.example.components(separatedBy: "  - resource")[0]
    let item =
      "  - resource" + Self.example.components(separatedBy: "  - resource")[1].trimmingCharacters(in: .newlines) + "\n"
    var yaml = head
    for number in 0..<10_000 { yaml += item.replacing("310000/credit/", with: "310000/credit/\(number)/") }
    let document = try #require(try Self.read(yaml).document)
    #expect(document.items.count == 10_000)
    #expect(document.items[9_999].line == 8 + 9_999 * 10)
    let text = try document.text(federation: try #require(FederationName("local")))
    #expect(text.items.count == 10_000)
  }
}
