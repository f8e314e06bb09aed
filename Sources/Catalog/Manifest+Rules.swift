extension Manifest {
  /// 809 art. 14–15: conditional sharing states its conditions; refusing to share states a reason and the law.
  var shareTermRefusals: [ManifestRefusal] {
    func required(_ name: String, _ value: String?, _ why: String) -> ManifestRefusal? {
      if let value, !value.unicodeScalars.allSatisfy(\.properties.isWhitespace) { return nil }
      return ManifestRefusal(.shareTerms, field: name, why)
    }
    switch shareType {
    case .conditional:
      return [
        required(
          "useConditions", useConditions, "is required where shareType is conditional: for whom and for what purpose")
      ].compactMap { $0 }
    case .some(.none):
      return [
        required("shareReason", shareReason, "is required where shareType is none"),
        required(
          "legalBasis", legalBasis,
          "is required where shareType is none: a law, an administrative regulation or a State "
            + "Council decision"),
      ].compactMap { $0 }
    case .unconditional, nil: return []
    }
  }

  /// What a person should look at before it is published. None of it refuses.
  package var warnings: [ManifestWarning] {
    var warnings: [ManifestWarning] = []
    if let number = Self.personLikeNumber(in: id) {
      warnings.append(
        ManifestWarning(
          .personLikeID, field: "id",
          "“\(number)” looks like a person's number; an id can never be erased, choose another"))
    }
    if let published, let updated, updated < published {
      warnings.append(
        ManifestWarning(.updatedBeforePublished, field: "updated", "\(updated) is before published, \(published)"))
    }
    if level != nil, let grade, grade != .general {
      warnings.append(
        ManifestWarning(
          .levelOutsideGeneral, field: "level", "levels are defined within the grade general, the grade is \(grade)"))
    }
    if let grade, let highest = items.compactMap(\.grade).max(), highest > grade {
      warnings.append(
        ManifestWarning(
          .gradeBelowItem, field: "grade", "\(grade) is lower than an item's, \(highest); the higher one wins"))
    }
    return warnings
  }

  /// `^[A-Za-z0-9/_-]{1,64}$`
  static func isOfficialCode(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2F, 0x5F, 0x2D: true
        default: false
        }
      }
  }

  /// http and https alone: what people click must not be a script.
  package static func isWebAddress(_ text: String) -> Bool {
    let lower = text.utf8.prefix(8).map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    return (lower.starts(with: "http://".utf8) && text.utf8.count > 7)
      || (lower.starts(with: "https://".utf8) && text.utf8.count > 8)
  }

  /// A part of the id, after its first component, that has the form of an identity card's number (GB 11643: six digits
  /// of region, date of birth, three digits, check character) or of a mobile telephone's (1, 3–9, nine digits).
  package static func personLikeNumber(in id: ResourceID) -> String? {
    let local = id.text.utf8.drop { $0 != 0x2F }
    let words = local.split { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: false
      default: true
      }
    }
    return words.first { isIdentityCardNumber($0) || isMobileNumber($0) }.map { String(Substring($0)) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isMobileNumber(_ word: Substring.UTF8View) -> Bool {
    let digits = Array(word)
    return digits.count == 11 && digits.allSatisfy(isDigit) && digits[0] == 0x31 && digits[1] >= 0x33
  }

  private static func isIdentityCardNumber(_ word: Substring.UTF8View) -> Bool {
    let digits = Array(word)
    guard digits.count == 18, digits[..<17].allSatisfy(isDigit), isDigit(digits[17]) || digits[17] | 0x20 == 0x78 else {
      return false
    }
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + Int($1 - 0x30) } }
    return digits[0] != 0x30 && (1800...2199).contains(number(6..<10))
      && CalendarDate(year: number(6..<10), month: number(10..<12), day: number(12..<14)) != nil
  }
}
