/// Why something did not pass between two nodes, or between a command and its node.
package struct TransportError: Error, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable, CaseIterable {
    /// No endpoint accepted a connection.
    case unreachable
    /// Connected or not, the answer did not come, or did not end, in time.
    case timedOut
    /// The peer's node answered that it does not serve us, or ended the handshake over our certificate.
    case refusedByPeer
    /// We refuse the peer's certificate: not from its region's authority, out of date, or revoked.
    case certificateRefused
    /// The certificate is sound but names somebody else.
    case peerIdentityMismatch
    /// More bytes than the caller or the route allows.
    case tooLarge
    /// The connection ended before the answer did.
    case connectionLost
    /// What came is no HTTP answer, or cannot be decompressed.
    case malformedAnswer
    /// The request was cancelled, or the client shut down.
    case cancelled
    /// The address to listen on is taken.
    case addressInUse
    /// The address to listen on is not ours, or may not be used.
    case addressUnavailable
    /// No node listens on the local socket.
    case noNode
    /// A certificate, key or endpoint given by this node's own configuration cannot be used.
    case badConfiguration
  }

  package let code: Code
  /// What was wrong, with what, and what to do: one line.
  package let reason: String
  /// The words of the library underneath.
  package let underlying: String?

  package init(_ code: Code, _ reason: String, underlying: String? = nil) {
    self.code = code
    self.reason = reason
    self.underlying = underlying
  }

  package var description: String { underlying.map { "\(reason) [\($0)]" } ?? reason }
}
