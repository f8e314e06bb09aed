import COpenSSL

/// Ed25519 (RFC 8032): the default signature of notes and certificates.
package enum Ed25519 {
  package static let signatureLength = 64
  package static let publicKeyLength = 32

  /// An EVP_PKEY is immutable once built and reference-counted; OpenSSL allows concurrent reading.
  package final class PrivateKey: @unchecked Sendable {
    package let raw: OpaquePointer
    package let publicKey: PublicKey

    package init(adopting raw: OpaquePointer) throws(OpenSSLError) {
      guard EVP_PKEY_get_id(raw) == EVP_PKEY_ED25519 else {
        EVP_PKEY_free(raw)
        throw OpenSSLError("the key is not Ed25519")
      }
      var bytes = [UInt8](repeating: 0, count: publicKeyLength)
      var length = bytes.count
      guard EVP_PKEY_get_raw_public_key(raw, &bytes, &length) == 1 else {
        EVP_PKEY_free(raw)
        throw OpenSSLError("reading the public half of a key")
      }
      self.raw = raw
      publicKey = try PublicKey(bytes: bytes)
    }

    deinit { EVP_PKEY_free(raw) }

    package static func generate() throws(OpenSSLError) -> PrivateKey {
      try PrivateKey(adopting: try require(cossl_keygen_ed25519(), "generating an Ed25519 key"))
    }

    /// From a 32-byte seed: deterministic keys for simulations and published examples.
    package convenience init(seed: [UInt8]) throws(OpenSSLError) {
      try self.init(
        adopting: try require(
          EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count), "reading an Ed25519 seed"))
    }

    package func sign(_ message: [UInt8]) throws(OpenSSLError) -> [UInt8] {
      let context = try require(EVP_MD_CTX_new(), "starting a signature")
      defer { EVP_MD_CTX_free(context) }
      try require(EVP_DigestSignInit(context, nil, nil, nil, raw), "starting a signature")
      var signature = [UInt8](repeating: 0, count: signatureLength)
      var length = signature.count
      try require(EVP_DigestSign(context, &signature, &length, message, message.count), "signing")
      return signature
    }
  }

  package final class PublicKey: @unchecked Sendable, Hashable {
    package let raw: OpaquePointer
    package let bytes: [UInt8]

    /// 32 bytes, as in RFC 8032 section 5.1.5.
    package init(bytes: [UInt8]) throws(OpenSSLError) {
      raw = try require(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count), "reading an Ed25519 public key")
      self.bytes = bytes
    }

    deinit { EVP_PKEY_free(raw) }

    package func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
      guard signature.count == signatureLength, let context = EVP_MD_CTX_new() else { return false }
      defer { EVP_MD_CTX_free(context) }
      guard EVP_DigestVerifyInit(context, nil, nil, nil, raw) == 1 else {
        ERR_clear_error()
        return false
      }
      let valid = EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
      if !valid { ERR_clear_error() }  // else the next OpenSSL call on this thread reports it
      return valid
    }

    package static func == (a: PublicKey, b: PublicKey) -> Bool { a.bytes == b.bytes }
    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
  }
}
