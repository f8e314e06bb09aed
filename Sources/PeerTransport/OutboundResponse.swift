/// What a handler answers.
package struct OutboundResponse: Sendable {
  package enum Body: Sendable {
    case bytes([UInt8])
    /// Called once, after the head has gone out; a thrown error cuts the connection, so that the receiver cannot take
    /// the part for the whole.
    case stream(@Sendable (ResponseStream) async throws -> Void)
  }

  package var status: Int
  package var contentType: String
  package var headers: [(name: String, value: String)]
  package var body: Body
  /// Whether a stream is worth compressing (zstd), for a caller that accepts it.
  package var compressed: Bool

  package init(
    status: Int = 200, contentType: String, headers: [(name: String, value: String)] = [], body: Body,
    compressed: Bool = false
  ) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
    self.compressed = compressed
  }

  package static func bytes(_ bytes: [UInt8], contentType: String, status: Int = 200) -> OutboundResponse {
    OutboundResponse(status: status, contentType: contentType, body: .bytes(bytes))
  }

  package static func text(_ text: String, status: Int = 200) -> OutboundResponse {
    OutboundResponse(status: status, contentType: "text/plain; charset=utf-8", body: .bytes(Array(text.utf8)))
  }

  package static func stream(
    contentType: String, compressed: Bool = true,
    _ produce: @escaping @Sendable (ResponseStream) async throws -> Void
  ) -> OutboundResponse {
    OutboundResponse(contentType: contentType, body: .stream(produce), compressed: compressed)
  }

  /// A fixed problem (RFC 9457). Its texts are ours: plain ASCII, no quotes.
  static func problem(_ status: Int, code: String, title: String, detail: String? = nil) -> OutboundResponse {
    let detail = detail.map { #","detail":"\#($0)""# } ?? ""
    return .bytes(
      Array(#"{"type":"about:blank","title":"\#(title)","status":\#(status)\#(detail),"code":"\#(code)"}"#.utf8),
      contentType: "application/problem+json", status: status)
  }

  /// Set on `notServed` alone.
  static let refusalHeader = "tongyuan-refusal"

  /// The one answer to peers that are unknown, suspended or retired: it must not tell which.
  static let notServed: OutboundResponse = {
    var response = problem(403, code: "notServed", title: "This node does not serve you")
    response.headers = [(refusalHeader, "notServed")]
    return response
  }()
}

package typealias PeerResponse = OutboundResponse
package typealias LocalResponse = OutboundResponse
