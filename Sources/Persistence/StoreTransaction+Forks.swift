import Catalog
import TransparencyLog

/// Proofs that logs signed two histories, and what that stops.
///
/// A row of `local`, `fork:ORIGIN`: how many entries were processed when the proof came (8 bytes, big-endian), and the
/// proof. No log says when that was, so it must be kept for a view to be made anew as it was.
extension StoreTransaction {
  struct StoredFork {
    var processedMax: UInt64
    var proof: ForkProof
  }

  private static let prefix = "fork:"

  /// Keeps the first proof of a log; any later one says no more. Entries not processed yet are not processed from now
  /// on, unless the log is this region's own: what a node wrote itself it goes on to know.
  package func keepFork(_ proof: ForkProof, of origin: Origin, isOwn: Bool) throws {
    guard try storedFork(of: origin) == nil else { return }
    let processedMax = isOwn ? UInt64.max : try logState(origin.region).processed
    let size = (0..<8).map { UInt8(truncatingIfNeeded: processedMax >> (56 - 8 * UInt64($0))) }
    try setLocal(Self.prefix + origin.text, size + proof.bytes)
    forks = nil
  }

  package func fork(of origin: Origin) throws -> ForkProof? { try storedFork(of: origin)?.proof }

  /// Asked for each entry that is judged: the rows are read once an access.
  package func quarantine(of region: RegionCode) throws -> UInt64? {
    guard try !storedForks().isEmpty, configuration.cuts[region] == nil else { return nil }
    return try storedFork(of: origin(of: region))?.processedMax
  }

  private func storedFork(of origin: Origin) throws -> StoredFork? { try storedForks()[origin] }

  private func storedForks() throws -> [Origin: StoredFork] {
    if let forks { return forks }
    var stored: [Origin: StoredFork] = [:]
    for row in try locals(prefix: Self.prefix) {
      guard let origin = Origin(String(row.key.dropFirst(Self.prefix.count))), row.value.count >= 8,
        let proof = try? ForkProof(parsing: Array(row.value[8...]))
      else { throw StoreError.damaged("the local row “\(row.key)” holds no proof of a fork") }
      stored[origin] = StoredFork(processedMax: row.value[..<8].reduce(0) { $0 << 8 | UInt64($1) }, proof: proof)
    }
    forks = stored
    return stored
  }

  /// Gives a replay what stopped the log in this store.
  func copyForks(from store: Store, _ configuration: CatalogConfiguration) throws {
    for row in try store.read(configuration, { try $0.locals(prefix: Self.prefix) }) {
      try setLocal(row.key, row.value)
    }
    forks = nil
  }
}
