import CCurl

extension TransportError {
  /// libcurl's codes and the TLS libraries' texts, in our words. `place`: whom it was about.
  init(_ failure: CurlFailure, place: String, refusal: Refusal?, limit: Int) {
    let words = failure.words
    func made(_ code: Code, _ reason: String) -> TransportError { TransportError(code, reason, underlying: words) }
    if failure.overLimit {
      self = made(.tooLarge, "\(place) sent an answer of more than \(limit) bytes")
      return
    }
    if let refusal, failure.code == CURLE_PEER_FAILED_VERIFICATION || failure.code == CURLE_SSL_CONNECT_ERROR {
      let identity = [Refusal.Code.uriNames, .foreignName, .otherName].contains(refusal.code)
      self = made(
        identity ? .peerIdentityMismatch : .certificateRefused, "\(place) is not who it should be: \(refusal.reason)")
      return
    }
    switch failure.code {
    case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST:
      self = made(.unreachable, "\(place) cannot be reached")
    case CURLE_OPERATION_TIMEDOUT:
      self = made(.timedOut, "\(place) did not answer in time")
    case CURLE_ABORTED_BY_CALLBACK:
      self = made(.cancelled, "the request to \(place) was cancelled")
    case CURLE_PEER_FAILED_VERIFICATION:
      self = made(.certificateRefused, "the certificate of \(place) was refused")
    case CURLE_SSL_CERTPROBLEM:
      self = made(.badConfiguration, "this node's own certificate or key cannot be used: renew it")
    // With TLS 1.3 a server refuses a client's certificate only after the handshake is done on the client's side.
    case CURLE_SSL_CONNECT_ERROR, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING:
      self =
        failure.detail.contains("alert")
        ? made(
          .refusedByPeer,
          "\(place) refused our certificate or our TLS: it may lack this region's card, or have an old one")
        : made(.connectionLost, "\(place) ended the connection before it answered")
    case CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      self = made(.connectionLost, "\(place) ended the connection before the end of its answer")
    default:
      self = made(.malformedAnswer, "\(place) sent no usable answer")
    }
  }
}
