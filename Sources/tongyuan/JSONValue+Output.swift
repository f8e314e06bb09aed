import Catalog
import Presentation

extension JSONValue {
  /// Two spaces a level, members in their order, numbers spelled as they came: what a program reads is what the node
  /// said. Texts are escaped as `JSONOutput` does, safe on a terminal.
  var pretty: String {
    var output = ""
    write(to: &output, indent: "\n")
    return output
  }

  /// The same on one line.
  var line: String {
    var output = ""
    write(to: &output, indent: nil)
    return output
  }

  private func write(to output: inout String, indent: String?) {
    let inner = indent.map { $0 + "  " }
    switch self {
    case .null: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .number(let text): output += text
    case .string(let text): output += JSONOutput.string(text).compact
    case .array(let values):
      output += "["
      for (place, value) in values.enumerated() {
        if place > 0 { output += "," }
        output += inner ?? ""
        value.write(to: &output, indent: inner)
      }
      if let indent, !values.isEmpty { output += indent }
      output += "]"
    case .object(let members):
      output += "{"
      for (place, member) in members.enumerated() {
        if place > 0 { output += "," }
        output += (inner ?? "") + JSONOutput.string(member.name).compact + (inner == nil ? ":" : ": ")
        member.value.write(to: &output, indent: inner)
      }
      if let indent, !members.isEmpty { output += indent }
      output += "}"
    }
  }

  /// As a member of a problem object.
  var output: JSONOutput {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let text): Int(text).map(JSONOutput.integer) ?? .number(Double(text) ?? .nan)
    case .string(let text): .string(text)
    case .array(let values): .array(values.map(\.output))
    case .object(let members): .object(members.map { JSONOutput.Member($0.name, $0.value.output) })
    }
  }
}

extension Console {
  /// The one document of a command.
  func print(_ value: JSONValue) { print(value.pretty) }

  /// A line of fixed words about what is told by codes and names: neutralised.
  func say(_ message: Message) { print(message.in(language).neutralised) }
}
