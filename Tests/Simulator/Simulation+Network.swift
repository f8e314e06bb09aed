import Catalog
import Cryptography
import Replication
import TransparencyLog

/// Requests between nodes: each ends exactly once for who asked, with an answer, a failure or the time-out.
extension Simulation {
  static let timeoutMilliseconds: Int64 = 5_000

  typealias Reply<Answer> = (Result<Answer, PeerFailure>) -> Void

  /// `serve` runs where the request arrives, for each copy of it; `finish` where it came from, once.
  func call<Answer>(
    _ client: SimulatedNode, _ region: RegionCode, serve: @escaping (SimulatedNode, @escaping Reply<Answer>) -> Void,
    finish: @escaping Reply<Answer>
  ) {
    guard let server = nodes.first(where: { $0.region == region }) else { preconditionFailure("peers are nodes") }
    let life = client.life
    var isOver = false
    let end: Reply<Answer> = { result in
      guard !isOver else { return }
      isOver = true
      if client.isUp, client.life == life { finish(result) }
    }
    plan(after: Self.timeoutMilliseconds) { end(.failure(PeerFailure(code: "timedOut", reason: "did not answer"))) }
    for _ in 0..<copies() {
      carry(client, server) { [unowned self] in
        guard server.isUp else {
          self.plan(after: 1) { end(.failure(PeerFailure(code: "unreachable", reason: "refuses connections"))) }
          return
        }
        serve(server) { answer in
          for _ in 0..<self.copies() { self.carry(server, client) { end(answer) } }
        }
      }
    }
  }

  private func copies() -> Int {
    if happens(settings.lossChance) {
      figures.lost += 1
      return 0
    }
    guard happens(settings.duplicateChance) else { return 1 }
    figures.repeated += 1
    return 2
  }

  private func carry(_ sender: SimulatedNode, _ receiver: SimulatedNode, _ arrive: @escaping () -> Void) {
    let most = happens(settings.lateChance) ? settings.lateMillisecondsMax : settings.delayMillisecondsMax
    plan(after: draw(1...most)) { [unowned self] in
      if !self.isDivided(sender, receiver) { arrive() }
    }
  }

  // MARK: What nodes serve each other

  func requestHeads(_ node: SimulatedNode, _ region: RegionCode, since cursor: String?) {
    if !node.asking.insert(region).inserted { violations.append("\(node.region) asks \(region) twice at once") }
    call(node, region) { [unowned self] (server, reply: Reply<[UInt8]>) in
      self.deliver(.contacted(node.region), to: server)
      reply(Result { try server.core.heads(since: cursor).bytes }.mapError(PeerFailure.init))
    } finish: { [unowned self] result in
      node.asking.remove(region)
      switch result.flatMap({ bytes in Result { try HeadsAnswer(parsing: bytes) }.mapError(PeerFailure.init) }) {
      case .success(var answer):
        if self.happens(self.settings.lieChance), let lie = self.falseHead(answer.heads.last) {
          answer.heads[answer.heads.count - 1] = lie
        }
        self.deliver(.headsReceived(region, answer), to: node)
      case .failure(let failure): self.deliver(.headsFailed(region, failure), to: node)
      }
    }
  }

  func requestEntries(
    _ node: SimulatedNode, _ region: RegionCode, _ pull: UInt64, _ origin: Origin, _ range: Range<UInt64>,
    treeSize: UInt64
  ) {
    if node.pulling[region] != nil { violations.append("\(node.region) pulls twice at once from \(region)") }
    if range.count > Int(settings.groupEntries) {
      violations.append("\(node.region) pulls \(range.count) entries at once")
    }
    node.pulling[region] = pull
    call(node, region) { [unowned self] (server, reply: Reply<ServedEntries>) in
      reply(Result { try self.serve(server, origin, range, treeSize: treeSize) }.mapError(PeerFailure.init))
    } finish: { [unowned self] result in
      if node.pulling[region] == pull { node.pulling[region] = nil }
      switch result {
      case .success(let entries): self.deliver(.entriesReceived(region, pull: pull, entries), to: node)
      case .failure(let failure): self.deliver(.entriesFailed(region, pull: pull, failure), to: node)
      }
    }
  }

  /// Cut at the group's bytes, as the transport cuts.
  private func serve(
    _ server: SimulatedNode, _ origin: Origin, _ range: Range<UInt64>, treeSize: UInt64
  ) throws -> ServedEntries {
    let tree = server.store.tree(of: origin.region)
    var entries = ServedEntries(first: range.lowerBound, frames: [])
    var bytes: [UInt8] = []
    for index in range.lowerBound..<min(range.upperBound, tree.size) where bytes.count < settings.groupBytes {
      guard let frame = server.store.entry(origin.region, index)?.frame else { continue }
      // A relay may leave a body out: nothing tells who did.
      let isStripped = frame.body != nil && server.region != origin.region && happens(settings.stripChance)
      if isStripped { figures.stripped += 1 }
      (isStripped ? Frame(leaf: frame.leaf) : frame).append(to: &bytes)
    }
    if happens(settings.lieChance), !bytes.isEmpty {
      figures.lies += 1
      bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    }
    var decoder = FrameDecoder()
    decoder.feed(bytes)
    while let frame = try decoder.next() { entries.frames.append(frame) }
    try decoder.finish()
    let end = range.lowerBound + UInt64(entries.frames.count)
    guard end > range.lowerBound, treeSize <= tree.size else {
      throw PeerFailure(code: "unexpectedAnswer", reason: "holds \(tree.size) entries of \(origin)")
    }
    if end < treeSize {
      entries.consistency = try ConsistencyProof.make(from: end, to: treeSize, reading: tree).hashes
    }
    return entries
  }

  /// Pages are small, so that a round has several.
  private static let bodiesPerPage = 3

  func requestBodies(_ node: SimulatedNode, _ region: RegionCode, after: EntryName?) {
    if !node.askingBodies.insert(region).inserted {
      violations.append("\(node.region) asks \(region) for bodies twice at once")
    }
    let names = node.store.wanted.sorted().drop { name in after.map { name <= $0 } ?? false }.prefix(Self.bodiesPerPage)
    guard let last = names.last else {
      node.askingBodies.remove(region)
      plan(after: 0, in: node) { [unowned self] in
        self.deliver(.bodiesReceived(region, found: 0, next: nil), to: node)
      }
      return
    }
    call(node, region) { (server, reply: Reply<[(EntryName, Frame)]>) in
      reply(.success(names.compactMap { name in server.store.entry(name.region, name.index).map { (name, $0.frame) } }))
    } finish: { [unowned self] result in
      node.askingBodies.remove(region)
      switch result {
      case .success(let found): self.enqueue(.fill(from: region, found, next: last), on: node)
      case .failure(let failure): self.deliver(.bodiesFailed(region, failure), to: node)
      }
    }
  }

  func requestBranch(
    _ node: SimulatedNode, _ region: RegionCode, _ origin: Origin, _ from: UInt64, _ to: UInt64
  ) {
    call(node, region) { (server, reply: Reply<BranchProof>) in
      reply(Result { try Self.branch(server.store.tree(of: origin.region), from, to) }.mapError(PeerFailure.init))
    } finish: { [unowned self] result in
      switch result {
      case .success(let branch): self.deliver(.branchReceived(region, origin, branch), to: node)
      case .failure(let failure): self.deliver(.branchFailed(region, origin, failure), to: node)
      }
    }
  }

  static func branch(_ tree: MerkleTree, _ from: UInt64, _ to: UInt64) throws -> BranchProof {
    guard 0 < from, from <= to, to <= tree.size else {
      throw PeerFailure(code: "unexpectedAnswer", reason: "holds \(tree.size) entries")
    }
    return BranchProof(
      root: try tree.root(size: from), hashes: try ConsistencyProof.make(from: from, to: to, reading: tree).hashes)
  }

  func nudge(_ node: SimulatedNode, _ region: RegionCode, _ origin: Origin, from: UInt64?) {
    if !node.nudging.insert(region).inserted { violations.append("\(node.region) nudges \(region) twice at once") }
    let nudge = Self.nudge(node, origin, from: from)
    call(node, region) { [unowned self] (server, reply: @escaping Reply<[UInt8]>) in
      do {
        let nudge = try Nudge(parsing: try nudge.bytes)
        self.deliver(.nudgeReceived(node.region, nudge.heads, try Self.entries(of: nudge)), to: server)
        // What it takes in is on its way to the disk; the answer waits a little for it.
        self.plan(after: self.draw(1...40), in: server) {
          let heads = server.core.heads(of: nudge.heads.map(\.origin))
          reply(Result { try HeadsAnswer(cursor: "", heads: heads).bytes }.mapError(PeerFailure.init))
        }
      } catch { reply(.failure(PeerFailure(error))) }
    } finish: { [unowned self] result in
      node.nudging.remove(region)
      switch result.flatMap({ bytes in Result { try HeadsAnswer(parsing: bytes) }.mapError(PeerFailure.init) }) {
      case .success(let answer): self.deliver(.nudgeAnswered(region, answer.heads), to: node)
      case .failure(let failure): self.deliver(.nudgeFailed(region, failure), to: node)
      }
    }
  }

  private static func nudge(_ node: SimulatedNode, _ origin: Origin, from: UInt64?) -> Nudge {
    var nudge = Nudge(heads: node.core.heads(of: [origin]))
    guard let size = nudge.heads.first?.held, let from, from < size else { return nudge }
    var frames: [UInt8] = []
    for index in from..<size where frames.count <= Nudge.frameBytes {
      node.store.entry(origin.region, index)?.frame.append(to: &frames)
    }
    guard frames.count <= Nudge.frameBytes else { return nudge }
    nudge.first = from
    nudge.frames = frames
    return nudge
  }

  private static func entries(of nudge: Nudge) throws -> ServedEntries? {
    guard !nudge.frames.isEmpty else { return nil }
    var decoder = FrameDecoder()
    decoder.feed(nudge.frames)
    var entries = ServedEntries(first: nudge.first, frames: [])
    while let frame = try decoder.next() { entries.frames.append(frame) }
    try decoder.finish()
    return entries
  }

  /// A checkpoint of that log by a key that is not the log's.
  private func falseHead(_ head: Head?) -> Head? {
    guard var head,
      let impostor = try? SimulatedKeys(head.origin.region, federation: head.origin.federation, seed: ~seed),
      let forged = try? impostor.checkpoint(size: head.checkpoint.checkpoint.size + 1, root: SHA256.hash("forged"))
    else { return nil }
    figures.lies += 1
    head.checkpoint = forged
    return head
  }
}

extension PeerFailure {
  init(_ error: any Error) {
    switch error {
    case let failure as PeerFailure: self = failure
    case let error as MalformedMessage: self.init(code: "malformed", reason: error.reason, isFault: true)
    case let error as FrameError: self.init(code: "malformed", reason: error.reason, isFault: true)
    default: self.init(code: "failed", reason: "\(error)")
    }
  }
}
