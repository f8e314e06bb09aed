import NIOCore
import NIOSSL

/// This node's certificate and its key: shown to whoever connects, and to whom it connects.
package struct NodeCredentials: Sendable {
  package let certificatePEM: String
  /// PKCS#8, unencrypted.
  package let keyPEM: String

  package init(certificatePEM: String, keyPEM: String) {
    self.certificatePEM = certificatePEM
    self.keyPEM = keyPEM
  }

  /// TLS 1.3 with a client certificate required. A new context knows no ticket of an older one, so that a revoked
  /// certificate cannot come back by resumption.
  func serverContext() throws(TransportError) -> NIOSSLContext {
    do {
      var configuration = TLSConfiguration.makeServerConfigurationWithMTLS(
        certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificatePEM.utf8)).map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(keyPEM.utf8), format: .pem)),
        // Nobody is trusted here: `TrustTable` judges. Left out, the system's authorities would be read each time.
        trustRoots: .certificates([]))
      configuration.certificateVerification = .noHostnameVerification  // requires a certificate
      configuration.minimumTLSVersion = .tlsv13
      configuration.applicationProtocols = ["http/1.1"]
      // How long to wait for the peer's close_notify: libcurl never answers it on an idle connection.
      configuration.shutdownTimeout = .seconds(1)
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw TransportError(
        .badConfiguration, "this node's certificate or key cannot be used: renew it", underlying: "\(error)")
    }
  }
}
