import Catalog
import Replication
import Synchronization

/// Keeps this region from signing a second history of its own log: an entry written on a store that was set back to an older
/// copy would be one.
///
/// What peers have shown reaches it from the core after each event; the writer asks it before each own entry.
final class OwnLogGuard: Sendable {
  private let shown = Mutex<OwnLogShown?>(nil)
  private let asked = Atomic<Bool>(false)

  /// Peers were asked for this region's own head since the start, or waited for as long as that is done.
  var isAsked: Bool { asked.load(ordering: .relaxed) }
  func noteAsked() { asked.store(true, ordering: .relaxed) }

  var isAnyShown: Bool { shown.withLock { $0 != nil } }

  func set(_ longer: OwnLogShown?) { shown.withLock { $0 = longer } }

  /// `held`: entries of the own log in the store that is about to be written.
  func check(held: UInt64) throws(NodeError) {
    guard let shown = shown.withLock(\.self), shown.head.size > held else { return }
    throw .refused(
      "ownLogLonger",
      "\(shown.region) has shown \(shown.head.size) entries that this region's own log has signed, this store holds \(held): "
        + "it was restored from an old copy; nothing is written, or the log would fork: put the newest copy of this "
        + "directory back")
  }
}

extension Node {
  /// How long a node that starts waits for its peers before its first own entry.
  static let ownHeadsWait = Duration.seconds(5)

  /// Before an own entry: peers were asked for this region's own head since the start, each of them or for as long as is
  /// waited; if nobody answers, it is written. Throws where one has shown more of the log than is here.
  nonisolated func mayWrite() async throws(NodeError) {
    if !ownLog.isAsked { await askOwnHeads() }
    if ownLog.isAnyShown { try await checkOwnLog() }
  }

  private func checkOwnLog() throws(NodeError) {
    try ownLog.check(held: replication.held(configuration.catalogOrigin)?.edge.size ?? 0)
  }

  func askOwnHeads() async {
    defer { ownLog.noteAsked() }
    let deadline = started + Self.ownHeadsWait
    while !isStopping, ContinuousClock.now < deadline,
      !knownPeers.allSatisfy({ !settings(of: $0).isDialled || replication.hasAnswered($0) })
    {
      await nextEvent(before: deadline)
    }
  }
}
