import Cryptography
import Testing

@Suite("Ed25519")
struct Ed25519Tests {
  @Test("Keys and signatures are those of RFC 8032 section 7.1")
  func examples() throws {
    for (seed, publicKey, message, signature) in [
      (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
          + "d25bf5f0595bbe24655141438e7a100b"
      ),
      (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
          + "387b2eaeb4302aeeb00d291612bb0c00"
      ),
    ] {
      let key = try Ed25519.PrivateKey(seed: try #require([UInt8](hex: seed)))
      let message = try #require([UInt8](hex: message))
      #expect(key.publicKey.bytes.hex == publicKey)
      #expect(try key.sign(message).hex == signature)
      #expect(key.publicKey.verify(try #require([UInt8](hex: signature)), of: message))
    }
  }

  @Test("A signature over another message, by another key, cut short or with a bit flipped is refused")
  func refusals() throws {
    let (key, other) = (try Ed25519.PrivateKey.generate(), try Ed25519.PrivateKey.generate())
    let message = Array("message".utf8)
    let signature = try key.sign(message)
    #expect(key.publicKey.verify(signature, of: message))
    #expect(!key.publicKey.verify(signature, of: message + [0]))
    #expect(!other.publicKey.verify(signature, of: message))
    #expect(!key.publicKey.verify(Array(signature.dropLast()), of: message))
    #expect(!key.publicKey.verify([], of: message))
    for bit in 0..<8 * signature.count {
      var changed = signature
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!key.publicKey.verify(changed, of: message))
    }
  }

  @Test("Seeds and public keys of another length are refused, and leave no error behind for the next call")
  func lengths() throws {
    #expect(throws: OpenSSLError.self) { try Ed25519.PrivateKey(seed: [UInt8](repeating: 1, count: 31)) }
    #expect(throws: OpenSSLError.self) { try Ed25519.PublicKey(bytes: [UInt8](repeating: 1, count: 33)) }
    #expect(OpenSSLError("probe").description == "probe")
    let key = try Ed25519.PrivateKey(seed: [UInt8](repeating: 1, count: 32))
    #expect(try Ed25519.PublicKey(bytes: key.publicKey.bytes) == key.publicKey)
  }
}
