import COpenSSL

/// ECDSA keys on P-256 (FIPS 186-4): the keys of certificates, never of logs.
///
/// Certificates do not use Ed25519: the server's BoringSSL offers no Ed25519 in its default signature algorithms, and
/// few certified gateways and hardware modules do, while every one of them speaks P-256.
package enum P256 {
  /// An EVP_PKEY is immutable once built and reference-counted; OpenSSL allows concurrent reading.
  package final class PrivateKey: @unchecked Sendable {
    package let raw: OpaquePointer

    package init(adopting raw: OpaquePointer) throws(OpenSSLError) {
      var name = [CChar](repeating: 0, count: 32)
      var length = 0
      guard EVP_PKEY_get_id(raw) == EVP_PKEY_EC,
        EVP_PKEY_get_group_name(raw, &name, name.count, &length) == 1,
        String(decoding: name.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self) == "prime256v1"
      else {
        EVP_PKEY_free(raw)
        throw OpenSSLError("the key is not on the curve P-256")
      }
      self.raw = raw
    }

    deinit { EVP_PKEY_free(raw) }

    package static func generate() throws(OpenSSLError) -> PrivateKey {
      try PrivateKey(adopting: try require(cossl_keygen_p256(), "generating a P-256 key"))
    }

    /// Exactly one unencrypted private key in PEM.
    package convenience init(pem: String) throws(OpenSSLError) {
      try self.init(adopting: try PEMText.privateKey(pem))
    }

    /// PKCS#8, unencrypted: the file that holds it is the secret.
    package var pem: String { get throws(OpenSSLError) { try PEMText.text(ofKey: raw) } }
  }
}

extension Ed25519.PrivateKey {
  /// Exactly one unencrypted private key in PEM.
  package convenience init(pem: String) throws(OpenSSLError) {
    try self.init(adopting: try PEMText.privateKey(pem))
  }

  /// PKCS#8 (RFC 8410), unencrypted: the file that holds it is the secret.
  package var pem: String { get throws(OpenSSLError) { try PEMText.text(ofKey: raw) } }
}
