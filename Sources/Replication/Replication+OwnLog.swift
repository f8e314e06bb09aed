import Catalog

/// A head of this region's own log that a peer showed, signed by the log's key.
package struct OwnLogShown: Sendable, Equatable {
  package var region: RegionCode
  package var head: LogHead

  package init(region: RegionCode, head: LogHead) {
    self.region = region
    self.head = head
  }
}

/// What peers know of this region's own log: a store that was set back to an older copy learns it from them, before it signs
/// a second history.
extension Replication {
  /// The longest history of the own log that a peer has shown, while less of it is held here. That peer may be gone, and the
  /// signature stays true: nothing but the entries ends it.
  package var longerOwnLog: OwnLogShown? {
    guard let shown = ownLogShown, let held = logs[own]?.held.edge.size, shown.head.size > held else { return nil }
    return shown
  }

  /// Whether a peer has told what it holds since the start, or could not be asked.
  package func hasAnswered(_ region: RegionCode) -> Bool { peers[region]?.hasAnswered ?? false }

  /// Remembers a head whose signature was checked.
  mutating func show(_ head: LogHead, _ region: RegionCode, held: UInt64) -> PeerFailure {
    if head.size > ownLogShown?.head.size ?? 0 { ownLogShown = OwnLogShown(region: region, head: head) }
    return PeerFailure(
      code: "ownLogLonger",
      reason: "shows \(head.size) entries that this region's own log has signed, this store holds \(held): it was "
        + "restored from an old copy")
  }
}
