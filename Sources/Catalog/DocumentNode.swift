/// A value of a file that people write, with the line on which it stands.
package struct DocumentNode: Hashable, Sendable {
  package indirect enum Content: Hashable, Sendable {
    case null
    case bool(Bool)
    /// As it was written.
    case number(String)
    case text(String)
    case list([DocumentNode])
    case object([Member])
  }

  package struct Member: Hashable, Sendable {
    package let name: String
    /// Of the name.
    package let line: Int
    package let value: DocumentNode

    package init(_ name: String, line: Int, _ value: DocumentNode) {
      self.name = name
      self.line = line
      self.value = value
    }
  }

  /// From 1; 0 where there are no lines.
  package let line: Int
  package let content: Content

  package init(line: Int, _ content: Content) {
    self.line = line
    self.content = content
  }

  /// The same value without lines: what a program holds reads like what a person wrote.
  package init(_ json: JSONValue) {
    line = 0
    content =
      switch json {
      case .null: .null
      case .bool(let value): .bool(value)
      case .number(let text): .number(text)
      case .string(let text): .text(text)
      case .array(let values): .list(values.map { DocumentNode($0) })
      case .object(let members): .object(members.map { Member($0.name, line: 0, DocumentNode($0.value)) })
      }
  }

  package var json: JSONValue {
    switch content {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let text): .number(text)
    case .text(let text): .string(text)
    case .list(let values): .array(values.map(\.json))
    case .object(let members): .object(members.map { .init($0.name, $0.value.json) })
    }
  }

  /// What the value is, and how it begins, for a message. Never walks a large value.
  var excerpt: String {
    switch content {
    case .list: "a list"
    case .object: "an object"
    default: json.excerpt
    }
  }
}
