import Catalog
import Cryptography
import Foundation
import PeerTransport
import Persistence
import Replication
import TransparencyLog

/// What a peer serves of its own two logs to any verifier (C2SP tlog-tiles), recomputed.
extension Node {
  /// Hashes lead to the root, the root is signed by the key of its card, and what is held here of it is the same history.
  package func verifyLogs(of region: RegionCode) async throws -> JSONValue {
    guard let card = cards[region], let client = clients[region] else {
      throw NodeError.refused("unknownPeer", "\(region) is no peer of this node: see `tongyuan peer list`")
    }
    guard settings(of: region).isDialled else {
      throw NodeError.refused("notDialled", "\(region) is suspended, retired or relayed: it is not dialled")
    }
    var report = LogReport(entries: 0, failures: [])
    for (origin, key) in [(card.catalogOrigin, card.catalogKey), (card.auditOrigin, card.auditKey)] {
      do {
        let held = try store.read(writer.catalogConfiguration) { try $0.heldLog(origin)?.edge } ?? RightEdge()
        report.entries += try await Self.verify(origin, key, at: client, held: held)
      } catch let error as PeerFailure {
        report.failures.append(LogFailure(origin: origin, index: nil, what: error.reason))
      } catch let error as TransportError {
        throw NodeError(.unreachable, code: error.code.rawValue, "\(region) does not answer: \(error)")
      }
    }
    return report.json
  }

  private static func verify(
    _ origin: Origin, _ key: NoteVerifier, at client: PeerClient, held: RightEdge
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
        if edge.size == held.size, edge.root != held.root {
          throw failure("its first \(held.size) entries are not those that are held here")
        }
      }
    }
    guard edge.root == checkpoint.root else { throw failure("its hashes do not lead to the root that it signed") }
    return checkpoint.size
  }
}
