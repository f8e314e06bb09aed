/// What comes with a permission: what the provider does to the answer, and what the recipient owes.
package enum Obligation: Hashable, Sendable {
  /// Part of each value is hidden.
  case mask(String)
  /// Each value goes out as a digest.
  case hash(String)
  /// A column stays back.
  case omit(String)
  /// Only these columns go out.
  case only([String])
  case rowLimit(UInt64)
  /// A figure over fewer rows is not told.
  case minimumGroup(UInt32)
  /// For this purpose alone (809 art. 25).
  case purpose(String)
  /// To no third party (809 art. 25).
  case noOnward
  case conditions(String)
  case retention(String)
  case disposal(String)
  /// The requester keeps its record of use, at least so many years (809 art. 29).
  case recordOfUse(years: Int)
  /// The provider keeps its record of personal or important data given (Decree 790 art. 12).
  case recordOfGiving(years: Int)

  /// Stable, for programs.
  package var kind: String {
    switch self {
    case .mask: "mask"
    case .hash: "hash"
    case .omit: "omit"
    case .only: "only"
    case .rowLimit: "rowLimit"
    case .minimumGroup: "minimumGroup"
    case .purpose: "purpose"
    case .noOnward: "noOnward"
    case .conditions: "conditions"
    case .retention: "retention"
    case .disposal: "disposal"
    case .recordOfUse: "recordOfUse"
    case .recordOfGiving: "recordOfGiving"
    }
  }

  /// `{"kind":"mask","field":"phone"}`
  package var json: JSONValue {
    let member: JSONValue.Member? =
      switch self {
      case .mask(let field), .hash(let field), .omit(let field): .init("field", .string(field))
      case .only(let fields): .init("fields", .array(fields.map { .string($0) }))
      case .rowLimit(let number): .init("rows", .number("\(number)"))
      case .minimumGroup(let number): .init("rows", .number("\(number)"))
      case .purpose(let text), .conditions(let text), .retention(let text), .disposal(let text):
        .init("text", .string(text))
      case .noOnward: nil
      case .recordOfUse(let years), .recordOfGiving(let years): .init("years", .number("\(years)"))
      }
    return .object([.init("kind", .string(kind))] + (member.map { [$0] } ?? []))
  }

  package var wording: Wording {
    switch self {
    case .mask(let field): Wording(zh: "“\(field)”脱敏", en: "“\(field)” is masked")
    case .hash(let field): Wording(zh: "“\(field)”只给摘要", en: "“\(field)” goes out as a digest")
    case .omit(let field): Wording(zh: "“\(field)”不提供", en: "“\(field)” stays back")
    case .only(let fields):
      Wording(zh: "只提供 \(fields.joined(separator: "、"))", en: "only \(fields.joined(separator: ", ")) go out")
    case .rowLimit(let rows): Wording(zh: "每次最多 \(rows) 行", en: "at most \(rows) rows an answer")
    case .minimumGroup(let rows): Wording(zh: "少于 \(rows) 行的分组不公布", en: "no figure over fewer than \(rows) rows")
    case .purpose(let purpose):
      Wording(
        zh: "仅用于 \(Purpose.named(purpose).zh)（第 809 号令第二十五条）",
        en: "for \(Purpose.named(purpose).en) alone (809 art. 25)")
    case .noOnward: Wording(zh: "不得提供给第三方（第 809 号令第二十五条）", en: "to no third party (809 art. 25)")
    case .conditions(let text): Wording(zh: "使用条件：\(text)", en: "conditions of use: \(text)")
    case .retention(let text): Wording(zh: "保存期限：\(text)", en: "retention: \(text)")
    case .disposal(let text): Wording(zh: "处置方式：\(text)", en: "disposal: \(text)")
    case .recordOfUse(let years):
      Wording(
        zh: "使用方留存使用记录不少于 \(years) 年（第 809 号令第二十九条）",
        en: "the requester keeps its record of use for \(years) years or more (809 art. 29)")
    case .recordOfGiving(let years):
      Wording(
        zh: "提供方留存提供记录不少于 \(years) 年（第 790 号令第十二条）",
        en: "the provider keeps its record of giving for \(years) years or more (790 art. 12)")
    }
  }
}

extension Purpose {
  /// A purpose as people read it, with its code.
  static func named(_ code: String) -> Wording {
    Wording(zh: name(of: code).map { "\($0)（\(code)）" } ?? "“\(code)”", en: "“\(code)”")
  }
}
