import Catalog
import Cryptography
import Replication
import TransparencyLog

/// Events to a node's core, and what its disk does.
extension Simulation {
  /// Groups of one log that a node may hold in memory on their way to the disk: what bounds its memory.
  static let groupsInFlightMax = 3

  func deliver(_ event: Replication.Event, to node: SimulatedNode) {
    guard node.isUp else { return }
    figures.events += 1
    let time = now + node.skew
    let effects = node.core.handle(event, at: time)
    node.recording += node.recorder.record(event, at: time, effects)
    checkBlame(event, node)
    for effect in effects { perform(effect, for: node) }
  }

  private func perform(_ effect: Replication.Effect, for node: SimulatedNode) {
    switch effect {
    case .requestHeads(let region, let cursor): requestHeads(node, region, since: cursor)
    case .requestEntries(let region, let pull, let origin, let from, let to, let treeSize):
      requestEntries(node, region, pull, origin, from..<to, treeSize: treeSize)
    case .cancelEntries(let region, let pull): if node.pulling[region] == pull { node.pulling[region] = nil }
    case .commit(let group): enqueue(.commit(group), on: node)
    case .nudge(let region, let origin, let from): nudge(node, region, origin, from: from)
    case .setTimer(let region, let time): setTimer(node, region, at: time)
    case .storeStamp(let origin, let stamp): enqueue(.stamp(origin, stamp), on: node)
    case .readBranch(let region, let origin, let from, let to):
      let branch = try? Self.branch(node.store.tree(of: origin.region), from, to)
      plan(after: 1, in: node) { [unowned self] in
        self.deliver(.branchRead(region, origin, size: from, branch), to: node)
      }
    case .requestBranch(let region, let origin, let from, let to): requestBranch(node, region, origin, from, to)
    case .requestBodies(let region, let after): requestBodies(node, region, after: after)
    case .requestFork(let region, let origin):
      violations.append("\(node.region) asks \(region) for the proof of a fork of \(origin): nobody forked")
    case .keepFork(let origin, _, let region):
      violations.append("\(node.region) sees a fork of \(origin) from \(region): nobody forked")
    }
  }

  /// Whoever is accused has served something false.
  private func checkBlame(_ event: Replication.Event, _ node: SimulatedNode) {
    switch event {
    case .headsReceived(let region, _), .entriesReceived(let region, _, _), .nudgeReceived(let region, _, _),
      .nudgeAnswered(let region, _), .branchReceived(let region, _, _):
      guard let error = node.core.report(of: region)?.lastError, error.isFault else { return }
      figures.accusations += 1
      if figures.lies == 0 { violations.append("\(node.region) accuses \(region), and nobody lied: \(error.reason)") }
    default: return
    }
  }

  /// Every so often: the witness key states the time, and what waited for a time is looked at.
  func tick(_ node: SimulatedNode) {
    plan(after: 20_000, in: node) { [unowned self] in self.tick(node) }
    do {
      if let checkpoint = node.core.held(node.keys.origin)?.checkpoint {
        let time = UInt64(max(0, (now + node.skew) / 1000))
        deliver(.stamped(node.keys.origin, try node.keys.stamp(checkpoint, time: time)), to: node)
      }
      // Nothing else writes at this moment: a job on the disk does its writing at its end.
      let outcome = try Admission(node.store, now: now + node.skew).proceed()
      if !outcome.processed.isEmpty { deliver(.processed(sizes(outcome, node)), to: node) }
    } catch { violations.append("node \(node.region): \(error)") }
  }

  // MARK: The disk

  func enqueue(_ job: SimulatedNode.DiskJob, on node: SimulatedNode) {
    node.disk.append(job)
    if case .commit(let group) = job { checkBounds(group, node) }
    if !node.isDiskBusy { work(node) }
  }

  private func checkBounds(_ group: ProvenGroup, _ node: SimulatedNode) {
    let waiting = node.disk.filter { if case .commit(let other) = $0 { other.origin == group.origin } else { false } }
    if waiting.count > Self.groupsInFlightMax {
      violations.append("\(node.region) has \(waiting.count) groups of \(group.origin) in memory")
    }
    let bytes = group.entries.reduce(0) { $0 + $1.frame.encodedLength }
    if group.entries.count > Int(settings.groupEntries), bytes > Nudge.frameBytes {
      violations.append("\(node.region) commits a group of \(group.entries.count) entries, \(bytes) bytes")
    }
  }

  private func work(_ node: SimulatedNode) {
    guard let job = node.disk.first else { return }
    node.isDiskBusy = true
    let most = happens(settings.slowDiskChance) ? settings.slowDiskMillisecondsMax : 30
    plan(after: draw(1...most), in: node) { [unowned self] in
      self.finish(job, node)
    }
  }

  /// Power fails before the write or after it; the outcome of a write that nobody heard of is found at the next start.
  private func finish(_ job: SimulatedNode.DiskJob, _ node: SimulatedNode) {
    let life = node.life
    if happens(settings.crashChance) { return crash(node) }
    let diesAfterwards = happens(settings.crashChance)
    do {
      let event = try write(job, node)
      try checkClock(of: node)
      if diesAfterwards { return crash(node) }
      node.disk.removeFirst()
      node.isDiskBusy = false
      if let event { deliver(event, to: node) }
    } catch { violations.append("node \(node.region) cannot write: \(error)") }
    if node.isUp, node.life == life, !node.isDiskBusy { work(node) }
  }

  private func write(_ job: SimulatedNode.DiskJob, _ node: SimulatedNode) throws -> Replication.Event? {
    switch job {
    case .commit(let group): return try commit(group, node)
    case .append(let intents): return try append(intents, node)
    case .stamp(let origin, let stamp):
      node.heads[origin, default: .init()].stamp = stamp
      return nil
    case .fill(let region, let found, let next):
      let count = found.count { node.store.fill($0, with: $1) }
      plan(after: 0, in: node) { [unowned self] in self.tellWanted(node) }
      figures.filled += count
      return .bodiesReceived(region, found: UInt64(count), next: next)
    case .reconfigure: return try reconfigure(node)
    }
  }

  /// Decided and done in one job, as the node's writer does.
  private func reconfigure(_ node: SimulatedNode) throws -> Replication.Event? {
    let decided = try Reconfiguration(from: node.store.configuration, to: node.wanted, reading: node.store)
    node.blocked = decided.blocked
    if !decided.blocked.isEmpty { figures.blocked += 1 }
    node.store = try node.store.reconfigured(decided, now: now + node.skew)
    guard decided.change == .anew else { return nil }
    figures.judgedAnew += 1
    plan(after: 0, in: node) { [unowned self] in self.tellWanted(node) }
    return .reprocessed(
      Dictionary(
        uniqueKeysWithValues: node.store.configuration.replicated.map { region in
          (
            Origin(region: region, federation: node.keys.origin.federation, log: .catalog),
            node.store.logState(region).processed
          )
        }))
  }

  private func commit(_ group: ProvenGroup, _ node: SimulatedNode) throws -> Replication.Event {
    let origin = group.origin
    guard node.store.logState(origin.region).held == group.first else {
      return .commitFailed(origin, reason: "the entries do not join what is held")
    }
    if happens(settings.diskFailureChance) { return .commitFailed(origin, reason: "the disk is full") }
    if node.blocked.contains(where: { $0.region == origin.region }) {
      plan(after: 0, in: node) { [unowned self] in self.enqueue(.reconfigure, on: node) }
    }
    var outcome = AdmissionOutcome()
    if node.store.configuration.replicated.contains(origin.region) {
      outcome = try Admission(node.store, now: now + node.skew).commit(group.entries, of: origin.region)
    } else {
      node.store.holdUnjudged(group.entries, of: origin.region)
    }
    figures.commits += 1
    if node.store.tree(of: origin.region).root != group.edge.root {
      violations.append("\(node.region) committed entries of \(origin) that were not proven")
    }
    node.heads[origin, default: .init()].checkpoint = group.checkpoint
    node.heads[origin, default: .init()].consistency = group.consistency
    plan(after: 0, in: node) { [unowned self] in self.tellWanted(node) }
    return .committed(origin, size: group.edge.size, processed: sizes(outcome, node))
  }

  func tellWanted(_ node: SimulatedNode) {
    var wanted = WantedBodies()
    wanted.open = UInt64(node.store.wanted.count)
    deliver(.bodiesWanted(wanted), to: node)
  }

  private func sizes(_ outcome: AdmissionOutcome, _ node: SimulatedNode) -> [Origin: UInt64] {
    Dictionary(
      uniqueKeysWithValues: outcome.processed.map { region, size in
        (Origin(region: region, federation: node.keys.origin.federation, log: .catalog), size)
      })
  }

  // MARK: Own entries

  /// One transaction: entries and the checkpoint over them. They are acknowledged with the event, which a crash may
  /// take.
  private func append(_ intents: [SimulatedIntent], _ node: SimulatedNode) throws -> Replication.Event {
    let origin = node.keys.origin
    let first = node.store.logState(node.region).held
    var outcome = AdmissionOutcome()
    let drafting = Drafting(node.store, region: node.region, now: now + node.skew)
    for intent in intents {
      for leaf in try leaves(intent, drafting, node) {
        let entry = try LogEntry(frame(leaf, origin), origin: origin)
        let more = try Admission(node.store, now: now + node.skew).commit([entry], of: node.region)
        outcome.processed.merge(more.processed) { $1 }
        figures.entries += 1
      }
    }
    let tree = node.store.tree(of: node.region)
    let checkpoint = try node.keys.checkpoint(size: tree.size, root: tree.root)
    node.heads[origin, default: .init()].checkpoint = checkpoint
    let life = node.life
    // Acknowledged after the event was delivered, in the same moment: a crash in between takes both.
    plan(after: 0, in: node) {
      guard node.life == life else { return }
      for index in first..<tree.size { node.acknowledged[index] = node.store.entry(node.region, index)?.leafHash }
    }
    return .appended(
      origin, edge: try RightEdge(size: tree.size, reading: tree), checkpoint: checkpoint,
      processed: sizes(outcome, node))
  }

  /// A trespasser signs what its own node would not draft.
  private func leaves(_ intent: SimulatedIntent, _ drafting: Drafting, _ node: SimulatedNode) throws -> [Leaf] {
    var leaf = Leaf(intent.isWithdrawal ? .withdraw : .publish, time: try drafting.time())
    leaf.id = intent.id
    leaf.body = BodyCommitment(.open, length: 0, digest: .zero)
    return intent.owner == node.region ? try drafting.draft(leaf) : [leaf]
  }

  private func frame(_ leaf: Leaf, _ origin: Origin) throws -> Frame {
    guard leaf.body != nil else { return Frame(leaf: try leaf.encoded()) }
    let content = random.bytes(Int.random(in: 1...60, using: &random))
    guard let body = Body(nonce: [0] + random.bytes(Body.nonceLength - 1), content: content) else {
      preconditionFailure("a nonce that begins with 0")
    }
    var leaf = leaf
    leaf.body = BodyCommitment(.open, to: body, origin: origin, id: leaf.id)
    return Frame(leaf: try leaf.encoded(), body: body)
  }
}
