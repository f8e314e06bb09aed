import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

typealias HeaderName = HTTPFields.Element.Name

/// Head and body of one request. The body is read at most once, bounded in bytes and in time.
final class RequestContent: Sendable {
  /// Answered by the server itself, without the handler's doing.
  struct Refused: Error {
    let response: OutboundResponse
  }

  let request: Request
  private let channel: any Channel
  private let deadline: Duration
  /// A second look at the connection would read into the next request.
  private let asked = Mutex(false)
  private let reading = Mutex(false)
  /// Whether everything that the caller announced has been read.
  private let complete: Mutex<Bool>

  init(request: Request, channel: any Channel, deadline: Duration) {
    self.request = request
    self.channel = channel
    self.deadline = deadline
    complete = Mutex(request.headers[.contentLength].map { $0 == "0" } ?? (request.headers[.transferEncoding] == nil))
  }

  func header(_ name: String) -> String? { HeaderName(name).flatMap { request.headers[$0] } }

  var acceptsZstd: Bool {
    request.headers[.acceptEncoding]?.split(separator: ",").contains {
      $0.split(separator: ";").first.map { $0.trimmingASCIISpaces() == "zstd" } ?? false
    } ?? false
  }

  func body(limit: Int) async throws -> [UInt8] {
    precondition(asked.claim(), "a request's body is read once")
    if complete.withLock({ $0 }) { return [] }
    // With a length a body cut short can be told from a whole one, and one too long is refused unread.
    guard request.headers[.transferEncoding] == nil, let length = request.headers[.contentLength].flatMap({ Int($0) }),
      length >= 0
    else {
      throw Refused(response: .problem(411, code: "lengthRequired", title: "A request states its Content-Length"))
    }
    guard length <= limit else {
      throw TransportError(.tooLarge, "a request of \(length) bytes, where at most \(limit) are taken")
    }
    let timer = channel.eventLoop.scheduleTask(in: TimeAmount(deadline)) { [channel] in
      channel.close(promise: nil)
    }
    defer { timer.cancel() }
    _ = reading.claim()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length)
    for try await part in request.body {
      bytes.append(contentsOf: part.readableBytesView)
      guard bytes.count <= length else { break }
    }
    guard bytes.count == length else {
      throw TransportError(.connectionLost, "the request ended after \(bytes.count) of \(length) bytes")
    }
    complete.withLock { $0 = true }
    return bytes
  }

  var isComplete: Bool { complete.withLock { $0 } }

  /// Takes in what the caller is still sending, for a moment: closing at once would reset the connection, and the
  /// caller would never read the answer.
  func discardRest() async {
    guard reading.claim() else { return }
    let timer = channel.eventLoop.scheduleTask(in: .seconds(2)) { [channel] in channel.close(promise: nil) }
    defer { timer.cancel() }
    var left = 16 << 20
    do {
      for try await part in request.body {
        left -= part.readableBytes
        if left < 0 { break }
      }
    } catch {
      // The connection ends either way.
    }
  }
}

extension Mutex<Bool> {
  /// True for the first caller alone.
  func claim() -> Bool {
    withLock { claimed in
      defer { claimed = true }
      return !claimed
    }
  }
}

extension Substring {
  func trimmingASCIISpaces() -> Substring {
    var text = self
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
