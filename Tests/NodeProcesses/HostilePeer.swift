import Catalog
import Cryptography
import Foundation
import Logging
import NodeRuntime
import PeerTransport
import Replication
import Synchronization
import TransparencyLog

/// A region's node as an attacker would run it: the region's real keys, authority and card behind the project's own
/// transport, and a misdeed where an honest node would answer.
///
/// It stands on a directory that `tongyuan init` made, and knows the peers whose cards lie in `peers/`.
package final class HostilePeer: Sendable {
  let configuration: NodeConfiguration
  let keys: NodeKeys
  let cards: [PeerCard]
  let own: HostileLog
  /// Logs of others, by region, as last fetched from them.
  let relayed = Mutex<[RegionCode: HostileLog]>([:])
  /// Whether entries of its own log were served.
  let wasFetched = Atomic<Bool>(false)
  private let clients: [RegionCode: PeerClient]
  private let directory: DataDirectory

  /// Entries of its own log.
  static let entryCount = 6

  package init(directory path: String) throws {
    directory = DataDirectory(path)
    configuration = try directory.configuration()
    keys = try directory.keys(configuration)
    let files = try FileManager.default.contentsOfDirectory(atPath: directory.peersPath).sorted()
    cards = try files.filter { $0.hasSuffix(".json") }.map { file in
      let path = "\(path)/peers/\(file)"
      return try PeerCard(parsing: try DataDirectory.read(path, atMost: PeerCard.maximumBytes), source: path)
    }
    own = try HostileLog(
      of: configuration.region, federation: configuration.federation, keys: keys, entries: Self.entryCount,
      misdeed: Self.misdeed(in: path), victim: cards.first?.region)
    let credentials = try directory.credentials()
    var clients: [RegionCode: PeerClient] = [:]
    for card in cards {
      clients[card.region] = try PeerClient(
        PeerClient.Configuration(
          region: card.region.text, federation: configuration.federation.text, endpoints: card.endpoints,
          trust: RegionTrust(authorityPEM: card.authority), credentials: credentials))
    }
    self.clients = clients
  }

  private static func misdeed(in directory: String) -> Misdeed {
    let text = Programs.text(directory + "/misdeed").trimmingCharacters(in: .whitespacesAndNewlines)
    return Misdeed(rawValue: text) ?? .none
  }

  var misdeed: Misdeed { Self.misdeed(in: directory.path) }

  /// Serves until the process ends; `onReady` is called when the port answers.
  package func run(onReady: () -> Void) async throws {
    var logger = Logger(label: "hostile")
    logger.logLevel = .critical
    let trust = TrustTable(
      federation: configuration.federation.text,
      regions: Dictionary(
        uniqueKeysWithValues: cards.map { ($0.region.text, RegionTrust(authorityPEM: $0.authority)) }))
    let server = try await PeerServer.start(
      on: try BoundSocket.tcp(host: configuration.listen.host, port: configuration.listen.port),
      credentials: try directory.credentials(), trust: trust, logger: logger
    ) { try await self.answer($0) }
    onReady()
    while !Task.isCancelled {
      for client in clients.values { await speak(to: client) }
      // The pace of an attacker, nothing that a test waits for.
      try await Task.sleep(for: .milliseconds(300))
    }
    await server.stop()
  }

  /// What it says unasked; whatever comes back is no matter.
  private func speak(to client: PeerClient) async {
    let body: [UInt8]
    switch misdeed {
    case .garbageNudge: body = [UInt8](repeating: 0xFF, count: 700)
    case .oversizedNudge: body = [UInt8](repeating: 0, count: 1 << 20)
    case .falseNudge:
      // News behind what it shows when it is asked.
      let altered = own.frames(own.size / 2..<own.size).map(\.altered)
      guard let bytes = try? Nudge(heads: [own.head()], first: own.size / 2, frames: altered.flatMap(\.bytes)).bytes
      else { return }
      body = bytes
    default: return
    }
    _ = try? await client.post(
      "/sync/v1/nudge", body: body, contentType: "application/x-protobuf", limit: 1 << 20, timeout: .seconds(10))
  }

  /// Fetches what is new in the logs of others, as an honest relay would.
  func refresh() async {
    for card in cards {
      guard let log = try? await fetch(card) else { continue }
      relayed.withLock { if log.size > $0[card.region]?.size ?? 0 { $0[card.region] = log } }
    }
  }

  private func fetch(_ card: PeerCard) async throws -> HostileLog? {
    guard let client = clients[card.region] else { return nil }
    let heads = try await client.get("/sync/v1/heads", limit: HeadsAnswer.maximumBytes, timeout: .seconds(10))
    guard heads.status == 200,
      let head = try HeadsAnswer(parsing: heads.body).heads.first(where: { $0.origin == card.catalogOrigin }),
      head.held > 0
    else { return nil }
    let known = relayed.withLock { $0[card.region] }
    guard head.held > known?.size ?? 0 else { return nil }
    let hash = SHA256.hash(card.catalogOrigin.text).hex
    let answer = try await client.get(
      "/sync/v1/logs/\(hash)/entries?from=\(known?.size ?? 0)&to=\(head.held)", limit: 64 << 20, timeout: .seconds(60))
    guard answer.status == 200 else { return nil }
    var decoder = FrameDecoder()
    decoder.feed(answer.body)
    var frames: [Frame] = []
    while let frame = try decoder.next() { frames.append(frame) }
    var log = known ?? HostileLog(origin: card.catalogOrigin, checkpoint: head.checkpoint)
    log.append(frames, head.checkpoint)
    return log
  }
}

extension Frame {
  /// One bit of the body, or of the leaf where there is none, is another.
  var altered: Frame {
    guard let body, !body.content.isEmpty else {
      var leaf = leaf
      if !leaf.isEmpty { leaf[leaf.count - 1] ^= 1 }
      return Frame(leaf: leaf)
    }
    var content = body.content
    content[content.count - 1] ^= 1
    return Frame(leaf: leaf, body: Body(nonce: body.nonce, content: content))
  }
}
