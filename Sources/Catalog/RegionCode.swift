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

/// A federation's name, `[a-z][a-z0-9-]{0,31}`: part of every origin, so that what one federation signed means nothing in
/// another.
package struct FederationName: Hashable, Sendable, Comparable, LosslessStringConvertible {
  package let text: String

  package var description: String { text }

  package init?(_ text: String) { self.init(text[...]) }

  package init?(_ text: Substring) {
    guard (1...32).contains(text.utf8.count), let first = text.utf8.first, (0x61...0x7A).contains(first),
      text.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
    else { return nil }
    self.text = String(text)
  }

  package static func < (a: FederationName, b: FederationName) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }
}

/// The origin line of a region's log: `<region>.<federation>.tongyuan/catalog` or `/audit`, with `/2`, `/3` … after it for
/// a log that succeeds another.
package struct Origin: Hashable, Sendable, Comparable, LosslessStringConvertible {
  package enum Log: String, Sendable, CaseIterable {
    case catalog, audit
  }

  package let region: RegionCode
  package let federation: FederationName
  package let log: Log
  /// 1 for the first log of its kind; a succession counts up.
  package let generation: UInt32
  /// The line without its line feed. ASCII, under 100 bytes.
  package let text: String

  package var description: String { text }

  /// A generation of 0 is a programmer's error.
  package init(region: RegionCode, federation: FederationName, log: Log, generation: UInt32 = 1) {
    precondition(generation > 0, "generations count from 1")
    self.region = region
    self.federation = federation
    self.log = log
    self.generation = generation
    let first = "\(region.text).\(federation.text).tongyuan/\(log.rawValue)"
    text = generation == 1 ? first : "\(first)/\(generation)"
  }

  /// nil unless the text is exactly what `text` prints for some origin.
  package init?(_ text: String) {
    guard text.utf8.count < 128 else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let log = Log(rawValue: String(parts[1])) else { return nil }
    let names = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard names.count == 3, names[2] == "tongyuan", let region = RegionCode(names[0]),
      let federation = FederationName(names[1])
    else { return nil }
    var generation: UInt32 = 1
    if parts.count == 3 {
      guard let number = UInt32(parts[2]), number > 1 else { return nil }
      generation = number
    }
    self.init(region: region, federation: federation, log: log, generation: generation)
    // A number has one spelling here: no sign, no leading zero.
    guard self.text.utf8.elementsEqual(text.utf8) else { return nil }
  }

  package static func == (a: Origin, b: Origin) -> Bool { a.text == b.text }
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }

  package static func < (a: Origin, b: Origin) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
}
