import Catalog
import Cryptography
import Foundation
import Persistence
import Replication

/// What an operator decided about a peer.
struct PeerStanding: Sendable, Equatable, Codable {
  var isRelayed = false
  /// Why sessions with it are suspended; nil if they are not.
  var suspended: String?
  var isRetired = false
  /// Where its log ends, as an operator decided.
  var cut: Cut?

  struct Cut: Sendable, Equatable, Codable {
    var size: UInt64
    /// 64 hexadecimal digits.
    var root: String

    init(_ head: LogHead) {
      size = head.size
      root = head.root.hex
    }

    var head: LogHead? { Digest(hex: root).map { LogHead(size: size, root: $0) } }
  }
}

// MARK: In the store

extension PeerStanding {
  private static let prefix = "peer:"

  private static func key(_ region: RegionCode) -> String { "\(prefix)\(region)" }

  /// What the store says of all peers.
  static func all(_ transaction: StoreTransaction) throws -> [RegionCode: PeerStanding] {
    var standings: [RegionCode: PeerStanding] = [:]
    for row in try transaction.locals(prefix: prefix) {
      guard let region = RegionCode(String(row.key.dropFirst(prefix.count))) else { throw unreadable(row.key) }
      standings[region] = try PeerStanding(row.value, row.key)
    }
    return standings
  }

  init(of region: RegionCode, _ transaction: StoreTransaction) throws {
    let key = Self.key(region)
    self = try transaction.local(key).map { try PeerStanding($0, key) } ?? PeerStanding()
  }

  func save(of region: RegionCode, _ transaction: StoreTransaction) throws {
    let value = self == PeerStanding() ? nil : [UInt8](try JSONEncoder().encode(self))
    try transaction.setLocal(Self.key(region), value)
  }

  /// A decision that cannot be read is not passed over: without it a suspension or a cut would be gone.
  private init(_ bytes: [UInt8], _ key: String) throws {
    guard let standing = try? JSONDecoder().decode(PeerStanding.self, from: Data(bytes)) else {
      throw Self.unreadable(key)
    }
    self = standing
  }

  private static func unreadable(_ key: String) -> NodeError {
    .refused("store", "what was decided of a peer cannot be read (the local row “\(key)”): restore the directory")
  }
}
