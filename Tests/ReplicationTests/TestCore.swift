import Catalog
import Cryptography
import Replication
import Simulator
import TransparencyLog

enum Place {
  static let federation = named(FederationName("test"))
  static let shanghai = named(RegionCode("310000"))
  static let jiangsu = named(RegionCode("320000"))
  static let zhejiang = named(RegionCode("330000"))

  private static func named<Name>(_ name: Name?) -> Name {
    guard let name else { preconditionFailure("a name of the tests is none") }
    return name
  }

  static func log(_ region: RegionCode, entries: Int, seed: UInt64 = 0) throws -> SimulatedLog {
    try SimulatedLog(region, federation: federation, entries: entries, seed: seed)
  }
}

/// The core of Shanghai's node, with what it answered last.
struct TestCore {
  var core: Replication
  /// Milliseconds since the epoch.
  var now: Int64 = 1_800_000_000_000

  /// Opens the own log and those given, nothing held of any unless `held` says so, and dials the regions named.
  init(
    _ own: SimulatedLog, _ logs: [SimulatedLog], dialling regions: [RegionCode] = [Place.jiangsu, Place.zhejiang],
    held: [RegionCode: HeldLog] = [:], quota: Quota = Quota(), groupEntries: UInt64 = 4, seed: UInt64 = 1,
    incarnation: UInt64 = 7
  ) throws {
    core = Replication(
      own: own.origin, incarnation: incarnation, seed: seed, quota: quota, groupEntries: groupEntries)
    tell(.logOpened(own.keys.identity, try held[own.keys.region] ?? own.held(own.size)))
    for log in logs { tell(.logOpened(log.keys.identity, held[log.keys.region] ?? HeldLog())) }
    for region in regions { tell(.peerConfigured(PeerSettings(region: region))) }
  }

  @discardableResult mutating func tell(_ event: Replication.Event) -> [Replication.Effect] {
    core.handle(event, at: now)
  }

  @discardableResult mutating func hear(
    _ heads: Head..., from region: RegionCode, cursor: String = "1-1", more: Bool = false
  ) -> [Replication.Effect] {
    tell(.headsReceived(region, HeadsAnswer(cursor: cursor, heads: heads, more: more)))
  }

  @discardableResult mutating func commit(_ group: ProvenGroup) -> [Replication.Effect] {
    tell(.committed(group.origin, size: group.edge.size, processed: [group.origin: group.edge.size]))
  }

  func size(of log: SimulatedLog) -> UInt64? { core.held(log.origin)?.edge.size }
  func error(of region: RegionCode) -> PeerFailure? { core.report(of: region)?.lastError }
  func state(of region: RegionCode) -> PeerReport.State? { core.report(of: region)?.state }
}

struct TestPull: Equatable {
  var region: RegionCode
  var pull: UInt64
  var origin: Origin
  var range: Range<UInt64>
  var treeSize: UInt64
}

extension [Replication.Effect] {
  var pulls: [TestPull] {
    compactMap {
      guard case .requestEntries(let region, let pull, let origin, let from, let to, let size) = $0 else { return nil }
      return TestPull(region: region, pull: pull, origin: origin, range: from..<to, treeSize: size)
    }
  }
  var groups: [ProvenGroup] {
    compactMap { if case .commit(let group) = $0 { group } else { nil } }
  }
  var asked: [RegionCode] {
    compactMap { if case .requestHeads(let region, _) = $0 { region } else { nil } }
  }
  var nudged: [RegionCode] {
    compactMap { if case .nudge(let region, _, _) = $0 { region } else { nil } }
  }
  func timer(of region: RegionCode) -> Int64? {
    compactMap { if case .setTimer(region, let time) = $0 { time } else { nil } }.last
  }
}
