import Catalog
import Foundation
import NodeRuntime
import PeerTransport
import Persistence
import Replication

/// Requests as other programs make them, past the command.
extension NodeProcess {
  package struct Answered: Sendable {
    package var status: Int
    /// Of the `Allow` header.
    package var allow: String?
    package var body: [UInt8] = []
  }

  /// What this node's local API answers. `body`: of a POST.
  package func local(_ method: String, _ path: String, body: [UInt8] = [], seconds: Int = 20) async throws -> Answered {
    let client = try LocalClient(socket: DataDirectory(directory).socketPath)
    let answer = try await client.request(
      method, path, body: method == "POST" ? body : nil, contentType: body.isEmpty ? nil : "application/json",
      limit: 1 << 20, timeout: .seconds(seconds))
    return Answered(status: answer.status, allow: answer.header("allow"))
  }

  /// The same on the calling thread, which waits for nothing but the node: a command costs the start of a process, and tasks wait for
  /// each other where other tests keep their threads.
  package func call(_ method: String, _ path: String, body: [UInt8] = []) throws -> (status: Int, body: [UInt8]) {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let socketPath = DataDirectory(directory).socketPath
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8.prefix($0.count - 1)) }
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    let isOpen = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size)) == 0
          && connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    let head = "\(method) \(path) HTTP/1.1\r\nHost: node\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
    let request = Array(head.utf8) + body
    guard isOpen, send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
      throw ProcessFailure("\(method) \(path): \(String(cString: strerror(errno)))")
    }
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count >= 0 else { throw ProcessFailure("\(method) \(path): \(String(cString: strerror(errno)))") }
      if count == 0 { break }
      answer += chunk[..<count]
    }
    let end = answer.indices.dropLast(3).first { answer[$0..<$0 + 4].elementsEqual("\r\n\r\n".utf8) }
    let status = String(decoding: answer.prefix(64), as: UTF8.self).split(separator: " ").dropFirst().first
    guard let end, let status = status.flatMap({ Int($0) }) else {
      throw ProcessFailure("\(method) \(path): no answer of HTTP")
    }
    return (status, Array(answer[(end + 4)...]))
  }

  /// What another node answers to this region's certificate; this node need not run.
  package func ask(
    _ other: NodeProcess, _ method: String, _ path: String, body: [UInt8] = [], contentType: String = "text/plain"
  ) async throws -> Answered {
    let client = try PeerClient(
      PeerClient.Configuration(
        region: other.region, federation: try DataDirectory(directory).configuration().federation.text,
        endpoints: ["https://127.0.0.1:\(other.port)"],
        trust: RegionTrust(authorityPEM: Programs.text(other.directory + "/certs/ca.pem")),
        credentials: try DataDirectory(directory).credentials()))
    let answer =
      method == "POST"
      ? try await client.post(path, body: body, contentType: contentType, limit: 1 << 20, timeout: .seconds(20))
      : try await client.get(path, limit: 1 << 20, timeout: .seconds(20))
    return Answered(status: answer.status, allow: answer.header("allow"), body: answer.body)
  }

  /// Asks another node for the bodies of entries, in this order; its status and the frames that it answers.
  package func askBodies(_ names: [EntryName], of other: NodeProcess) async throws -> (status: Int, frames: [Frame]) {
    let answer = try await ask(
      other, "POST", "/sync/v1/bodies", body: try BodiesRequest(names).bytes, contentType: "application/x-protobuf")
    guard answer.status == 200 else { return (answer.status, []) }
    var decoder = FrameDecoder()
    decoder.feed(answer.body)
    var frames: [Frame] = []
    while let frame = try decoder.next() { frames.append(frame) }
    try decoder.finish()
    return (answer.status, frames)
  }

  /// Changes facts of the stopped node alone whose keys begin with `prefix`, which ends in `:`, as the node itself would.
  package func changeLocals(prefix: String, _ change: @Sendable ([UInt8]) -> [UInt8]) throws {
    let directory = DataDirectory(directory)
    let lock = try directory.lock()
    defer { withExtendedLifetime(lock) {} }
    let store = try Store.open(at: directory.storePath)
    try store.write(try directory.configuration().catalog(replicating: [])) { transaction in
      for row in try transaction.locals(prefix: prefix) { try transaction.setLocal(row.key, change(row.value)) }
    }
    try store.close()
  }
}
