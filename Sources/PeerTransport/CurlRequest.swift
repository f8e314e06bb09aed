import CCurl

/// What one transfer asks, and what it may cost.
struct CurlRequest: Sendable {
  var method = "GET"
  var url: String
  var headers: [String] = []
  var body: [UInt8]?
  /// Decoded bytes of the answer.
  var limit: Int
  var total: Duration
  var connect: Duration = .seconds(5)
  /// Less than `slowBytesPerSecond` over this time ends the transfer; nil: only `total` does.
  var slow: Duration?
  var socketPath: String?
  var peer: CurlPeer?

  static let slowBytesPerSecond = 512

  /// libcurl reads bodies under 64 KiB into the request's head, and counts them there.
  static let inlinedBody = 64 << 10
}

/// TLS towards one peer.
struct CurlPeer: Sendable {
  let verifier: PeerVerifier
  let credentials: NodeCredentials
}

extension CurlRequest {
  /// Sets everything but the callbacks of the transfer. Header lines are returned: they must outlive the handle.
  func apply(to easy: UnsafeMutableRawPointer) -> UnsafeMutablePointer<curl_slist>? {
    _ = ccurl_set_str(easy, CURLOPT_URL, url)
    _ = ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    _ = ccurl_set_str(easy, CURLOPT_PROTOCOLS_STR, peer == nil ? "http" : "https")
    _ = ccurl_set_str(easy, CURLOPT_PROXY, "")  // whatever http_proxy says
    _ = ccurl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    _ = ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, connect.milliseconds)  // the TLS handshake included
    _ = ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, total.milliseconds)
    if let slow {
      _ = ccurl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, Self.slowBytesPerSecond)
      _ = ccurl_set_long(easy, CURLOPT_LOW_SPEED_TIME, max(1, slow.milliseconds / 1000))
    }
    _ = ccurl_set_long(easy, CURLOPT_BUFFERSIZE, 256 << 10)
    _ = ccurl_set_long(easy, CURLOPT_UPLOAD_BUFFERSIZE, 512 << 10)
    if let socketPath { _ = ccurl_set_str(easy, CURLOPT_UNIX_SOCKET_PATH, socketPath) }
    if let peer {
      peer.apply(to: easy)
      _ = ccurl_set_str(easy, CURLOPT_ACCEPT_ENCODING, "zstd")
    }
    if let body {
      _ = ccurl_set_off(easy, CURLOPT_POSTFIELDSIZE_LARGE, body.count)  // before the copy
      _ = body.withUnsafeBytes {
        ccurl_set_ptr(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress))
      }
    }
    if method != (body == nil ? "GET" : "POST") { _ = ccurl_set_str(easy, CURLOPT_CUSTOMREQUEST, method) }
    // An empty `Expect:` spares a large POST the wait for 100-continue.
    let lines = (headers + ["Expect:"]).reduce(nil as UnsafeMutablePointer<curl_slist>?) { curl_slist_append($0, $1) }
    _ = ccurl_set_slist(easy, lines)
    return lines
  }
}

extension CurlPeer {
  fileprivate func apply(to easy: UnsafeMutableRawPointer) {
    _ = ccurl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_3))
    // Otherwise the system's authorities are read, and trusted, beside the peer's.
    _ = ccurl_set_str(easy, CURLOPT_CAPATH, nil)
    set(easy, CURLOPT_CAINFO_BLOB, verifier.authorityPEM)
    set(easy, CURLOPT_SSLCERT_BLOB, credentials.certificatePEM)
    set(easy, CURLOPT_SSLKEY_BLOB, credentials.keyPEM)
    _ = ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
    _ = ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 0)  // the verifier compares the URI name instead
    // A resumed session would skip the verifier.
    _ = ccurl_set_long(easy, CURLOPT_SSL_SESSIONID_CACHE, 0)
    // Below the server's idle time-out, so that a request is not sent into a closing connection.
    _ = ccurl_set_long(easy, CURLOPT_MAXAGE_CONN, 30)
    verifier.install(on: easy)
  }

  private func set(_ easy: UnsafeMutableRawPointer, _ option: CURLoption, _ pem: String) {
    let bytes = Array(pem.utf8)
    _ = ccurl_set_blob(easy, option, bytes, bytes.count)  // libcurl keeps a copy
  }
}

extension Duration {
  /// At least 1: libcurl takes 0 for "no limit".
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    let bounded = overflow ? Int(Int32.max) : min(Int(Int32.max), max(0, Int(product)))
    return min(Int(Int32.max), max(1, bounded + Int(attoseconds / 1_000_000_000_000_000)))
  }
}
