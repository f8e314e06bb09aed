/// How many columns of a terminal a text takes (Unicode Standard Annex 11), and what is taken out of it before it gets there.
///
/// Catalog text comes from other regions and from files: it may hold escape sequences that recolour, retitle or rewrite a
/// terminal, or controls that turn the reading order round. Nothing of that kind is ever printed.
extension Unicode.Scalar {
  /// 0 for what combines or is invisible, 2 for wide and fullwidth, else 1. Ambiguous characters (`…`, `①`, Greek) count
  /// as 1, as terminals outside legacy CJK encodings have it.
  package var columns: Int {
    if value < 0x300 { return value < 0x20 || (0x7F...0x9F).contains(value) || value == 0xAD ? 0 : 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .surrogate, .lineSeparator, .paragraphSeparator: return 0
    default: break
    }
    // Vowels and finals of Hangul that join the syllable before them.
    if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value) { return 0 }
    // Regional indicators come in pairs that make one flag of two columns.
    if (0x1F1E6...0x1F1FF).contains(value) { return 1 }
    return isWide || properties.isEmojiPresentation ? 2 : 1
  }

  /// East_Asian_Width W or F of Unicode 14, emoji apart; gaps of unassigned code points inside a block are filled.
  private var isWide: Bool {
    switch value {
    case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF, 0x4E00...0xA4C6,
      0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60,
      0xFFE0...0xFFE6, 0x16FE0...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}

extension Character {
  /// The columns of what is drawn as one: letters in it count each, but emoji that are joined or tinted count once.
  package var columns: Int {
    var columns = 0
    var joined = false
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x200D: joined = true
      case 0xFE0F where columns == 1: columns = 2  // emoji style asked for
      case 0x1F3FB...0x1F3FF where columns > 0: break  // skin tone of the emoji before
      default:
        if !joined || !scalar.properties.isEmoji { columns += scalar.columns }
        joined = false
      }
    }
    return columns
  }
}

extension StringProtocol {
  package var columns: Int { reduce(0) { $0 + $1.columns } }
}

extension String {
  /// At most so many columns; what was longer ends in `…`. A wide character that would be cut in half is left out.
  package func truncated(toColumns limit: Int) -> String {
    guard limit > 0 else { return "" }
    var used = 0
    var kept = startIndex  // the end of what fits beside `…`
    for index in indices {
      used += self[index].columns
      if used > limit { return self[..<kept] + "…" }
      if used < limit { kept = self.index(after: index) }
    }
    return self
  }

  /// Lines of at most so many columns: broken at spaces, and between wide characters, which is where Chinese may break.
  /// A closing mark stays with the character before it, an opening one with the character after.
  package func wrapped(toColumns limit: Int) -> [String] {
    guard limit > 1 else { return [self] }
    var lines: [String] = []
    for paragraph in split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      var used = 0
      for word in Self.words(paragraph) {
        var word = word
        if used + word.columns > limit, used > 0 {
          lines.append(line.trimmingTrailingSpaces)
          (line, used) = ("", 0)
          word = word.drop { $0 == " " }
        }
        for character in word {
          if used + character.columns > limit {
            lines.append(line)
            (line, used) = ("", 0)
          }
          line.append(character)
          used += character.columns
        }
      }
      lines.append(line.trimmingTrailingSpaces)
    }
    return lines
  }

  /// Pieces between which a line may break: spaces before a word belong to it, a wide character stands alone but for the
  /// closing marks after it.
  private static func words(_ text: Substring) -> [Substring] {
    var words: [Substring] = []
    var start = text.startIndex
    var previous: Character?
    for index in text.indices {
      let character = text[index]
      if let previous, index > start, !closingMarks.contains(character) {
        let breaks = previous.columns == 2 || character.columns == 2 || (character == " " && previous != " ")
        if breaks, !openingMarks.contains(previous) {
          words.append(text[start..<index])
          start = index
        }
      }
      previous = character
    }
    if start < text.endIndex { words.append(text[start...]) }
    return words
  }

  private static let closingMarks = Set("，。、；：！？）》」】”’%")
  private static let openingMarks = Set("（《「【“‘")

  private var trimmingTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
