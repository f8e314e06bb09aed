import Catalog
import Cryptography
import Foundation
import NodeRuntime
import Replication
import TransparencyLog

/// A log as a hostile peer serves it: its own, which it can sign at any size, or one that it relays.
struct HostileLog: Sendable {
  let origin: Origin
  private(set) var frames: [Frame] = []
  private(set) var tree = MerkleTree()
  /// Over all of it.
  private(set) var checkpoint: SignedCheckpoint

  /// A relayed log, before anything of it came.
  init(origin: Origin, checkpoint: SignedCheckpoint) {
    self.origin = origin
    self.checkpoint = checkpoint
  }

  /// What its origin served next.
  mutating func append(_ frames: [Frame], _ checkpoint: SignedCheckpoint) {
    self.frames += frames
    self.checkpoint = checkpoint
    for frame in frames { tree.append(leaf: frame.leaf) }
  }

  /// The peer's own: publications under its own namespace, and what the misdeed has its key sign.
  init(
    of region: RegionCode, federation: FederationName, keys: NodeKeys, entries: Int, misdeed: Misdeed,
    victim: RegionCode?, title: String = "测试目录"
  ) throws {
    origin = Origin(region: region, federation: federation, log: .catalog)
    for index in 0..<entries {
      let frame: Frame
      switch misdeed {
      case .undecodableLeaf where index == 2: frame = Frame(leaf: [0xFF, 0x00, 0xFF, 0x13])
      case .unsignedRoot where index == 2:
        guard let victim else { throw ProcessFailure("\(region) knows nobody to lie about") }
        frame = try Self.publication(index, of: origin, clock: [ClockChange(victim, Self.unsigned)])
      default: frame = try Self.publication(index, of: origin, title: title)
      }
      frames.append(frame)
      tree.append(leaf: frame.leaf)
    }
    checkpoint = try keys.checkpoint(of: origin, RightEdge(size: tree.size, reading: tree))
  }

  /// A head that nobody's key ever signed.
  private static var unsigned: LogHead { LogHead(size: 1, root: SHA256.hash("a root that nobody signed")) }

  private static func publication(
    _ index: Int, of origin: Origin, clock: [ClockChange] = [], title: String = "测试目录"
  ) throws -> Frame {
    guard let id = ResourceID("\(origin.region)/hostile/\(index)") else { throw ProcessFailure("no id") }
    let manifest = Manifest(id: id, title: "\(title) \(index)", provider: Manifest.Provider(region: origin.region))
    guard
      let body = Body(
        nonce: [UInt8](repeating: 7, count: Body.nonceLength),
        content: try Publication(manifest: manifest, actor: "forger").encoded())
    else { throw ProcessFailure("the nonce cannot be carried") }
    var leaf = Leaf(.publish, time: Int64(Date().timeIntervalSince1970 * 1000), clock: clock)
    leaf.id = id.bytes
    leaf.body = BodyCommitment(.open, to: body, origin: origin, id: id.bytes)
    return Frame(leaf: try leaf.encoded(), body: body)
  }

  var size: UInt64 { tree.size }

  func head() -> Head { Head(origin: origin, checkpoint: checkpoint, held: size, processed: size) }

  /// As the log was at a smaller size, signed by whoever may: this peer's own key.
  func head(at size: UInt64, signedBy keys: NodeKeys) throws -> Head {
    Head(
      origin: origin, checkpoint: try checkpoint(at: size, signedBy: keys), held: size,
      processed: size)
  }

  func checkpoint(at size: UInt64, signedBy keys: NodeKeys) throws -> SignedCheckpoint {
    try keys.checkpoint(of: origin, RightEdge(size: size, reading: tree))
  }

  func frames(_ range: Range<UInt64>) -> [Frame] {
    let range = range.clamped(to: 0..<size)
    return Array(frames[Int(range.lowerBound)..<Int(range.upperBound)])
  }

  func consistency(from: UInt64, to: UInt64) throws -> [Digest] {
    guard from > 0, from < to, to <= size else { return [] }
    return try ConsistencyProof.make(from: from, to: to, reading: tree).hashes
  }

  func root(at size: UInt64) throws -> Digest { try tree.root(size: size) }
}
