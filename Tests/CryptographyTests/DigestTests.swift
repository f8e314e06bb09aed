import Cryptography
import Testing

@Suite("Digests")
struct DigestTests {
  @Test("SHA-256 gives the digests of FIPS 180-4's examples, whole and in parts")
  func examples() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    let long = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    #expect(SHA256.hash("").hex == empty)
    #expect(SHA256.hash([]).hex == empty)
    #expect(SHA256.hash("abc").hex == abc)
    #expect(SHA256.hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex == long)
    let parts = SHA256.Incremental()
    parts.update("a")
    parts.update([])
    parts.update(Array("bc".utf8))
    #expect(parts.finalize().hex == abc)
  }

  @Test("A digest is read from exactly 32 bytes or 64 hexadecimal digits")
  func reading() {
    let digest = SHA256.hash("abc")
    #expect(Digest(bytes: digest.bytes) == digest)
    #expect(Digest(hex: digest.hex) == digest)
    #expect(Digest(hex: digest.hex.uppercased()) == digest)
    #expect(Digest(bytes: digest.bytes.dropLast()) == nil)
    #expect(Digest(bytes: digest.bytes + [0]) == nil)
    for text in ["", String(digest.hex.dropLast()), digest.hex + "00", "g" + digest.hex.dropFirst()] {
      #expect(Digest(hex: text) == nil)
    }
  }

  @Test("Digests are ordered as their bytes")
  func order() {
    let low = Digest(bytes: [UInt8](repeating: 0, count: 31) + [255])
    let high = Digest(bytes: [1] + [UInt8](repeating: 0, count: 31))
    #expect(low.map { Digest.zero < $0 } == true)
    if let low, let high {
      #expect(low < high)
      #expect(!(high < low))
      #expect(Set([low, high, low]).count == 2)
    }
  }
}
