import COpenSSL

/// One authority, with its revocation list: decides whether a certificate is that authority's and still good.
///
/// No other authority counts, neither the system's nor another region's, and none in between: the authority issues node
/// certificates itself.
package final class TrustStore: @unchecked Sendable {
  /// OpenSSL locks it internally.
  private let store: OpaquePointer
  package let authority: Certificate

  /// Which end of TLS the certificate's owner is.
  package enum Purpose: Sendable {
    case client, server
  }

  /// Why a certificate is not accepted.
  package struct Rejection: Error, Sendable, Equatable {
    package enum Code: String, Sendable {
      case foreignAuthority, expired, notYetValid, revoked, revocationListUnusable, wrongPurpose, unsound
    }
    package let code: Code
    package let reason: String
  }

  /// Fails unless there is exactly one certificate, it is an authority's, and it signed the list (if there is one).
  package init(authorityPEM: String, revocationListPEM: String?) throws(OpenSSLError) {
    authority = try Certificate(pem: authorityPEM)
    guard X509_check_ca(authority.raw) == 1 else {
      throw OpenSSLError("the certificate \(authority.subject) is not an authority's")
    }
    let list: RevocationList?
    if let revocationListPEM {
      let parsed = try RevocationList(pem: revocationListPEM)
      guard parsed.isSigned(by: authority) else {
        throw OpenSSLError("the revocation list of \(parsed.issuer) is not signed by \(authority.subject)")
      }
      list = parsed
    } else {
      list = nil
    }
    store = try require(X509_STORE_new(), "making a trust store")
    try require(X509_STORE_add_cert(store, authority.raw), "trusting \(authority.subject)")
    // The authority may itself be certified by a larger one: the chain ends here all the same.
    var flags = cossl_verify_partial_chain()
    if let list {
      try require(X509_STORE_add_crl(store, list.raw), "adding a revocation list")
      flags |= cossl_verify_crl()
    }
    try require(X509_STORE_set_flags(store, flags), "making a trust store")
    // Level 2: nothing under 112 bits, no SHA-1.
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_get0_param(store), 2)
  }

  deinit { X509_STORE_free(store) }

  /// nil: good at `time` (seconds since 1970 UTC; nil: now). Costs 0.2 to 0.5 ms.
  package func verify(_ certificate: Certificate, as purpose: Purpose, at time: Int? = nil) -> Rejection? {
    guard let context = X509_STORE_CTX_new() else { return Rejection(code: .unsound, reason: "out of memory") }
    defer {
      X509_STORE_CTX_free(context)
      ERR_clear_error()
    }
    guard X509_STORE_CTX_init(context, store, certificate.raw, nil) == 1,
      X509_STORE_CTX_set_purpose(
        context, purpose == .client ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER) == 1
    else { return Rejection(code: .unsound, reason: "the certificate cannot be verified") }
    if let time { X509_STORE_CTX_set_time(context, 0, time) }
    if X509_verify_cert(context) == 1 { return nil }
    let error = X509_STORE_CTX_get_error(context)
    let words = String(cString: X509_verify_cert_error_string(Int(error)))
    let whose = X509_STORE_CTX_get_error_depth(context) == 0 ? "the certificate" : "the authority \(authority.subject)"
    return Self.rejection(error, words: words, whose: whose, authority: authority.subject)
  }

  private static func rejection(_ error: Int32, words: String, whose: String, authority: String) -> Rejection {
    switch error {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      Rejection(code: .expired, reason: "\(whose) has expired")
    case X509_V_ERR_CERT_NOT_YET_VALID:
      Rejection(code: .notYetValid, reason: "\(whose) is not valid yet")
    case X509_V_ERR_CERT_REVOKED:
      Rejection(code: .revoked, reason: "\(whose) was revoked")
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE,
      X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
      X509_V_ERR_SUBJECT_ISSUER_MISMATCH, X509_V_ERR_AKID_SKID_MISMATCH:
      Rejection(code: .foreignAuthority, reason: "\(whose) was not issued by \(authority) (\(words))")
    case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_CRL_NOT_YET_VALID,
      X509_V_ERR_CRL_SIGNATURE_FAILURE:
      Rejection(code: .revocationListUnusable, reason: "the revocation list of \(authority) cannot be used (\(words))")
    case X509_V_ERR_INVALID_PURPOSE:
      Rejection(code: .wrongPurpose, reason: "\(whose) is not meant for this end of TLS")
    default:
      Rejection(code: .unsound, reason: "\(whose) is not acceptable (\(words))")
    }
  }
}
