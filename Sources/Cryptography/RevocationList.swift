import COpenSSL

/// A revocation list (RFC 5280 section 5), as its authority published it.
package final class RevocationList: @unchecked Sendable {
  /// Immutable once parsed.
  let raw: OpaquePointer
  package let issuer: String
  /// Hexadecimal, as in `Certificate.serial`.
  package let serials: [String]

  /// Exactly one list.
  package init(pem: String) throws(OpenSSLError) {
    raw = try PEMText.reading(pem) { buffer throws(OpenSSLError) in
      let first = try require(cossl_read_crl(buffer), "reading a revocation list from PEM")
      if let second = cossl_read_crl(buffer) {
        X509_CRL_free(second)
        X509_CRL_free(first)
        throw OpenSSLError("the PEM text holds more than one revocation list")
      }
      ERR_clear_error()  // the end of the text
      return first
    }
    let list = raw
    issuer = (try? PEMText.writing("reading an issuer") { cossl_name_print($0, X509_CRL_get_issuer(list)) }) ?? ""
    serials = (0..<cossl_revoked_count(list)).map { Certificate.hex(cossl_revoked_serial(list, $0)) }
  }

  deinit { X509_CRL_free(raw) }

  /// Whether that authority signed it.
  package func isSigned(by authority: Certificate) -> Bool {
    defer { ERR_clear_error() }
    return X509_CRL_verify(raw, X509_get0_pubkey(authority.raw)) == 1
  }
}
