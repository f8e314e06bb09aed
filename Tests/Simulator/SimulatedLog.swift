import Catalog
import Cryptography
import Replication
import TransparencyLog

/// A region's keys, drawn from a seed, and what they sign.
package struct SimulatedKeys: Sendable {
  package let region: RegionCode
  package let origin: Origin
  package let log: NoteSigner
  package let witness: Cosigner

  package init(_ region: RegionCode, federation: FederationName, seed: UInt64 = 0) throws {
    var random = SeededGenerator(
      seed: seed ^ SHA256.hash(region.text).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    self.region = region
    origin = Origin(region: region, federation: federation, log: .catalog)
    log = try NoteSigner(name: ExactText(origin.text), key: Ed25519.PrivateKey(seed: random.bytes(32)))
    witness = try Cosigner(
      name: ExactText("\(region).\(federation).tongyuan/witness"), key: Ed25519.PrivateKey(seed: random.bytes(32)))
  }

  package var identity: LogIdentity { LogIdentity(origin: origin, key: log.verifier, witness: witness.verifier) }

  package func checkpoint(size: UInt64, root: Digest) throws -> SignedCheckpoint {
    try SignedCheckpoint(Checkpoint(origin: log.verifier.name, size: size, root: root), signers: [log])
  }

  /// `time` in seconds since the epoch.
  package func stamp(_ signed: SignedCheckpoint, time: UInt64) throws -> SignedCheckpoint {
    let note = try SignedNote(text: signed.note.text, signatures: [witness.cosign(signed.checkpoint, time: time)])
    return try SignedCheckpoint(note: note)
  }
}

/// A region's log as its own node would serve it, without the node: for tests of the core alone.
package struct SimulatedLog: Sendable {
  package let keys: SimulatedKeys
  package private(set) var frames: [Frame] = []
  package private(set) var tree = MerkleTree()
  private var random: SeededGenerator

  package init(_ region: RegionCode, federation: FederationName, entries: Int = 0, seed: UInt64 = 0) throws {
    keys = try SimulatedKeys(region, federation: federation)
    random = SeededGenerator(seed: seed)
    for _ in 0..<entries { try publish() }
  }

  /// The same entries so far; what is published from here on differs from what this one publishes.
  package var divergent: SimulatedLog {
    var other = self
    other.random = SeededGenerator(seed: ~size)
    return other
  }

  package var origin: Origin { keys.origin }
  package var size: UInt64 { tree.size }

  /// Appends a publication under the region's own namespace, which states these changes of its clock.
  package mutating func publish(stating clock: [ClockChange] = []) throws {
    var leaf = Leaf(.publish, time: Int64(size))
    leaf.clock = clock
    leaf.id = Array("\(keys.region)/resource-\(size)".utf8)
    guard let body = Body(nonce: [0] + random.bytes(Body.nonceLength - 1), content: random.bytes(24)) else {
      preconditionFailure("a nonce that begins with 0")
    }
    leaf.body = BodyCommitment(.open, to: body, origin: origin, id: leaf.id)
    let frame = Frame(leaf: try leaf.encoded(), body: body)
    frames.append(frame)
    tree.append(leaf: frame.leaf)
  }

  package func root(at size: UInt64) throws -> Digest { try tree.root(size: size) }
  package func edge(at size: UInt64) throws -> RightEdge { try RightEdge(size: size, reading: tree) }
  package func checkpoint(at size: UInt64) throws -> SignedCheckpoint {
    try keys.checkpoint(size: size, root: root(at: size))
  }

  package func consistency(from: UInt64, to: UInt64) throws -> [Digest] {
    from == to || from == 0 ? [] : try ConsistencyProof.make(from: from, to: to, reading: tree).hashes
  }

  package func branch(from: UInt64, to: UInt64) throws -> BranchProof {
    BranchProof(root: try root(at: from), hashes: try consistency(from: from, to: to))
  }

  /// What a peer says that holds `held` entries of the log, which has `size`.
  package func head(held: UInt64, of size: UInt64? = nil, processed: UInt64? = nil) throws -> Head {
    let size = size ?? held
    return Head(
      origin: origin, checkpoint: try checkpoint(at: size), held: held,
      consistency: try consistency(from: held, to: size),
      processed: processed ?? held, forked: false)
  }

  /// Entries of one pull, proven against the log's newest checkpoint.
  package func group(_ range: Range<UInt64>) throws -> ProvenGroup {
    ProvenGroup(
      origin: origin, first: range.lowerBound,
      entries: try frames[Int(range.lowerBound)..<Int(range.upperBound)].map { try LogEntry($0, origin: origin) },
      edge: try edge(at: range.upperBound), checkpoint: try checkpoint(at: size),
      consistency: try consistency(from: range.upperBound, to: size))
  }

  /// What a store holds.
  package func held(_ held: UInt64, of size: UInt64? = nil) throws -> HeldLog {
    var log = HeldLog()
    guard held > 0 else { return log }
    log.edge = try edge(at: held)
    log.checkpoint = try checkpoint(at: size ?? held)
    log.consistency = try consistency(from: held, to: size ?? held)
    log.processed = held
    return log
  }

  /// The answer to a request for entries.
  package func entries(_ range: Range<UInt64>, treeSize: UInt64) throws -> ServedEntries {
    ServedEntries(
      first: range.lowerBound, frames: Array(frames[Int(range.lowerBound)..<Int(range.upperBound)]),
      consistency: try consistency(from: range.upperBound, to: treeSize))
  }
}
