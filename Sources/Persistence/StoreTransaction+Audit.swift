import Catalog
import Cryptography
import TransparencyLog

/// What one access did that an audit log tells of.
package struct AuditNotes {
  package internal(set) var refused: [(name: EntryName, refusal: Refusal)] = []
  /// Entries whose bodies were erased here, and the recalls that did it.
  package internal(set) var erased: [(name: EntryName, recall: EntryName)] = []
  /// Lists that applied entries are about.
  package internal(set) var lists: Set<Digest> = []

  package var isEmpty: Bool { refused.isEmpty && erased.isEmpty && lists.isEmpty }
}

/// An entry of an audit log, as it is read back.
package struct AuditRecord: Sendable, Equatable {
  package var index: UInt64
  /// Milliseconds since the epoch.
  package var time: Int64
  /// nil once its body is erased, or where this version does not know its kind.
  package var event: AuditEvent?
}

/// Entries of this region's own audit log.
extension StoreTransaction {
  /// Appends an event; its time is never before that of the one before it. `nonce` are 32 random bytes. The checkpoint over it is
  /// the writer's, in the same transaction.
  package func append(_ event: AuditEvent, to origin: Origin, now: Int64, nonce: [UInt8]) throws {
    precondition(origin.log == .audit, "events are of audit logs")
    guard let body = Body(nonce: nonce, content: event.encoded()) else {
      preconditionFailure("a nonce that a frame can carry")
    }
    let log = try logOrNew(origin)
    let last = try log.edge.size == 0 ? 0 : auditTime(log, log.edge.size - 1)
    let leaf = AuditLeaf(time: max(now, last), body: body, origin: origin).encoded()
    let key = log.key(log.edge.size)
    do {
      let entry = try LogEntry(Frame(leaf: leaf, body: body), origin: origin)
      writeCount += 1
      try log.append(entry.leafHash)
      try append(entry, to: log, key: key)
    } catch let error as FrameError { preconditionFailure("its own commitment fits: \(error.reason)") }
  }

  private func auditTime(_ log: StoredLog, _ index: UInt64) throws -> Int64 {
    guard let leaf = try sql("SELECT leaf FROM entry WHERE key = ?").bind(1, log.key(index)).first({ $0.bytes(0) }),
      let time = AuditLeaf(bytes: leaf)?.time
    else { throw StoreError.damaged("entry \(index) of \(log.origin) cannot be read") }
    return time
  }

  /// Entries from `from` on, at most `limit`, in order. Throws where one is missing.
  package func auditRecords(of origin: Origin, from: UInt64, limit: Int) throws -> [AuditRecord] {
    guard let log = try log(origin), from < log.edge.size else { return [] }
    let records = try sql(
      """
      SELECT e.key, e.leaf, r.body FROM entry e LEFT JOIN restricted r ON r.key = e.key
      WHERE e.key >= ? AND e.key < ? ORDER BY e.key LIMIT ?
      """
    ).bind(1, log.key(from)).bind(2, log.key(log.edge.size)).bind(3, limit).all { row in
      guard let leaf = AuditLeaf(bytes: row.bytes(1)) else {
        throw StoreError.damaged("entry \(StoredLog.index(ofKey: row.integer(0))) of \(origin) cannot be read")
      }
      return AuditRecord(
        index: StoredLog.index(ofKey: row.integer(0)), time: leaf.time,
        event: row.optionalBytes(2).flatMap { AuditEvent(decoding: $0) })
    }
    guard zip(from..., records).allSatisfy({ $0 == $1.index }), !records.isEmpty else {
      throw StoreError.damaged("an entry of \(origin) from \(from) on is missing")
    }
    return records
  }
}
