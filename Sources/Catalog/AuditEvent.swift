import Cryptography
import SwiftProtobuf

/// What a region's node did, as the body of an entry of its audit log: `proto/audit.proto` says which kind uses which field.
package struct AuditEvent: Hashable, Sendable {
  /// The names are those of `audit log --kind`.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case refused, listInForce, listOver, disclosed, recalled
    case peerAdded, peerUpdated, peerSuspended, peerResumed, peerRetired
    case forkFound
  }

  package var kind: Kind
  /// Empty: the node by itself.
  package var actor = ""
  /// What it is about, or the first of `count` entries up to `lastIndex` of the same log.
  package var entry: EntryName?
  package var lastIndex: UInt64 = 0
  package var count: UInt64 = 0
  /// An id; empty: none.
  package var resource = ""
  /// Who is concerned: its parties.
  package var regions: [RegionCode] = []
  package var code = ""
  package var reason = ""
  package var list: Digest?
  package var listName = ""
  package var listVersion: UInt32 = 0
  package var item: Int?
  /// The origin line of a log.
  package var origin = ""
  package var size: UInt64 = 0
  package var digest: Digest?

  package init(_ kind: Kind) { self.kind = kind }

  package func encoded() -> [UInt8] {
    var wire = WireAuditEvent()
    wire.kind = kind.wire
    wire.actor = actor
    if let entry {
      wire.entry = .with {
        $0.region = entry.region.text
        $0.index = entry.index
        $0.generation = entry.generation
      }
    }
    wire.lastIndex = lastIndex
    wire.count = count
    wire.resource = resource
    wire.regions = regions.map(\.text)
    wire.code = code
    wire.reason = reason
    if let list { wire.list = .init(list.bytes) }
    wire.listID = listName
    wire.listVersion = listVersion
    if let item { wire.item = UInt32(clamping: item) }
    wire.origin = origin
    wire.size = size
    if let digest { wire.digest = .init(digest.bytes) }
    do { return try wire.serializedBytes() } catch {
      preconditionFailure("a proto3 message of bounded size encodes: \(error)")
    }
  }

  /// nil if the bytes are no such message, or of a kind that this version does not know.
  package init?(decoding bytes: [UInt8]) {
    guard let wire = try? WireAuditEvent(serializedBytes: bytes),
      let kind = Kind.allCases.first(where: { $0.wire == wire.kind })
    else { return nil }
    self.init(kind)
    actor = wire.actor
    if wire.hasEntry, let region = RegionCode(wire.entry.region) {
      entry = EntryName(region, wire.entry.index, generation: wire.entry.generation)
    }
    lastIndex = wire.lastIndex
    count = wire.count
    resource = wire.resource
    regions = wire.regions.compactMap { RegionCode($0) }
    code = wire.code
    reason = wire.reason
    list = Digest(bytes: wire.list)
    listName = wire.listID
    listVersion = wire.listVersion
    item = wire.hasItem ? Int(wire.item) : nil
    origin = wire.origin
    size = wire.size
    digest = Digest(bytes: wire.digest)
  }
}

extension AuditEvent.Kind {
  fileprivate var wire: WireAuditKind {
    switch self {
    case .refused: .refused
    case .listInForce: .listInForce
    case .listOver: .listOver
    case .disclosed: .disclosed
    case .recalled: .recalled
    case .peerAdded: .peerAdded
    case .peerUpdated: .peerUpdated
    case .peerSuspended: .peerSuspended
    case .peerResumed: .peerResumed
    case .peerRetired: .peerRetired
    case .forkFound: .forkFound
    }
  }
}

/// The leaf of an audit log's entry: when, and a commitment to what. It tells whoever has the log alone nothing else.
package struct AuditLeaf: Hashable, Sendable {
  package static let formatVersion: UInt32 = 1

  /// Milliseconds since the epoch.
  package let time: Int64
  package let commitment: Digest

  package init(time: Int64, body: Body, origin: Origin) {
    self.time = time
    commitment = BodyCommitment(.restricted, to: body, origin: origin, id: []).digest
  }

  /// nil if the bytes are no such leaf.
  package init?(bytes: [UInt8]) {
    guard let wire = try? WireAuditLeaf(serializedBytes: bytes), wire.version == Self.formatVersion, wire.time >= 0,
      let commitment = Digest(bytes: wire.commitment)
    else { return nil }
    time = wire.time
    self.commitment = commitment
  }

  package func encoded() -> [UInt8] {
    var wire = WireAuditLeaf()
    wire.version = Self.formatVersion
    wire.time = time
    wire.commitment = .init(commitment.bytes)
    do { return try wire.serializedBytes() } catch {
      preconditionFailure("a proto3 message of bounded size encodes: \(error)")
    }
  }

  package func matches(_ body: Body, origin: Origin) -> Bool {
    BodyCommitment(.restricted, to: body, origin: origin, id: []).digest == commitment
  }
}
