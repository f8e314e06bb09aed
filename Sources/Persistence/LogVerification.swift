import Catalog
import Cryptography
import TransparencyLog

/// Something in a log that contradicts what its key signed.
package struct LogFailure: Sendable, Hashable {
  package var origin: Origin
  /// Of an entry; nil: the whole log.
  package var index: UInt64?
  package var what: String

  package init(origin: Origin, index: UInt64?, what: String) {
    self.origin = origin
    self.index = index
    self.what = what
  }
}

extension Store {
  /// Recomputes the logs that are held from their leaves, on one snapshot for each log; `keys` sign for them. Entries read, and
  /// everything that is wrong.
  package func verifyLogs(
    _ configuration: CatalogConfiguration, keys: [Origin: NoteVerifier]
  ) throws -> (entries: UInt64, failures: [LogFailure]) {
    var entries: UInt64 = 0
    var failures: [LogFailure] = []
    for origin in try read(configuration, { try $0.origins() }) {
      let (count, found) = try read(configuration) { try $0.verifyLog(origin, key: keys[origin]) }
      entries += count
      failures += found
    }
    return (entries, failures)
  }
}

extension StoreTransaction {
  /// At most this many failures of one log are told.
  private static let failuresMax = 20

  fileprivate func verifyLog(_ origin: Origin, key: NoteVerifier?) throws -> (UInt64, [LogFailure]) {
    guard let log = try log(origin) else { return (0, []) }
    var failures: [LogFailure] = []
    func fail(_ index: UInt64?, _ what: String) {
      if failures.count < Self.failuresMax { failures.append(LogFailure(origin: origin, index: index, what: what)) }
    }
    var edge = RightEdge()
    try sql(
      """
      SELECT e.leaf, coalesce(e.nonce, r.nonce), coalesce(e.body, r.body), e.key
      FROM entry e LEFT JOIN restricted r ON r.key = e.key WHERE e.key >= ? AND e.key < ? ORDER BY e.key
      """
    ).bind(1, log.key(0)).bind(2, log.key(log.edge.size)).forEach { row in
      let index = StoredLog.index(ofKey: row.integer(3))
      if index != edge.size {
        fail(edge.size, "the entry is missing")
        return false
      }
      do {
        edge.append(try LogEntry(try Self.frame(row), origin: origin).leafHash)
      } catch let error as FrameError {
        fail(index, error.reason)
        edge.append(MerkleHash.leaf(row.bytes(0)))
      }
      return true
    }
    if edge.size != log.edge.size || edge.root != log.edge.root {
      fail(nil, "the \(edge.size) entries do not lead to the root that is stored")
    }
    guard let checkpoint = try log.checkpoint else {
      if log.edge.size > 0 { fail(nil, "there is no checkpoint") }
      return (edge.size, failures)
    }
    guard let key else {
      fail(nil, "there is no card of \(origin.region): its checkpoint cannot be checked")
      return (edge.size, failures)
    }
    do { _ = try checkpoint.verified(log: key) } catch {
      fail(nil, "the checkpoint is not signed by the log's key: \(error.reason)")
    }
    do throws(ProofError) {
      try checkpoint.checkpoint.checkExtends(size: edge.size, root: edge.root, proof: log.consistency)
    } catch { fail(nil, "the entries do not lead to the signed checkpoint: \(error.reason)") }
    return (edge.size, failures)
  }
}
