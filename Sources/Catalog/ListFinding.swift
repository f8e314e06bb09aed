/// What is wrong, or worth a look, in a list's document: where, what, and what to do.
package struct ListFinding: Hashable, Sendable {
  package enum Code: String, Hashable, Sendable, CaseIterable {
    // The form.
    case yaml, unknownField, missingField, type, value, duplicate, tooMany, tooLarge, characters
    // What it names.
    case id, region, prefix, date, digest
    // The list as a whole.
    case validity, authority, party, noCard, proposer
    /// Two sources for one datum, or two items for one resource (809 art. 19).
    case overlap
    /// Conditions on what goes to every government department (809 art. 14, 15, 39(2)).
    case tightened
    /// A term that the law does not leave so long.
    case term
    /// Refusing to share without the law that says so (809 art. 14).
    case legalBasis
    /// A field under two rules.
    case fieldRules
    // Warnings.
    case notStated, noDuties, noRecipients, noPurposes, unknownPurpose, unknownMatter, crossBorder, idle, narrower
    /// More of one code than are worth reading.
    case more
  }

  package let code: Code
  /// Of the file, from 1; 0 where there are no lines.
  package let line: Int
  /// The field's path, such as `items[2].source`; empty for the whole.
  package let field: String
  package let reason: Wording
  /// The article that a term offends, such as `809 art. 21`.
  package let law: String?

  package init(code: Code, line: Int, field: String, reason: Wording, law: String?) {
    self.code = code
    self.line = line
    self.field = field
    self.reason = reason
    self.law = law
  }

  package func text(_ language: (Wording) -> String) -> String {
    field.isEmpty ? language(reason) : "\(field): \(language(reason))"
  }
}

/// The findings of one document, in the order in which they were found: of one code at most `shownMax`, and how many more.
struct ListFindings {
  static let shownMax = 100

  private(set) var refusals: [ListFinding] = []
  private(set) var warnings: [ListFinding] = []
  private var counts: [ListFinding.Code: Int] = [:]

  var isRefused: Bool { !refusals.isEmpty }

  mutating func refuse(
    _ code: ListFinding.Code, line: Int, _ field: @autoclosure () -> String, zh: @autoclosure () -> String,
    en: @autoclosure () -> String,
    law: String? = nil
  ) {
    guard count(code) else { return }
    refusals.append(ListFinding(code: code, line: line, field: field(), reason: Wording(zh: zh(), en: en()), law: law))
  }

  mutating func warn(
    _ code: ListFinding.Code, line: Int, _ field: @autoclosure () -> String, zh: @autoclosure () -> String,
    en: @autoclosure () -> String,
    law: String? = nil
  ) {
    guard count(code) else { return }
    warnings.append(ListFinding(code: code, line: line, field: field(), reason: Wording(zh: zh(), en: en()), law: law))
  }

  private mutating func count(_ code: ListFinding.Code) -> Bool {
    counts[code, default: 0] += 1
    return counts[code, default: 0] <= Self.shownMax
  }

  /// Says what was left out.
  mutating func close() {
    for (code, count) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where count > Self.shownMax {
      let rest = count - Self.shownMax
      let more = ListFinding(
        code: .more, line: 0, field: "",
        reason: Wording(
          zh: "另有 \(rest) 处同类问题（\(code.rawValue)）未列出", en: "\(rest) more of the kind \(code.rawValue) are not shown"),
        law: nil)
      if refusals.contains(where: { $0.code == code }) { refusals.append(more) } else { warnings.append(more) }
    }
    refusals.sortByLine()
    warnings.sortByLine()
  }
}

extension [ListFinding] {
  /// By line, what has none at the end; findings of one line stay in their order.
  fileprivate mutating func sortByLine() {
    self = enumerated().sorted { a, b in
      (a.element.line == 0 ? Int.max : a.element.line, a.offset)
        < (b.element.line == 0 ? Int.max : b.element.line, b.offset)
    }.map(\.element)
  }
}
