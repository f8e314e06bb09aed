import NIOCore

/// What a stranger can cost a server. The defaults suit a region's node.
package struct ServerLimits: Sendable {
  /// From the accepted connection to the end of the TLS handshake.
  package var handshake: Duration = .seconds(5)
  /// A kept connection without a request, or a request whose head does not arrive.
  package var idle: Duration = .seconds(60)
  /// A peer that does not take what was written.
  package var stalledRead: Duration = .seconds(30)
  /// The whole body of one request.
  package var body: Duration = .seconds(60)
  /// Requests under way when the server stops.
  package var drain: Duration = .seconds(5)
  package var connections = 1024
  /// Of those that have not shown yet whose they are: many regions may stand behind one address.
  package var connectionsPerAddress = 64
  /// A peer's client keeps four, and twice as many while its card changes.
  package var connectionsPerCaller = 16
  /// Bytes of one header field, bytes of all, number of fields.
  package var headerFieldBytes = 8 << 10
  package var headerBytes = 16 << 10
  package var headerFields = 64

  package init() {}
}
