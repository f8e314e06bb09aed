import Catalog
import Synchronization
import TransparencyLog

/// What questions need of each other region's catalog log, kept by the run loop after each event that changes it: who asks does
/// not wait for the core.
final class KnownLogs: Sendable {
  struct Known: Sendable {
    /// Signs its checkpoints.
    var key: NoteVerifier
    /// The time that the region's own witness key stated last, in seconds since the epoch: the age of what is shown of it.
    var asOf: UInt64?
    /// Entries that are processed here.
    var processed: UInt64 = 0
  }

  private let logs = Mutex<[RegionCode: Known]>([:])

  /// nil: no card of that region is here.
  subscript(region: RegionCode) -> Known? { logs.withLock { $0[region] } }

  var all: [RegionCode: Known] { logs.withLock { $0 } }

  /// A card is here. What is known already stays.
  func open(_ region: RegionCode, key: NoteVerifier) {
    logs.withLock { $0[region, default: Known(key: key)].key = key }
  }

  func set(processed: UInt64, of region: RegionCode) { logs.withLock { $0[region]?.processed = processed } }
  func set(asOf: UInt64?, of region: RegionCode) { logs.withLock { $0[region]?.asOf = asOf } }
}
