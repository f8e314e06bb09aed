import COpenSSL

/// PEM (RFC 7468) in and out of OpenSSL. Texts over 1 MiB are refused before they are read.
enum PEMText {
  static let maximumLength = 1 << 20

  /// Runs `body` on a BIO over the text. The BIO keeps a pointer into the text: it must not outlive this call.
  static func reading<R>(
    _ text: String, _ body: (OpaquePointer) throws(OpenSSLError) -> R
  ) throws(OpenSSLError) -> R {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty, bytes.count <= maximumLength else {
      throw OpenSSLError("a PEM text has 1 to \(maximumLength) bytes, this one \(bytes.count)")
    }
    // A copy owned by the BIO: no pointer into `bytes` survives.
    let buffer = try require(BIO_new(BIO_s_mem()), "reading PEM")
    defer { BIO_free(buffer) }
    try require(BIO_write(buffer, bytes, Int32(bytes.count)) == bytes.count ? Int32(1) : 0, "reading PEM")
    return try body(buffer)
  }

  /// What `body` writes to a BIO. `body` returns OpenSSL's 1 for success.
  static func writing(_ operation: String, _ body: (OpaquePointer) -> Int32) throws(OpenSSLError) -> String {
    let buffer = try require(BIO_new(BIO_s_mem()), operation)
    defer { BIO_free(buffer) }
    try require(body(buffer), operation)
    var start: UnsafeMutablePointer<CChar>?
    let length = cossl_bio_mem(buffer, &start)
    return String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
  }

  static func privateKey(_ text: String) throws(OpenSSLError) -> OpaquePointer {
    try reading(text) { buffer throws(OpenSSLError) in
      try require(cossl_read_private_key(buffer), "reading a private key from PEM")
    }
  }

  static func text(ofKey key: OpaquePointer) throws(OpenSSLError) -> String {
    try writing("writing a private key") { PEM_write_bio_PKCS8PrivateKey($0, key, nil, nil, 0, nil, nil) }
  }
}
