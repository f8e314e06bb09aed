import Catalog
import Cryptography
import TransparencyLog

/// Entries asked for, proven, and handed to the disk.
extension Replication {
  mutating func leave(_ origin: Origin, _ region: RegionCode) {
    if logs[origin]?.puller == region { logs[origin]?.puller = nil }
  }

  mutating func entriesReceived(
    _ region: RegionCode, _ id: UInt64, _ entries: ServedEntries, at now: Int64, _ effects: inout [Effect]
  ) {
    guard let pull = endPull(region, id) else { return }
    do throws(PeerFailure) {
      // A nudge may have brought the same entries meanwhile.
      guard let log = logs[pull.origin], log.canProve, log.provenEdge.size == pull.from else { return }
      guard entries.first == pull.from, !entries.frames.isEmpty, entries.frames.count <= Int(pull.to - pull.from) else {
        throw PeerFailure(
          code: "malformed", reason: "answered for other entries of \(pull.origin) than were asked for", isFault: true)
      }
      let consistency = try consistency(pull.offer, entries.consistency, end: pull.from + UInt64(entries.frames.count))
      do {
        try prove(entries, of: pull.origin, pull.offer.checkpoint, consistency: consistency, at: now, &effects)
      } catch  where error.code == "falseProof" {
        return inquire(region, pull.origin, pull.offer, error, at: now, &effects)
      }
      peers[region]?.lastContact = now
      peers[region]?.lastError = nil
      peers[region]?.pullFailures = 0
      peers[region]?.isOutdone = false
    } catch { pullFailed(region, error, at: now, &effects) }
  }

  /// What leads from the end of served entries to the checkpoint: the answer proves as far as the peer holds the log,
  /// its offer from there.
  private func consistency(
    _ offer: PeerState.Offer, _ served: [Digest], end: UInt64
  ) throws(PeerFailure) -> [Digest] {
    let size = offer.checkpoint.checkpoint.size
    if end == offer.held { return offer.consistency }
    if offer.held == size { return served }
    let first = ConsistencyProof(from: end, to: offer.held, hashes: served)
    guard let joined = first.joined(to: ConsistencyProof(from: offer.held, to: size, hashes: offer.consistency)) else {
      throw PeerFailure(
        code: "falseProof",
        reason: "sent proofs from \(end) over \(offer.held) to \(size) entries that have no such length",
        isFault: true)
    }
    return joined.hashes
  }

  mutating func entriesFailed(
    _ region: RegionCode, _ id: UInt64, _ failure: PeerFailure, at now: Int64, _ effects: inout [Effect]
  ) {
    guard endPull(region, id) != nil else { return }
    pullFailed(region, failure, at: now, &effects)
  }

  /// nil for an answer that nobody waits for any more.
  private mutating func endPull(_ region: RegionCode, _ id: UInt64) -> PeerState.Pull? {
    guard let pull = peers[region]?.pull, pull.id == id else { return nil }
    peers[region]?.pull = nil
    leave(pull.origin, region)
    return pull
  }

  /// Commits entries that join what is proven, or throws what is false about them. Their sender is to blame, never the
  /// origin: the origin signed the root, and these do not lead to it.
  mutating func prove(
    _ entries: ServedEntries, of origin: Origin, _ checkpoint: SignedCheckpoint, consistency: [Digest], at now: Int64,
    _ effects: inout [Effect]
  ) throws(PeerFailure) {
    guard let log = logs[origin] else { return }
    var edge = log.provenEdge
    let read = entries.read(as: origin)
    for entry in read.entries { edge.append(entry.leafHash) }
    if let defect = read.defect {
      throw PeerFailure(
        code: "falseBody", reason: "sent entry \(edge.size) of \(origin) with a false body: \(defect.reason)",
        isFault: true)
    }
    let proven = read.entries
    do {
      try checkpoint.checkpoint.checkExtends(size: edge.size, root: edge.root, proof: consistency)
    } catch {
      throw PeerFailure(
        code: "falseProof",
        reason: "sent entries \(entries.first)..<\(edge.size) of \(origin) that do not lead to its checkpoint: "
          + error.reason,
        isFault: true)
    }
    if let anchor = log.identity.anchor, proven.count > 0, entries.first < anchor.size, anchor.size <= edge.size {
      try check(anchor, entries.first, log.provenEdge, proven, of: origin)
    }
    var group = ProvenGroup(
      origin: origin, first: entries.first, entries: proven, edge: edge, checkpoint: checkpoint,
      consistency: edge.size < checkpoint.checkpoint.size ? consistency : [])
    group.texts = try texts(entries.texts, namedBy: proven, of: origin)
    group.byteCount = proven.reduce(0) { $0 + $1.wholeLength } + group.texts.values.reduce(0) { $0 + $1.count }
    group.taken = quota.noted(log, with: group, at: now)
    logs[origin]?.inFlight.append(group.withoutEntries)
    effects.append(.commit(group))
    giveUpOutdone(origin, &effects)
  }

  /// Their digests prove texts: one that no entry names was not asked for.
  private func texts(
    _ sent: [[UInt8]], namedBy entries: [LogEntry], of origin: Origin
  ) throws(PeerFailure) -> [Digest: [UInt8]] {
    guard !sent.isEmpty else { return [:] }
    let named = Set(entries.compactMap(\.namedList))
    var texts: [Digest: [UInt8]] = [:]
    for text in sent {
      let digest = ListText.digest(of: text)
      guard named.contains(digest) else {
        throw PeerFailure(
          code: "falseText", reason: "sent a text of \(text.count) bytes that no entry of \(origin) names",
          isFault: true)
      }
      texts[digest] = text
    }
    return texts
  }

  /// Throws unless the log went through what its card says of it: then either is of another history.
  private func check(
    _ anchor: LogHead, _ first: UInt64, _ before: RightEdge, _ entries: [LogEntry], of origin: Origin
  ) throws(PeerFailure) {
    var edge = before
    for entry in entries.prefix(Int(anchor.size - first)) { edge.append(entry.leafHash) }
    guard edge.root != anchor.root else { return }
    throw PeerFailure(
      code: "cardContradicted",
      reason: "the log \(origin) does not extend the checkpoint of size \(anchor.size) on its card: ask that region "
        + "for its card anew, by telephone",
      isFault: true)
  }

  mutating func committed(
    _ origin: Origin, _ size: UInt64, _ processed: [Origin: UInt64], at now: Int64, _ effects: inout [Effect]
  ) {
    guard var log = logs[origin], let group = log.inFlight.first else { return }
    precondition(group.edge.size == size, "groups are committed in the order in which they were proven")
    log.inFlight.removeFirst()
    log.commitFailures = 0
    log.taken.add(group, at: now)
    log.held.edge = group.edge
    log.held.checkpoint = group.checkpoint
    log.held.consistency = group.consistency
    log.noteHead()
    log.movedAt = nextSequence()
    logs[origin] = log
    note(processed: processed)
    compareAgain(origin, &effects)
  }

  mutating func commitFailed(_ origin: Origin, _ reason: String, at now: Int64, _ effects: inout [Effect]) {
    guard var log = logs[origin] else { return }
    guard log.givenUp == 0 else {
      logs[origin]?.givenUp -= 1
      return
    }
    log.givenUp = max(0, log.inFlight.count - 1)
    log.inFlight = []
    log.commitFailures += 1
    logs[origin] = log
    // Whoever has more of it is asked again after its back-off, when there may be room.
    for region in peers.keys.sorted() {
      guard let peer = peers[region], peer.isDialled, let offer = peer.offers[origin],
        offer.held > log.held.edge.size
      else { continue }
      peers[region]?.pullFailures = log.commitFailures
      failed(region, PeerFailure(code: "store", reason: "this node could not write: \(reason)"), at: now, &effects)
    }
  }
}

extension ProvenGroup {
  /// What the core keeps while the disk works: the position, not the bytes.
  fileprivate var withoutEntries: ProvenGroup {
    var group = self
    group.entries = []
    group.texts = [:]
    return group
  }
}
