import Catalog
import Cryptography
import TransparencyLog

/// The root of a log's tree at a size, and the consistency proof from there to a larger size: what a store says of what
/// it holds, or a peer of what it serves.
package struct BranchProof: Sendable, Equatable {
  package var root: Digest
  package var hashes: [Digest]

  package init(root: Digest, hashes: [Digest]) {
    self.root = root
    self.hashes = hashes
  }
}

/// On which side of a fork a peer's head lies, seen from what is held here.
enum Branch: Sendable {
  case unknown, held, other
}

/// Histories compared; forks found, fetched and kept.
///
/// A log is accused by two signatures of its own key and by nothing else: what peers say is only believed as far as it
/// leads to a checkpoint that the log signed.
extension Replication {
  // MARK: With what is held here

  /// Looks whether a checkpoint that the log signed, and what is held here, can both be true. What covers more than is
  /// held is looked at again when more is.
  mutating func compare(
    _ region: RegionCode, _ origin: Origin, _ shown: SignedCheckpoint, _ effects: inout [Effect]
  ) {
    let (size, root) = (shown.checkpoint.size, shown.checkpoint.root)
    guard let log = logs[origin], let peer = peers[region], size > 0 else { return }
    guard let known = log.held.checkpoint else {
      peers[region]?.uncompared.insert(origin)
      return
    }
    if known.checkpoint.size == size, known.checkpoint.root != root {
      settle(region, origin, shown, .other)
      adopt(ForkProof(known, shown), of: origin, from: region, &effects)
    } else if log.recentHeads.contains(LogHead(size: size, root: root)) {
      settle(region, origin, shown, .held)
    } else if size > log.held.edge.size || peer.comparisons[origin] != nil {
      peers[region]?.uncompared.insert(origin)
    } else {
      peers[region]?.comparisons[origin] = PeerState.Comparison(
        shown: shown, known: known, held: log.held.edge.size, consistency: log.held.consistency)
      effects.append(.readBranch(region, origin, from: size, to: log.held.edge.size))
    }
  }

  /// nil: the store could not say; the peer's next head asks again.
  mutating func branchRead(
    _ region: RegionCode, _ origin: Origin, _ size: UInt64, _ branch: BranchProof?, _ effects: inout [Effect]
  ) {
    guard let comparison = peers[region]?.comparisons[origin], comparison.shown.checkpoint.size == size else {
      if case .search(let search)? = peers[region]?.inquiry, search.origin == origin, search.size == size {
        branchRead(region, searching: search, branch, &effects)
      }
      return
    }
    peers[region]?.comparisons[origin] = nil
    let (shown, known) = (comparison.shown, comparison.known)
    if let branch {
      let isOne = branch.root == shown.checkpoint.root
      settle(region, origin, shown, isOne ? .held : .other)
      let upTo = ConsistencyProof(from: shown.checkpoint.size, to: comparison.held, hashes: branch.hashes)
      let from = ConsistencyProof(
        from: comparison.held, to: known.checkpoint.size, hashes: comparison.consistency)
      if !isOne, let whole = upTo.joined(to: from) {
        adopt(
          ForkProof(smaller: shown, larger: known, branchRoot: branch.root, hashes: whole.hashes), of: origin,
          from: region, &effects)
      }
    }
    compareAgain(region, origin, &effects)
  }

  /// More of a log is held: heads that covered more than that can be looked at.
  mutating func compareAgain(_ origin: Origin, _ effects: inout [Effect]) {
    for region in peers.keys.sorted() { compareAgain(region, origin, &effects) }
  }

  private mutating func compareAgain(_ region: RegionCode, _ origin: Origin, _ effects: inout [Effect]) {
    guard let peer = peers[region], peer.uncompared.contains(origin) else { return }
    peers[region]?.uncompared.remove(origin)
    guard let offer = peer.offers[origin], offer.branch == .unknown else { return }
    compare(region, origin, offer.checkpoint, &effects)
  }

  private mutating func settle(
    _ region: RegionCode, _ origin: Origin, _ shown: SignedCheckpoint, _ branch: Branch
  ) {
    guard peers[region]?.offers[origin]?.checkpoint == shown else { return }
    peers[region]?.offers[origin]?.branch = branch
    if branch == .other { peers[region]?.ahead.remove(origin) }
  }

  // MARK: With what a peer serves

  /// Entries of a peer do not lead from what is held to the checkpoint that it shows. Either they are false, or the
  /// log signed two histories, and then who serves the other one does nothing wrong: it is asked how its history went
  /// through the size that is signed here.
  mutating func inquire(
    _ region: RegionCode, _ origin: Origin, _ offer: PeerState.Offer, _ failure: PeerFailure, at now: Int64,
    _ effects: inout [Effect]
  ) {
    guard let log = logs[origin], let known = log.provenCheckpoint, known.checkpoint.size > 0 else {
      return pullFailed(region, failure, at: now, &effects)
    }
    if log.isForked { return settle(region, origin, offer.checkpoint, .other) }
    guard known.checkpoint.size < offer.checkpoint.checkpoint.size, known.checkpoint.size <= offer.held,
      peers[region]?.inquiry == nil, peers[region]?.isDialled == true
    else {
      // What either signed of the other's size is not at hand yet: nobody can be accused.
      var open = failure
      open.code = "unjoined"
      open.isFault = false
      return pullFailed(region, open, at: now, &effects)
    }
    peers[region]?.inquiry = .branch(PeerState.BranchInquiry(origin: origin, offer: offer, known: known, else: failure))
    effects.append(.requestBranch(region, origin, from: known.checkpoint.size, to: offer.held))
  }

  mutating func branchReceived(
    _ region: RegionCode, _ origin: Origin, _ branch: BranchProof, at now: Int64, _ effects: inout [Effect]
  ) {
    if case .search(let search)? = peers[region]?.inquiry, search.origin == origin {
      return branchReceived(region, searching: search, branch, at: now, &effects)
    }
    guard case .branch(let inquiry)? = peers[region]?.inquiry, inquiry.origin == origin else { return }
    peers[region]?.inquiry = nil
    let (offer, known) = (inquiry.offer, inquiry.known.checkpoint)
    do throws(ProofError) {
      let whole = try served(branch, from: known.size, by: offer)
      guard branch.root != known.root else { return pullFailed(region, inquiry.else, at: now, &effects) }
      settle(region, origin, offer.checkpoint, .other)
      adopt(
        ForkProof(
          smaller: inquiry.known, larger: offer.checkpoint, branchRoot: branch.root, hashes: whole.hashes),
        of: origin, from: region, &effects)
    } catch { pullFailed(region, falseBranch(origin, error), at: now, &effects) }
  }

  mutating func branchFailed(
    _ region: RegionCode, _ origin: Origin, _ failure: PeerFailure, at now: Int64, _ effects: inout [Effect]
  ) {
    switch peers[region]?.inquiry {
    case .branch(let inquiry)? where inquiry.origin == origin: break
    case .search(let search)? where search.origin == origin: break
    default: return
    }
    peers[region]?.inquiry = nil
    pullFailed(region, failure, at: now, &effects)
  }

  mutating func pullFailed(
    _ region: RegionCode, _ failure: PeerFailure, at now: Int64, _ effects: inout [Effect]
  ) {
    peers[region]?.pullFailures += 1
    failed(region, failure, at: now, &effects)
  }

  // MARK: Proofs that others found

  /// Asks each peer for the proof of a fork that it speaks of and that is not here.
  mutating func startInquiries(_ effects: inout [Effect]) {
    for region in peers.keys.sorted() {
      guard let peer = peers[region], peer.isDialled, peer.inquiry == nil else { continue }
      for origin in peer.flagged.sorted() {
        guard let log = logs[origin], !log.isForked else {
          peers[region]?.flagged.remove(origin)
          continue
        }
        peers[region]?.inquiry = .fork(origin)
        effects.append(.requestFork(region, origin))
        break
      }
      if peers[region]?.inquiry == nil, !forks.isEmpty { startSearch(region, &effects) }
    }
  }

  mutating func forkReceived(
    _ region: RegionCode, _ origin: Origin, _ proof: ForkProof, at now: Int64, _ effects: inout [Effect]
  ) {
    guard case .fork(origin)? = peers[region]?.inquiry else { return }
    peers[region]?.inquiry = nil
    peers[region]?.flagged.remove(origin)
    guard let log = logs[origin] else { return }
    do {
      try proof.check(key: log.identity.key)
      adopt(proof, of: origin, from: region, &effects)
    } catch {
      failed(
        region,
        PeerFailure(
          code: "falseFork", reason: "sent a false proof of a fork of \(origin): \(error.reason)", isFault: true),
        at: now, &effects)
    }
  }

  mutating func forkFailed(
    _ region: RegionCode, _ origin: Origin, _ failure: PeerFailure, at now: Int64, _ effects: inout [Effect]
  ) {
    guard case .fork(origin)? = peers[region]?.inquiry else { return }
    peers[region]?.inquiry = nil
    peers[region]?.flagged.remove(origin)
    failed(region, failure, at: now, &effects)
  }

  /// Keeps a proof and tells of it. The first one stays: any one says all that is to be known.
  private mutating func adopt(
    _ proof: ForkProof, of origin: Origin, from region: RegionCode, _ effects: inout [Effect]
  ) {
    // A store that lost its mind accuses nobody either.
    guard let log = logs[origin], !log.isForked, (try? proof.check(key: log.identity.key)) != nil else { return }
    let position = nextSequence()
    logs[origin]?.held.fork = proof
    logs[origin]?.movedAt = position
    forks.insert(origin)
    effects.append(.keepFork(origin, proof, from: region))
  }
}

/// What is known of a fork.
package struct ForkReport: Sendable, Equatable {
  package var proof: ForkProof
  /// Peers whose heads lie on the branch that is held here, and on another.
  package var held: [RegionCode]
  package var other: [RegionCode]
  /// The largest size that all known branches share; nil while that is not known.
  package var shared: LogHead?
}

extension Replication {
  package func fork(of origin: Origin) -> ForkReport? {
    guard let proof = logs[origin]?.held.fork else { return nil }
    func regions(_ branch: Branch) -> [RegionCode] {
      peers.values.filter { $0.offers[origin]?.branch == branch }.map(\.settings.region).sorted()
    }
    return ForkReport(
      proof: proof, held: regions(.held), other: regions(.other), shared: logs[origin]?.shared)
  }

  /// Logs of which a proof is here.
  package var forkedLogs: [Origin] { forks.sorted() }
}
