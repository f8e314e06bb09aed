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
  /// Recomputes the logs that are held from their leaves; `keys` sign for them. Entries read, and everything that is wrong.
  ///
  /// In pieces, each a read of its own, with room for other work between them: a long log keeps no thread, no reader and no
  /// snapshot to itself. Throws a `CancellationError` soon after its task is cancelled.
  package func verifyLogs(
    _ configuration: CatalogConfiguration, keys: [Origin: NoteVerifier]
  ) async throws -> (entries: UInt64, failures: [LogFailure]) {
    var entries: UInt64 = 0
    var failures: [LogFailure] = []
    for origin in try read(configuration, { try $0.origins() }) {
      guard var verification = try read(configuration, { try LogVerification(of: origin, signedBy: keys[origin], $0) })
      else { continue }
      while !verification.isAtEnd {
        try Task.checkCancellation()
        let soFar = verification
        verification = try read(configuration) { try soFar.continued($0) }
        await Task.yield()
      }
      let (count, found) = verification.result()
      entries += count
      failures += found
    }
    return (entries, failures)
  }
}

/// One log as it was when this began, recomputed as far as `edge`. Entries never change; a body may go meanwhile.
private struct LogVerification: Sendable {
  private let origin: Origin
  private let held: RightEdge
  private let checkpoint: SignedCheckpoint?
  /// From what is held to the checkpoint.
  private let consistency: [Digest]
  private let key: NoteVerifier?
  private var edge = RightEdge()
  private var failures: [LogFailure] = []
  private(set) var isAtEnd: Bool

  /// At most this many failures of one log are told.
  private static let failuresMax = 20
  /// Entries of one read: some milliseconds.
  private static let pieceEntries = 256

  /// nil if nothing of the log is held.
  init?(of origin: Origin, signedBy key: NoteVerifier?, _ transaction: StoreTransaction) throws {
    guard let log = try transaction.log(origin) else { return nil }
    self.origin = origin
    self.key = key
    held = log.edge
    checkpoint = try log.checkpoint
    consistency = log.consistency
    isAtEnd = log.edge.size == 0
  }

  private mutating func fail(_ index: UInt64?, _ what: String) {
    if failures.count < Self.failuresMax { failures.append(LogFailure(origin: origin, index: index, what: what)) }
  }

  /// Further by one piece.
  func continued(_ transaction: StoreTransaction) throws -> LogVerification {
    var next = self
    let isCut = try transaction.forEachLeaf(of: origin, edge.size..<held.size, countMax: Self.pieceEntries) {
      index, leaf in
      guard index == next.edge.size else {
        next.fail(next.edge.size, "the entry is missing")
        return false
      }
      switch leaf {
      case .success(let hash): next.edge.append(hash)
      case .failure(let broken):
        next.fail(index, broken.reason)
        next.edge.append(broken.hash)
      }
      return true
    }
    next.isAtEnd = isCut || next.edge.size == edge.size || next.edge.size == held.size
    return next
  }

  /// Entries read, and what is wrong, once all is read.
  func result() -> (entries: UInt64, failures: [LogFailure]) {
    var end = self
    end.judge()
    return (edge.size, end.failures)
  }

  private mutating func judge() {
    if edge != held { fail(nil, "the \(edge.size) entries do not lead to the root that is stored") }
    guard let checkpoint else {
      if held.size > 0 { fail(nil, "there is no checkpoint") }
      return
    }
    guard let key else { return fail(nil, "there is no card of \(origin.region): its checkpoint cannot be checked") }
    do { _ = try checkpoint.verified(log: key) } catch {
      fail(nil, "the checkpoint is not signed by the log's key: \(error.reason)")
    }
    do throws(ProofError) {
      try checkpoint.checkpoint.checkExtends(size: edge.size, root: edge.root, proof: consistency)
    } catch { fail(nil, "the entries do not lead to the signed checkpoint: \(error.reason)") }
  }
}

/// A leaf that counts in the tree all the same, and what is wrong with its entry.
private struct BrokenEntry: Error {
  var hash: Digest
  var reason: String
}

extension LogEntry {
  /// What is wrong with an entry of this node's own audit log whose body is not there: it lies here alone, and nothing erases it.
  func missingEvent(of origin: Origin) -> String? {
    origin.log == .audit && body == nil ? "the body of the event is missing" : nil
  }
}

extension StoreTransaction {
  /// Leaves' hashes of what is there of entries `[from, to)`, at most `countMax`, in order, each with its body checked against
  /// its commitment. `body` returns false to end it; then this returns true.
  fileprivate func forEachLeaf(
    of origin: Origin, _ range: Range<UInt64>, countMax: Int,
    _ body: (UInt64, Result<Digest, BrokenEntry>) -> Bool
  ) throws -> Bool {
    guard let log = try log(origin) else { return true }
    var isEnded = false
    try sql(
      """
      SELECT e.leaf, coalesce(e.nonce, r.nonce), coalesce(e.body, r.body), e.key
      FROM entry e LEFT JOIN restricted r ON r.key = e.key WHERE e.key >= ? AND e.key < ? ORDER BY e.key LIMIT ?
      """
    ).bind(1, log.key(range.lowerBound)).bind(2, log.key(range.upperBound)).bind(3, countMax).forEach { row in
      let leaf: Result<Digest, BrokenEntry>
      do {
        let entry = try LogEntry(try Self.frame(row), origin: origin)
        if let reason = entry.missingEvent(of: origin) {
          leaf = .failure(BrokenEntry(hash: entry.leafHash, reason: reason))
        } else {
          leaf = .success(entry.leafHash)
        }
      } catch let error as FrameError {
        leaf = .failure(BrokenEntry(hash: MerkleHash.leaf(row.bytes(0)), reason: error.reason))
      }
      isEnded = !body(StoredLog.index(ofKey: row.integer(3)), leaf)
      return !isEnded
    }
    return isEnded
  }
}
