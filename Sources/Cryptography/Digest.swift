/// 32 bytes: a SHA-256 digest, a tree root, a commitment. A value without heap storage, ordered and compared as bytes.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  package static let byteCount = 32

  /// The bytes in memory order, eight to a word.
  private var words: (UInt64, UInt64, UInt64, UInt64)

  /// Copies 32 bytes. A programmer's error if there are not exactly 32.
  package init(_ bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == Self.byteCount, "a digest is 32 bytes")
    words = (
      bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
      bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    )
  }

  /// nil unless there are exactly 32 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    self = Array(bytes).withUnsafeBytes { Digest($0) }
  }

  /// nil unless the text is exactly 64 hexadecimal digits.
  package init?(hex: some StringProtocol) {
    guard hex.utf8.count == 2 * Self.byteCount, let bytes = [UInt8](hex: hex) else { return nil }
    self.init(bytes: bytes)
  }

  package static let zero = Digest(bytes: [UInt8](repeating: 0, count: byteCount))!

  package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
  package var hex: String { bytes.hex }
  package var description: String { hex }

  package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try Swift.withUnsafeBytes(of: words, body)
  }

  package static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }

  package static func < (a: Digest, b: Digest) -> Bool {
    a.withUnsafeBytes { a in b.withUnsafeBytes { b in a.lexicographicallyPrecedes(b) } }
  }
}

extension [UInt8] {
  /// nil for an odd number of digits or anything that is no hexadecimal digit.
  package init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard digits.count % 2 == 0 else { return nil }
    self = []
    reserveCapacity(digits.count / 2)
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = Self.nibble(digits[index]), let low = Self.nibble(digits[index + 1]) else { return nil }
      append(high << 4 | low)
    }
  }

  /// Lower case.
  package var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x61 + 10
    case 0x41...0x46: digit - 0x41 + 10
    default: nil
    }
  }
}
