import Catalog
import Cryptography
import Persistence
import Replication
import TransparencyLog

/// By which keys a region was admitted, as the store remembers it: a card that is lost leaves the region's log here, and no other
/// keys may go on with it.
struct AdmittedKeys: Sendable {
  private let card: PeerCard

  init(of card: PeerCard) { self.card = card }

  /// Throws `otherKeys` where what the store knows of the region is not of this card's keys. `source` names the card.
  ///
  /// Of a region of which nothing judges or is held here nothing can be gone on with: any keys will do.
  func check(_ transaction: StoreTransaction, source: String) throws {
    let checkpoint = try transaction.heldLog(card.catalogOrigin)?.checkpoint
    let isHeld = checkpoint.map { $0.checkpoint.size > 0 } ?? false
    guard isHeld || transaction.configuration.replicated.contains(card.region) else { return }
    if let remembered = try transaction.local(key) {
      guard remembered == digest.bytes else { throw NodeError.otherKeys(than: card.region, source: source) }
    } else if isHeld, let checkpoint {
      // A store of before keys were remembered: the log says whose it is.
      do { _ = try checkpoint.verified(log: card.catalogKey) } catch {
        throw NodeError.otherKeys(than: card.region, source: source)
      }
    }
  }

  func isRemembered(_ transaction: StoreTransaction) throws -> Bool { try transaction.local(key) == digest.bytes }

  func remember(_ transaction: StoreTransaction) throws {
    if try !isRemembered(transaction) { try transaction.setLocal(key, digest.bytes) }
  }

  private var key: String { "keys:\(card.region)" }

  /// SHA-256 over the three keys as text, each with a line feed behind it.
  private var digest: Digest {
    SHA256.hash(Array([card.catalogKey, card.auditKey, card.witnessKey].map { $0.vkey + "\n" }.joined().utf8))
  }
}

extension NodeError {
  static func otherKeys(than region: RegionCode, source: String) -> NodeError {
    .refused(
      "otherKeys",
      "\(source) has other keys than the card of \(region) that is known here: nothing was changed; ask that region by telephone"
    )
  }
}
