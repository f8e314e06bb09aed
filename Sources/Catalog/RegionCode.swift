/// A region's code: six digits of GB/T 2260, or `000000-` and a ministry's social credit code in lower case.
///
/// The code is the hierarchy: province 2 digits, city 2, county 2; `000000` stands for the national level. It is one string
/// in ids, origins, certificates and files, always ASCII, and is compared as bytes.
package struct RegionCode: Hashable, Sendable, Comparable, LosslessStringConvertible {
  package static let national = RegionCode(unchecked: "000000")

  /// ASCII, 6 or 25 characters.
  package let text: String

  package var description: String { text }

  private init(unchecked text: String) { self.text = text }

  /// nil unless the text is a code; whether a division of that number exists is not asked.
  package init?(_ text: String) { self.init(text[...]) }

  package init?(_ text: Substring) {
    switch text.utf8.count {
    case 6:
      guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    case 7 + SocialCreditCode.length:
      let code = text.utf8.dropFirst(7)
      // Upper case is refused: two spellings of one ministry would be two regions.
      guard text.hasPrefix("000000-"), !code.contains(where: { (0x41...0x5A).contains($0) }),
        SocialCreditCode(String(Substring(code)).uppercased()) != nil
      else { return nil }
    default: return nil
    }
    self.text = String(text)
  }

  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count <= 7 + SocialCreditCode.length, bytes.allSatisfy({ $0 < 128 }) else { return nil }
    self.init(String(decoding: bytes, as: UTF8.self))
  }

  /// A ministry or another body of the national level that has no division code.
  package var isMinistry: Bool { text.utf8.count != 6 }

  /// The code itself, and all that it stands above: 000000 above all, 320000 above 32xxxx, 320500 above 3205xx. A ministry
  /// stands below 000000 alone and above nothing.
  package func isAtOrAbove(_ lower: RegionCode) -> Bool {
    if text == lower.text || text == "000000" { return true }
    if isMinistry || lower.isMinistry { return false }
    let prefix = text.hasSuffix("0000") ? 2 : text.hasSuffix("00") ? 4 : 6
    return lower.text.utf8.starts(with: text.utf8.prefix(prefix))
  }

  package static func < (a: RegionCode, b: RegionCode) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }
}
