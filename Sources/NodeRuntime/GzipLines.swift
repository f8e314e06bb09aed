import CZlib
import Glibc

/// Why a file could not be read to its end.
package struct GzipLinesError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable, CaseIterable {
    /// The file cannot be opened or read: `reason` has the system's words.
    case unreadable
    /// The file ends inside a compressed stream.
    case truncated
    /// The compressed data is damaged, or something that is no gzip follows it.
    case corrupt
    case lineTooLong
    case tooLarge
  }

  package let code: Code
  package let path: String
  package let reason: String

  package var description: String { "\(path): \(reason)" }
}

/// The lines of a file, plain or gzip (RFC 1952, told by its first two bytes; several members one after another count as
/// one), read in chunks: memory is bounded by the longest line.
///
/// A line comes without its line feed; the last may lack one. Used by one task at a time.
package struct GzipLines: ~Copyable {
  package static let lineByteCountMax = 1 << 20
  /// Of the text, not of the file: a small file can inflate to any size.
  package static let textByteCountMax = 2 << 30
  private static let chunkByteCount = 64 << 10

  private let path: String
  private let descriptor: Int32
  private let lineByteCountMax: Int
  private let textByteCountMax: Int
  private var inflater: Inflater?
  private var isStarted = false
  private var textByteCount = 0
  private var isAtEnd = false
  /// Text that no line has taken yet begins at `position`.
  private var text: [UInt8] = []
  private var position = 0

  /// Lines read so far: the number of the last one, counting from 1.
  package private(set) var lineNumber = 0

  package init(
    path: String, lineByteCountMax: Int = Self.lineByteCountMax, textByteCountMax: Int = Self.textByteCountMax
  ) throws(GzipLinesError) {
    self.path = path
    self.lineByteCountMax = lineByteCountMax
    self.textByteCountMax = textByteCountMax
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw GzipLinesError(code: .unreadable, path: path, reason: String(cString: strerror(errno)))
    }
  }

  deinit { close(descriptor) }

  /// The next line; nil at the end of the file. After `lineTooLong` the line behind it can be read.
  package mutating func next() throws(GzipLinesError) -> [UInt8]? {
    var searched = position
    while true {
      if let end = text[searched...].firstIndex(of: 0x0A) { return try take(upTo: end, dropping: 1) }
      searched = text.count
      if isAtEnd { return position < text.count ? try take(upTo: text.count, dropping: 0) : nil }
      guard text.count - position <= lineByteCountMax else {
        try skipLine()
        throw tooLongLine()
      }
      let removed = position
      text.removeFirst(removed)
      position = 0
      searched -= removed
      try readMore()
    }
  }

  private mutating func take(upTo end: Int, dropping terminator: Int) throws(GzipLinesError) -> [UInt8] {
    lineNumber += 1
    defer { position = end + terminator }
    guard end - position <= lineByteCountMax else { throw tooLongLine() }
    return Array(text[position..<end])
  }

  /// Passes over the rest of a line that is too long, keeping none of it: the next line can be read.
  private mutating func skipLine() throws(GzipLinesError) {
    lineNumber += 1
    while true {
      if let end = text[position...].firstIndex(of: 0x0A) {
        position = end + 1
        return
      }
      text.removeAll(keepingCapacity: true)
      position = 0
      if isAtEnd { return }
      try readMore()
    }
  }

  private func tooLongLine() -> GzipLinesError {
    error(
      .lineTooLong, "line \(lineNumber) is longer than \(lineByteCountMax) bytes: is this a file of JSON lines?")
  }

  private func error(_ code: GzipLinesError.Code, _ reason: String) -> GzipLinesError {
    GzipLinesError(code: code, path: path, reason: reason)
  }

  /// Appends the text of one more chunk, or marks the end. A chunk of compressed data can hold a thousand times as much
  /// text: it is taken in pieces.
  private mutating func readMore() throws(GzipLinesError) {
    let before = text.count
    if var inflater = inflater.take() {
      let step = try inflater.needsInput ? inflater.take(readChunk()) : inflater.inflate(into: &text)
      self.inflater = consume inflater
      switch step {
      case .goOn: break
      case .ended: isAtEnd = true
      case .truncated: throw error(.truncated, "ends inside its compressed data; copy the file again")
      case .corrupt: throw error(.corrupt, "the compressed data is damaged; copy the file again")
      }
    } else {
      let chunk = try readChunk()
      if !isStarted, chunk.starts(with: [0x1F, 0x8B]) {
        var inflater = Inflater()
        _ = inflater.take(chunk)
        self.inflater = consume inflater
      } else {
        text += chunk
        isAtEnd = chunk.isEmpty
      }
      isStarted = true
    }
    textByteCount += text.count - before
    guard textByteCount <= textByteCountMax else {
      throw error(.tooLarge, "holds more than \(textByteCountMax) bytes of text; split it")
    }
  }

  /// At least two bytes unless the file ends there: the first chunk tells gzip from text. Empty at the end.
  private func readChunk() throws(GzipLinesError) -> [UInt8] {
    var chunk = [UInt8](repeating: 0, count: Self.chunkByteCount)
    var count = 0
    while count < 2 {
      let result = chunk.withUnsafeMutableBytes { buffer in
        read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if result < 0 {
        if errno == EINTR { continue }
        throw error(.unreadable, String(cString: strerror(errno)))
      }
      if result == 0 { break }
      count += result
    }
    chunk.removeLast(chunk.count - count)
    return chunk
  }
}

/// zlib's inflate over gzip members that follow one another.
private struct Inflater: ~Copyable {
  enum Step { case goOn, ended, truncated, corrupt }

  // zlib keeps a pointer to the stream that it was initialised with: it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: [UInt8] = []
  private var position = 0
  private var output = [UInt8](repeating: 0, count: 64 << 10)
  /// A member has ended, and no byte of another has come.
  private var isBetweenMembers = false
  /// zlib may hold text back although all input is taken.
  private var mayHoldText = false

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15: the largest window; + 16: gzip and nothing else.
    let result = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(result == Z_OK, "zlib could not start: out of memory, or another version than the headers'")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  var needsInput: Bool { position == input.count && !mayHoldText }

  /// An empty chunk is the end of the file.
  mutating func take(_ chunk: [UInt8]) -> Step {
    if chunk.isEmpty { return isBetweenMembers ? .ended : .truncated }
    input = chunk
    position = 0
    return .goOn
  }

  /// Appends at most 64 KiB.
  mutating func inflate(into text: inout [UInt8]) -> Step {
    if isBetweenMembers {
      inflateReset(stream)
      isBetweenMembers = false
    }
    let (result, produced) = input.withUnsafeMutableBufferPointer { [stream, position] input in
      output.withUnsafeMutableBufferPointer { output in
        stream.pointee.next_in = input.baseAddress?.advanced(by: position)
        stream.pointee.avail_in = UInt32(input.count - position)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        return (CZlib.inflate(stream, Z_NO_FLUSH), output.count - Int(stream.pointee.avail_out))
      }
    }
    position = input.count - Int(stream.pointee.avail_in)
    text += output[..<produced]
    mayHoldText = result == Z_OK && produced == output.count
    switch result {
    case Z_STREAM_END: isBetweenMembers = true
    case Z_OK, Z_BUF_ERROR: break  // the latter: no progress without more input
    default: return .corrupt
    }
    return .goOn
  }
}
