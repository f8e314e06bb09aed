/// Takes the members of one JSON object by name and collects everything that is wrong with them.
///
/// Every refusal names the field's path, the value and what is allowed. An absent member, `null` and an empty text or list
/// where text or a list belongs are the same: not stated.
struct ManifestObjectReader {
  private let members: [String: JSONValue]
  /// Ends in a point unless empty.
  private let path: String
  private(set) var refusals: [ManifestRefusal] = []

  /// Members whose names are not `known` are refused, naming the nearest known one.
  init(_ members: [JSONValue.Member], known: [String], path: String = "") {
    self.members = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    self.path = path
    for member in members where !known.contains(member.name) {
      refuse(.unknownField, member.name, "no such field; the nearest is “\(member.name.nearest(of: known))”")
    }
  }

  mutating func refuse(_ code: ManifestRefusal.Code, _ name: String, _ reason: String) {
    let name = JSONValue.string(name).excerpt.dropFirst().dropLast()
    refusals.append(ManifestRefusal(code, field: path + name, reason))
  }

  mutating func refuse(_ others: [ManifestRefusal]) { refusals += others }

  /// nil for an absent member and for `null`.
  func value(_ name: String) -> JSONValue? {
    guard let value = members[name], value != .null else { return nil }
    return value
  }

  private mutating func refuseType(_ name: String, _ value: JSONValue, expected: String) {
    refuse(.type, name, "\(value.excerpt) is \(value.kind), this takes \(expected)")
  }

  mutating func text(_ name: String) -> String? {
    switch value(name) {
    case nil: return nil
    case .string(let text): return text.isEmpty ? nil : text
    case let value?:
      refuseType(name, value, expected: "a text")
      return nil
    }
  }

  /// A text that must hold more than white space.
  mutating func requiredText(_ name: String) -> String? {
    let before = refusals.count
    let text = text(name)
    guard refusals.count == before else { return nil }
    if let text, !text.unicodeScalars.allSatisfy(\.properties.isWhitespace) { return text }
    refuse(.missingField, name, "is required")
    return nil
  }

  mutating func texts(_ name: String) -> [String] {
    guard let value = value(name) else { return [] }
    guard case .array(let values) = value else {
      refuseType(name, value, expected: "a list of texts")
      return []
    }
    var texts: [String] = []
    for (index, value) in values.enumerated() {
      switch value {
      case .string(let text) where !text.isEmpty: texts.append(text)
      case .string: refuse(.value, "\(name)[\(index)]", "is empty; leave it out")
      default: refuseType("\(name)[\(index)]", value, expected: "a text")
      }
    }
    return texts
  }

  mutating func bool(_ name: String) -> Bool? {
    switch value(name) {
    case nil: return nil
    case .bool(let answer): return answer
    case let value?:
      refuseType(name, value, expected: "true or false")
      return nil
    }
  }

  mutating func statement(_ name: String) -> Manifest.Statement? {
    switch value(name) {
    case nil: return nil
    case .bool(let answer): return .answer(answer)
    case .string(let text): return text.isEmpty ? nil : .text(text)
    case let value?:
      refuseType(name, value, expected: "true, false or a text")
      return nil
    }
  }

  /// A whole number within the range.
  mutating func integer(_ name: String, in range: ClosedRange<Int64>) -> Int? {
    guard let value = value(name) else { return nil }
    guard case .number = value else {
      refuseType(name, value, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    guard let number = value.integer, range.contains(number) else {
      refuse(.value, name, "\(value.excerpt) is no whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return Int(number)
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, of type: Choice.Type = Choice.self
  ) -> Choice? where Choice.RawValue == String {
    guard let value = value(name) else { return nil }
    let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    guard case .string(let text) = value else {
      refuseType(name, value, expected: "one of " + allowed)
      return nil
    }
    if let choice = Choice(rawValue: text) { return choice }
    refuse(.value, name, "\(value.excerpt) is none of \(allowed)")
    return nil
  }

  mutating func date(_ name: String) -> CalendarDate? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value else {
      refuseType(name, value, expected: "a date such as \"2026-01-31\"")
      return nil
    }
    if let date = CalendarDate(text) { return date }
    refuse(.date, name, "\(value.excerpt) is no date of the calendar written yyyy-mm-dd")
    return nil
  }

  /// The members of an object; nil if there is none.
  mutating func object(_ name: String, _ read: (inout ManifestObjectReader) -> Void, known: [String]) {
    guard let value = value(name) else { return }
    guard case .object(let members) = value else {
      refuseType(name, value, expected: "an object with " + known.joined(separator: ", "))
      return
    }
    var reader = ManifestObjectReader(members, known: known, path: path + name + ".")
    read(&reader)
    refuse(reader.refusals)
  }

  /// One result for each object of a list; an object that is refused leaves its refusals and no result.
  mutating func objects<Element>(
    _ name: String, known: [String], _ read: (inout ManifestObjectReader) -> Element?
  ) -> [Element] {
    guard let value = value(name) else { return [] }
    guard case .array(let values) = value else {
      refuseType(name, value, expected: "a list of objects")
      return []
    }
    var elements: [Element] = []
    for (index, value) in values.enumerated() {
      guard case .object(let members) = value else {
        refuseType("\(name)[\(index)]", value, expected: "an object with " + known.joined(separator: ", "))
        continue
      }
      var reader = ManifestObjectReader(members, known: known, path: "\(path)\(name)[\(index)].")
      if let element = read(&reader) { elements.append(element) }
      refuse(reader.refusals)
    }
    return elements
  }
}
