import SwiftProtobuf

/// The body of a `publish` entry: a manifest, and who acted for the region.
package struct Publication: Hashable, Sendable {
  package var manifest: Manifest
  /// As the node knew the person: a user's name, or what `--actor` gave.
  package var actor: String

  package init(manifest: Manifest, actor: String) {
    self.manifest = manifest
    self.actor = actor
  }

  /// `proto/bodies.proto`, the same bytes for equal values. Refused over the limit of a publication's body, 60 KiB.
  package func encoded() throws(ManifestRefusal) -> [UInt8] {
    var wire = WirePublication()
    wire.manifest = manifest.wire
    wire.actor = actor
    guard let bytes: [UInt8] = try? wire.serializedBytes() else {
      throw ManifestRefusal(.tooLarge, field: "", "the manifest cannot be encoded")
    }
    guard bytes.count <= EntryKind.publish.bodyLengthMax else {
      throw ManifestRefusal(
        .tooLarge, field: "",
        "the manifest takes \(bytes.count) bytes, \(EntryKind.publish.bodyLengthMax) is the most: shorten its texts")
    }
    return bytes
  }

  /// Reads a body that came with the entry which names `id`, in the log of `writer`.
  package static func decode(
    _ bytes: [UInt8], id: ResourceID, writer: RegionCode
  ) throws(ManifestDecodingError) -> Publication {
    guard bytes.count <= EntryKind.publish.bodyLengthMax, let wire = try? WirePublication(serializedBytes: bytes) else {
      throw ManifestDecodingError(field: "", reason: "not a publication's protobuf")
    }
    return Publication(
      manifest: try Manifest.decode(wire.manifest, id: id, writer: writer), actor: wire.actor)
  }
}

/// The body of an entry that states grounds: withdraw, recall, end, suspend, resume.
package struct Grounds: Hashable, Sendable {
  package var actor: String
  package var reason: String
  /// Of an end: the record of consultation (809 art. 27).
  package var consultation: String

  package init(actor: String, reason: String, consultation: String = "") {
    self.actor = actor
    self.reason = reason
    self.consultation = consultation
  }

  package func encoded() -> [UInt8] {
    var wire = WireGrounds()
    wire.actor = actor
    wire.reason = reason
    wire.consultation = consultation
    do { return try wire.serializedBytes() } catch {
      preconditionFailure("a proto3 message of bounded size encodes: \(error)")
    }
  }

  /// nil if the bytes are no such message.
  package init?(decoding bytes: [UInt8]) {
    guard let wire = try? WireGrounds(serializedBytes: bytes) else { return nil }
    self.init(actor: wire.actor, reason: wire.reason, consultation: wire.consultation)
  }
}
