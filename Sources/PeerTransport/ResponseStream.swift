import HummingbirdCore
import NIOCore

/// Where a streamed body is written. Used by one task, inside the producer that it was given to.
package final class ResponseStream: @unchecked Sendable {
  /// Touched by the producer's task only.
  private var writer: any ResponseBodyWriter
  private let encoder: ZstdEncoder?
  private let eventLoop: any EventLoop
  private let mayContinue: @Sendable () -> Bool

  /// Ends a stream whose reader may no longer have it.
  struct Ended: Error {}

  private static let pieceBytes = 128 << 10

  init(
    writer: any ResponseBodyWriter, encoder: ZstdEncoder?, eventLoop: any EventLoop,
    mayContinue: @escaping @Sendable () -> Bool
  ) {
    self.writer = writer
    self.encoder = encoder
    self.eventLoop = eventLoop
    self.mayContinue = mayContinue
  }

  /// Returns when the connection can take more; throws once the reader is gone, or has been suspended meanwhile.
  package func write(_ bytes: [UInt8]) async throws {
    if let encoder {
      try await send(try encoder.encode(bytes, finish: false)[...])
    } else {
      try await send(bytes[...])
    }
  }

  func finish() async throws {
    if let encoder { try await send(try encoder.encode([], finish: true)[...]) }
    let writer = self.writer
    try await writer.finish(nil)
  }

  private func send(_ bytes: ArraySlice<UInt8>) async throws {
    var rest = bytes
    while !rest.isEmpty {
      guard mayContinue() else { throw Ended() }
      var writer = self.writer
      try await writer.write(ByteBuffer(bytes: rest.prefix(Self.pieceBytes)))
      rest = rest.dropFirst(Self.pieceBytes)
      // One turn of the event loop lets the socket take this piece before the next is copied: memory stays flat, and
      // it is faster than filling NIO's buffers.
      try await eventLoop.submit {}.get()
    }
  }
}
