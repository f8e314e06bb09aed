/// An entry on the wire and on disk, all numbers big-endian:
///
///     u32 leaf length, leaf, 32 random bytes, u32 body length, body
///     u32 leaf length, leaf, FF FF FF FF                              (no body here)
///
/// Random bytes never begin with FF FF FF FF, so that the two are told apart.
package struct Frame: Hashable, Sendable {
  /// Bytes: the largest entry of C2SP tlog-tiles.
  package static let leafLengthMax = 65_535
  /// Bytes.
  package static let bodyLengthMax = 16 * 1024 * 1024
  static let noBody: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]

  /// Verbatim, as the tree hashes it.
  package let leaf: [UInt8]
  package let body: Body?

  /// A leaf or body over its limit is a programmer's error: what comes from outside goes through `FrameDecoder`.
  package init(leaf: [UInt8], body: Body? = nil) {
    precondition(leaf.count <= Self.leafLengthMax && (body?.content.count ?? 0) <= Self.bodyLengthMax)
    self.leaf = leaf
    self.body = body
  }

  package var encodedLength: Int { Self.encodedLength(leaf: leaf.count, body: body?.content.count) }

  /// Of a frame whose leaf and body have these lengths; nil: no body.
  static func encodedLength(leaf: Int, body: Int?) -> Int {
    4 + leaf + (body.map { Body.nonceLength + 4 + $0 } ?? noBody.count)
  }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(encodedLength)
    append(to: &bytes)
    return bytes
  }

  package func append(to bytes: inout [UInt8]) {
    bytes += UInt32(leaf.count).bigEndian.bytes
    bytes += leaf
    guard let body else {
      bytes += Self.noBody
      return
    }
    bytes += body.nonce
    bytes += UInt32(body.content.count).bigEndian.bytes
    bytes += body.content
  }
}

/// Takes a stream of frames apart as it arrives. Holds at most one frame that is not complete, beside what was fed
/// last; a length over its limit is refused before a byte of what it announces is kept.
package struct FrameDecoder: Sendable {
  private var buffer: [UInt8] = []
  /// Where the next frame begins.
  private var start = 0
  private let bodyLengthMax: Int

  /// A smaller limit where no long body is due.
  package init(bodyLengthMax: Int = Frame.bodyLengthMax) {
    precondition(bodyLengthMax <= Frame.bodyLengthMax)
    self.bodyLengthMax = bodyLengthMax
  }

  package mutating func feed(_ bytes: some Collection<UInt8>) {
    // Moving the rest to the front once per feed keeps the cost per byte constant.
    if start > 0 {
      buffer.removeSubrange(..<start)
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next frame; nil until more is fed. After an error the stream is of no further use.
  package mutating func next() throws(FrameError) -> Frame? {
    guard let leafLength = number(at: start) else { return nil }
    guard leafLength <= Frame.leafLengthMax else {
      throw FrameError(.oversizedLeaf, "a leaf of \(leafLength) bytes is announced, \(Frame.leafLengthMax) is the most")
    }
    let leafEnd = start + 4 + leafLength
    guard buffer.count >= leafEnd + 4 else { return nil }
    if buffer[leafEnd..<leafEnd + 4] == Frame.noBody[...] {
      defer { start = leafEnd + 4 }
      return Frame(leaf: Array(buffer[leafEnd - leafLength..<leafEnd]))
    }
    let nonceEnd = leafEnd + Body.nonceLength
    guard let bodyLength = number(at: nonceEnd) else { return nil }
    guard bodyLength <= bodyLengthMax else {
      throw FrameError(.oversizedBody, "a body of \(bodyLength) bytes is announced, \(bodyLengthMax) is the most")
    }
    let bodyEnd = nonceEnd + 4 + bodyLength
    guard buffer.count >= bodyEnd else { return nil }
    defer { start = bodyEnd }
    return Frame(
      leaf: Array(buffer[leafEnd - leafLength..<leafEnd]),
      body: Body(nonce: Array(buffer[leafEnd..<nonceEnd]), content: Array(buffer[nonceEnd + 4..<bodyEnd])))
  }

  /// Bytes of a frame that is not complete.
  package var pendingByteCount: Int { buffer.count - start }

  /// Throws if the stream ended within a frame.
  package func finish() throws(FrameError) {
    if pendingByteCount > 0 {
      throw FrameError(.truncated, "the stream ends \(pendingByteCount) bytes into an entry")
    }
  }

  private func number(at offset: Int) -> Int? {
    guard buffer.count >= offset + 4 else { return nil }
    return buffer[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}

/// What is wrong with a stream of entries. The sender is to blame, never the origin.
package struct FrameError: Error, Hashable, Sendable {
  package enum Code: String, Sendable {
    case oversizedLeaf, oversizedBody, truncated
    /// The body is not the one that the leaf commits to.
    case bodyMismatch
  }

  package let code: Code
  package let reason: String

  package init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }
}
