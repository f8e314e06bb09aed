import Cryptography

/// What is written when a node stops, so that `fsck` finds what was changed since in rows that follow from no log.
///
/// A row of `local`, `seal`: empty while a node writes, else the digests of these rows, table by table. The first write after
/// a stop empties it in its own transaction; a node that was killed leaves it empty.
extension StoreTransaction {
  static let sealKey = "seal"

  /// With `Schema.comparisons`, every column of every table.
  private static let sealed: [(table: String, rows: StaticString)] = [
    ("log", "SELECT id, checkpoint, consistency FROM log ORDER BY id"),
    ("local", "SELECT key, value, digest FROM local WHERE key <> 'seal' ORDER BY key"),
    ("resource", "SELECT id, number FROM resource ORDER BY id"),
    ("search_data", "SELECT id, block FROM search_data ORDER BY id"),
    ("search_idx", "SELECT segid, term, pgno FROM search_idx ORDER BY segid, term"),
    ("search_config", "SELECT k, v FROM search_config ORDER BY k"),
  ]

  func seal() throws {
    try setLocal(Self.sealKey, try Self.sealed.flatMap { try digest($0.rows).bytes })
  }

  func breakSeal() throws { try setLocal(Self.sealKey, []) }

  func sealProblems() throws -> [StoreProblem] {
    guard let seal = try local(Self.sealKey) else {
      return [StoreProblem(place: "local", what: "the row “\(Self.sealKey)” is missing")]
    }
    if seal.isEmpty { return [] }
    guard seal.count == Self.sealed.count * Digest.byteCount else {
      return [StoreProblem(place: "local", what: "the row “\(Self.sealKey)” is not of this version")]
    }
    return try Self.sealed.enumerated().compactMap { index, table in
      let known = seal.dropFirst(index * Digest.byteCount).prefix(Digest.byteCount)
      return try digest(table.rows).bytes.elementsEqual(known)
        ? nil : StoreProblem(place: table.table, what: "a row was changed after the node had stopped")
    }
  }

  /// Over type, length and bytes of each value.
  private func digest(_ rows: StaticString) throws -> Digest {
    let hash = SHA256.Incremental()
    try sql(rows).forEach { row in
      row.update(hash)
      return true
    }
    return hash.finalize()
  }
}
