import Catalog
import Foundation

/// Short ways to write JSON of the local API.
extension JSONValue {
  static func members(_ members: (String, JSONValue)...) -> JSONValue { .object(members.map { .init($0.0, $0.1) }) }
  static func count(_ number: some BinaryInteger) -> JSONValue { .number(String(number)) }
  static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
  static func sizes(_ sizes: [RegionCode: UInt64]) -> JSONValue {
    .object(sizes.sorted { $0.key < $1.key }.map { .init($0.key.text, .count($0.value)) })
  }

  /// RFC 3339 in UTC, whole seconds; null without a time.
  static func time(milliseconds: Int64?) -> JSONValue {
    guard let milliseconds else { return .null }
    return .string(Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601))
  }

  static func time(seconds: UInt64?) -> JSONValue { time(milliseconds: seconds.map { Int64(clamping: $0) &* 1000 }) }

  /// The member of an object; nil for anything else.
  subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  var list: [JSONValue]? {
    if case .array(let values) = self { values } else { nil }
  }
}
