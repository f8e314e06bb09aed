import Catalog
import Cryptography
import Foundation
import PeerTransport
import Persistence
import Replication

/// What travels apart from frames: texts of lists before the entries that name them, bodies behind their leaves.
extension Node {
  /// Fetches the texts that entries name and that are not here; keeps no entry behind the first whose text cannot be had, or
  /// behind which the texts weigh as much as a group may. There is an entry afterwards.
  nonisolated func fetchTexts(
    _ client: PeerClient, namedBy served: inout ServedEntries, of origin: Origin
  ) async throws {
    var bytes = 0
    for (place, list) in served.namedLists(of: origin) {
      if try store.read(writer.catalogConfiguration, { try $0.isListTextHeld(list) }) { continue }
      do {
        let answer = try await client.get(PeerPath.text(list), limit: ListText.lengthMax, timeout: .seconds(60))
        guard answer.status == 200 else {
          throw PeerFailure(
            code: "textMissing",
            reason: "serves entry \(served.first + UInt64(place)) of \(origin), and not the list's text that it names")
        }
        bytes += answer.body.count
        served.texts.append(answer.body)
      } catch {
        guard place > 0 else { throw error }
        return served.keepFirst(place)
      }
      if bytes >= Replication.groupBytes { return served.keepFirst(place + 1) }
    }
  }

  /// Frames of entries for a peer; each restricted body among them is recorded, durably, before this returns. Nothing is written
  /// where there is none.
  nonisolated func disclose(_ names: [EntryName], to region: RegionCode) async throws -> [UInt8] {
    let now = Self.now
    let (bytes, disclosed) = try store.read(writer.catalogConfiguration) {
      try $0.disclosableFrames(names, to: region, at: now)
    }
    if disclosed.isEmpty { return bytes }
    // Decided again where it is recorded: a recall or a suspension may have come in between.
    return try await write { [audit] transaction in
      let (bytes, disclosed) = try transaction.disclosableFrames(names, to: region, at: now)
      for name in disclosed { try audit.disclosed(name, to: region, transaction, now) }
      return bytes
    }
  }

  /// Bounds of one page of wanted bodies, and of its answer.
  private static let bodyBytesMax = BodiesRequest.answerBytes

  func requestBodies(_ region: RegionCode, after: EntryName?) {
    guard let client = clients[region] else {
      inbox.yield(.bodiesFailed(region, noClient))
      return
    }
    Task { [inbox, store, writer] in
      do {
        let names = try store.read(writer.catalogConfiguration) {
          try $0.wantedEntries(
            from: region, after: after, countMax: BodiesRequest.countMax, byteCountMax: Self.bodyBytesMax)
        }
        guard let last = names.last else {
          inbox.yield(.bodiesReceived(region, found: 0, next: nil))
          return
        }
        let frames = try await Self.fetchBodies(client, names)
        let found = try await self.fill(zip(names, frames).filter { $1.body != nil })
        // Whoever answers for fewer than were asked for has no more room, and is asked for the rest; or not that log.
        let next = frames.isEmpty ? names.last { $0.region == names[0].region } ?? last : names[frames.count - 1]
        inbox.yield(.bodiesReceived(region, found: found, next: next))
      } catch { inbox.yield(.bodiesFailed(region, PeerFailure(error))) }
    }
  }

  /// Frames of entries, in the order of the names: with bodies where the peer has them and hands them out.
  private static func fetchBodies(_ client: PeerClient, _ names: [EntryName]) async throws -> [Frame] {
    let limit = bodyBytesMax + Frame.bodyLengthMax + names.count * (Frame.leafLengthMax + 40)
    let answer = try await client.post(
      PeerPath.bodies, body: try BodiesRequest(names).bytes, contentType: PeerPath.protobuf, limit: limit,
      timeout: .seconds(120))
    guard answer.status == 200 else { throw PeerFailure(unexpected: answer.status) }
    var decoder = FrameDecoder()
    decoder.feed(answer.body)
    var frames: [Frame] = []
    while let frame = try decoder.next() { frames.append(frame) }
    try decoder.finish()
    guard frames.count <= names.count else {
      throw PeerFailure(code: "malformed", reason: "answered for more bodies than were asked for", isFault: true)
    }
    return frames
  }

  /// Writes bodies that came; returns how many were still wanted. One that is false undoes none of the others: its sender is
  /// accused.
  private func fill(_ found: [(EntryName, Frame)]) async throws -> UInt64 {
    if found.isEmpty { return 0 }
    let (count, falsity) = try await write { transaction -> (UInt64, PeerFailure?) in
      var count: UInt64 = 0
      for (name, frame) in found {
        do { if try transaction.fill(name, with: frame) { count += 1 } } catch let error as FrameError {
          return (
            count,
            PeerFailure(code: "falseBody", reason: "sent a false body of entry \(name): \(error.reason)", isFault: true)
          )
        }
      }
      return (count, nil)
    }
    if let falsity { throw falsity }
    return count
  }
}
