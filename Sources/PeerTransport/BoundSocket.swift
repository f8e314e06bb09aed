import Glibc
import Synchronization

/// An address taken, but not yet answered on: a node learns that its port is in use before it does anything else. Who
/// connects meanwhile waits until a server starts on it.
package final class BoundSocket: Sendable {
  /// nil once a server has taken it over.
  private let descriptor: Mutex<Int32?>
  /// The port that the kernel chose, if 0 was asked for; nil for a local socket.
  package let port: Int?
  /// The path of a local socket.
  package let path: String?

  private init(_ descriptor: Int32, port: Int?, path: String?) {
    self.descriptor = Mutex(descriptor)
    self.port = port
    self.path = path
  }

  deinit {
    if let descriptor = descriptor.withLock({ $0 }) {
      close(descriptor)
      if let path { unlink(path) }
    }
  }

  /// Hands the descriptor over: the server closes it.
  func take() -> Int32 {
    descriptor.withLock { descriptor in
      guard let taken = descriptor else { preconditionFailure("a bound socket serves once") }
      descriptor = nil
      return taken
    }
  }

  /// `host` is a name or a literal address, `::` and `0.0.0.0` among them; port 0 lets the kernel choose.
  package static func tcp(host: String, port: Int) throws(TransportError) -> BoundSocket {
    guard (0...65_535).contains(port) else {
      throw TransportError(.badConfiguration, "\(port) is no port: give one from 0 to 65535")
    }
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var addresses: UnsafeMutablePointer<addrinfo>?
    let resolved = getaddrinfo(host, String(port), &hints, &addresses)
    guard resolved == 0, let address = addresses else {
      throw TransportError(
        .addressUnavailable, "cannot listen on \(host): no such address",
        underlying: String(cString: gai_strerror(resolved)))
    }
    defer { freeaddrinfo(addresses) }
    let descriptor = socket(address.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure(errno, "\(host):\(port)") }
    var one: Int32 = 1
    // A restarted node must not wait for its old connections to be forgotten.
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    // `listen` at once: with SO_REUSEADDR, `bind` alone succeeds beside another socket that does not listen yet.
    guard bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0, listen(descriptor, 256) == 0
    else {
      let number = errno
      close(descriptor)
      throw failure(number, "\(host):\(port)")
    }
    return BoundSocket(descriptor, port: boundPort(descriptor), path: nil)
  }

  private static func boundPort(_ descriptor: Int32) -> Int? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let read = withUnsafeMutableBytes(of: &storage) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) { getsockname(descriptor, $0.baseAddress, &length) }
    }
    guard read == 0 else { return nil }
    // The port follows the family in both sockaddr_in and sockaddr_in6, in network order.
    return withUnsafeBytes(of: &storage) { Int($0[2]) << 8 | Int($0[3]) }
  }

  /// A local socket of mode 0600. One that a killed node left behind is replaced; one that a node answers on is not.
  package static func unix(path: String) throws(TransportError) -> BoundSocket {
    guard var address = sockaddr_un(path: path) else {
      throw TransportError(
        .badConfiguration, "the socket path \(path) is over 107 bytes: use a shorter data directory")
    }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    var status = stat()
    if lstat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFSOCK else {
        throw TransportError(.addressInUse, "\(path) is there and is no socket: move it away")
      }
      guard !answers(address) else {
        throw TransportError(.addressInUse, "another node answers on \(path): stop it first")
      }
      unlink(path)
    }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure(errno, path) }
    // On Linux the mode of the socket is the mode of the file: there is no moment at which others could connect.
    let bound =
      fchmod(descriptor, 0o600) == 0
      && withUnsafeBytes(of: &address) { bytes in
        bytes.withMemoryRebound(to: sockaddr.self) { bind(descriptor, $0.baseAddress, length) == 0 }
      }
    guard bound, listen(descriptor, 256) == 0 else {
      let number = errno
      close(descriptor)
      throw failure(number, path)
    }
    return BoundSocket(descriptor, port: nil, path: path)
  }

  private static func answers(_ address: sockaddr_un) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return withUnsafeBytes(of: address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        connect(descriptor, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }

  private static func failure(_ number: Int32, _ address: String) -> TransportError {
    let words = String(cString: strerror(number))
    return switch number {
    case EADDRINUSE:
      TransportError(
        .addressInUse, "cannot listen on \(address): something else does already; stop it or choose another",
        underlying: words)
    case EACCES, EPERM:
      TransportError(
        .addressUnavailable, "cannot listen on \(address): not permitted for this user", underlying: words)
    case EADDRNOTAVAIL:
      TransportError(
        .addressUnavailable, "cannot listen on \(address): this machine has no such address", underlying: words)
    default:
      TransportError(.addressUnavailable, "cannot listen on \(address)", underlying: words)
    }
  }
}

extension sockaddr_un {
  /// nil if the path, with its final zero, does not fit (108 bytes on Linux).
  init?(path: String) {
    self.init()
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, !bytes.contains(0), bytes.count < MemoryLayout.size(ofValue: sun_path) else { return nil }
    sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &sun_path) { $0.copyBytes(from: bytes) }
  }
}
