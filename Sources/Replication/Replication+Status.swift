import Catalog
import TransparencyLog

/// What people see of a peer.
package struct PeerReport: Sendable, Equatable {
  /// The names are those of `status --json`.
  package enum State: String, Sendable, Equatable, CaseIterable {
    case inSync, catchingUp, unreachable, suspended, forked, retired, neverSynced, relayed, throttled, faulty
  }
  package var region: RegionCode
  package var state: State
  /// Entries that the peer is known to have and this node has not processed.
  package var behind: UInt64
  /// Milliseconds since the epoch.
  package var lastContact: Int64?
  package var lastError: PeerFailure?
  /// When the last request failed, milliseconds since the epoch.
  package var lastFailure: Int64?
  /// Sizes that the peer has processed, per region; without zeros.
  package var frontier: [RegionCode: UInt64]
}

extension Replication {
  package func reports() -> [PeerReport] { peers.keys.sorted().compactMap { report(of: $0) } }

  package func report(of region: RegionCode) -> PeerReport? {
    guard let peer = peers[region] else { return nil }
    var behind: UInt64 = 0
    var frontier: [RegionCode: UInt64] = [:]
    for (origin, offer) in peer.offers where origin.log == .catalog {
      if offer.processed > 0 { frontier[origin.region] = offer.processed }
      if let log = logs[origin], origin != own, !log.isForked, min(offer.held, log.end) > log.held.processed {
        let (sum, overflow) = behind.addingReportingOverflow(min(offer.held, log.end) - log.held.processed)
        behind = overflow ? .max : sum
      }
    }
    return PeerReport(
      region: region, state: state(of: peer, behind: behind), behind: behind, lastContact: peer.lastContact,
      lastError: peer.lastError ?? throttle(of: region), lastFailure: peer.lastFailure, frontier: frontier)
  }

  /// Why no more of a region's logs is taken today; nil if nothing is held back.
  package func throttle(of region: RegionCode) -> PeerFailure? {
    logs.filter { $0.key.region == region && $0.value.isThrottled }.sorted { $0.key < $1.key }.first?.value
      .throttle(quota)
  }

  private func state(of peer: PeerState, behind: UInt64) -> PeerReport.State {
    switch peer.settings.standing {
    case .suspended: return .suspended
    case .retired: return .retired
    case .active: break
    }
    let held = logs.values.filter { $0.identity.origin.region == peer.settings.region }
    if held.contains(where: \.isForked) { return .forked }
    if peer.settings.dialled, peer.lastError?.isFault == true { return .faulty }
    if held.contains(where: \.isThrottled) { return .throttled }
    if !peer.settings.dialled { return .relayed }
    if peer.lastContact == nil, held.allSatisfy({ $0.held.edge.size == 0 }) { return .neverSynced }
    if peer.failures > 0 { return .unreachable }
    if peer.lastContact == nil || behind > 0 || wanted.open > 0 { return .catchingUp }
    return .inSync
  }

  /// The time of the newest statement of a region's own witness key about its catalog log, in seconds since the epoch:
  /// the age of what is shown of that region.
  package func knownAt(_ origin: Origin) -> UInt64? { logs[origin]?.stampTime }

  /// What each peer is known to hold beyond what is processed here, per log: what `sync --wait` waits for.
  package func outstanding(of region: RegionCode) -> [Origin: UInt64] {
    guard let peer = peers[region] else { return [:] }
    var sizes: [Origin: UInt64] = [:]
    for (origin, offer) in peer.offers where origin != own {
      guard let log = logs[origin] else { continue }
      // Of a forked log what others hold may never come, of a throttled one not today.
      sizes[origin] = min(offer.held, log.end, log.isForked || log.isThrottled ? log.held.edge.size : .max)
    }
    return sizes
  }

  package func held(_ origin: Origin) -> HeldLog? { logs[origin]?.held }
  package func isAsking(_ region: RegionCode) -> Bool { peers[region]?.askedAt != nil }
}

extension Replication {
  /// The replicated log whose origin line has this SHA-256 in lower-case hexadecimal.
  package func origin(hash: String) -> Origin? { originsByHash[hash] }

  /// Sizes of a log: durable, and proven (some of it may be on its way to the disk).
  package func progress(of origin: Origin) -> (held: UInt64, proven: UInt64)? {
    logs[origin].map { ($0.held.edge.size, $0.provenEdge.size) }
  }
}
