import COpenSSL

/// A region's own certificate authority: it issues that region's node certificates and takes them back.
package struct CertificateAuthority: Sendable {
  package let certificate: Certificate
  package let key: P256.PrivateKey

  /// Certificates and lists begin this long before `now`, in seconds: peers' clocks differ.
  private static let backdating = 3600
  private static let day = 86_400

  /// Fails if the key does not belong to the certificate.
  package init(certificate: Certificate, key: P256.PrivateKey) throws(OpenSSLError) {
    try require(
      X509_check_private_key(certificate.raw, key.raw), "the key does not fit the certificate \(certificate.subject)")
    self.certificate = certificate
    self.key = key
  }

  /// A new key and a self-signed certificate for it. `name` is the common name; `now` in seconds since 1970 UTC.
  package static func create(name: String, now: Int, years: Int = 10) throws(OpenSSLError) -> CertificateAuthority {
    let key = try P256.PrivateKey.generate()
    let certificate = try issue(
      name: name, subjectKey: key, issuer: nil, signingKey: key, now: now, until: now + years * 365 * day,
      extensions: [
        // It issues node certificates directly, never another authority.
        (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
        (NID_key_usage, "critical,keyCertSign,cRLSign"),
        (NID_subject_key_identifier, "hash"),
      ])
    return try CertificateAuthority(certificate: certificate, key: key)
  }

  /// A certificate for both ends of TLS with exactly one alternative name, the given URI. `now` in seconds since 1970
  /// UTC; the serial number is 128 random bits.
  package func issueNode(
    uri: String, key subjectKey: P256.PrivateKey, now: Int, days: Int = 730
  ) throws(OpenSSLError) -> Certificate {
    try issueNode(alternativeNames: [uri], key: subjectKey, now: now, until: now + days * Self.day)
  }

  /// As `issueNode(uri:)` with any number of URI names and an end in seconds: what tests need to be refused.
  package func issueNode(
    alternativeNames: [String], key subjectKey: P256.PrivateKey, now: Int, until: Int
  ) throws(OpenSSLError) -> Certificate {
    for name in alternativeNames {
      // OpenSSL reads the value as a list: a comma would begin another name.
      guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x2c && $0 != 0x3b }) else {
        throw OpenSSLError("a certificate cannot carry the URI \(name.debugDescription)")
      }
    }
    var extensions: [(Int32, String)] = [
      (NID_basic_constraints, "critical,CA:FALSE"),
      (NID_key_usage, "critical,digitalSignature"),
      (NID_subject_key_identifier, "hash"),
      (NID_authority_key_identifier, "keyid"),
      (NID_ext_key_usage, "serverAuth,clientAuth"),
    ]
    if !alternativeNames.isEmpty {
      extensions.append((NID_subject_alt_name, alternativeNames.map { "URI:" + $0 }.joined(separator: ",")))
    }
    return try Self.issue(
      name: "node", subjectKey: subjectKey, issuer: certificate, signingKey: key, now: now, until: until,
      extensions: extensions)
  }

  private static func issue(
    name: String, subjectKey: P256.PrivateKey, issuer: Certificate?, signingKey: P256.PrivateKey, now: Int, until: Int,
    extensions: [(Int32, String)]
  ) throws(OpenSSLError) -> Certificate {
    let operation = "making a certificate"
    let certificate = try require(X509_new(), operation)
    do throws(OpenSSLError) {
      try require(X509_set_version(certificate, 2), operation)  // 2 is version 3
      try setRandomSerial(X509_get_serialNumber(certificate))
      _ = try require(ASN1_TIME_set(X509_getm_notBefore(certificate), now - backdating), operation)
      _ = try require(ASN1_TIME_set(X509_getm_notAfter(certificate), until), operation)
      let subject = try require(X509_NAME_new(), operation)
      defer { X509_NAME_free(subject) }
      try require(
        X509_NAME_add_entry_by_txt(subject, "CN", cossl_mbstring_utf8(), name, -1, -1, 0),
        "the common name \(name.debugDescription)")
      try require(X509_set_subject_name(certificate, subject), operation)
      try require(
        X509_set_issuer_name(certificate, issuer.map { X509_get_subject_name($0.raw) } ?? subject), operation)
      try require(X509_set_pubkey(certificate, subjectKey.raw), operation)
      var context = X509V3_CTX()
      X509V3_set_ctx(&context, issuer?.raw ?? certificate, certificate, nil, nil, 0)
      for (identifier, value) in extensions {
        let made = try require(X509V3_EXT_conf_nid(nil, &context, identifier, value), "the extension \(value)")
        defer { X509_EXTENSION_free(made) }
        try require(X509_add_ext(certificate, made, -1), operation)
      }
      try require(X509_sign(certificate, signingKey.raw, EVP_sha256()) > 0 ? Int32(1) : 0, "signing a certificate")
    } catch {
      X509_free(certificate)
      throw error
    }
    return try Certificate(adopting: certificate)
  }

  private static func setRandomSerial(_ serial: UnsafeMutablePointer<ASN1_INTEGER>?) throws(OpenSSLError) {
    var bytes = [UInt8](repeating: 0, count: 16)
    try require(RAND_bytes(&bytes, Int32(bytes.count)), "drawing a serial number")
    let number = try require(BN_bin2bn(bytes, Int32(bytes.count), nil), "drawing a serial number")
    defer { BN_free(number) }
    _ = try require(BN_to_ASN1_INTEGER(number, serial), "drawing a serial number")
  }
}

extension CertificateAuthority {
  /// A revocation list in PEM, naming the serial numbers (hexadecimal, as in `Certificate.serial`); `number` grows with
  /// every list. It holds as long as the authority: a newer list travels in the region's log and its card, and a peer
  /// that has not heard of one for a while must not shut the region out.
  package func revocationList(revoked: [String], number: Int, now: Int) throws(OpenSSLError) -> String {
    let operation = "making a revocation list"
    let list = try require(X509_CRL_new(), operation)
    defer { X509_CRL_free(list) }
    try require(X509_CRL_set_version(list, 1), operation)  // 1 is version 2
    try require(X509_CRL_set_issuer_name(list, X509_get_subject_name(certificate.raw)), operation)
    let issued = try require(ASN1_TIME_set(nil, now - Self.backdating), operation)
    defer { ASN1_TIME_free(issued) }
    try require(X509_CRL_set1_lastUpdate(list, issued), operation)
    try require(X509_CRL_set1_nextUpdate(list, X509_get0_notAfter(certificate.raw)), operation)
    for serial in Set(revoked).sorted() {
      let entry = try require(X509_REVOKED_new(), operation)
      do throws(OpenSSLError) {
        let value = try Self.integer(serial)
        defer { ASN1_INTEGER_free(value) }
        try require(X509_REVOKED_set_serialNumber(entry, value), operation)
        try require(X509_REVOKED_set_revocationDate(entry, issued), operation)
        try require(X509_CRL_add0_revoked(list, entry), operation)
      } catch {
        X509_REVOKED_free(entry)
        throw error
      }
    }
    try require(X509_CRL_sort(list), operation)
    let listNumber = try require(ASN1_INTEGER_new(), operation)
    defer { ASN1_INTEGER_free(listNumber) }
    try require(ASN1_INTEGER_set_int64(listNumber, Int64(number)), operation)
    try require(X509_CRL_add1_ext_i2d(list, NID_crl_number, UnsafeMutableRawPointer(listNumber), 0, 0), operation)
    try require(X509_CRL_sign(list, key.raw, EVP_sha256()) > 0 ? Int32(1) : 0, "signing a revocation list")
    return try PEMText.writing(operation) { PEM_write_bio_X509_CRL($0, list) }
  }

  private static func integer(_ serial: String) throws(OpenSSLError) -> UnsafeMutablePointer<ASN1_INTEGER> {
    // RFC 5280 section 4.1.2.2: at most 20 octets, positive.
    guard (1...40).contains(serial.utf8.count), serial.utf8.allSatisfy({ isHexadecimal($0) }) else {
      throw OpenSSLError("a serial number is 1 to 40 hexadecimal digits, not \(serial.debugDescription)")
    }
    var number: OpaquePointer?
    defer { BN_free(number) }
    try require(BN_hex2bn(&number, serial) > 0 ? Int32(1) : 0, "reading a serial number")
    return try require(BN_to_ASN1_INTEGER(number, nil), "reading a serial number")
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }
}
