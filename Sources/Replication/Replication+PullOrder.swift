import Catalog

/// Which peer is asked for which log, and how long others wait for it.
extension Replication {
  /// A peer that has served nothing of a log for this long is not waited for any more by others that have it: whoever is
  /// first is taken, and what comes later is known already.
  static let patienceMilliseconds: Int64 = 5_000

  /// Gives every idle peer a log that it has more of: first each region its own, which relays have from there; then what
  /// nobody else is fetching, last to those that were outdone.
  mutating func startPulls(at now: Int64, _ effects: inout [Effect]) {
    let regions = peers.keys.sorted()
    for region in regions where peers[region]?.isOutdone == false {
      startPull(region, at: now, &effects) { $0.region == region }
    }
    for isOutdone in [false, true] {
      for region in regions where peers[region]?.isOutdone == isOutdone {
        startPull(region, at: now, &effects) { _ in true }
      }
    }
  }

  private mutating func startPull(
    _ region: RegionCode, at now: Int64, _ effects: inout [Effect], of isWanted: (Origin) -> Bool
  ) {
    guard let peer = peers[region], peer.isDialled, peer.pull == nil, peer.inquiry == nil, !peer.ahead.isEmpty else {
      return
    }
    var patienceEnds: Int64?
    for origin in peer.ahead.filter(isWanted).sorted() {
      guard let log = logs[origin], let offer = peer.offers[origin],
        min(offer.held, log.end) > log.provenEdge.size, offer.branch != .other
      else {
        peers[region]?.ahead.remove(origin)
        continue
      }
      let allowance = quota.allowance(log, at: now)
      logs[origin]?.isThrottled = allowance == 0
      guard allowance > 0, log.canProve else { continue }
      if let end = fetchedUntil(log, insteadOf: region), now < end {
        patienceEnds = min(end, patienceEnds ?? end)
        continue
      }
      let from = log.provenEdge.size
      let to = min(offer.held, log.end, from + min(pullEntriesMax, allowance))
      pulls += 1
      peers[region]?.pull = PeerState.Pull(
        id: pulls, origin: origin, from: from, to: to, offer: offer, beganAt: now)
      logs[origin]?.puller = region
      // Of a half-held log, what leads from there to the checkpoint came with the offer.
      effects.append(
        .requestEntries(region, pull: pulls, origin, from: from, to: to, treeSize: offer.held))
      return
    }
    // Nothing else may happen until then.
    if let patienceEnds { wake(region, at: patienceEnds, &effects) }
  }

  /// Until when somebody who is at it is waited for; nil: nobody is. A region waits for no relay of its own log, unless it
  /// was the slower one before.
  private func fetchedUntil(_ log: MirroredLog, insteadOf region: RegionCode) -> Int64? {
    let origin = log.identity.origin
    guard let puller = log.puller, let peer = peers[puller], let pull = peer.pull, !peer.isOutdone,
      pull.origin == origin, origin.region != region || peers[region]?.isOutdone == true
    else { return nil }
    return pull.beganAt + Self.patienceMilliseconds
  }

  /// What is asked of others and has come meanwhile is not waited for: they are free for what only they have.
  mutating func giveUpOutdone(_ origin: Origin, _ effects: inout [Effect]) {
    guard let size = logs[origin]?.provenEdge.size else { return }
    for region in peers.keys.sorted() {
      guard let pull = peers[region]?.pull, pull.origin == origin, pull.from < size else { continue }
      peers[region]?.isOutdone = true
      release(region, &effects)
    }
  }
}
