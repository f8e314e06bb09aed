/// A resource's id: 1–256 bytes of UTF-8, components of a fixed alphabet joined by `/`, none empty, `.` or `..`.
///
/// The alphabet is ASCII letters and digits, `-._~:@+=()` and the unified ideographs U+3007, U+3400–4DBF, U+4E00–9FFF,
/// U+20000–323AF: fixed, so that no table of a Unicode version decides, and no id has two spellings. None of these characters
/// decomposes or composes, so `String` and bytes agree on equality here; order is that of the bytes.
package struct ResourceID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package static let byteCountMax = 256

  package let text: String

  package var description: String { text }
  package var bytes: [UInt8] { Array(text.utf8) }

  /// nil unless the text is an id. `defect(of:)` says why.
  package init?(_ text: some StringProtocol) {
    guard Self.defect(of: text) == nil else { return nil }
    self.text = String(text)
  }

  /// nil unless the bytes are UTF-8 and an id.
  package init?(bytes: [UInt8]) {
    guard bytes.count <= Self.byteCountMax, let text = String(validating: bytes, as: UTF8.self) else { return nil }
    self.init(text)
  }

  /// The first component, whatever it is: it names the region that alone may publish here.
  package var ownerText: Substring { text[..<(text.utf8.firstIndex(of: 0x2F) ?? text.endIndex)] }

  /// The region that the first component names; nil if it is no region code.
  package var owner: RegionCode? { RegionCode(ownerText) }

  package var components: [Substring] { text.split(separator: "/") }

  /// Whether the id is the given one or lies below it: whole components match, `310000/a` is no prefix of `310000/ab`.
  /// A prefix may end in `/`, and then covers only what lies below.
  package func matches(prefix: some StringProtocol) -> Bool {
    let mine = text.utf8
    guard mine.starts(with: prefix.utf8) else { return false }
    if prefix.hasSuffix("/") { return mine.count > prefix.utf8.count }
    return mine.count == prefix.utf8.count || mine.dropFirst(prefix.utf8.count).first == 0x2F
  }

  package static func == (a: ResourceID, b: ResourceID) -> Bool { a.text == b.text }

  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  package static func < (a: ResourceID, b: ResourceID) -> Bool {
    // Whole catalogs are sorted by this: byte by byte where the bytes lie in one piece.
    a.text.utf8.withContiguousStorageIfAvailable { a in
      b.text.utf8.withContiguousStorageIfAvailable { b in
        for index in 0..<min(a.count, b.count) where a[index] != b[index] { return a[index] < b[index] }
        return a.count < b.count
      }
    }.flatMap(\.self) ?? a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }

  // MARK: - What an id may be

  package static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x2D, 0x2E, 0x5F, 0x7E, 0x3A, 0x40, 0x2B, 0x3D, 0x28, 0x29: true  // -._~:@+=()
    case 0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0x20000...0x323AF: true
    default: false
    }
  }

  /// What is wrong with an id, in words for the person who wrote it: the first wrong character and its position, counted
  /// in characters from 1. nil if nothing is.
  package static func defect(of text: some StringProtocol) -> String? {
    if text.utf8.isEmpty { return "an id has at least one character" }
    if text.utf8.count > byteCountMax { return "an id has at most 256 bytes, this has \(text.utf8.count)" }
    var position = 0
    var length = 0  // of the component so far, in characters
    var dots = 0
    func componentDefect() -> String? {
      if length == 0 {
        return "an empty component before character \(position): no / at the start, at the end, or beside another"
      }
      if length == dots, length < 3 {
        return "the component before character \(position) is “\(length == 1 ? "." : "..")”: "
          + "neither . nor .. may stand alone"
      }
      return nil
    }
    for scalar in text.unicodeScalars {
      position += 1
      if scalar == "/" {
        if let defect = componentDefect() { return defect }
        length = 0
        dots = 0
      } else if isAllowed(scalar) {
        length += 1
        if scalar == "." { dots += 1 }
      } else {
        return "character \(position), \(name(of: scalar)), is not allowed: "
          + "ASCII letters and digits, -._~:@+=(), unified ideographs, and / between components are"
      }
    }
    position += 1
    return componentDefect()
  }

  /// A character as a message may show it: itself only where it is visible and cannot disturb a terminal.
  static func name(of scalar: Unicode.Scalar) -> String {
    let number = String(scalar.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - number.count)) + number
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator,
      .nonspacingMark, .enclosingMark:
      return code
    default: return "“\(scalar)” (\(code))"
    }
  }
}
