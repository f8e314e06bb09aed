import Catalog
import Foundation
import Presentation

/// Reading what the node answers. A member that is missing or of another type reads as nil: a newer node may say more,
/// an older one less.
extension JSONValue {
  subscript(_ name: String) -> JSONValue? { members.first { $0.name == name }?.value }

  var members: [Member] {
    guard case .object(let members) = self else { return [] }
    return members
  }

  var elements: [JSONValue] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  var isTrue: Bool { self == .bool(true) }

  /// A number or a text as it is, anything else as JSON; `–` for null.
  var plain: String {
    switch self {
    case .null: "–"
    case .string(let text): text
    default: text
    }
  }

  /// A time, RFC 3339.
  var moment: Moment? {
    guard let text = string else { return nil }
    let date =
      (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
      ?? (try? Date(text, strategy: Date.ISO8601FormatStyle()))
    guard let seconds = date?.timeIntervalSince1970, abs(seconds) < 1e12 else { return nil }
    return Moment(milliseconds: Int64((seconds * 1_000).rounded()))
  }
}

extension JSONValue? {
  /// `–` where nothing stands.
  var plain: String { self?.plain ?? "–" }

  /// Grouped digits, `–` where no whole number stands.
  var grouped: String { (self?.integer).map { Quantity.grouped($0) } ?? "–" }

  /// Beijing time, `–` where none stands.
  var beijing: String { self?.moment?.beijing ?? "–" }

  var elements: [JSONValue] { self?.elements ?? [] }
  var members: [JSONValue.Member] { self?.members ?? [] }
}
