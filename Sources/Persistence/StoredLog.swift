import Catalog
import Cryptography
import TransparencyLog

/// A log's row, its tree's right edge and the tiles that are not full yet, while a transaction works on it.
///
/// Invariant: between `append` and `save`, reads of tiles come through here, since the newest hashes are in memory alone.
final class StoredLog: TileReader {
  let number: Int64
  let origin: Origin
  private(set) var edge: RightEdge
  /// The newest checkpoint, as it is stored; empty where there is none. Most transactions do not read it.
  private var note: [UInt8]
  /// From what is held to the checkpoint, where it covers more.
  var consistency: [Digest]
  private let sql: Statements
  /// Tiles that changed, by level and number: at most one a level is not full.
  private var open: [TileName: [UInt8]] = [:]
  private var changed = false

  private struct TileName: Hashable {
    var level: Int
    var number: UInt64
  }

  /// An index has 40 bits of an entry's key, a log's number the rest.
  static let indexBits: Int64 = 40

  private init(
    number: Int64, origin: Origin, edge: RightEdge, note: [UInt8], consistency: [Digest],
    sql: Statements
  ) {
    self.number = number
    self.origin = origin
    self.edge = edge
    self.note = note
    self.consistency = consistency
    self.sql = sql
  }

  /// nil if the store has no log of this origin.
  static func load(_ origin: Origin, _ sql: Statements) throws -> StoredLog? {
    try sql("SELECT id, size, edge, checkpoint, consistency FROM log WHERE origin = ?").bind(1, origin.text).first {
      row in
      let edge: RightEdge
      do throws(ProofError) { edge = try RightEdge(bytes: row.bytes(2)) } catch {
        throw StoreError.damaged("the tree's edge of \(origin) cannot be read: \(error.reason)")
      }
      guard edge.size == row.size(1) else {
        throw StoreError.damaged("the tree's edge of \(origin) is of another size")
      }
      guard let consistency = Self.hashes(row.bytes(4)) else {
        throw StoreError.damaged("the consistency proof of \(origin) cannot be read")
      }
      return StoredLog(
        number: row.integer(0), origin: origin, edge: edge, note: row.bytes(3), consistency: consistency, sql: sql)
    }
  }

  static func create(_ origin: Origin, _ sql: Statements) throws -> StoredLog {
    try sql(
      "INSERT INTO log (origin, size, edge, checkpoint, consistency) VALUES (?, 0, ?, x'', x'')"
    ).bind(1, origin.text).bind(2, RightEdge().bytes).run()
    guard let log = try load(origin, sql) else { throw StoreError.damaged("a log's row was not written") }
    return log
  }

  func key(_ index: UInt64) -> Int64 { number << Self.indexBits | Int64(index) }
  static func index(ofKey key: Int64) -> UInt64 { UInt64(key & (1 << indexBits - 1)) }
  static func number(ofKey key: Int64) -> Int64 { key >> indexBits }

  // MARK: The tree

  func append(_ leafHash: Digest) throws {
    changed = true
    try edge.append(leafHash) { node, hash in
      guard let slot = node.tileSlot else { return }
      let name = TileName(level: slot.level, number: slot.index)
      if open[name] == nil, slot.offset > 0 { open[name] = try stored(name) }
      hash.withUnsafeBytes { open[name, default: []].append(contentsOf: $0) }
      guard open[name]?.count == (slot.offset + 1) * Digest.byteCount else {
        throw StoreError.damaged("tile \(slot.level)/\(slot.index) of \(origin) does not fit the tree's size")
      }
      if slot.offset == 255, let full = open.removeValue(forKey: name) { try write(full, name) }
    }
  }

  func tile(_ address: TileAddress) throws -> [UInt8] {
    let name = TileName(level: address.level, number: address.index)
    let hashes = try open[name] ?? stored(name)
    guard hashes.count >= address.width * Digest.byteCount else {
      throw StoreError.damaged("tile \(address.level)/\(address.index) of \(origin) is missing or short")
    }
    return Array(hashes.prefix(address.width * Digest.byteCount))
  }

  /// nil past the held size.
  func root(at size: UInt64) throws -> Digest? {
    if size == edge.size { return edge.root }
    if size > edge.size { return nil }
    return try reader.root(size: size)
  }

  var reader: TileHashReader<StoredLog> { TileHashReader(size: edge.size, tiles: self) }

  /// Writes the row and the partial tiles: once, at the end of a transaction.
  func save() throws {
    guard changed || checkpointChanged else { return }
    for (name, hashes) in open { try write(hashes, name) }
    let statement = try sql("UPDATE log SET size = ?, edge = ?, checkpoint = ?, consistency = ? WHERE id = ?")
    statement.bind(1, Int64(edge.size)).bind(2, edge.bytes).bind(3, note)
      .bind(4, consistency.flatMap(\.bytes)).bind(5, number)
    try statement.run()
    changed = false
    checkpointChanged = false
  }

  private var checkpointChanged = false

  /// What the entries were proven against last; nil for an empty log.
  var checkpoint: SignedCheckpoint? {
    get throws {
      do throws(NoteError) { return note.isEmpty ? nil : try SignedCheckpoint(parsing: note) } catch {
        throw StoreError.damaged("the checkpoint of \(origin) cannot be read: \(error.reason)")
      }
    }
  }

  func prove(by checkpoint: SignedCheckpoint, consistency: [Digest] = []) {
    note = checkpoint.bytes
    self.consistency = consistency
    checkpointChanged = true
  }

  private func stored(_ name: TileName) throws -> [UInt8] {
    try sql("SELECT hashes FROM tile WHERE log = ? AND level = ? AND number = ?")
      .bind(1, number).bind(2, name.level).bind(3, Int64(name.number)).first { $0.bytes(0) } ?? []
  }

  private func write(_ hashes: [UInt8], _ name: TileName) throws {
    try sql("INSERT OR REPLACE INTO tile (log, level, number, hashes) VALUES (?, ?, ?, ?)")
      .bind(1, number).bind(2, name.level).bind(3, Int64(name.number)).bind(4, hashes).run()
  }

  private static func hashes(_ bytes: [UInt8]) -> [Digest]? {
    guard bytes.count % Digest.byteCount == 0 else { return nil }
    return stride(from: 0, to: bytes.count, by: Digest.byteCount).compactMap {
      Digest(bytes: bytes[$0..<$0 + Digest.byteCount])
    }
  }
}
