import Catalog
import Foundation
import Testing

/// The published schema and the code say the same: fields, enumerations, what is required, bounds.
@Suite("The schema of lists")
struct ListSchemaTests {
  private static let schema: JSONValue = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    guard let data = try? Data(contentsOf: root.appending(path: "docs/list.schema.json")) else { return .null }
    return (try? JSONReader.value([UInt8](data))) ?? .null
  }()

  /// What stands at a path such as `properties.valid`; a reference is followed. Empty: the whole.
  private static func part(_ path: String) -> JSONValue {
    path.split(separator: ".").reduce(schema) { part, name in
      let part = part.member(String(name))
      guard case .string(let reference) = part.member("$ref") else { return part }
      return schema.member("$defs").member(String(reference.split(separator: "/").last ?? ""))
    }
  }

  private static let item = "$defs.item"

  @Test(
    "Each object has the code's fields and no other",
    arguments: [
      ("", ListDocument.fields, ["list", "version", "kind", "title", "parties", "valid", "items"]),
      ("properties.valid", ListDocument.validFields, ["from", "until"]),
      ("$defs.calendar", ListDocument.calendarFields, ["region", "from", "until"]),
      (item, ListDocument.itemFields, ["resource", "source", "share"]),
      (item + ".properties.source", ListDocument.sourceFields, ["region"]),
      (item + ".properties.fields", ListDocument.ruleFields, []),
      (item + ".properties.duties", ListDocument.dutyFields, []),
    ])
  func fields(path: String, fields: [String], required: [String]) throws {
    let object = Self.part(path)
    #expect(Set(object.member("properties").names) == Set(fields))
    #expect(object.member("additionalProperties") == .bool(false))
    #expect(object.member("required").texts == required)
  }

  @Test("What the schema requires, the code requires")
  func required() throws {
    #expect(
      try Set(readList("{}").refusals.filter { $0.code == .missingField }.map(\.field))
        == Set(Self.schema.member("required").texts))
    #expect(
      Set(try readList(smallList("{}")).refusals.map(\.field))
        == ["items[0].resource", "items[0].source", "items[0].share"])
    #expect(
      try readList(smallList(smallItem.replacing(#"{"region":"310000"}"#, with: "{}"))).refusals.map(\.field)
        == ["items[0].source.region"])
  }

  @Test(
    "Each enumeration has the code's values",
    arguments: [
      ("properties.kind", ListTerms.Kind.allCases.map(\.rawValue)),
      (item + ".properties.share", Manifest.ShareType.allCases.map(\.rawValue)),
      (item + ".properties.grade", Manifest.Grade.allCases.map(\.rawValue)),
      (item + ".properties.accessForms.items", AccessForm.allCases.map(\.rawValue)),
      (item + ".properties.duties.properties.updateCycle", Manifest.UpdateCycle.known.map(\.name)),
    ])
  func enumerations(path: String, values: [String]) {
    #expect(Self.part(path).member("enum").texts == values)
  }

  @Test("Groups, bounds and lengths are the code's")
  func bounds() {
    let groups = RegionGroup.all.map(\.name)
    guard case .array(let parties) = Self.part("properties.parties.items").member("anyOf"),
      case .string(let recipient) = Self.part("$defs.recipient").member("pattern")
    else {
      Issue.record("the schema names no parties or no recipients")
      return
    }
    #expect(parties.last?.member("enum").texts == groups)
    #expect(recipient.hasSuffix("|" + groups.joined(separator: "|") + ")$"))
    let days = Self.part("$defs.workdays")
    #expect(days.member("minimum").integer == ListDocument.workdaysRange.lowerBound)
    #expect(days.member("maximum").integer == ListDocument.workdaysRange.upperBound)
    #expect(Self.part("properties.items").member("maxItems").integer == Int64(ListDocument.itemCountMax))
    #expect(Self.part("$defs.text").member("maxLength").integer == Int64(ListDocument.textLengthMax))
  }
}

extension JSONValue {
  fileprivate func member(_ name: String) -> JSONValue {
    guard case .object(let members) = self else { return .null }
    return members.first { $0.name == name }?.value ?? .null
  }

  fileprivate var names: [String] {
    guard case .object(let members) = self else { return [] }
    return members.map(\.name)
  }

  fileprivate var texts: [String] {
    guard case .array(let values) = self else { return [] }
    return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }
}
