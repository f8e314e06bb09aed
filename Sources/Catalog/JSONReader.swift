/// Why a text is no JSON, and where: lines and columns count from 1, columns in characters.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  package let line: Int
  package let column: Int
  package let reason: String

  package var code: String { "json" }
  package var description: String { "line \(line), column \(column): \(reason)" }
}

/// Strict JSON (RFC 8259) out of bytes: UTF-8 only, no name twice in an object, depth and length of a number bounded.
///
/// `next()` reads values one after another, with or without white space or line feeds between them, and yields the elements
/// of a list at the top one by one. `value(_:)` reads exactly one value. The caller bounds the number of bytes.
package struct JSONReader {
  package static let depthMax = 32
  static let numberLengthMax = 64

  private let bytes: [UInt8]
  private var offset = 0
  private var insideTopList = false
  /// Where lines were last counted: positions are asked for in rising order.
  private var counted = (offset: 0, line: 1)

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }  // a byte order mark, as some editors write it
  }

  package static func value(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    var reader = JSONReader(bytes)
    reader.skipSpace()
    let value = try reader.readValue(depth: 1)
    reader.skipSpace()
    if reader.offset < bytes.count { throw reader.error("something follows the value") }
    return value
  }

  /// The next value and the line on which it begins; nil at the end of the input.
  package mutating func next() throws(JSONError) -> (value: JSONValue, line: Int)? {
    while true {
      skipSpace()
      if insideTopList {
        if take("]") {
          insideTopList = false
          continue
        }
        let line = countLine()
        let value = try readValue(depth: 2)
        skipSpace()
        if take(",") {
          skipSpace()
          if peek() == UInt8(ascii: "]") { throw error("a comma before ]") }
        } else if peek() != UInt8(ascii: "]") {
          throw error(offset < bytes.count ? "expected , or ] after an element" : "the input ends inside a list")
        }
        return (value, line)
      }
      guard offset < bytes.count else { return nil }
      if take("[") {
        insideTopList = true
        continue
      }
      let line = countLine()
      return (try readValue(depth: 1), line)
    }
  }

  // MARK: - Values

  private mutating func readValue(depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= Self.depthMax else { throw error("lists and objects are nested deeper than \(Self.depthMax)") }
    guard let first = peek() else { throw error("the input ends where a value is expected") }
    switch first {
    case UInt8(ascii: "{"): return try readObject(depth: depth)
    case UInt8(ascii: "["): return try readArray(depth: depth)
    case UInt8(ascii: "\""): return .string(try readString())
    case UInt8(ascii: "t"): return try readWord("true", .bool(true))
    case UInt8(ascii: "f"): return try readWord("false", .bool(false))
    case UInt8(ascii: "n"): return try readWord("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try readNumber())
    case UInt8(ascii: "'"): throw error("text stands in double quotes, not in '")
    default: throw error("expected a value, found \(characterHere())")
    }
  }

  private mutating func readObject(depth: Int) throws(JSONError) -> JSONValue {
    offset += 1
    var members: [JSONValue.Member] = []
    var names: Set<String> = []
    skipSpace()
    if take("}") { return .object([]) }
    while true {
      skipSpace()
      guard peek() == UInt8(ascii: "\"") else {
        if peek() == UInt8(ascii: "}") { throw error("a comma before }") }
        throw error(
          offset < bytes.count
            ? "expected a name in double quotes, found \(characterHere())"
            : "the input ends inside an object")
      }
      let start = offset
      let name = try readString()
      // Few members: looking through them is faster than hashing; many: it would be quadratic.
      let repeated = members.count < 16 ? members.contains { $0.name == name } : names.contains(name)
      if repeated { throw error("the name “\(name.prefix(60))” stands twice in one object", at: start) }
      skipSpace()
      guard take(":") else { throw error("expected : after a name") }
      skipSpace()
      members.append(JSONValue.Member(name, try readValue(depth: depth + 1)))
      if members.count == 16 {
        names = Set(members.map(\.name))
      } else if members.count > 16 {
        names.insert(name)
      }
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else {
        throw error(offset < bytes.count ? "expected , or } after a member" : "the input ends inside an object")
      }
    }
  }

  private mutating func readArray(depth: Int) throws(JSONError) -> JSONValue {
    offset += 1
    var values: [JSONValue] = []
    skipSpace()
    if take("]") { return .array([]) }
    while true {
      skipSpace()
      if peek() == UInt8(ascii: "]") { throw error("a comma before ]") }
      values.append(try readValue(depth: depth + 1))
      skipSpace()
      if take("]") { return .array(values) }
      guard take(",") else {
        throw error(offset < bytes.count ? "expected , or ] after an element" : "the input ends inside a list")
      }
    }
  }

  private mutating func readWord(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let count = word.utf8CodeUnitCount
    let matches =
      bytes.count - offset >= count
      && word.withUTF8Buffer { $0.elementsEqual(bytes[offset..<offset + count]) }
    guard matches else { throw error("expected a value; text stands in double quotes") }
    offset += count
    return value
  }

  private mutating func readNumber() throws(JSONError) -> String {
    let start = offset
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
    _ = take("-")
    guard isDigit(peek()) else { throw error("a digit is missing in a number") }
    if take("0") {
      if isDigit(peek()) { throw error("a number begins with 0", at: start) }
    } else {
      while isDigit(peek()) { offset += 1 }
    }
    if take(".") {
      guard isDigit(peek()) else { throw error("a digit is missing after the point") }
      while isDigit(peek()) { offset += 1 }
    }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      guard isDigit(peek()) else { throw error("a digit is missing in the exponent") }
      while isDigit(peek()) { offset += 1 }
    }
    guard offset - start <= Self.numberLengthMax else {
      throw error("a number has more than \(Self.numberLengthMax) characters", at: start)
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  // MARK: - Strings

  private mutating func readString() throws(JSONError) -> String {
    let quote = offset
    offset += 1
    let start = offset
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "\""):
        let text = try validated(bytes[start..<offset])
        offset += 1
        return text
      case UInt8(ascii: "\\"): return try readEscapedString(from: start, quote: quote)
      case 0..<0x20: throw error("a control character inside a text; write it as an escape such as \\n or \\u0009")
      default: offset += 1
      }
    }
    throw error("the text that begins here does not end", at: quote)
  }

  private mutating func readEscapedString(from start: Int, quote: Int) throws(JSONError) -> String {
    var text = try validated(bytes[start..<offset])
    while offset < bytes.count {
      let runStart = offset
      while offset < bytes.count, bytes[offset] != UInt8(ascii: "\""), bytes[offset] != UInt8(ascii: "\\") {
        if bytes[offset] < 0x20 {
          throw error("a control character inside a text; write it as an escape such as \\n or \\u0009")
        }
        offset += 1
      }
      if offset > runStart { text += try validated(bytes[runStart..<offset]) }
      if take("\"") { return text }
      guard offset + 1 < bytes.count else { break }
      text.unicodeScalars.append(try readEscape())
    }
    throw error("the text that begins here does not end", at: quote)
  }

  /// At a backslash that something follows.
  private mutating func readEscape() throws(JSONError) -> Unicode.Scalar {
    let start = offset
    let escaped = bytes[offset + 1]
    offset += 2
    switch escaped {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(escaped)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw error("an unknown escape; a backslash is written \\\\", at: start)
    }
    let first = try readHexadecimal(escape: start)
    // C interfaces below us end a text there.
    if first == 0 { throw error("the character U+0000 cannot stand in a text", at: start) }
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800...0xDBFF).contains(first), take("\\"), take("u") else {
      throw error("half of a surrogate pair", at: start)
    }
    let second = try readHexadecimal(escape: start)
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw error("half of a surrogate pair", at: start) }
    return scalar
  }

  private mutating func readHexadecimal(escape start: Int) throws(JSONError) -> UInt32 {
    guard bytes.count - offset >= 4 else { throw error("\\u takes four hexadecimal digits", at: start) }
    var number: UInt32 = 0
    for byte in bytes[offset..<offset + 4] {
      switch byte {
      case 0x30...0x39: number = number << 4 | UInt32(byte - 0x30)
      case 0x41...0x46: number = number << 4 | UInt32(byte - 0x41 + 10)
      case 0x61...0x66: number = number << 4 | UInt32(byte - 0x61 + 10)
      default: throw error("\\u takes four hexadecimal digits", at: start)
      }
    }
    offset += 4
    return number
  }

  private mutating func validated(_ slice: ArraySlice<UInt8>) throws(JSONError) -> String {
    if let text = String(validating: slice, as: UTF8.self) { return text }
    var decoder = UTF8()
    var iterator = slice.makeIterator()
    var position = slice.startIndex
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { position += UTF8.width(scalar) }
    throw error(
      "the text is not UTF-8 here (byte \(String(bytes[position], radix: 16))); convert the file to UTF-8", at: position
    )
  }

  // MARK: - Bytes and positions

  private func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  private mutating func countLine() -> Int {
    while counted.offset < offset {
      if bytes[counted.offset] == 0x0A { counted.line += 1 }
      counted.offset += 1
    }
    return counted.line
  }

  private func characterHere() -> String {
    String(decoding: bytes[offset..<min(offset + 4, bytes.count)], as: UTF8.self).unicodeScalars.first
      .map(ResourceID.name(of:)) ?? "nothing"
  }

  private func error(_ reason: String, at position: Int? = nil) -> JSONError {
    let position = min(position ?? offset, bytes.count)
    var line = 1
    var lineStart = bytes.starts(with: [0xEF, 0xBB, 0xBF]) && position >= 3 ? 3 : 0
    for index in lineStart..<position where bytes[index] == 0x0A {
      line += 1
      lineStart = index + 1
    }
    // Columns count characters: bytes that do not continue one.
    let column = 1 + bytes[lineStart..<position].count { $0 & 0xC0 != 0x80 }
    return JSONError(line: line, column: column, reason: reason)
  }
}
