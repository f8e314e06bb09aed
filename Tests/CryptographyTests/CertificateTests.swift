import Cryptography
import Testing

@Suite("Certificates of a region")
struct CertificateTests {
  /// 2026-11-24 00:00 UTC.
  private let now = 1_795_478_400
  private let day = 86_400
  private let uri = "spiffe://310000.local.tongyuan/node"
  private let authority: CertificateAuthority

  init() throws {
    authority = try CertificateAuthority.create(name: "310000.local.tongyuan CA", now: now)
  }

  private func store(revoked: [String]? = nil) throws -> TrustStore {
    try TrustStore(
      authorityPEM: try authority.certificate.pem,
      revocationListPEM: try revoked.map { try authority.revocationList(revoked: $0, number: 1, now: now) })
  }

  private func node() throws -> Certificate {
    try authority.issueNode(uri: uri, key: try P256.PrivateKey.generate(), now: now)
  }

  @Test("Keys of both kinds survive PEM, and neither kind is taken for the other")
  func keys() throws {
    let p256 = try P256.PrivateKey.generate()
    let ed25519 = try Ed25519.PrivateKey.generate()
    #expect(try p256.pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    #expect(try P256.PrivateKey(pem: try p256.pem).pem == p256.pem)
    let read = try Ed25519.PrivateKey(pem: try ed25519.pem)
    #expect(read.publicKey == ed25519.publicKey)
    #expect(throws: OpenSSLError.self) { try P256.PrivateKey(pem: try ed25519.pem) }
    #expect(throws: OpenSSLError.self) { try Ed25519.PrivateKey(pem: try p256.pem) }
  }

  @Test("A key that is encrypted, empty, broken or huge is refused without asking for a passphrase")
  func brokenKeys() throws {
    let encrypted = """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhVSzh0y4w8zgICCAAw
      DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEFe1PVGJ1KaEKdxN1V7zF+8EQKXu
      -----END ENCRYPTED PRIVATE KEY-----
      """
    let pem = try P256.PrivateKey.generate().pem
    for text in [encrypted, "", "no key", String(pem.prefix(80)), String(repeating: "x", count: 2 << 20)] {
      #expect(throws: OpenSSLError.self) { try P256.PrivateKey(pem: text) }
      #expect(throws: OpenSSLError.self) { try Ed25519.PrivateKey(pem: text) }
    }
  }

  @Test("An authority certifies itself for ten years")
  func authorityCertificate() throws {
    let certificate = authority.certificate
    #expect(certificate.subject == "CN=310000.local.tongyuan CA")
    #expect(certificate.issuer == certificate.subject)
    #expect(certificate.notBefore == now - 3600)
    #expect(certificate.notAfter == now + 3650 * day)
    #expect(certificate.uriNames.isEmpty)
    let read = try CertificateAuthority(
      certificate: try Certificate(pem: try certificate.pem), key: try P256.PrivateKey(pem: try authority.key.pem))
    #expect(read.certificate == certificate)
    #expect(throws: OpenSSLError.self) {
      try CertificateAuthority(certificate: certificate, key: try P256.PrivateKey.generate())
    }
  }

  @Test("A node's certificate carries exactly its URI, and a serial number that nobody can guess")
  func nodeCertificate() throws {
    let certificate = try node()
    #expect(certificate.uriNames == [uri])
    #expect(certificate.issuer == authority.certificate.subject)
    #expect(certificate.notAfter == now + 730 * day)
    #expect(Set(try (0..<20).map { _ in try node().serial }).count == 20)
    // 128 random bits: one in 2^40 is shorter than 22 digits.
    #expect((22...32).contains(certificate.serial.count))
    #expect(certificate.fingerprintText.count == 95)
    #expect(certificate.fingerprint == SHA256.hash(certificate.der))
    #expect(try Certificate(der: certificate.der) == certificate)
  }

  @Test("A name that would become several is refused", arguments: ["a,DNS:b", "a b", "", "a\nb", "a;b", "ä"])
  func smuggledName(name: String) throws {
    #expect(throws: OpenSSLError.self) {
      try authority.issueNode(uri: name, key: try P256.PrivateKey.generate(), now: now)
    }
  }

  @Test("What is no single certificate is refused")
  func brokenCertificates() throws {
    let pem = try node().pem
    let der = try node().der
    #expect(throws: OpenSSLError.self) { try Certificate(pem: pem + pem) }
    #expect(throws: OpenSSLError.self) { try Certificate(pem: "") }
    #expect(throws: OpenSSLError.self) { try Certificate(pem: String(pem.dropFirst(60))) }
    #expect(throws: OpenSSLError.self) { try Certificate(der: der + [0]) }
    #expect(throws: OpenSSLError.self) { try Certificate(der: Array(der.dropLast())) }
    #expect(throws: OpenSSLError.self) { try Certificate(der: []) }
    for index in stride(from: 0, to: der.count, by: 7) {
      var broken = der
      broken[index] ^= 0xff
      // Whatever it is now: it is read or refused, and never trusted.
      if let read = try? Certificate(der: broken) {
        #expect(try store().verify(read, as: .client, at: now) != nil, "byte \(index)")
      }
    }
  }

  @Test("A text of PEM is told to hold one block of its kind, a private key, or something else")
  func pemBlocks() throws {
    let pem = try node().pem
    let list = try authority.revocationList(revoked: [], number: 1, now: now)
    let fault = { (text: String) in PEMBlock.fault(in: text, only: "CERTIFICATE") }
    for text in [pem, "\n" + pem + " \n\n", pem.replacing("\n", with: "\r\n")] { #expect(fault(text) == nil) }
    #expect(PEMBlock.fault(in: list, only: "X509 CRL") == nil)
    for key in [try P256.PrivateKey.generate().pem, "-----BEGIN EC PRIVATE KEY-----"] {
      for text in [pem + key, key + pem, key] { #expect(fault(text) == .privateKey) }
    }
    for text in ["", pem + pem, "subject=CN = x\n" + pem, pem + "# my own", pem + list, list, String(pem.dropLast(40))]
    {
      #expect(fault(text) == .somethingElse, "\(text)")
    }
  }

  @Test("The authority's certificate is good at both ends of TLS, and nobody else's is")
  func verification() throws {
    let store = try store()
    #expect(store.verify(try node(), as: .client, at: now) == nil)
    #expect(store.verify(try node(), as: .server, at: now) == nil)
    let namesake = try CertificateAuthority.create(name: "310000.local.tongyuan CA", now: now)
    let foreign = try namesake.issueNode(uri: uri, key: try P256.PrivateKey.generate(), now: now)
    #expect(store.verify(foreign, as: .client, at: now)?.code == .foreignAuthority)
    #expect(store.verify(namesake.certificate, as: .client, at: now)?.code == .foreignAuthority)
  }

  @Test("A certificate is good from an hour before it was issued until it expires")
  func validity() throws {
    let store = try store()
    let certificate = try authority.issueNode(uri: uri, key: try P256.PrivateKey.generate(), now: now, days: 10)
    #expect(store.verify(certificate, as: .client, at: now - 3599) == nil)
    #expect(store.verify(certificate, as: .client, at: now - 3601)?.code == .notYetValid)
    #expect(store.verify(certificate, as: .client, at: now + 10 * day - 1) == nil)
    let rejection = try #require(store.verify(certificate, as: .client, at: now + 10 * day + 1))
    #expect(rejection.code == .expired)
    #expect(rejection.reason == "the certificate has expired")
  }

  @Test("An expired authority vouches for nobody")
  func expiredAuthority() throws {
    let certificate = try authority.issueNode(
      uri: uri, key: try P256.PrivateKey.generate(), now: now, days: 20 * 365)
    let rejection = try #require(try store().verify(certificate, as: .client, at: now + 3651 * day))
    #expect(rejection.code == .expired)
    #expect(rejection.reason.contains("the authority CN=310000.local.tongyuan CA"))
  }

  @Test("A revoked certificate is rejected, the others are not, and the list does not go stale")
  func revocation() throws {
    let bad = try node()
    let good = try node()
    let store = try store(revoked: [bad.serial, "0a"])
    #expect(store.verify(bad, as: .server, at: now)?.code == .revoked)
    #expect(store.verify(good, as: .server, at: now) == nil)
    #expect(store.verify(good, as: .server, at: now + 700 * day) == nil)
    let list = try RevocationList(
      pem: try authority.revocationList(revoked: [bad.serial, "0a", bad.serial], number: 2, now: now))
    #expect(Set(list.serials) == [bad.serial, "0a"])
    #expect(list.issuer == authority.certificate.subject)
    #expect(list.isSigned(by: authority.certificate))
    #expect(try store.verify(node(), as: .client, at: now) == nil)
  }

  @Test(
    "A serial number that is none cannot be revoked", arguments: ["", "xyz", "-1", String(repeating: "1", count: 41)])
  func brokenSerial(serial: String) {
    #expect(throws: OpenSSLError.self) { try authority.revocationList(revoked: [serial], number: 1, now: now) }
  }

  @Test("A trust store takes one authority, and only a list that it signed")
  func trustStores() throws {
    let other = try CertificateAuthority.create(name: "320000.local.tongyuan CA", now: now)
    let pem = try authority.certificate.pem
    let foreignList = try other.revocationList(revoked: [], number: 1, now: now)
    #expect(throws: OpenSSLError.self) { try TrustStore(authorityPEM: pem, revocationListPEM: foreignList) }
    #expect(throws: OpenSSLError.self) { try TrustStore(authorityPEM: pem, revocationListPEM: "") }
    #expect(throws: OpenSSLError.self) { try TrustStore(authorityPEM: try node().pem, revocationListPEM: nil) }
    let two = pem + (try other.certificate.pem)
    #expect(throws: OpenSSLError.self) { try TrustStore(authorityPEM: two, revocationListPEM: nil) }
  }
}
