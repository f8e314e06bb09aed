import Catalog
import Simulator
import Testing

/// Documents that were damaged at random: nothing traps, everything is either refused or can be proposed.
@Suite("Damaged list documents")
struct ListDocumentFuzzTests {
  private static let pieces: [JSONValue] = [
    .null, .bool(true), .number("7"), .number("-1"), .number("1e400"), .number("99999999999999999999"), .string(""),
    .string("x"), .string("310000"), .string("320000"), .string("32"), .string("310000/credit/x"),
    .string("2026-05-01"),
    .string("none"), .string("unconditional"), .string("长三角"), .string("a\u{0}b"), .string("\u{202E}"), .array([]),
    .object([]), .array([.string("32"), .string("32"), .number("1")]), .object([.init("region", .string("320000"))]),
    .object([.init("region", .string("310000")), .init("region", .string("310000"))]),
  ]

  private struct Damage {
    var random: SeededGenerator

    /// Replaces, doubles or takes away a value somewhere below.
    mutating func damaged(_ value: JSONValue) -> JSONValue {
      switch value {
      case .array(var values) where !values.isEmpty && Int.random(in: 0..<8, using: &random) > 0:
        let place = Int.random(in: 0..<values.count, using: &random)
        if Int.random(in: 0..<6, using: &random) == 0 { values.append(values[place]) }
        values[place] = damaged(values[place])
        return .array(values)
      case .object(var members) where !members.isEmpty && Int.random(in: 0..<12, using: &random) > 0:
        let place = Int.random(in: 0..<members.count, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0: members.remove(at: place)
        case 1: members[place].name += "s"
        default: members[place].value = damaged(members[place].value)
        }
        return .object(members)
      default: return pieces.randomElement(using: &random) ?? .null
      }
    }
  }

  @Test(
    "A damaged document is refused with reasons, or becomes a text that reads back as the same document",
    arguments: 0..<30)
  func damage(seed: Int) throws {
    var damage = Damage(random: SeededGenerator(seed: UInt64(seed)))
    let whole = try JSONReader.value(Array(fullListJSON.utf8))
    var around = ListSurroundings()
    around.regions = [.shanghai, .jiangsu, .zhejiang]
    var passed = 0
    for _ in 0..<200 {
      var value = whole
      for _ in 0..<Int.random(in: 1...3, using: &damage.random) { value = damage.damaged(value) }
      let reading = ListDocument.read(DocumentNode(value), around)
      #expect((reading.document == nil) == !reading.refusals.isEmpty, "seed \(seed): \(value.text)")
      guard let document = reading.document else { continue }
      passed += 1
      let text = try document.text(federation: TestRegion.federation)
      #expect(try ListText(bytes: text.bytes) == text)
      #expect(ListDocument.read(DocumentNode(text.json), around).document == document, "seed \(seed): \(value.text)")
      #expect(text.claims.count == document.items.count, "seed \(seed): an item that passed does not count")
    }
    #expect(passed > 0 && passed < 200)
  }
}
