/// A sentence with gaps in English, and the same sentence in Chinese: `{id} lies outside region {region}`.
///
/// A gap is a name in braces. What stands in it is kept as it is, except where the name says that it is a sentence itself:
/// `why`, `what` (with a number where there are two) are put into Chinese if they can be; `reason` has to be, or the pattern
/// does not fit. What stands in `word` has no space.
struct SentencePattern: Sendable {
  let english: String
  let chinese: String
  /// How many bytes the sentence itself has: of two patterns that fit, the one with more says it more exactly.
  let fixedLength: Int

  private let fixed: [[UInt8]]  // around the gaps: one more than there are gaps
  private let gaps: [String]
  private let parts: [Part]  // of the Chinese sentence

  enum Part: Hashable, Sendable {
    case text(String)
    case gap(String)
  }

  enum Kind { case verbatim, word, mayBeSentence, mustBeSentence }

  init(_ english: String, _ chinese: String) {
    self.english = english
    self.chinese = chinese
    parts = Self.parts(of: chinese)
    var fixed: [[UInt8]] = [[]]
    var gaps: [String] = []
    for part in Self.parts(of: english) {
      switch part {
      case .text(let text): fixed[fixed.count - 1] += Array(text.utf8)
      case .gap(let name):
        precondition(gaps.isEmpty || !(fixed.last ?? []).isEmpty, "something stands between two gaps")
        gaps.append(name)
        fixed.append([])
      }
    }
    self.fixed = fixed
    self.gaps = gaps
    fixedLength = fixed.map(\.count).reduce(0, +)
  }

  /// What stands in the gaps, in their order; nil where the sentence is another. Each piece of fixed text is taken where it
  /// stands first, and the last one at the end: a single pass, never a way back, whatever the text is.
  func match(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
    guard text.count >= fixedLength, let first = fixed.first, let last = fixed.last, text.starts(with: first) else {
      return nil
    }
    if gaps.isEmpty { return text.count == first.count ? [] : nil }
    guard text.suffix(last.count).elementsEqual(last) else { return nil }
    var rest = text.dropFirst(first.count).dropLast(last.count)
    var found: [ArraySlice<UInt8>] = []
    for piece in fixed.dropFirst().dropLast() {
      guard let place = Self.place(of: piece, in: rest) else { return nil }
      found.append(rest[..<place])
      rest = rest[(place + piece.count)...]
    }
    return found + [rest]
  }

  /// The Chinese sentence around what stood in the gaps. `translate` answers nil for what is no sentence that is known.
  func chinese(
    around found: [ArraySlice<UInt8>], translate: (ArraySlice<UInt8>) -> String?
  ) -> String? {
    var texts: [String: String] = [:]
    for (name, bytes) in zip(gaps, found) {
      let kind = Self.kind(of: name)
      if kind == .word, bytes.contains(UInt8(ascii: " ")) { return nil }
      let sentence = kind == .mayBeSentence || kind == .mustBeSentence ? translate(bytes) : nil
      if kind == .mustBeSentence, sentence == nil { return nil }
      texts[name] = sentence ?? String(decoding: bytes, as: UTF8.self)
    }
    return parts.map { part in
      switch part {
      case .text(let text): text
      case .gap(let name): texts[name] ?? ""
      }
    }.joined()
  }

  static func kind(of gap: String) -> Kind {
    if gap == "word" { return .word }
    if gap == "reason" { return .mustBeSentence }
    return gap.hasPrefix("why") || gap.hasPrefix("what") ? .mayBeSentence : .verbatim
  }

  /// Text and gaps in turn. A brace that does not hold a name is text.
  static func parts(of sentence: String) -> [Part] {
    var parts: [Part] = []
    var text = ""
    var rest = sentence[...]
    while let open = rest.firstIndex(of: "{") {
      let after = rest[rest.index(after: open)...]
      let name = after.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
      let close = name.endIndex
      guard name.first?.isLetter == true, close < rest.endIndex, rest[close] == "}" else {
        text += rest[...open]
        rest = after
        continue
      }
      text += rest[..<open]
      if !text.isEmpty { parts.append(.text(text)) }
      text = ""
      parts.append(.gap(String(name)))
      rest = rest[rest.index(after: close)...]
    }
    text += rest
    if !text.isEmpty { parts.append(.text(text)) }
    return parts
  }

  /// The first place of a piece that is not empty.
  private static func place(of piece: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
    guard let first = piece.first, text.count >= piece.count else { return nil }
    var place = text.startIndex
    let last = text.endIndex - piece.count
    while place <= last {
      if text[place] == first, text[place...].starts(with: piece) { return place }
      place += 1
    }
    return nil
  }
}
