import Cryptography

/// Why a peer, or a connection, was turned away. A value: it is logged and counted, never thrown at a user.
package struct Refusal: Error, Sendable, Equatable {
  package enum Code: String, Sendable, CaseIterable {
    // The handshake.
    case noCertificate, tlsVersion, handshakeFailed, handshakeDeadline
    // The certificate.
    case uriNames, foreignName, otherName, foreignAuthority, expired, notYetValid, revoked, revocationListUnusable
    case wrongPurpose, unsound, trustUnreadable
    // The peer: answered with one fixed 403.
    case unknownRegion, suspended, retired
    // The connection.
    case tooManyConnections, stalledReader
  }

  package let code: Code
  package let reason: String

  package init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  init(_ rejection: TrustStore.Rejection) {
    let code: Code =
      switch rejection.code {
      case .foreignAuthority: .foreignAuthority
      case .expired: .expired
      case .notYetValid: .notYetValid
      case .revoked: .revoked
      case .revocationListUnusable: .revocationListUnusable
      case .wrongPurpose: .wrongPurpose
      case .unsound: .unsound
      }
    self.init(code, rejection.reason)
  }
}
