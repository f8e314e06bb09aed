import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Writes a handler's answer to one request, whoever asked.
struct HTTPAnswering: Sendable {
  let limits: ServerLimits
  let logger: Logger

  /// Ends the connection after an answer that left it in no state to go on.
  struct Closing: Error {}

  /// `mayContinue` is asked before each piece of a streamed body.
  func answer<Caller>(
    _ request: Request, caller: Caller, _ writer: consuming ResponseWriter, _ channel: any Channel,
    mayContinue: @escaping @Sendable () -> Bool,
    handler: @Sendable (InboundRequest<Caller>) async throws -> OutboundResponse
  ) async throws {
    let content = RequestContent(request: request, channel: channel, deadline: limits.body)
    let response: OutboundResponse
    do {
      response = try await handler(InboundRequest(caller: caller, content: content))
    } catch let refused as RequestContent.Refused {
      response = refused.response
    } catch let error as TransportError where error.code == .tooLarge {
      response = .problem(
        413, code: "tooLarge", title: "The request is larger than this route takes",
        detail: "\(error.reason): shorten it, or send it in parts")
    } catch {
      if error is CancellationError || !channel.isActive { throw error }
      logger.error(
        "\(request.method.rawValue) \(RefusalLog.oneLine(request.head.path ?? "", limit: 100)) failed: \(error)")
      response = .problem(500, code: "internal", title: "The node could not answer")
    }
    try await write(response, to: writer, content: content, channel: channel, mayContinue: mayContinue, close: false)
  }

  /// `close`: whatever was asked, the connection ends.
  func write(
    _ response: OutboundResponse, to writer: consuming ResponseWriter, content: RequestContent, channel: any Channel,
    mayContinue: @escaping @Sendable () -> Bool, close: Bool
  ) async throws {
    let close = close || !content.isComplete
    var head = HTTPResponse(status: .init(code: (200...599).contains(response.status) ? response.status : 500))
    head.headerFields[.contentType] = response.contentType
    for (name, value) in response.headers {
      if let name = HeaderName(name) { head.headerFields[name] = value }
    }
    if close { head.headerFields[.connection] = "close" }
    let headOnly = content.request.method == .head
    switch response.body {
    case .bytes(let bytes):
      head.headerFields[.contentLength] = String(bytes.count)
      if headOnly {
        try await writer.writeResponse(head)
      } else {
        try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
      }
    case .stream(let produce):
      let encoder = response.compressed && content.acceptsZstd && !headOnly ? ZstdEncoder() : nil
      if encoder != nil { head.headerFields[.contentEncoding] = "zstd" }
      if headOnly {
        try await writer.writeResponse(head)
      } else {
        let stream = ResponseStream(
          writer: try await writer.writeHead(head), encoder: encoder, eventLoop: channel.eventLoop,
          mayContinue: mayContinue)
        do {
          try await produce(stream)
        } catch {
          if channel.isActive, !(error is ResponseStream.Ended) {
            logger.error("a streamed answer was cut: \(error)")
          }
          throw error
        }
        try await stream.finish()
      }
    }
    if close {
      await content.discardRest()
      throw Closing()
    }
  }
}
