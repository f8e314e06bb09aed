import Catalog
import Cryptography

/// The routes that peers serve each other (docs/PROTOCOL.md).
enum PeerPath {
  static let protobuf = "application/x-protobuf"
  static let nudge = "/sync/v1/nudge"

  static func heads(since cursor: String?) -> String {
    guard let cursor, cursor.utf8.allSatisfy({ $0.isCursorByte }) else { return "/sync/v1/heads" }
    return "/sync/v1/heads?since=\(cursor)"
  }

  static func entries(_ origin: Origin, _ range: Range<UInt64>) -> String {
    "/sync/v1/logs/\(hash(of: origin))/entries?from=\(range.lowerBound)&to=\(range.upperBound)"
  }

  static func consistency(_ origin: Origin, from: UInt64, to: UInt64) -> String {
    "/sync/v1/logs/\(hash(of: origin))/consistency?from=\(from)&to=\(to)"
  }

  static let bodies = "/sync/v1/bodies"

  static func text(_ digest: Digest) -> String { "/sync/v1/texts/\(digest.hex)" }

  static func fork(_ origin: Origin) -> String { "/sync/v1/forks/\(hash(of: origin))" }

  /// The same proof, behind the root at the size that it begins with.
  static func branch(_ origin: Origin, from: UInt64, to: UInt64) -> String {
    consistency(origin, from: from, to: to) + "&root=1"
  }

  /// Lower-case hexadecimal SHA-256 of the origin line.
  static func hash(of origin: Origin) -> String { SHA256.hash(origin.text).hex }
}

extension UInt8 {
  fileprivate var isCursorByte: Bool {
    (0x30...0x39).contains(self) || (0x61...0x7A).contains(self) || self == UInt8(ascii: "-")
  }
}
