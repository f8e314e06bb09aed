import Catalog
import Foundation
import NodeProcesses
import NodeRuntime
import PeerTransport

/// Requests to a node over its local API, on a kept connection.
struct NodeClient {
  private let client: LocalClient

  init(_ node: NodeProcess) throws { client = try LocalClient(socket: DataDirectory(node.directory).socketPath) }

  /// An answer of any status.
  func request(_ method: String, _ target: String, _ body: [UInt8]? = nil) async throws -> Answer {
    try await client.request(
      method, target, body: body, contentType: body == nil ? nil : "application/json", limit: 256 << 20,
      timeout: .seconds(3600))
  }

  @discardableResult
  func json(_ method: String, _ target: String, _ body: [UInt8]? = nil) async throws -> JSONValue {
    let answer = try await request(method, target, body)
    guard answer.status == 200 else {
      throw ProcessFailure("\(method) \(target): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
    }
    return try JSONReader.value(answer.body)
  }

  func publish(_ manifests: [JSONValue]) async throws {
    let body = Array(JSONValue.array(manifests).text.utf8)
    try await json("POST", "/v1/publish?actor=bench&input=\(body.count)%3Abench", body)
  }

  /// Whether `show` finds the resource.
  func shows(_ id: String) async throws -> Bool {
    try await request("GET", "/v1/resource?id=\(Self.encoded(id))").status == 200
  }

  func search(_ text: String) async throws {
    try await json("GET", "/v1/search?limit=20&text=\(Self.encoded(text))")
  }

  /// A request that costs the node nothing but answering it.
  func idle() async throws { _ = try await request("GET", "/v1/none") }

  /// Returns once the peer has answered and everything that it held is processed.
  func sync(with region: String) async throws {
    let body = #"{"regions":["\#(region)"],"wait":true,"timeoutSeconds":600}"#
    let report = try await json("POST", "/v1/sync", Array(body.utf8))
    guard report["complete"] == .bool(true) else { throw ProcessFailure("sync did not end: \(report.text)") }
  }

  func addPeer(_ card: JSONValue) async throws { try await json("POST", "/v1/peers", Array(card.text.utf8)) }

  /// Stops or resumes sessions with a peer.
  func setSuspended(_ isSuspended: Bool, _ region: String) async throws {
    try await json(
      "POST", "/v1/peers/\(region)/\(isSuspended ? "suspend" : "resume")", Array(#"{"reason":"bench"}"#.utf8))
  }

  /// What `status` says of a peer.
  func peer(_ region: String) async throws -> JSONValue {
    guard let peer = try await json("GET", "/v1/status")["peers"]?.list.first(where: { $0["region"]?.string == region })
    else { throw ProcessFailure("\(region) is no peer") }
    return peer
  }

  static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
      default: String(format: "%%%02X", byte)
      }
    }.joined()
  }
}

/// Two nodes that know each other: one that publishes and one that follows.
final class NodePair {
  let sender: NodeProcess
  let receiver: NodeProcess
  private(set) var senderClient: NodeClient
  private(set) var receiverClient: NodeClient

  /// Both run; neither knows the other.
  init(sender: String, receiver: String, in folder: String) throws {
    self.sender = try NodeProcess(region: sender, name: "发送方", in: folder)
    self.receiver = try NodeProcess(region: receiver, name: "接收方", in: folder)
    try self.sender.start()
    try self.receiver.start()
    senderClient = try NodeClient(self.sender)
    receiverClient = try NodeClient(self.receiver)
  }

  /// Of two that run.
  init(_ sender: NodeProcess, _ receiver: NodeProcess) throws {
    self.sender = sender
    self.receiver = receiver
    senderClient = try NodeClient(sender)
    receiverClient = try NodeClient(receiver)
  }

  func restartSender() throws -> Double {
    try sender.stop()
    let began = ContinuousClock.now
    try sender.start([], seconds: 600)
    senderClient = try NodeClient(sender)
    return began.elapsedSeconds
  }

  /// Gives each the other's card, dialled at these ports. The receiver begins to fetch at once.
  func introduce(senderPort: Int? = nil, receiverPort: Int? = nil) async throws {
    let senderCard = try await Self.card(senderClient, port: senderPort ?? sender.port)
    try await senderClient.addPeer(try await Self.card(receiverClient, port: receiverPort ?? receiver.port))
    try await receiverClient.addPeer(senderCard)
  }

  private static func card(_ client: NodeClient, port: Int) async throws -> JSONValue {
    guard case .object(let members) = try await client.json("GET", "/v1/card") else {
      throw ProcessFailure("the card is no object")
    }
    return .object(
      members.map { member in
        member.name == "endpoints"
          ? .init("endpoints", .array([.string("https://127.0.0.1:\(port)")])) : member
      })
  }

  /// Waits until the receiver shows a resource.
  func awaitShown(_ id: String, pauseMilliseconds: Int = 0, seconds: Double = 3600) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try await !receiverClient.shows(id) {
      guard ContinuousClock.now < deadline else {
        throw ProcessFailure("the receiver does not show \(id) after \(seconds) s: \(receiver.errorLog)")
      }
      if pauseMilliseconds > 0 { try await Task.sleep(for: .milliseconds(pauseMilliseconds)) }
    }
  }
}

extension ContinuousClock.Instant {
  var elapsedSeconds: Double { (ContinuousClock.now - self) / .seconds(1) }
}
