import CCurl
import COpenSSL
import Cryptography
import Synchronization

/// Checks the certificate of the node that a client reaches, in place of libcurl's own check: exactly one URI name, the
/// expected one, and that region's authority, validity and revocation list.
///
/// It must outlive every connection made with it: the client that owns both sees to that.
final class PeerVerifier: Sendable {
  let authorityPEM: String
  private let region: String
  private let federation: String
  private let store: TrustStore
  /// Of the last handshake that it ended.
  private let refusal = Mutex<Refusal?>(nil)

  init(region: String, federation: String, trust: RegionTrust) throws(TransportError) {
    self.region = region
    self.federation = federation
    authorityPEM = trust.authorityPEM
    do throws(OpenSSLError) {
      store = try TrustStore(authorityPEM: trust.authorityPEM, revocationListPEM: trust.revocationListPEM)
    } catch {
      throw TransportError(
        .badConfiguration, "the card of the region \(region) cannot be used: ask for a new one",
        underlying: error.description)
    }
  }

  func takeRefusal() -> Refusal? {
    refusal.withLock { refusal in
      defer { refusal = nil }
      return refusal
    }
  }

  /// nil: it is the peer.
  func check(der: [UInt8]) -> Refusal? {
    let certificate: Certificate
    do throws(OpenSSLError) {
      certificate = try Certificate(der: der)
    } catch {
      return Refusal(.unsound, "the certificate cannot be read: \(error)")
    }
    switch NodeName.region(of: certificate, federation: federation) {
    case .failure(let refusal): return refusal
    case .success(let named):
      guard named == region else {
        return Refusal(.otherName, "the node there is \(named)'s, not \(region)'s")
      }
    }
    return store.verify(certificate, as: .server).map { rejection in
      Refusal(Refusal(rejection).code, "\(rejection.reason); its issuer: \(certificate.issuer)")
    }
  }

  func install(on easy: UnsafeMutableRawPointer) {
    let pointer = Unmanaged.passUnretained(self).toOpaque()
    _ = ccurl_set_sslctx(
      easy,
      { _, context, pointer in
        SSL_CTX_set_cert_verify_callback(OpaquePointer(context), PeerVerifier.callback, pointer)
        return CURLE_OK
      }, pointer)
  }

  private static let callback: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = {
    context, pointer in
    guard let pointer else { return 0 }
    let verifier = Unmanaged<PeerVerifier>.fromOpaque(pointer).takeUnretainedValue()
    var encoded: UnsafeMutablePointer<UInt8>?
    let length = i2d_X509(X509_STORE_CTX_get0_cert(context), &encoded)
    guard length > 0, let encoded else { return 0 }
    let der = Array(UnsafeBufferPointer(start: encoded, count: Int(length)))
    CRYPTO_free(encoded, nil, 0)
    let refusal = verifier.check(der: der)
    verifier.refusal.withLock { $0 = refusal }
    X509_STORE_CTX_set_error(context, refusal == nil ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION)
    return refusal == nil ? 1 : 0
  }
}
