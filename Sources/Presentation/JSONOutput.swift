/// JSON as the command prints it: members keep the order in which they are given, so that output is the same from run to
/// run and can be compared as text.
package indirect enum JSONOutput: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONOutput])
  case object([Member])

  package struct Member: Sendable, Hashable {
    package var name: String
    package var value: JSONOutput

    package init(_ name: String, _ value: JSONOutput) {
      self.name = name
      self.value = value
    }
  }

  /// null for nil.
  package init(_ text: String?) { self = text.map(JSONOutput.string) ?? .null }

  /// Sizes and indexes of any width. Past what fits an Int it becomes a number, as JavaScript would have read it anyway.
  package init(_ value: some BinaryInteger) {
    self = Int(exactly: value).map(JSONOutput.integer) ?? .number(Double(value))
  }

  /// On one line, without spaces.
  package var compact: String {
    var output = ""
    write(to: &output, indent: nil)
    return output
  }

  /// Two spaces a level; no line feed at the end.
  package var pretty: String {
    var output = ""
    write(to: &output, indent: 0)
    return output
  }

  private func write(to output: inout String, indent: Int?) {
    switch self {
    case .null: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .integer(let value): output += String(value)
    // JSON has no infinity and no NaN (RFC 8259 section 6).
    case .number(let value): output += value.isFinite ? Self.text(of: value) : "null"
    case .string(let value): Self.write(value, to: &output)
    case .array(let values):
      Self.write(values, between: "[", "]", to: &output, indent) { value, output, inner in
        value.write(to: &output, indent: inner)
      }
    case .object(let members):
      Self.write(members, between: "{", "}", to: &output, indent) { member, output, inner in
        Self.write(member.name, to: &output)
        output += inner == nil ? ":" : ": "
        member.value.write(to: &output, indent: inner)
      }
    }
  }

  private static func write<Element>(
    _ elements: [Element], between open: String, _ close: String, to output: inout String, _ indent: Int?,
    _ writeElement: (Element, inout String, Int?) -> Void
  ) {
    output += open
    let inner = indent.map { $0 + 1 }
    for (index, element) in elements.enumerated() {
      if index > 0 { output += "," }
      if let inner { output += "\n" + String(repeating: "  ", count: inner) }
      writeElement(element, &output, inner)
    }
    if let indent, !elements.isEmpty { output += "\n" + String(repeating: "  ", count: indent) }
    output += close
  }

  /// Swift's shortest text that reads back the same; a whole number without the `.0`.
  private static func text(of value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Escapes what RFC 8259 section 7 demands, and beyond it every control or bidirectional character: the output may be
  /// looked at on a terminal.
  private static func write(_ text: String, to output: inout String) {
    output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      default:
        switch TerminalHazard(scalar) {
        case .control, .lineBreak:
          // None of them lies outside the Basic Multilingual Plane.
          let hex = String(scalar.value, radix: 16)
          output += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        case .invisible, .mark, nil: output.unicodeScalars.append(scalar)
        }
      }
    }
    output += "\""
  }
}

extension JSONOutput: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringInterpolation,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  /// Members in the order written. A name given twice is a programmer's error.
  package init(dictionaryLiteral members: (String, JSONOutput)...) {
    precondition(Set(members.map(\.0)).count == members.count, "a JSON object names a member once")
    self = .object(members.map(Member.init))
  }
  package init(arrayLiteral values: JSONOutput...) { self = .array(values) }
  package init(stringLiteral text: String) { self = .string(text) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(nilLiteral: ()) { self = .null }
}
