import Catalog
import Cryptography
import Foundation
import PeerTransport
import Replication
import Synchronization
import TransparencyLog

/// What a hostile peer answers.
extension HostilePeer {
  func answer(_ request: PeerRequest) async throws -> PeerResponse {
    let parts = request.path.split(separator: "/").map(String.init)
    switch (request.method, parts.count) {
    case ("GET", 3...) where parts[0] == "tlog": return try tlog(parts)
    case ("GET", 3) where parts[2] == "heads": return try await heads()
    case ("POST", 3) where parts[2] == "nudge":
      _ = try await request.body(limit: Nudge.maximumBytes)
      // Within the time that a nudge has: it is slow in everything, and no request of it fails.
      if misdeed == .trickledEntries { try await Task.sleep(for: .seconds(5)) }
      return .bytes(try HeadsAnswer(cursor: "", heads: []).bytes, contentType: Self.binary)
    case ("GET", 5):
      guard let log = logs.first(where: { SHA256.hash($0.origin.text).hex == parts[3] }),
        let from = request.queryValue("from").flatMap(UInt64.init),
        let to = request.queryValue("to").flatMap(UInt64.init), from <= to
      else { return .text("no such log", status: 404) }
      if parts[4] == "entries" { return try await entries(of: log, from..<to) }
      var hashes = try log.consistency(from: from, to: to)
      if request.queryValue("root") == "1" { hashes.insert(try log.root(at: from), at: 0) }
      return .bytes(hashes.flatMap(\.bytes), contentType: Self.binary)
    case ("GET", 4) where parts[2] == "forks": return .text("a fork, believe me\n")
    default: return .text("no such route", status: 404)
    }
  }

  private static let binary = "application/octet-stream"

  private var logs: [HostileLog] {
    [own] + relayed.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
  }

  // MARK: Heads

  private func heads() async throws -> PeerResponse {
    let misdeed = misdeed
    if misdeed != .oldHead || relayed.withLock(\.isEmpty) { await refresh() }
    var heads = logs.map { $0.head() }
    switch misdeed {
    case .garbageHeads: return .bytes([UInt8](repeating: 0xFF, count: 500), contentType: Self.binary)
    case .oversizedHeads: return .bytes([UInt8](repeating: 0, count: 1 << 20), contentType: Self.binary)
    case .endlessHeads: return Self.endless([UInt8](repeating: 0x0A, count: 16 << 10))
    case .bombHeads: return Self.bomb([UInt8](repeating: 0, count: 1 << 20))
    case .silentHeads: try await Self.sayNothing()
    case .drippingHeads: return Self.dripping([UInt8](repeating: 0x0A, count: 3600))
    case .headBeyondCheckpoint: heads[0].held += 1
    case .foreignSignature:
      let another = try NoteSigner(name: ExactText(own.origin.text), key: .generate())
      heads[0].checkpoint = try SignedCheckpoint(heads[0].checkpoint.checkpoint, signers: [another])
    // Once the victim holds all of the log, it is shown half of it.
    case .rolledBack where wasFetched.load(ordering: .relaxed):
      heads[0] = try own.head(at: own.size / 2, signedBy: keys)
    case .falseNudge: heads[0] = try own.head(at: own.size / 2, signedBy: keys)
    case .falseForkFlag: for index in heads.indices.dropFirst() { heads[index].forked = true }
    case .unknownVersion:
      var answer = HeadsAnswer(cursor: "1-1", heads: heads)
      answer.versions = [9]
      return .bytes(try answer.bytes, contentType: Self.binary)
    default: break
    }
    return .bytes(try HeadsAnswer(cursor: "1-1", heads: heads).bytes, contentType: Self.binary)
  }

  // MARK: Entries

  private func entries(of log: HostileLog, _ range: Range<UInt64>) async throws -> PeerResponse {
    var frames = log.frames(range)
    let isOwn = log.origin == own.origin
    let misdeed = misdeed
    switch misdeed {
    case _ where misdeed.isOfRelay == isOwn: break
    case .garbageEntries: return .bytes([UInt8](repeating: 0xFF, count: 100_000), contentType: Self.binary)
    case .oversizedLeaf:
      return Self.endless([0, 1, 0, 0] + [UInt8](repeating: 0, count: 16 << 10))
    case .oversizedBody: return Self.endless(Self.announcement(of: Frame.bodyLengthMax + 1, in: frames))
    case .endlessEntries: return Self.endless(frames.flatMap(\.bytes))
    case .bombEntries:
      return Self.bomb(
        Self.announcement(of: Frame.bodyLengthMax, in: frames) + [UInt8](repeating: 0, count: Frame.bodyLengthMax))
    case .silentEntries: try await Self.sayNothing()
    case .drippingEntries: return Self.dripping(frames.flatMap(\.bytes))
    case .stalledBody:
      let half = Self.announcement(of: Frame.bodyLengthMax, in: frames) + [UInt8](repeating: 0, count: 4 << 20)
      return .stream(contentType: Self.binary, compressed: false) { stream in
        try await stream.write(half)
        try await Self.sayNothing()
      }
    case .trickledEntries:
      let beginning = Self.announcement(of: Frame.bodyLengthMax, in: frames)
      return .stream(contentType: Self.binary, compressed: false) { stream in
        try await stream.write(beginning)
        while true {
          try await stream.write([UInt8](repeating: 0, count: 200))
          try await Task.sleep(for: .milliseconds(100))
        }
      }
    case .falseBody: frames = frames.map(\.altered)
    case .falseNudge:
      frames = zip(range.lowerBound..., frames).map { index, frame in index < log.size / 2 ? frame : frame.altered }
    case .falseProof: frames = frames.reversed()
    case .noEntries: frames = []
    case .alteredFrame: frames = frames.map(\.altered)
    case .droppedEntry: if frames.count > 1 { frames.remove(at: 1) }
    case .reorderedEntries: if frames.count > 1 { frames.swapAt(0, 1) }
    default: break
    }
    if isOwn { wasFetched.store(true, ordering: .relaxed) }
    return .bytes(frames.flatMap(\.bytes), contentType: Self.binary)
  }

  /// A true leaf, and the beginning of a body of this many bytes.
  private static func announcement(of length: Int, in frames: [Frame]) -> [UInt8] {
    guard let frame = frames.first else { return [] }
    let leaf = Frame(leaf: frame.leaf).bytes.dropLast(4)
    return leaf + [UInt8](repeating: 7, count: Body.nonceLength)
      + withUnsafeBytes(of: UInt32(length).bigEndian) { [UInt8]($0) }
  }

  // MARK: Its log, for verifiers

  private func tlog(_ parts: [String]) throws -> PeerResponse {
    let misdeed = misdeed
    let log = misdeed == .otherTiles ? try otherHistory() : own
    guard parts[1] == SHA256.hash(log.origin.text).hex else { return .text("no such log", status: 404) }
    if parts[2] == "checkpoint" {
      let isShorter = misdeed == .shorterTiles || misdeed == .otherTiles
      let checkpoint = try log.checkpoint(at: isShorter ? log.size / 2 : log.size, signedBy: keys)
      return .bytes(checkpoint.bytes, contentType: "text/plain")
    }
    guard case .hashes(let tile)? = TileResource(path: parts[2...].joined(separator: "/")), tile.level == 0 else {
      return .text("no such tile", status: 404)
    }
    let frames = log.frames(tile.index * 256..<tile.index * 256 + UInt64(tile.width))
    return .bytes(frames.flatMap { MerkleHash.leaf($0.leaf).bytes }, contentType: Self.binary)
  }

  private func otherHistory() throws -> HostileLog {
    try HostileLog(
      of: configuration.region, federation: configuration.federation, keys: keys, entries: Int(own.size),
      misdeed: .none, victim: nil, title: "另一份历史")
  }

  // MARK: Ways to speak

  /// Never ends, until the connection does.
  private static func endless(_ bytes: [UInt8]) -> PeerResponse {
    .stream(contentType: binary, compressed: false) { stream in
      while true { try await stream.write(bytes) }
    }
  }

  /// A gibibyte in some kilobytes of zstd.
  private static func bomb(_ bytes: [UInt8]) -> PeerResponse {
    .stream(contentType: binary, compressed: true) { stream in
      for _ in 0..<((1 << 30) / bytes.count) { try await stream.write(bytes) }
    }
  }

  /// A byte a second.
  private static func dripping(_ bytes: [UInt8]) -> PeerResponse {
    .stream(contentType: binary, compressed: false) { stream in
      for byte in bytes {
        try await stream.write([byte])
        try await Task.sleep(for: .seconds(1))
      }
    }
  }

  private static func sayNothing() async throws { try await Task.sleep(for: .seconds(86_400)) }
}
