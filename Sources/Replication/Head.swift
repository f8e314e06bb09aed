import Catalog
import Cryptography
import Foundation
import SwiftProtobuf
import TransparencyLog

/// What a node can serve of one log, as it says in the answer of `/sync/v1/heads` and in a nudge.
package struct Head: Sendable, Equatable {
  package var origin: Origin
  /// Signed by the origin; nothing here is believed before that is checked.
  package var checkpoint: SignedCheckpoint
  /// Entries held, at most the checkpoint's size.
  package var held: UInt64
  /// Where fewer are held than the checkpoint covers: the consistency proof from `held` to it.
  package var consistency: [Digest]
  /// Entries processed, at most `held`.
  package var processed: UInt64
  package var forked: Bool
  /// A checkpoint with a timestamped signature (c2sp.org/tlog-cosignature) by the origin region's witness key: the
  /// newest known.
  package var stamp: SignedCheckpoint?

  package init(
    origin: Origin, checkpoint: SignedCheckpoint, held: UInt64, consistency: [Digest] = [], processed: UInt64,
    forked: Bool = false, stamp: SignedCheckpoint? = nil
  ) {
    self.origin = origin
    self.checkpoint = checkpoint
    self.held = held
    self.consistency = consistency
    self.processed = processed
    self.forked = forked
    self.stamp = stamp
  }

  /// Bytes of a signed checkpoint: the log's own signature and many cosignatures. A larger one, passed on, would make
  /// an answer too large to be read, and cost memory for each log.
  package static let checkpointBytesMax = 16 << 10
}

/// What a peer sent cannot be read: the reason, for its `lastError`.
package struct MalformedMessage: Error, Sendable, Equatable {
  package let reason: String
}

/// `GET /sync/v1/heads`: the logs that moved since the cursor.
package struct HeadsAnswer: Sendable, Equatable {
  /// A page is cut here, in bytes of its heads.
  package static let pageBytes = 64 << 10
  /// Nothing larger is read.
  package static let maximumBytes = 2 * pageBytes
  package static let version: UInt32 = 1
  /// Pages that are asked for at once; whoever has more to tell is asked for the rest later.
  package static let pagesMax = 64

  package var versions: [UInt32] = [version]
  package var cursor: String
  package var heads: [Head]
  /// More heads stand behind the cursor.
  package var more = false

  package var bytes: [UInt8] {
    get throws {
      var wire = WireHeads()
      wire.versions = versions
      wire.cursor = cursor
      wire.heads = heads.map(\.wire)
      wire.more = more
      return try wire.serializedBytes()
    }
  }

  package init(cursor: String, heads: [Head], more: Bool = false) {
    self.cursor = cursor
    self.heads = heads
    self.more = more
  }

  package init(parsing bytes: [UInt8]) throws(MalformedMessage) {
    let wire: WireHeads = try parse(bytes, atMost: Self.maximumBytes, "the heads answer")
    guard wire.cursor.utf8.count <= 64, wire.versions.count <= 64 else {
      throw MalformedMessage(reason: "the heads answer has an oversized cursor or version list")
    }
    versions = wire.versions
    cursor = wire.cursor
    heads = try wire.heads.map { head throws(MalformedMessage) in try Head(wire: head) }
    more = wire.more
  }
}

/// `POST /sync/v1/nudge`: logs that moved, and, while all fits in 64 KB, the sender's new entries themselves.
package struct Nudge: Sendable, Equatable {
  package static let maximumBytes = 128 << 10
  /// Entries ride along up to this many bytes of frames.
  package static let frameBytes = 48 << 10

  /// The sender's own catalog log first.
  package var heads: [Head]
  /// The index of the first entry in `frames`.
  package var first: UInt64
  /// Frames of the log of the first head, one after another, as they are stored.
  package var frames: [UInt8]

  package var bytes: [UInt8] {
    get throws {
      var wire = WireNudge()
      wire.heads = heads.map(\.wire)
      wire.first = first
      wire.frames = Data(frames)
      return try wire.serializedBytes()
    }
  }

  package init(heads: [Head], first: UInt64 = 0, frames: [UInt8] = []) {
    self.heads = heads
    self.first = first
    self.frames = frames
  }

  package init(parsing bytes: [UInt8]) throws(MalformedMessage) {
    let wire: WireNudge = try parse(bytes, atMost: Self.maximumBytes, "the nudge")
    heads = try wire.heads.map { head throws(MalformedMessage) in try Head(wire: head) }
    first = wire.first
    frames = [UInt8](wire.frames)
    guard !heads.isEmpty || frames.isEmpty else {
      throw MalformedMessage(reason: "the nudge has entries but names no log")
    }
  }
}

/// `POST /sync/v1/bodies`: entries whose bodies are asked for, in the order of their names, each once.
package struct BodiesRequest: Sendable, Equatable {
  package static let countMax = 512
  package static let byteCountMax = 64 << 10
  /// An answer ends behind the frame with which it reaches this.
  package static let answerBytes = 8 << 20

  package var names: [EntryName]

  package init(_ names: [EntryName]) { self.names = names }

  package init(parsing bytes: [UInt8]) throws(MalformedMessage) {
    let wire: WireBodiesRequest = try parse(bytes, atMost: Self.byteCountMax, "the request for bodies")
    guard wire.names.count <= Self.countMax else {
      throw MalformedMessage(reason: "\(wire.names.count) bodies are asked for, \(Self.countMax) is the most")
    }
    names = try wire.names.map { name throws(MalformedMessage) in
      guard let region = RegionCode(name.region), name.index < UInt64(Int64.max), name.generation < UInt16.max else {
        throw MalformedMessage(reason: "the request for bodies names no entry")
      }
      return EntryName(region, name.index, generation: name.generation)
    }
    // One that is named again would be given again.
    guard zip(names, names.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw MalformedMessage(reason: "the request for bodies does not name each entry once, in order")
    }
  }

  package var bytes: [UInt8] {
    get throws {
      var wire = WireBodiesRequest()
      wire.names = names.map { name in
        .with {
          $0.region = name.region.text
          $0.index = name.index
          $0.generation = name.generation
        }
      }
      return try wire.serializedBytes()
    }
  }
}

extension Head {
  fileprivate init(wire: WireHead) throws(MalformedMessage) {
    guard let origin = Origin(wire.origin) else { throw MalformedMessage(reason: "a head names no origin line") }
    self.origin = origin
    checkpoint = try Self.checkpoint(wire.checkpoint, of: origin, "checkpoint")
    guard wire.held <= checkpoint.checkpoint.size, wire.processed <= wire.held else {
      throw MalformedMessage(reason: "the head of \(origin) claims more entries than its checkpoint covers")
    }
    held = wire.held
    processed = wire.processed
    guard wire.consistency.count <= 64 else {
      throw MalformedMessage(reason: "the head of \(origin) has an oversized proof")
    }
    var proof: [Digest] = []
    for bytes in wire.consistency {
      guard let hash = Digest(bytes: bytes) else {
        throw MalformedMessage(reason: "the head of \(origin) has a hash that is not 32 bytes")
      }
      proof.append(hash)
    }
    consistency = proof
    forked = wire.forked
    stamp = wire.stamp.isEmpty ? nil : try Self.checkpoint(wire.stamp, of: origin, "stamp")
  }

  private static func checkpoint(
    _ bytes: Data, of origin: Origin, _ what: String
  ) throws(MalformedMessage) -> SignedCheckpoint {
    guard bytes.count <= checkpointBytesMax else {
      throw MalformedMessage(reason: "the \(what) of \(origin) is over \(checkpointBytesMax) bytes")
    }
    do {
      let signed = try SignedCheckpoint(parsing: [UInt8](bytes))
      guard signed.checkpoint.size <= RightEdge.sizeMax else {
        throw MalformedMessage(reason: "the \(what) of \(origin) is of a size that no log has")
      }
      guard signed.checkpoint.origin == ExactText(origin.text) else {
        throw MalformedMessage(reason: "the \(what) of \(origin) is of another log")
      }
      return signed
    } catch let error as MalformedMessage {
      throw error
    } catch { throw MalformedMessage(reason: "the \(what) of \(origin) is no signed checkpoint: \(error)") }
  }

  var wire: WireHead {
    var wire = WireHead()
    wire.origin = origin.text
    wire.checkpoint = Data(checkpoint.bytes)
    wire.held = held
    wire.consistency = consistency.map { Data($0.bytes) }
    wire.processed = processed
    wire.forked = forked
    if let stamp { wire.stamp = Data(stamp.bytes) }
    return wire
  }
}

private func parse<M: SwiftProtobuf.Message>(
  _ bytes: [UInt8], atMost limit: Int, _ what: String
) throws(MalformedMessage) -> M {
  guard bytes.count <= limit else { throw MalformedMessage(reason: "\(what) is over \(limit) bytes") }
  do { return try M(serializedBytes: bytes) } catch {
    throw MalformedMessage(reason: "\(what) is not the protobuf message that it should be")
  }
}
