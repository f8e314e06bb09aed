import Cryptography
import HummingbirdCore
import NIOCore
import Synchronization

/// A request whose caller is known.
package struct InboundRequest<Caller: Sendable>: Sendable {
  package let caller: Caller
  package let method: String
  /// Without the query, as it came (not percent-decoded).
  package let path: String
  /// Percent-decoded, in order; at most 64 items.
  package let query: [(name: String, value: String)]
  let content: RequestContent

  init(caller: Caller, content: RequestContent) {
    self.caller = caller
    self.content = content
    method = content.request.method.rawValue
    let target = (content.request.head.path ?? "/").split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(target[0])
    query = target.count > 1 ? QueryItems.decode(target[1]) : []
  }

  /// The first item of that name.
  package func queryValue(_ name: String) -> String? { query.first { $0.name == name }?.value }

  package func header(_ name: String) -> String? { content.header(name) }

  /// Whether the caller can take `content-encoding: zstd`.
  package var acceptsZstd: Bool { content.acceptsZstd }

  /// The whole body, once. Over `limit` bytes it throws `tooLarge` before reading; a handler lets that pass, and the
  /// caller gets 413.
  package func body(limit: Int) async throws -> [UInt8] { try await content.body(limit: limit) }
}

/// A peer's node, proven by its certificate.
package struct PeerCaller: Sendable {
  package let region: String
}

/// A process of this machine, proven by the kernel (SO_PEERCRED).
package struct LocalCaller: Sendable {
  package let uid: UInt32
  package let pid: Int32
}

package typealias PeerRequest = InboundRequest<PeerCaller>
package typealias LocalRequest = InboundRequest<LocalCaller>

extension InboundRequest where Caller == PeerCaller {
  package var region: String { caller.region }
}

extension InboundRequest where Caller == LocalCaller {
  package var uid: UInt32 { caller.uid }
  package var pid: Int32 { caller.pid }
}

enum QueryItems {
  static let maximumCount = 64

  static func decode(_ query: Substring) -> [(name: String, value: String)] {
    query.split(separator: "&").prefix(maximumCount).map { item in
      let halves = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (percentDecoded(halves[0]), halves.count > 1 ? percentDecoded(halves[1]) : "")
    }
  }

  /// What is no valid escape stays as it is.
  static func percentDecoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = [UInt8](hex: String(decoding: rest.prefix(2), as: UTF8.self))
      {
        bytes += value
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
