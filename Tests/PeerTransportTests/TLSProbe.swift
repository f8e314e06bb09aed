import COpenSSL
import Foundation
import PeerTransport

/// A TLS client that does what a well-behaved one does not: old versions, no certificate, tickets kept on purpose.
/// Blocking, with a time limit on each read, so that a server that never answers fails the test instead of hanging it.
final class TLSProbe: @unchecked Sendable {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let context: OpaquePointer
  private let ssl: OpaquePointer
  private let descriptor: Int32

  init(
    port: Int, credentials: NodeCredentials? = nil, maximumVersion: Int32? = nil, session: OpaquePointer? = nil
  ) throws {
    guard let context = SSL_CTX_new(TLS_client_method()) else { throw Failure(description: "SSL_CTX_new") }
    self.context = context
    if let maximumVersion { _ = SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(maximumVersion), nil) }
    if let credentials {
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let certificate = folder.appendingPathComponent("certificate.pem")
      let key = folder.appendingPathComponent("key.pem")
      try Data(credentials.certificatePEM.utf8).write(to: certificate)
      try Data(credentials.keyPEM.utf8).write(to: key)
      guard SSL_CTX_use_certificate_file(context, certificate.path, SSL_FILETYPE_PEM) == 1,
        SSL_CTX_use_PrivateKey_file(context, key.path, SSL_FILETYPE_PEM) == 1
      else { throw Failure(description: "credentials") }
    }
    descriptor = try TCPProbe.connect(port: port)
    guard let ssl = SSL_new(context) else { throw Failure(description: "SSL_new") }
    self.ssl = ssl
    SSL_set_fd(ssl, descriptor)
    if let session { SSL_set_session(ssl, session) }
    guard SSL_connect(ssl) == 1 else { throw Failure(description: "handshake: \(Self.errors())") }
  }

  deinit {
    // OpenSSL spoils the session of a connection that was not shut down.
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
    SSL_free(ssl)
    SSL_CTX_free(context)
    close(descriptor)
  }

  var resumed: Bool { SSL_session_reused(ssl) == 1 }

  /// Of the ticket that came with the last answer; the caller frees it.
  func session() -> OpaquePointer? { SSL_get1_session(ssl) }

  /// One request on this connection; the answer's head and body as text.
  func get(_ path: String = "/") throws -> String {
    try send("GET \(path) HTTP/1.1\r\nHost: node\r\n\r\n")
    return try answer()
  }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    guard SSL_write(ssl, bytes, Int32(bytes.count)) == bytes.count else {
      throw Failure(description: "write: \(Self.errors())")
    }
  }

  func answer() throws -> String {
    var text = ""
    while true {
      if let end = text.range(of: "\r\n\r\n") {
        let length =
          text[..<end.lowerBound].lowercased().split(separator: "\r\n").lazy
          .compactMap { $0.hasPrefix("content-length: ") ? Int($0.dropFirst(16)) : nil }.first ?? 0
        if text[end.upperBound...].utf8.count >= length { return text }
      }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = SSL_read(ssl, &buffer, Int32(buffer.count))
      guard count > 0 else { throw Failure(description: "read: \(Self.errors())") }
      text += String(decoding: buffer[..<Int(count)], as: UTF8.self)
    }
  }

  /// Whether the server has ended the connection, or does so within the time limit.
  func isEnded() -> Bool {
    var byte: UInt8 = 0
    return SSL_read(ssl, &byte, 1) <= 0
  }

  private static func errors() -> String {
    var words: [String] = []
    while true {
      let code = ERR_get_error()
      if code == 0 { return words.joined(separator: "; ") }
      words.append(ERR_reason_error_string(code).map { String(cString: $0) } ?? "\(code)")
    }
  }
}

/// Bare TCP.
enum TCPProbe {
  static func connect(port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafeBytes(of: &address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        Glibc.connect(descriptor, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw TLSProbe.Failure(description: "connect: \(errno)") }
    return descriptor
  }

  /// Sends bytes and waits until the server ends the connection. False: it did not within the time limit.
  static func sendAndAwaitEnd(port: Int, _ bytes: [UInt8]) throws -> Bool {
    let descriptor = try connect(port: port)
    defer { close(descriptor) }
    if !bytes.isEmpty { _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count == 0 { return true }
      if count < 0 { return errno == ECONNRESET }
    }
  }
}
