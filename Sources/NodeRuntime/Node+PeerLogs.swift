import Catalog
import Cryptography
import Foundation
import PeerTransport
import Persistence
import Replication
import TransparencyLog

/// What a peer serves of its own two logs to any verifier (C2SP tlog-tiles), recomputed.
extension Node {
  /// Hashes lead to the root, the root is signed by the key of its card, and what is known of the log here is the same history, no
  /// longer than what is served. What a peer mirrors of others may lag; its own logs never do.
  nonisolated func verifyLogs(of region: RegionCode) async throws -> JSONValue {
    let (card, client) = try await dialled(region)
    var report = LogReport(entries: 0, failures: [])
    for (origin, key) in [(card.catalogOrigin, card.catalogKey), (card.auditOrigin, card.auditKey)] {
      do {
        report.entries += try await verify(origin, key, at: client, known: try heads(of: origin, card))
      } catch let error as PeerFailure {
        report.failures.append(LogFailure(origin: origin, index: nil, what: error.reason))
      } catch let error as TransportError {
        throw NodeError(.unreachable, code: error.code.rawValue, "\(region) does not answer: \(error)")
      }
    }
    return report.json
  }

  private func dialled(_ region: RegionCode) throws -> (PeerCard, PeerClient) {
    guard let card = cards[region], let client = clients[region] else {
      throw NodeError.refused("unknownPeer", "\(region) is no peer of this node: see `tongyuan peer list`")
    }
    guard settings(of: region).isDialled else {
      throw NodeError.refused("notDialled", "\(region) is suspended, retired or relayed: it is not dialled")
    }
    return (card, client)
  }

  /// Heads that the log has had, as far as this node can tell: what is held of it, what that was proven against, and what its card
  /// states. Of a peer's audit log nothing is held.
  private nonisolated func heads(of origin: Origin, _ card: PeerCard) throws -> [LogHead] {
    let held = try queries.read { try $0.heldLog(origin) }
    var heads = [held?.checkpoint, card.checkpoint(of: origin)].compactMap { $0?.checkpoint }
      .map { LogHead(size: $0.size, root: $0.root) }
    if let edge = held?.edge { heads.append(LogHead(size: edge.size, root: edge.root)) }
    return heads.filter { $0.size > 0 }
  }

  private nonisolated func verify(
    _ origin: Origin, _ key: NoteVerifier, at client: PeerClient, known: [LogHead]
  ) async throws -> UInt64 {
    func failure(_ reason: String) -> PeerFailure { PeerFailure(code: "falseLog", reason: reason, isFault: true) }
    let base = "/tlog/\(PeerPath.hash(of: origin))"
    let note = try await client.get("\(base)/checkpoint", limit: Head.checkpointBytesMax, timeout: .seconds(15))
    guard note.status == 200 else { throw failure("it serves no checkpoint (status \(note.status))") }
    let checkpoint: Checkpoint
    do throws(NoteError) {
      let signed = try SignedCheckpoint(parsing: note.body)
      _ = try signed.verified(log: key)
      checkpoint = signed.checkpoint
    } catch { throw failure("its checkpoint is not signed by its key: \(error.reason)") }
    if let size = known.map(\.size).max(), checkpoint.size < size {
      let shown = LogHead(size: checkpoint.size, root: checkpoint.root)
      throw failure(
        try isOther(shown, origin, known)
          ? "its own log went back to \(shown.size) of the \(size) entries that are known of it here, and those are other "
            + "entries" : "its own log went back to \(shown.size) of the \(size) entries that are known of it here")
    }
    var edge = RightEdge()
    while edge.size < checkpoint.size {
      guard let tile = TileAddress(level: 0, index: edge.size / 256, size: checkpoint.size) else {
        throw failure("its checkpoint is of a size that no log has")
      }
      let bytes = tile.width * Digest.byteCount
      let answer = try await client.get(
        "\(base)/\(TileResource.hashes(tile).path)", limit: bytes, timeout: .seconds(15))
      guard answer.status == 200, answer.body.count == bytes else {
        throw failure("it does not serve the hashes of entries from \(edge.size) on (status \(answer.status))")
      }
      for start in stride(from: 0, to: bytes, by: Digest.byteCount) {
        guard let hash = Digest(bytes: answer.body[start..<start + Digest.byteCount]) else {
          preconditionFailure("32 bytes are a digest")
        }
        edge.append(hash)
        if known.contains(where: { $0.size == edge.size && $0.root != edge.root }) {
          throw failure("its first \(edge.size) entries are not those that are known of it here")
        }
      }
    }
    guard edge.root == checkpoint.root else { throw failure("its hashes do not lead to the root that it signed") }
    return checkpoint.size
  }

  /// Whether this node can tell that the log never had this head.
  private nonisolated func isOther(_ shown: LogHead, _ origin: Origin, _ known: [LogHead]) throws -> Bool {
    if shown.size == 0 { return false }
    let held = try queries.read { try $0.root(of: origin, at: shown.size) }
    return (held.map { [$0] } ?? known.filter { $0.size == shown.size }.map(\.root)).contains { $0 != shown.root }
  }
}
