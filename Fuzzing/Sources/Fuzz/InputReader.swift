import Cryptography

/// Takes numbers and hashes off an input; zeros where it is at its end.
struct InputReader {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  mutating func byte() -> UInt8 { bytes.popFirst() ?? 0 }

  mutating func number() -> UInt64 { (0..<8).reduce(0) { number, _ in number << 8 | UInt64(byte()) } }

  mutating func digests() -> [Digest] {
    var digests: [Digest] = []
    while bytes.count >= Digest.byteCount, let digest = Digest(bytes: bytes.prefix(Digest.byteCount)) {
      digests.append(digest)
      bytes = bytes.dropFirst(Digest.byteCount)
    }
    return digests
  }

  mutating func rest() -> [UInt8] {
    defer { bytes = [] }
    return Array(bytes)
  }
}
