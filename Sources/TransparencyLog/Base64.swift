import Cryptography

/// Base64 of RFC 4648 section 4, canonical only: padded, no other character, unused bits zero. So every value has
/// one spelling, and text that parses is written back byte for byte.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")
  private static let invalid: UInt8 = 0xFF

  private static let values: [UInt8] = {
    var values = [UInt8](repeating: invalid, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()

  package static func encode(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: encodeUTF8(Array(bytes)), as: UTF8.self)
  }

  package static func encode(_ digest: Digest) -> String { encode(digest.bytes) }

  static func encodeUTF8(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let count = min(3, bytes.count - index)
      var group = UInt32(bytes[index]) << 16
      if count > 1 { group |= UInt32(bytes[index + 1]) << 8 }
      if count > 2 { group |= UInt32(bytes[index + 2]) }
      for place in 0..<4 {
        text.append(place <= count ? alphabet[Int(group >> (18 - 6 * UInt32(place)) & 63)] : padding)
      }
      index += 3
    }
    return text
  }

  /// nil for anything but the one canonical spelling.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    let text = Array(text)
    guard text.count % 4 == 0 else { return nil }
    if text.isEmpty { return [] }
    let padded = text.suffix(2).reversed().prefix { $0 == padding }.count
    let bits = text.dropLast(padded)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var group: UInt32 = 0
    var bitCount: UInt32 = 0
    for character in bits {
      let value = values[Int(character)]
      guard value != invalid else { return nil }
      group = group << 6 | UInt32(value)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: group >> bitCount))
        group &= 1 << bitCount - 1
      }
    }
    return group == 0 ? bytes : nil
  }

  package static func decode(_ text: String) -> [UInt8]? { decode(text.utf8) }

  /// nil unless the text is the canonical spelling of exactly 32 bytes.
  package static func decodeDigest(_ text: some Collection<UInt8>) -> Digest? {
    decode(text).flatMap { Digest(bytes: $0) }
  }
}

extension UInt64 {
  /// ASCII decimal without leading zeros or sign, as all C2SP texts write numbers; nil for anything else, or past
  /// 2^64 - 1.
  init?(canonicalDecimal text: some Collection<UInt8>) {
    guard 1...20 ~= text.count, text.count == 1 || text.first != UInt8(ascii: "0") else { return nil }
    var value: UInt64 = 0
    for character in text {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= character else { return nil }
      let (tens, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = tens.addingReportingOverflow(UInt64(character - UInt8(ascii: "0")))
      if overflowed || carried { return nil }
      value = sum
    }
    self = value
  }
}
