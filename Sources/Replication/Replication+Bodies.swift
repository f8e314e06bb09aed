import Catalog

/// Bodies that this node should have and has not.
package struct WantedBodies: Sendable, Hashable {
  /// Open ones, that any peer may have.
  package var open: UInt64 = 0
  /// Regions whose restricted ones this node is a recipient of: only they hand them out.
  package var origins: Set<RegionCode> = []

  package init() {}
}

/// Bodies that frames lacked are asked of every peer, in rounds through all that are wanted, until they come or are recalled:
/// else a relay could strip them unseen.
///
/// A round goes page by page. A peer that had none of them is asked again after one more poll, then two, four …
extension Replication {
  struct BodyRounds {
    /// A round is to begin.
    var isDue = false
    /// A request is under way.
    var isAsking = false
    /// The round has brought something.
    var hasFound = false
    /// Polls to let pass before the next round; what that was the last time.
    var pause = 0
    var lastPause = 0

    static let pauseMax = 64
  }

  mutating func bodiesWanted(_ wanted: WantedBodies) {
    let isMore = wanted.open > self.wanted.open || !wanted.origins.isSubset(of: self.wanted.origins)
    self.wanted = wanted
    guard isMore else { return }
    for region in peers.keys { peers[region]?.bodies.askSoon() }
  }

  /// The peer answered a poll.
  mutating func considerBodies(_ region: RegionCode) {
    guard var peer = peers[region], !peer.bodies.isAsking, !peer.bodies.isDue else { return }
    if peer.bodies.pause > 0 { peer.bodies.pause -= 1 } else { peer.bodies.isDue = true }
    peers[region] = peer
  }

  mutating func startBodies(_ effects: inout [Effect]) {
    guard wanted.open > 0 || !wanted.origins.isEmpty else { return }
    for region in peers.keys.sorted() {
      guard var peer = peers[region], peer.isDialled, peer.failures == 0, peer.lastContact != nil, peer.bodies.isDue,
        !peer.bodies.isAsking
      else { continue }
      peer.bodies.isDue = false
      peer.bodies.hasFound = false
      peer.bodies.isAsking = wanted.open > 0 || wanted.origins.contains(region)
      if peer.bodies.isAsking { effects.append(.requestBodies(region, after: nil)) }
      peers[region] = peer
    }
  }

  mutating func bodiesReceived(
    _ region: RegionCode, found: UInt64, next: EntryName?, at now: Int64, _ effects: inout [Effect]
  ) {
    guard var peer = peers[region], peer.bodies.isAsking else { return }
    peer.lastContact = now
    if found > 0 { peer.bodies.hasFound = true }
    if let next, peer.isDialled {
      effects.append(.requestBodies(region, after: next))
    } else {
      peer.bodies.isAsking = false
      peer.bodies.lastPause =
        peer.bodies.hasFound ? 0 : min(BodyRounds.pauseMax, max(1, 2 * peer.bodies.lastPause))
      peer.bodies.pause = peer.bodies.lastPause
    }
    peers[region] = peer
  }

  mutating func bodiesFailed(
    _ region: RegionCode, _ failure: PeerFailure, at now: Int64, _ effects: inout [Effect]
  ) {
    guard peers[region]?.bodies.isAsking == true else { return }
    peers[region]?.bodies.isAsking = false
    failed(region, failure, at: now, &effects)
  }

  /// Whether a peer is being asked for bodies, or is about to be.
  package func isFetchingBodies(from region: RegionCode) -> Bool {
    guard let peer = peers[region], wanted.open > 0 || wanted.origins.contains(region) else { return false }
    return peer.bodies.isDue || peer.bodies.isAsking
  }
}

extension Replication.BodyRounds {
  mutating func askSoon() {
    isDue = true
    pause = 0
    lastPause = 0
  }
}
