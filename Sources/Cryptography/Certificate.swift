import COpenSSL
import Glibc

/// An X.509 certificate (RFC 5280), parsed once; what it says is not yet believed (`TrustStore` decides that).
package final class Certificate: @unchecked Sendable, Equatable {
  /// Immutable once parsed; OpenSSL locks the extension cache that it fills on first use.
  let raw: OpaquePointer

  package let der: [UInt8]
  /// Distinguished names in one line (RFC 2253), control characters escaped: safe to log once shortened.
  package let subject: String
  package let issuer: String
  /// Seconds since 1970-01-01 UTC.
  package let notBefore: Int
  package let notAfter: Int
  /// Hexadecimal, lower case, no leading zero byte; a negative one starts with `-`.
  package let serial: String
  /// SHA-256 of the DER.
  package let fingerprint: Digest
  /// Every name of type URI in the subject's alternative names, in order; empty if the extension is there twice.
  package let uriNames: [String]

  /// Takes ownership.
  init(adopting raw: OpaquePointer) throws(OpenSSLError) {
    do throws(OpenSSLError) {
      var pointer: UnsafeMutablePointer<UInt8>?
      let length = i2d_X509(raw, &pointer)
      guard length > 0, let pointer else { throw OpenSSLError("encoding a certificate") }
      der = Array(UnsafeBufferPointer(start: pointer, count: Int(length)))
      CRYPTO_free(pointer, nil, 0)
      subject = try Self.text(X509_get_subject_name(raw))
      issuer = try Self.text(X509_get_issuer_name(raw))
      notBefore = try Self.seconds(X509_get0_notBefore(raw))
      notAfter = try Self.seconds(X509_get0_notAfter(raw))
    } catch {
      X509_free(raw)
      throw error
    }
    serial = Self.hex(X509_get0_serialNumber(raw))
    fingerprint = SHA256.hash(der)
    uriNames = Self.uriNames(raw)
    self.raw = raw
  }

  deinit { X509_free(raw) }

  /// Nothing may follow the certificate.
  package convenience init(der: [UInt8]) throws(OpenSSLError) {
    guard der.count <= PEMText.maximumLength else { throw OpenSSLError("a certificate of \(der.count) bytes") }
    let parsed = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
      var cursor = bytes.baseAddress
      guard let parsed = d2i_X509(nil, &cursor, bytes.count) else { return nil }
      if cursor == bytes.baseAddress.map({ $0 + bytes.count }) { return parsed }
      X509_free(parsed)
      return nil
    }
    try self.init(adopting: try require(parsed, "reading a certificate from DER"))
  }

  /// Exactly one certificate: a second one would be trusted unseen.
  package convenience init(pem: String) throws(OpenSSLError) {
    let parsed = try PEMText.reading(pem) { buffer throws(OpenSSLError) in
      let first = try require(cossl_read_certificate(buffer), "reading a certificate from PEM")
      if let second = cossl_read_certificate(buffer) {
        X509_free(second)
        X509_free(first)
        throw OpenSSLError("the PEM text holds more than one certificate")
      }
      ERR_clear_error()  // the end of the text
      return first
    }
    try self.init(adopting: parsed)
  }

  package var pem: String {
    get throws(OpenSSLError) { try PEMText.writing("writing a certificate") { PEM_write_bio_X509($0, raw) } }
  }

  /// `AB:CD:…`, as people compare it by telephone.
  package var fingerprintText: String {
    let digits = Array(fingerprint.hex.uppercased())
    return stride(from: 0, to: digits.count, by: 2).map { String(digits[$0..<$0 + 2]) }.joined(separator: ":")
  }

  package static func == (a: Certificate, b: Certificate) -> Bool { a.der == b.der }
}

extension Certificate {
  private static func text(_ name: OpaquePointer?) throws(OpenSSLError) -> String {
    try PEMText.writing("reading a distinguished name") { cossl_name_print($0, name) }
  }

  private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) throws(OpenSSLError) -> Int {
    var parts = tm()
    try require(ASN1_TIME_to_tm(time, &parts), "reading a certificate's time")
    return timegm(&parts)
  }

  static func hex(_ number: UnsafePointer<ASN1_INTEGER>?) -> String {
    guard let number, let start = ASN1_STRING_get0_data(number) else { return "" }
    let bytes = Array(UnsafeBufferPointer(start: start, count: Int(max(0, ASN1_STRING_length(number)))))
    return (ASN1_STRING_type(number) == V_ASN1_NEG_INTEGER ? "-" : "") + bytes.hex
  }

  private static func uriNames(_ certificate: OpaquePointer) -> [String] {
    guard let names = cossl_alternative_names(certificate) else {
      ERR_clear_error()
      return []
    }
    defer { GENERAL_NAMES_free(names) }
    return (0..<cossl_alternative_names_count(names)).compactMap { index in
      var length: Int32 = 0
      guard let start = cossl_uri_name(names, index, &length), length >= 0 else { return nil }
      return String(decoding: UnsafeBufferPointer(start: start, count: Int(length)), as: UTF8.self)
    }
  }
}
