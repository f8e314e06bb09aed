/// How text becomes words of the full-text index (SQLite FTS5, `unicode61`), the same for what is indexed and what is sought.
///
/// Chinese is written without spaces and searched by one, two or more characters: each ideograph (kana and Hangul too) is
/// a word of its own, and a run of them is sought as a phrase; where anything else but letters stands between two
/// ideographs, a border word keeps phrases from reaching across. Letters and digits of other scripts make words in lower case.
/// Full-width ASCII (ＡＰＩ) is folded. All else divides words.
///
/// The result holds letters, digits and spaces only, and depends on the text alone: what was indexed can be removed again
/// by computing it from the text.
package enum SearchTerms {
  /// The words of a text, each separated from the next by one space.
  package static func indexed(_ text: String) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count * 4 / 3)
    var inWord = false
    var isBorder = false
    var lastIsIdeograph = false
    for scalar in text.unicodeScalars {
      switch Character(scalar) {
      case .ideograph(let scalar):
        if isBorder, lastIsIdeograph { output += border }
        if !output.isEmpty { output.append(0x20) }
        append(scalar, to: &output)
        inWord = false
        isBorder = false
        lastIsIdeograph = true
      case .letter(let scalar):
        if !inWord, !output.isEmpty { output.append(0x20) }
        appendLowercase(scalar, to: &output)
        inWord = true
        isBorder = false
        lastIsIdeograph = false
      case .mark: break
      case .separator:
        inWord = false
        // Spaces are typed within words as well: they divide, but are no border.
        if scalar != " " { isBorder = true }
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Between ideographs that do not touch. U+01C1, a click of Khoisan languages, is a letter to FTS5; here it divides words, so
  /// that no query holds it.
  private static let border = Array(" ǁ".utf8)

  /// A run of ideographs, or one word of letters and digits, as sought.
  enum Run: Hashable {
    /// Words of the index in their order.
    case phrase([String])
    case word(String)
  }

  static func runs(_ text: String) -> [Run] {
    var runs: [Run] = []
    var phrase: [String] = []
    var word: [UInt8] = []
    func endPhrase() {
      if !phrase.isEmpty { runs.append(.phrase(phrase)) }
      phrase = []
    }
    func endWord() {
      if !word.isEmpty { runs.append(.word(String(decoding: word, as: UTF8.self))) }
      word = []
    }
    for scalar in text.unicodeScalars {
      switch Character(scalar) {
      case .ideograph(let scalar):
        endWord()
        phrase.append(String(scalar))
      case .letter(let scalar):
        endPhrase()
        appendLowercase(scalar, to: &word)
      case .mark: break
      case .separator:
        endPhrase()
        endWord()
      }
    }
    endPhrase()
    endWord()
    return runs
  }

  // MARK: - Characters

  private enum Character {
    case ideograph(Unicode.Scalar)
    case letter(Unicode.Scalar)
    /// Belongs to the letter before it; FTS5 drops it from a word as well.
    case mark
    case separator

    init(_ scalar: Unicode.Scalar) {
      switch scalar.value {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: self = .letter(scalar)
      case 0..<0x80, 0x01C1: self = .separator
      case 0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0x20000...0x323AF, 0xF900...0xFAFF: self = .ideograph(scalar)
      case 0x3041...0x3096, 0x30A1...0x30FA, 0xAC00...0xD7A3: self = .ideograph(scalar)
      // Full-width forms stand 0xFEE0 above their ASCII.
      case 0xFF01...0xFF5E: self = Unicode.Scalar(scalar.value - 0xFEE0).map(Self.init) ?? .separator
      default:
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
          .letterNumber, .otherNumber:
          self = .letter(scalar)
        case .nonspacingMark, .spacingMark, .enclosingMark: self = .mark
        default: self = .separator
        }
      }
    }
  }

  private static func append(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
    guard let encoded = UTF8.encode(scalar) else { return }  // never nil: every scalar has an encoding
    output.append(contentsOf: encoded)
  }

  private static func appendLowercase(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
    switch scalar.value {
    case 0x41...0x5A: output.append(UInt8(truncatingIfNeeded: scalar.value + 0x20))
    case 0..<0x80: output.append(UInt8(truncatingIfNeeded: scalar.value))
    default: output += scalar.properties.lowercaseMapping.utf8
    }
  }
}
