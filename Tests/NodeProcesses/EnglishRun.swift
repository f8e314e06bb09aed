extension String {
  /// Two English words side by side, outside of what is quoted (“…”, "…", `…`): what a reader of Chinese should not meet.
  /// nil: there are none. Ids, field names and codes stand alone, or between marks.
  package var englishRun: String? {
    var closing: Character?
    var words: [String] = []
    var word = ""
    for character in self + "。" {
      if let mark = closing {
        if character == mark { closing = nil }
      } else if character.isASCII, character.isLetter {
        word.append(character)
        continue
      }
      if word.count > 1 { words.append(word) }
      if words.count > 1 { return words.joined(separator: " ") }
      if character != " " || word.count < 2 { words = [] }
      word = ""
      if closing == nil, let mark = Self.quotes[character] { closing = mark }
    }
    return nil
  }

  private static let quotes: [Character: Character] = ["“": "”", "\"": "\"", "`": "`", "⟨": "⟩"]
}
