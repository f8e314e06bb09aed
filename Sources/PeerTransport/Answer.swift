/// What the other side answered, whole.
package struct Answer: Sendable {
  package let status: Int
  /// Names in lower case, in order.
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]

  /// The first header of that name, in any case.
  package func header(_ name: String) -> String? {
    let name = name.lowercased()
    return headers.first { $0.name == name }?.value
  }
}

/// An answer whose body is still coming. Dropping it ends the transfer.
package struct StreamedAnswer: Sendable {
  package let status: Int
  /// Names in lower case, in order.
  package let headers: [(name: String, value: String)]
  /// Decompressed, in pieces of whatever size; read by one task. Throws `TransportError`.
  package let chunks: Chunks

  package struct Chunks: AsyncSequence, Sendable {
    package typealias Element = [UInt8]

    /// Cancels the transfer with the last copy of the answer.
    private final class Owner: Sendable {
      let transfer: CurlTransfer
      let explain: @Sendable (any Error) -> TransportError

      init(_ transfer: CurlTransfer, explain: @escaping @Sendable (any Error) -> TransportError) {
        self.transfer = transfer
        self.explain = explain
      }

      deinit { transfer.cancel() }
    }

    private let owner: Owner

    init(_ transfer: CurlTransfer, explain: @escaping @Sendable (any Error) -> TransportError) {
      owner = Owner(transfer, explain: explain)
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
      fileprivate let chunks: Chunks

      package mutating func next() async throws -> [UInt8]? { try await chunks.next() }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(chunks: self) }

    func next() async throws(TransportError) -> [UInt8]? {
      do {
        return try await owner.transfer.next()
      } catch {
        throw owner.explain(error)
      }
    }
  }

  /// The rest, at once; the limit was given with the request.
  package func collect() async throws(TransportError) -> [UInt8] {
    var bytes: [UInt8] = []
    while let chunk = try await chunks.next() {
      if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
    }
    return bytes
  }

  func whole() async throws(TransportError) -> Answer {
    Answer(status: status, headers: headers, body: try await collect())
  }
}
