import Catalog
import Cryptography
import Replication
import TransparencyLog

/// One node: the real core, the real rules over dictionaries, its own keys, and a disk that keeps what was written.
final class SimulatedNode {
  /// What the disk does next, one job after another.
  enum DiskJob {
    case commit(ProvenGroup)
    case append([SimulatedIntent])
    case stamp(Origin, SignedCheckpoint)
    case fill(from: RegionCode, [(EntryName, Frame)], next: EntryName)
    case reconfigure
  }

  struct DurableHead {
    var checkpoint: SignedCheckpoint?
    var consistency: [Digest] = []
    var stamp: SignedCheckpoint?
  }

  let number: Int
  let keys: SimulatedKeys
  /// Of the cards that are here.
  private(set) var settings: [PeerSettings]
  private(set) var identities: [LogIdentity]
  /// What the cards that are here make it replicate.
  private(set) var wanted: CatalogConfiguration
  /// Milliseconds by which its clock differs.
  let skew: Int64

  // Durable: survives a crash.
  var store: MemoryCatalogStore
  var heads: [Origin: DurableHead] = [:]

  // Gone with a crash.
  var core: Replication
  var isUp = false
  /// Counts starts: what belongs to an earlier one is dropped.
  var life = 0
  var disk: [DiskJob] = []
  var isDiskBusy = false
  var timers: [RegionCode: UInt64] = [:]
  var asking: Set<RegionCode> = []
  var nudging: Set<RegionCode> = []
  var pulling: [RegionCode: UInt64] = [:]
  var askingBodies: Set<RegionCode> = []
  /// Logs that are configured and do not count yet.
  var blocked: [Reconfiguration.Blocked] = []

  // For the checks.
  var recorder: EventRecorder
  var recording: [UInt8] = []
  /// Leaf hashes that a writer was told are safe, by index.
  var acknowledged: [UInt64: Digest] = [:]
  /// What it stated in its own clock.
  var stated: [RegionCode: UInt64] = [:]

  init(
    number: Int, keys: SimulatedKeys, settings: [PeerSettings], identities: [LogIdentity],
    configuration: CatalogConfiguration,
    skew: Int64
  ) {
    self.number = number
    self.keys = keys
    self.settings = settings
    self.identities = identities
    self.skew = skew
    wanted = configuration
    store = MemoryCatalogStore(configuration)
    core = Replication(own: keys.origin, incarnation: 0, seed: 0)
    recorder = EventRecorder(own: keys.origin, incarnation: 0, seed: 0)
  }

  var region: RegionCode { keys.region }

  /// Another region's card comes.
  func add(_ identity: LogIdentity, _ peer: PeerSettings) {
    identities.append(identity)
    settings.append(peer)
    wanted = CatalogConfiguration(
      federation: wanted.federation, replicated: wanted.replicated.union([peer.region]))
  }

  /// What a node reads when it starts.
  func heldLog(_ origin: Origin) throws -> HeldLog {
    var held = HeldLog()
    let tree = store.tree(of: origin.region)
    held.edge = try RightEdge(size: tree.size, reading: tree)
    held.checkpoint = heads[origin]?.checkpoint
    held.consistency = heads[origin]?.consistency ?? []
    held.processed = store.logState(origin.region).processed
    held.stamp = heads[origin]?.stamp
    return held
  }

  func crash() {
    isUp = false
    life += 1
    disk = []
    isDiskBusy = false
    timers = [:]
    asking = []
    nudging = []
    pulling = [:]
    askingBodies = []
    blocked = []
  }
}

/// What a region's people want written.
struct SimulatedIntent {
  /// Whose namespace the resource is in.
  let owner: RegionCode
  let number: Int
  let isWithdrawal: Bool

  var id: [UInt8] { Array("\(owner)/resource-\(number)".utf8) }
}
