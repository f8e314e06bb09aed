import Foundation
import PeerTransport
import Testing

@Suite("Commands reach the node of their machine over its socket")
struct LocalSocketTests {
  /// Short: a socket's path has at most 107 bytes.
  private let folder: URL
  private var path: String { folder.appendingPathComponent("node.sock").path }

  init() throws {
    folder = URL(fileURLWithPath: "/tmp/ty-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func server(
    _ handler: @escaping LocalServer.Handler = { .text("uid \($0.uid) pid \($0.pid)") }
  ) async throws -> LocalServer {
    try await LocalServer.start(
      on: try BoundSocket.unix(path: path), logger: TestFederation.quiet, handler: handler)
  }

  private func cleanUp() { try? FileManager.default.removeItem(at: folder) }

  @Test("The handler learns who asks, and only the owner may open the socket")
  func roundTrip() async throws {
    let server = try await server()
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    let client = try LocalClient(socket: path)
    let answer = try await client.get("/", limit: 1000, timeout: .seconds(20))
    #expect(String(decoding: answer.body, as: UTF8.self) == "uid \(getuid()) pid \(getpid())")
    client.shutdown()
    await server.stop()
    #expect(!FileManager.default.fileExists(atPath: path))
    cleanUp()
  }

  @Test("Where no node runs, the error says so")
  func noNode() async throws {
    let client = try LocalClient(socket: path)
    let error = await #expect(throws: TransportError.self) {
      try await client.get("/", limit: 1000, timeout: .seconds(20))
    }
    #expect(error?.code == .noNode)
    #expect(error?.reason.contains(path) == true)
    cleanUp()
  }

  @Test("A socket that a killed node left behind is replaced; one that answers, or another file, is not")
  func staleSocket() async throws {
    // Taken over and never closed properly: the file stays, nobody listens.
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let bound = withUnsafeBytes(of: &address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        bind(descriptor, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(bound == 0)
    close(descriptor)
    #expect(FileManager.default.fileExists(atPath: path))

    let server = try await server()
    let error = #expect(throws: TransportError.self) { try BoundSocket.unix(path: path) }
    #expect(error?.code == .addressInUse)
    let client = try LocalClient(socket: path)
    #expect(try await client.get("/", limit: 1000, timeout: .seconds(20)).status == 200)
    client.shutdown()
    await server.stop()

    try Data("keep".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: TransportError.self) { try BoundSocket.unix(path: path) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "keep")
    cleanUp()
  }

  @Test("A path over 107 bytes is refused by both ends")
  func longPath() async throws {
    let long = folder.path + "/" + String(repeating: "x", count: 107)
    #expect(throws: TransportError.self) { try BoundSocket.unix(path: long) }
    let client = try LocalClient(socket: long)
    let error = await #expect(throws: TransportError.self) {
      try await client.get("/", limit: 1000, timeout: .seconds(20))
    }
    #expect(error?.code == .badConfiguration)
    cleanUp()
  }

  @Test("An import of 64 MiB goes in, and as much comes back")
  func large() async throws {
    let count = 64 << 20
    let server = try await server { request in
      let body = try await request.body(limit: count)
      return .stream(contentType: "application/octet-stream", compressed: false) { try await $0.write(body) }
    }
    let client = try LocalClient(socket: path)
    let body = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count { buffer[index] = UInt8(truncatingIfNeeded: index &* 31) }
      initialized = count
    }
    let answer = try await client.post(
      "/import", body: body, contentType: "application/octet-stream", limit: count, timeout: .seconds(120))
    #expect(answer.status == 200)
    #expect(answer.body == body)
    let refused = try await client.post(
      "/import", body: body + [0], contentType: "application/octet-stream", limit: count, timeout: .seconds(120))
    #expect(refused.status == 413)
    client.shutdown()
    await server.stop()
    cleanUp()
  }
}
