/// A federation's name, `[a-z][a-z0-9-]{0,31}`: part of every origin, so that what one federation signed means nothing in
/// another.
package struct FederationName: Hashable, Sendable, Comparable, LosslessStringConvertible {
  package let text: String

  package var description: String { text }

  package init?(_ text: String) { self.init(text[...]) }

  package init?(_ text: Substring) {
    guard (1...32).contains(text.utf8.count), let first = text.utf8.first, (0x61...0x7A).contains(first),
      text.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
    else { return nil }
    self.text = String(text)
  }

  package static func < (a: FederationName, b: FederationName) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }
}
