import Catalog
import Cryptography
import TransparencyLog

/// A recording cannot be read: where, counted in bytes of the record, and what is wrong.
package struct MalformedRecording: Error, Hashable, Sendable {
  package let reason: String
}

/// Reads what `RecordWriter` wrote. Counts and lengths are believed only as far as there are bytes for them.
struct RecordReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var isAtEnd: Bool { position == bytes.endIndex }

  func failure(_ what: String) -> MalformedRecording {
    MalformedRecording(reason: "\(what) is expected at byte \(position - bytes.startIndex) of a record")
  }

  private mutating func take(_ count: Int, _ what: String) throws(MalformedRecording) -> ArraySlice<UInt8> {
    guard count <= bytes.endIndex - position else { throw failure(what) }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func byte() throws(MalformedRecording) -> UInt8 {
    let byte = try take(1, "a byte")
    return byte[byte.startIndex]
  }

  mutating func flag() throws(MalformedRecording) -> Bool {
    switch try byte() {
    case 0: return false
    case 1: return true
    default: throw failure("0 or 1")
    }
  }

  mutating func number() throws(MalformedRecording) -> UInt64 {
    try take(8, "a number").reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func signed() throws(MalformedRecording) -> Int64 { Int64(bitPattern: try number()) }

  mutating func count() throws(MalformedRecording) -> Int { try take(4, "a count").reduce(0) { $0 << 8 | Int($1) } }

  mutating func data() throws(MalformedRecording) -> [UInt8] { Array(try take(try count(), "that many bytes")) }

  mutating func text() throws(MalformedRecording) -> String {
    guard let text = String(validating: try data(), as: UTF8.self) else { throw failure("text") }
    return text
  }

  mutating func optional<Value>(
    _ read: (inout RecordReader) throws(MalformedRecording) -> Value
  ) throws(MalformedRecording) -> Value? {
    try flag() ? try read(&self) : nil
  }

  mutating func list<Value>(
    _ read: (inout RecordReader) throws(MalformedRecording) -> Value
  ) throws(MalformedRecording) -> [Value] {
    let count = try count()
    var values: [Value] = []
    values.reserveCapacity(min(count, 1024))
    for _ in 0..<count { values.append(try read(&self)) }
    return values
  }

  // MARK: The core's values

  mutating func value<Value>(
    _ what: String, _ make: (inout RecordReader) throws -> Value?
  ) throws(MalformedRecording) -> Value {
    do {
      if let value = try make(&self) { return value }
    } catch let error as MalformedRecording {
      throw error
    } catch { throw failure("\(what) (\(error))") }
    throw failure(what)
  }

  mutating func region() throws(MalformedRecording) -> RegionCode {
    try value("a region") { RegionCode(try $0.text()) }
  }
  mutating func origin() throws(MalformedRecording) -> Origin { try value("an origin line") { Origin(try $0.text()) } }

  mutating func checkpoint() throws(MalformedRecording) -> SignedCheckpoint {
    try value("a signed checkpoint") { try SignedCheckpoint(parsing: try $0.data()) }
  }

  mutating func edge() throws(MalformedRecording) -> RightEdge {
    try value("a tree's right edge") { try RightEdge(bytes: try $0.data()) }
  }

  mutating func verifier() throws(MalformedRecording) -> NoteVerifier {
    try value("a verifier key") { try NoteVerifier(vkey: try $0.text()) }
  }

  mutating func hashes() throws(MalformedRecording) -> [Digest] {
    try list { reader throws(MalformedRecording) in
      try reader.value("a hash") { Digest(bytes: try $0.take(Digest.byteCount, "a hash")) }
    }
  }

  mutating func sizes() throws(MalformedRecording) -> [Origin: UInt64] {
    var sizes: [Origin: UInt64] = [:]
    for _ in 0..<(try count()) { sizes[try origin()] = try number() }
    return sizes
  }

  mutating func peerFailure() throws(MalformedRecording) -> PeerFailure {
    PeerFailure(code: try text(), reason: try text(), isFault: try flag())
  }

  mutating func head() throws(MalformedRecording) -> Head {
    Head(
      origin: try origin(), checkpoint: try checkpoint(), held: try number(), consistency: try hashes(),
      processed: try number(), forked: try flag(),
      stamp: try optional { reader throws(MalformedRecording) in try reader.checkpoint() })
  }

  mutating func heads() throws(MalformedRecording) -> [Head] {
    try list { reader throws(MalformedRecording) in try reader.head() }
  }

  mutating func headsAnswer() throws(MalformedRecording) -> HeadsAnswer {
    let versions = try list { reader throws(MalformedRecording) in UInt32(clamping: try reader.number()) }
    var answer = HeadsAnswer(cursor: try text(), heads: try heads(), more: try flag())
    answer.versions = versions
    return answer
  }

  mutating func servedEntries() throws(MalformedRecording) -> ServedEntries {
    let first = try number()
    let count = try count()
    var decoder = FrameDecoder()
    decoder.feed(bytes[position...])
    var frames: [Frame] = []
    for _ in 0..<count {
      let frame = try value("a frame") { _ in try decoder.next() }
      position += frame.encodedLength
      frames.append(frame)
    }
    return ServedEntries(
      first: first, frames: frames, consistency: try hashes(),
      texts: try list { reader throws(MalformedRecording) in try reader.data() })
  }

  mutating func identity() throws(MalformedRecording) -> LogIdentity {
    LogIdentity(
      origin: try origin(), key: try verifier(), witness: try verifier(),
      anchor: try optional { reader throws(MalformedRecording) in
        LogHead(
          size: try reader.number(),
          root: try reader.value("a root") { Digest(bytes: try $0.take(Digest.byteCount, "a root")) })
      }, cut: try optional { reader throws(MalformedRecording) in try reader.number() })
  }

  mutating func heldLog() throws(MalformedRecording) -> HeldLog {
    var held = HeldLog()
    held.edge = try edge()
    held.checkpoint = try optional { reader throws(MalformedRecording) in try reader.checkpoint() }
    held.consistency = try hashes()
    held.processed = try number()
    held.stamp = try optional { reader throws(MalformedRecording) in try reader.checkpoint() }
    held.fork = try optional { reader throws(MalformedRecording) in try reader.forkProof() }
    held.taken = Quota.Taken(day: Int64(bitPattern: try number()), entries: try number(), bytes: try number())
    return held
  }

  mutating func forkProof() throws(MalformedRecording) -> ForkProof {
    try value("a fork's proof") { try ForkProof(parsing: try $0.data()) }
  }

  mutating func branch() throws(MalformedRecording) -> BranchProof {
    BranchProof(
      root: try value("a root") { Digest(bytes: try $0.take(Digest.byteCount, "a root")) }, hashes: try hashes())
  }

  mutating func settings() throws(MalformedRecording) -> PeerSettings {
    var settings = PeerSettings(region: try region(), dialled: try flag())
    switch try byte() {
    case 0: settings.standing = .active
    case 1: settings.standing = .suspended(reason: try text())
    case 2: settings.standing = .retired
    default: throw failure("a peer's standing")
    }
    return settings
  }
}
