/// A unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters, the last of them a check character.
///
/// The code is the identity of an organisation; as text it is upper case. A ministry's region code carries it in lower case.
package struct SocialCreditCode: Hashable, Sendable, CustomStringConvertible {
  package static let length = 18

  /// Upper case, 18 ASCII characters.
  package let text: String

  package var description: String { text }

  /// Digits in order of their value; I, O, S, V and Z are left out because they look like other characters.
  private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)

  /// The value of each ASCII character, or -1.
  private static let values: [Int] = {
    var values = [Int](repeating: -1, count: 128)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = value }
    return values
  }()

  /// nil unless the text is a whole code in upper case with its right check character.
  package init?(_ text: some StringProtocol) {
    guard Self.defect(of: text) == nil else { return nil }
    self.text = String(text)
  }

  /// What is wrong with a text that should be a code, in words for the person who typed it; nil if nothing is.
  package static func defect(of text: some StringProtocol) -> String? {
    guard text.utf8.count == length else {
      return "a social credit code has 18 characters, this has \(text.unicodeScalars.count)"
    }
    var sum = 0
    var weight = 1
    for (index, character) in text.utf8.enumerated() {
      guard character < 128, values[Int(character)] >= 0 else {
        return "character \(index + 1) is none of 0-9 and A-Y without I, O, S, V, Z"
      }
      if index == length - 1 {
        let expected = (31 - sum % 31) % 31
        if values[Int(character)] == expected { return nil }
        return "the check character is \(Character(UnicodeScalar(character))), "
          + "by GB 32100 it would be \(Character(UnicodeScalar(alphabet[expected])))"
      }
      sum += values[Int(character)] * weight
      weight = weight * 3 % 31
    }
    return nil
  }
}
