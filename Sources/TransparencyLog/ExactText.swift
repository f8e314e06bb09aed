/// A key name, origin line or extension line: text that is compared, ordered and hashed by its UTF-8 bytes.
///
/// `String` compares by canonical equivalence, by which U+212A (KELVIN SIGN) equals `K`: two names that no other
/// implementation takes for one would be one here.
package struct ExactText: Hashable, Comparable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  package let utf8: [UInt8]

  package init(_ text: String) { utf8 = Array(text.utf8) }

  package init(stringLiteral text: String) { self.init(text) }

  /// nil unless the bytes are valid UTF-8.
  package init?(utf8 bytes: some Collection<UInt8>) {
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    utf8 = Array(bytes)
  }

  package var string: String { String(decoding: utf8, as: UTF8.self) }
  package var description: String { string }

  package static func < (a: ExactText, b: ExactText) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

  /// C2SP signed-note, "Format": not empty, no Unicode space, no plus; and no control character, as in any note.
  package var isKeyName: Bool {
    !utf8.isEmpty && !string.unicodeScalars.contains { $0 == "+" || $0.value < 0x20 || Self.isSpace($0) }
  }

  /// A line that a note can hold: not empty, no control character below U+0020.
  var isLine: Bool { !utf8.isEmpty && utf8.allSatisfy { $0 >= 0x20 } }

  /// The Unicode property White_Space, which is stable: no table of the running system decides what a name is.
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }
}
