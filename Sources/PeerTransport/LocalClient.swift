import CCurl
import Glibc

/// Requests of a command to the node of this machine, over its local socket. It must outlive its streamed answers.
package final class LocalClient: Sendable {
  private let socket: String
  private let loop: CurlLoop

  /// `socket`: the path of the node's socket; nothing is opened yet.
  package init(socket: String) throws(TransportError) {
    self.socket = socket
    loop = try CurlLoop(verifier: nil, maximumConnections: 4)
  }

  deinit { loop.post(.stop) }

  package func get(_ path: String, limit: Int, timeout: Duration) async throws(TransportError) -> Answer {
    try await request("GET", path, limit: limit, timeout: timeout)
  }

  package func post(
    _ path: String, body: [UInt8], contentType: String, limit: Int, timeout: Duration
  ) async throws(TransportError) -> Answer {
    try await request("POST", path, body: body, contentType: contentType, limit: limit, timeout: timeout)
  }

  /// `limit`: bytes of the answer; `timeout`: from the start to the last byte. Throws `noNode` if none listens there.
  package func request(
    _ method: String, _ path: String, body: [UInt8]? = nil, contentType: String? = nil, headers: [String] = [],
    limit: Int, timeout: Duration
  ) async throws(TransportError) -> Answer {
    try await stream(
      method, path, body: body, contentType: contentType, headers: headers, limit: limit, timeout: timeout
    ).whole()
  }

  /// Returns with the head of the answer. `headers`: whole lines, `name: value`.
  package func stream(
    _ method: String, _ path: String, body: [UInt8]? = nil, contentType: String? = nil, headers: [String] = [],
    limit: Int, timeout: Duration
  ) async throws(TransportError) -> StreamedAnswer {
    precondition(path.hasPrefix("/"), "a path begins with /")
    guard sockaddr_un(path: socket) != nil else {
      throw TransportError(.badConfiguration, "the socket path \(socket) is over 107 bytes: use a shorter directory")
    }
    let request = CurlRequest(
      method: method, url: "http://node" + path,
      headers: headers + (contentType.map { ["Content-Type: \($0)"] } ?? []), body: body, limit: limit, total: timeout,
      socketPath: socket)
    let explain: @Sendable (any Error) -> TransportError = { [socket] error in
      guard let failure = error as? CurlFailure else {
        return TransportError(.cancelled, "the request to the node was cancelled")
      }
      if failure.code == CURLE_COULDNT_CONNECT {
        // Mode 0600: another user sees the socket but may not open it.
        let forbidden = access(socket, F_OK) == 0 && access(socket, W_OK) != 0
        return TransportError(
          .noNode,
          forbidden
            ? "the socket \(socket) belongs to another user: run the command as the node's user"
            : "no node answers on \(socket): start it with `tongyuan serve`", underlying: failure.words)
      }
      return TransportError(failure, place: "the node on \(socket)", refusal: nil, limit: limit)
    }
    guard let transfer = CurlTransfer(request, loop: loop, counter: nil) else {
      throw TransportError(.badConfiguration, "libcurl could not start a request: out of memory")
    }
    do {
      let head = try await transfer.start()
      return StreamedAnswer(
        status: head.status, headers: head.headers, chunks: StreamedAnswer.Chunks(transfer, explain: explain))
    } catch {
      throw explain(error)
    }
  }

  package func shutdown() { loop.post(.stop) }
}
