import Catalog
import Cryptography
import TransparencyLog

/// Where the branches of a forked log part: what an operator needs to know to cut it where nobody loses more than must
/// be.
///
/// A binary search over sizes with a peer that serves the other branch: at each size the store says what root is held,
/// and the peer what its history went through, proven up to the checkpoint that the log signed. Twenty questions for a
/// million entries.
extension Replication {
  /// A peer of which no such question is under way and that shows another branch is asked.
  mutating func startSearch(_ region: RegionCode, _ effects: inout [Effect]) {
    for origin in forks.sorted() {
      guard let log = logs[origin], let offer = peers[region]?.offers[origin], offer.branch == .other,
        peers[region]?.searched.contains(origin) == false
      else { continue }
      peers[region]?.searched.insert(origin)
      search(
        region,
        PeerState.Search(
          origin: origin, offer: offer, shared: LogHead(size: 0, root: RightEdge().root),
          differs: min(offer.held, log.held.edge.size) + 1), &effects)
      return
    }
  }

  private mutating func search(_ region: RegionCode, _ search: PeerState.Search, _ effects: inout [Effect]) {
    var search = search
    search.own = nil
    guard let log = logs[search.origin], search.size > search.shared.size else {
      peers[region]?.inquiry = nil
      // Of more branches than two, all share the smallest.
      guard let size = logs[search.origin]?.shared?.size, size <= search.shared.size else {
        logs[search.origin]?.shared = search.shared
        return
      }
      return
    }
    peers[region]?.inquiry = .search(search)
    effects.append(.readBranch(region, search.origin, from: search.size, to: log.held.edge.size))
  }

  mutating func branchRead(
    _ region: RegionCode, searching search: PeerState.Search, _ branch: BranchProof?, _ effects: inout [Effect]
  ) {
    guard let branch else {
      peers[region]?.inquiry = nil
      return
    }
    var search = search
    search.own = branch.root
    peers[region]?.inquiry = .search(search)
    effects.append(.requestBranch(region, search.origin, from: search.size, to: search.offer.held))
  }

  mutating func branchReceived(
    _ region: RegionCode, searching search: PeerState.Search, _ branch: BranchProof, at now: Int64,
    _ effects: inout [Effect]
  ) {
    var search = search
    do throws(ProofError) {
      _ = try served(branch, from: search.size, by: search.offer)
      if branch.root == search.own {
        search.shared = LogHead(size: search.size, root: branch.root)
      } else {
        search.differs = search.size
      }
      self.search(region, search, &effects)
    } catch {
      peers[region]?.inquiry = nil
      failed(region, falseBranch(search.origin, error), at: now, &effects)
    }
  }

  /// The whole proof, from a size up to the checkpoint that a peer offers: it holds the log up to a part of that. Throws
  /// unless it leads there.
  func served(
    _ branch: BranchProof, from size: UInt64, by offer: PeerState.Offer
  ) throws(ProofError) -> ConsistencyProof {
    let checkpoint = offer.checkpoint.checkpoint
    let first = ConsistencyProof(from: size, to: offer.held, hashes: branch.hashes)
    let rest = ConsistencyProof(from: offer.held, to: checkpoint.size, hashes: offer.consistency)
    guard let whole = first.joined(to: rest) else {
      throw ProofError(.wrongLength, "a proof from \(size) over \(offer.held) to \(checkpoint.size) has other lengths")
    }
    try whole.check(oldRoot: branch.root, newRoot: checkpoint.root)
    return whole
  }

  func falseBranch(_ origin: Origin, _ error: ProofError) -> PeerFailure {
    PeerFailure(
      code: "falseProof", reason: "sent a false consistency proof of \(origin): \(error.reason)", isFault: true)
  }
}
