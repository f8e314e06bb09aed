/// Colours and weights, on a terminal only. Data is neutralised before it is styled, never after.
package struct Style: Sendable {
  package enum Tint: String, Sendable {
    case bold = "1"
    case faint = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
  }

  package let isColoured: Bool

  package static let plain = Style(isColoured: false)

  package init(isColoured: Bool) { self.isColoured = isColoured }

  /// Off where the stream is no terminal, NO_COLOR is set to anything but the empty text (no-color.org), or TERM is `dumb`.
  package init(isTerminal: Bool, environment: [String: String]) {
    isColoured = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  package func callAsFunction(_ text: String, _ tint: Tint?) -> String {
    guard isColoured, let tint, !text.isEmpty else { return text }
    return "\u{1B}[\(tint.rawValue)m\(text)\u{1B}[0m"
  }
}
