import Catalog
import Foundation
import NodeRuntime
import PeerTransport

/// Requests as other programs make them, past the command.
extension NodeProcess {
  package struct Answered: Sendable {
    package var status: Int
    /// Of the `Allow` header.
    package var allow: String?
    package var body: [UInt8] = []

    package func json() throws -> JSONValue { try JSONReader.value(body) }
  }

  /// What this node's local API answers. `body`: of a POST.
  package func local(_ method: String, _ path: String, body: [UInt8] = [], seconds: Int = 20) async throws -> Answered {
    let client = try LocalClient(socket: DataDirectory(directory).socketPath)
    let answer = try await client.request(
      method, path, body: method == "POST" ? body : nil, contentType: body.isEmpty ? nil : "application/json",
      limit: 1 << 20, timeout: .seconds(seconds))
    return Answered(status: answer.status, allow: answer.header("allow"), body: answer.body)
  }

  /// What another node answers to this region's certificate; this node need not run.
  package func ask(_ other: NodeProcess, _ method: String, _ path: String) async throws -> Answered {
    let client = try PeerClient(
      PeerClient.Configuration(
        region: other.region, federation: try DataDirectory(directory).configuration().federation.text,
        endpoints: ["https://127.0.0.1:\(other.port)"],
        trust: RegionTrust(authorityPEM: Programs.text(other.directory + "/certs/ca.pem")),
        credentials: try DataDirectory(directory).credentials()))
    let answer =
      method == "POST"
      ? try await client.post(path, body: [], contentType: "text/plain", limit: 1 << 20, timeout: .seconds(20))
      : try await client.get(path, limit: 1 << 20, timeout: .seconds(20))
    return Answered(status: answer.status, allow: answer.header("allow"))
  }
}
