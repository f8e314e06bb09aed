/// What a person typed into the search, as an FTS5 MATCH expression over text that `SearchTerms.indexed` prepared.
///
/// Every run of ideographs is a phrase, every word of two or more letters or digits a prefix (`接口 cred` finds 接口 beside
/// “credit”), a single letter or digit that word alone; all of them must be there. The expression holds nothing of the
/// text but letters and digits inside quotation marks, so no text is a syntax error, an operator or a column's name.
package struct SearchQuery: Hashable, Sendable {
  /// Characters of the text. A person's query is short; a longer one costs the index time.
  package static let characterCountMax = 256

  /// For the right side of MATCH.
  package let match: String

  package init(_ text: String) throws(SearchRefusal) {
    guard text.unicodeScalars.count <= Self.characterCountMax else {
      throw SearchRefusal(code: .tooLong, reason: "a search has at most \(Self.characterCountMax) characters")
    }
    let runs = SearchTerms.runs(text)
    guard !runs.isEmpty else {
      throw SearchRefusal(code: .empty, reason: "there is no letter, digit or Chinese character to search for")
    }
    match = runs.map { run in
      switch run {
      case .phrase(let characters): "\"\(characters.joined(separator: " "))\""
      case .word(let word): word.unicodeScalars.count > 1 ? "\"\(word)\"*" : "\"\(word)\""
      }
    }.joined(separator: " AND ")
  }
}

package struct SearchRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable, CaseIterable {
    case empty, tooLong
  }

  package let code: Code
  package let reason: String

  package var description: String { reason }
}
