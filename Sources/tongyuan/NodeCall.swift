import Catalog
import Foundation
import NodeRuntime
import PeerTransport
import Presentation

/// A path of the local API with its query, percent-encoded (RFC 3986 section 2.3 names what stands as it is).
struct RequestTarget {
  let text: String

  init(_ path: String, _ query: [(name: String, value: String)] = []) {
    let items = query.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }
    text = items.isEmpty ? path : path + "?" + items.joined(separator: "&")
  }

  /// The node takes no longer head than this, and answers a longer one with no reason.
  func check() throws {
    let most = LocalServer.limits.headerFieldBytes
    guard text.utf8.count <= most else {
      throw CommandError(
        usage: "tooLong",
        Message(
          zh: "命令的参数编码后有 \(text.utf8.count) 字节，最多 \(most) 字节：请缩短，或分次执行",
          en: "the command's words take \(text.utf8.count) bytes in a request, \(most) is the most: shorten them"))
    }
  }

  private static func encoded(_ text: String) -> String {
    var output = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        output.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        output += byte < 16 ? "%0\(hex)" : "%\(hex)"
      }
    }
    return output
  }
}

/// Requests to the running node of a directory, over its local socket.
struct NodeCall {
  /// A whole catalog's refusals fit; past it the node is at fault.
  private static let answerLengthMax = 256 << 20

  let directory: DataDirectory
  private let client: LocalClient

  init(_ directory: DataDirectory) throws {
    self.directory = directory
    do { client = try LocalClient(socket: directory.socketPath) } catch {
      throw CommandError(error, directory: directory)
    }
  }

  func get(_ target: RequestTarget, timeout: Duration = .seconds(60)) async throws -> JSONValue {
    try Self.success(try await exchange("GET", target, timeout: timeout))
  }

  @discardableResult
  func post(_ target: RequestTarget, _ value: JSONValue = .object([]), timeout: Duration = .seconds(60)) async throws
    -> JSONValue
  {
    let body = Array(value.text.utf8)
    return try Self.success(
      try await exchange("POST", target, body: body, contentType: "application/json", timeout: timeout))
  }

  /// The answer, whatever its status.
  func exchange(
    _ method: String, _ target: RequestTarget, body: [UInt8]? = nil, contentType: String? = nil, timeout: Duration
  ) async throws -> (status: Int, value: JSONValue) {
    try target.check()
    do {
      let answer = try await client.request(
        method, target.text, body: body, contentType: contentType, limit: Self.answerLengthMax, timeout: timeout)
      return (answer.status, try Self.value(answer.body, status: answer.status))
    } catch let error as TransportError {
      throw CommandError(error, directory: directory)
    }
  }

  /// An answer that comes line by line, each a JSON value; a problem instead of it is thrown.
  func lines(_ method: String, _ target: RequestTarget, timeout: Duration, _ take: (JSONValue) throws -> Void)
    async throws
  {
    try target.check()
    do {
      let answer = try await client.stream(
        method, target.text, body: [], contentType: "application/json", limit: Self.answerLengthMax, timeout: timeout)
      guard answer.status == 200 else {
        let value = try Self.value(try await answer.collect(), status: answer.status)
        throw CommandError(problem: value, status: answer.status)
      }
      var rest: [UInt8] = []
      for try await chunk in answer.chunks {
        rest += chunk
        var start = rest.startIndex
        while let end = rest[start...].firstIndex(of: 0x0A) {
          if end > start { try take(try Self.value(Array(rest[start..<end]), status: 200)) }
          start = end + 1
        }
        rest.removeFirst(start)
      }
      if !rest.isEmpty { try take(try Self.value(rest, status: 200)) }
    } catch let error as TransportError {
      throw CommandError(error, directory: directory)
    }
  }

  static func success(_ answer: (status: Int, value: JSONValue)) throws -> JSONValue {
    guard (200..<300).contains(answer.status) else {
      throw CommandError(problem: answer.value, status: answer.status)
    }
    return answer.value
  }

  private static func value(_ body: [UInt8], status: Int) throws -> JSONValue {
    if body.isEmpty { return .object([]) }
    do { return try JSONReader.value(body) } catch {
      throw CommandError(
        .internal, code: "badAnswer", title: Message(zh: "节点的应答无法读取", en: "The node's answer cannot be read"),
        detail: Message(
          zh: "节点的应答（HTTP \(status)）不是 JSON：\(Reason.chinese("\(error)"))；请确认命令与节点版本相同",
          en: "the node's answer (HTTP \(status)) is no JSON: \(error); see that command and node are of one version"))
    }
  }
}
