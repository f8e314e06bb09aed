import Catalog
import Cryptography
import Replication
import TransparencyLog

/// Logs as peers and proofs need them.
extension StoreTransaction {
  /// What is held of a log; nil if the store has never heard of it.
  package func heldLog(_ origin: Origin) throws -> HeldLog? {
    guard let log = try log(origin) else { return nil }
    var held = HeldLog()
    held.edge = log.edge
    held.checkpoint = try log.checkpoint
    held.consistency = log.consistency
    if origin.log == .catalog { held.processed = try logState(origin.region).processed }
    held.stamp = try stamp(of: origin)
    held.fork = try fork(of: origin)
    held.taken = try taken(of: origin)
    return held
  }

  private static func takenKey(_ origin: Origin) -> String { "taken:\(origin.text)" }

  func setTaken(_ taken: Quota.Taken, of origin: Origin) throws {
    try setLocal(Self.takenKey(origin), Array("\(taken.day) \(taken.entries) \(taken.bytes)".utf8))
  }

  /// Of the day that was noted last; nothing where none was.
  private func taken(of origin: Origin) throws -> Quota.Taken {
    guard let bytes = try local(Self.takenKey(origin)) else { return Quota.Taken() }
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard parts.count == 3, let day = Int64(parts[0]), let entries = UInt64(parts[1]), let count = UInt64(parts[2])
    else { throw StoreError.damaged("what was taken of \(origin) cannot be read") }
    return Quota.Taken(day: day, entries: entries, bytes: count)
  }

  /// The tree of what is held of a log; nil if the store has never heard of it.
  package func edge(of origin: Origin) throws -> RightEdge? { try log(origin)?.edge }

  /// Makes an empty log with a row of its own: both logs of a region exist from its first day.
  package func createLog(_ origin: Origin, checkpoint: SignedCheckpoint) throws {
    let log = try logOrNew(origin)
    log.prove(by: checkpoint)
  }

  package func setCheckpoint(_ checkpoint: SignedCheckpoint, consistency: [Digest] = [], of origin: Origin) throws {
    guard let log = try log(origin) else { throw StoreError.damaged("\(origin) has no row") }
    log.prove(by: checkpoint, consistency: consistency)
  }

  package func origins() throws -> [Origin] {
    try sql("SELECT origin FROM log ORDER BY origin").all { row in
      guard let origin = Origin(row.text(0)) else { throw StoreError.damaged("“\(row.text(0))” is no origin line") }
      return origin
    }
  }

  /// Frames of entries `[from, to)`, one after another, at most `byteCountMax` of them once there is one. Fewer come back
  /// where the log or the bytes end.
  package func frames(of origin: Origin, from: UInt64, to: UInt64, byteCountMax: Int) throws -> (
    bytes: [UInt8], count: UInt64
  ) {
    guard let log = try log(origin), from < to else { return ([], 0) }
    var bytes: [UInt8] = []
    var count: UInt64 = 0
    try sql("SELECT leaf, nonce, body FROM entry WHERE key >= ? AND key < ? ORDER BY key")
      .bind(1, log.key(from)).bind(2, log.key(min(to, log.edge.size))).forEach { row in
        let frame = try Self.frame(row)
        if count > 0, bytes.count + frame.encodedLength > byteCountMax { return false }
        frame.append(to: &bytes)
        count += 1
        return true
      }
    return (bytes, count)
  }

  package func frame(of origin: Origin, at index: UInt64) throws -> Frame? {
    guard let log = try log(origin), index < log.edge.size else { return nil }
    return try sql("SELECT leaf, nonce, body FROM entry WHERE key = ?").bind(1, log.key(index)).first(Self.frame)
  }

  /// Columns: leaf, nonce, body.
  static func frame(_ row: SQLRow) throws -> Frame {
    let leaf = row.bytes(0)
    guard leaf.count <= Frame.leafLengthMax else { throw StoreError.damaged("a leaf is too long") }
    guard let nonce = row.optionalBytes(1), let content = row.optionalBytes(2) else { return Frame(leaf: leaf) }
    guard content.count <= Frame.bodyLengthMax, let body = Body(nonce: nonce, content: content) else {
      throw StoreError.damaged("the body of an entry cannot be read")
    }
    return Frame(leaf: leaf, body: body)
  }

  /// The root of a log's tree at a size up to what is held; nil past it.
  package func root(of origin: Origin, at size: UInt64) throws -> Digest? { try log(origin)?.root(at: size) }

  /// Both, for whoever must know on which branch of a log the smaller size lies.
  package func branch(of origin: Origin, from: UInt64, to: UInt64) throws -> BranchProof? {
    guard let hashes = try consistency(of: origin, from: from, to: to), let root = try root(of: origin, at: from) else {
      return nil
    }
    return BranchProof(root: root, hashes: hashes)
  }

  package func consistency(of origin: Origin, from: UInt64, to: UInt64) throws -> [Digest]? {
    guard let log = try log(origin), from > 0, from <= to, to <= log.edge.size else { return nil }
    return try ConsistencyProof.make(from: from, to: to, reading: log.reader).hashes
  }

  package func inclusion(of origin: Origin, index: UInt64, size: UInt64) throws -> [Digest]? {
    guard let log = try log(origin), index < size, size <= log.edge.size else { return nil }
    return try InclusionProof.make(index: index, size: size, reading: log.reader).hashes
  }

  package func tile(of origin: Origin, _ address: TileAddress) throws -> [UInt8]? {
    guard let log = try log(origin),
      let widest = TileAddress(level: address.level, index: address.index, size: log.edge.size),
      address.width <= widest.width
    else { return nil }
    return try log.tile(address)
  }

  /// Leaves of 256 entries, or of `width` at the log's end (c2sp.org/tlog-tiles, "Log Entries"); nil if not all are held.
  package func entryBundle(of origin: Origin, index: UInt64, width: Int) throws -> [UInt8]? {
    guard let log = try log(origin), index <= log.edge.size / 256, index * 256 + UInt64(width) <= log.edge.size else {
      return nil
    }
    let leaves = try sql("SELECT leaf FROM entry WHERE key >= ? AND key < ? ORDER BY key")
      .bind(1, log.key(index * 256)).bind(2, log.key(index * 256 + UInt64(width))).all { $0.bytes(0) }
    return EntryBundle.encode(leaves)
  }

  // MARK: Facts of this node alone

  /// The row carries a digest of its own: nothing else proves it.
  package func setLocal(_ key: String, _ value: [UInt8]?) throws {
    writeCount += 1
    guard let value else {
      try sql("DELETE FROM local WHERE key = ?").bind(1, key).run()
      return
    }
    try sql("INSERT OR REPLACE INTO local (key, value, digest) VALUES (?, ?, ?)")
      .bind(1, key).bind(2, value).bind(3, Self.localDigest(key, value)).run()
  }

  package func local(_ key: String) throws -> [UInt8]? {
    try sql("SELECT value, digest FROM local WHERE key = ?").bind(1, key).first { row in
      let value = row.bytes(0)
      guard row.digest(1) == Self.localDigest(key, value) else {
        throw StoreError.damaged("the local row “\(key)” was changed")
      }
      return value
    }
  }

  /// All local rows whose key begins with `prefix`, which ends in `:`.
  package func locals(prefix: String) throws -> [(key: String, value: [UInt8])] {
    precondition(prefix.hasSuffix(":"), "keys are grouped by a colon")
    // ';' is the character behind ':': the range holds exactly the keys that begin so.
    let keys = try sql("SELECT key FROM local WHERE key >= ? AND key < ? ORDER BY key")
      .bind(1, prefix).bind(2, prefix.dropLast() + ";").all { $0.text(0) }
    return try keys.compactMap { key in try local(key).map { (key, $0) } }
  }

  static func localDigest(_ key: String, _ value: [UInt8]) -> Digest {
    let hash = SHA256.Incremental()
    hash.update("tongyuan/local/v1\n\(key)\n")
    hash.update(value)
    return hash.finalize()
  }

  package func stamp(of origin: Origin) throws -> SignedCheckpoint? {
    guard let bytes = try local("stamp:\(origin)") else { return nil }
    return try? SignedCheckpoint(parsing: bytes)
  }

  package func setStamp(_ stamp: SignedCheckpoint, of origin: Origin) throws {
    try setLocal("stamp:\(origin)", stamp.bytes)
  }
}
