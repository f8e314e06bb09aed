import Catalog
import Cryptography
import Foundation
import PeerTransport
import Persistence
import Replication
import TransparencyLog

/// What the core wants done, done.
extension Node {
  func perform(_ effect: Replication.Effect) {
    switch effect {
    case .requestHeads(let region, let cursor): requestHeads(region, since: cursor)
    case .requestEntries(let region, let pull, let origin, let from, let to, let treeSize):
      requestEntries(region, pull, origin, from..<to, treeSize: treeSize)
    case .cancelEntries(_, let pull): pulls.removeValue(forKey: pull)?.cancel()
    case .commit(let group): commit(group)
    case .nudge(let region, let origin, let from): nudge(region, origin, from: from)
    case .setTimer(let region, let time): setTimer(region, at: time)
    case .storeStamp(let origin, let stamp):
      // A lost stamp comes again within a minute: its failure is told by the next entry's.
      writer.enqueue {
        try $0.setStamp(stamp, of: origin)
      } completion: { _ in
      }
    case .readBranch(let region, let origin, let from, let to):
      readBranch(region, origin, from: from, to: to)
    case .requestBranch(let region, let origin, let from, let to): requestBranch(region, origin, from: from, to: to)
    case .requestBodies(let region, let after): requestBodies(region, after: after)
    case .requestFork(let region, let origin): requestFork(region, origin)
    case .keepFork(let origin, let proof, let region): keepFork(proof, of: origin, from: region)
    }
  }

  private func requestHeads(_ region: RegionCode, since cursor: String?) {
    guard let client = clients[region] else {
      inbox.yield(.headsFailed(region, noClient))
      return
    }
    Task { [inbox] in
      do {
        let answer = try await client.get(
          PeerPath.heads(since: cursor), limit: HeadsAnswer.maximumBytes, timeout: .seconds(15))
        guard answer.status == 200 else { throw PeerFailure(unexpected: answer.status) }
        inbox.yield(.headsReceived(region, try HeadsAnswer(parsing: answer.body)))
      } catch { inbox.yield(.headsFailed(region, PeerFailure(error))) }
    }
  }

  private func requestEntries(
    _ region: RegionCode, _ pull: UInt64, _ origin: Origin, _ range: Range<UInt64>, treeSize: UInt64
  ) {
    guard let client = clients[region] else {
      inbox.yield(.entriesFailed(region, pull: pull, noClient))
      return
    }
    pulls[pull] = Task { [inbox] in
      do {
        let entries = try await self.fetch(client, origin, range, treeSize: treeSize)
        inbox.yield(.entriesReceived(region, pull: pull, entries))
      } catch {
        // A pull that was given up was answered for already.
        if !Task.isCancelled { inbox.yield(.entriesFailed(region, pull: pull, PeerFailure(error))) }
      }
      self.pulls[pull] = nil
    }
  }

  private nonisolated func fetch(
    _ client: PeerClient, _ origin: Origin, _ range: Range<UInt64>, treeSize: UInt64
  ) async throws -> ServedEntries {
    // One frame may begin just below the limit of a group.
    let limit = Replication.groupBytes + Frame.bodyLengthMax + Frame.leafLengthMax
    let answer = try await client.stream(
      PeerPath.entries(origin, range), limit: limit, timeout: .seconds(600))
    guard answer.status == 200 else { throw PeerFailure(unexpected: answer.status) }
    var decoder = FrameDecoder()
    // Read here, beside the core and the writer, while the next frames are on their way.
    var served = ServedEntries(first: range.lowerBound, readingFor: origin)
    var bytes = 0
    reading: for try await chunk in answer.chunks {
      decoder.feed(chunk)
      while let frame = try decoder.next() {
        served.append(frame)
        // What is not here yet counts as well: a group is what a day's quota is exceeded by at most.
        bytes += max(frame.encodedLength, served.lastWholeLength)
        if served.frames.count == range.count || bytes >= Replication.groupBytes { break reading }
      }
    }
    guard !served.frames.isEmpty else {
      throw PeerFailure(code: "malformed", reason: "sent no entry of \(origin) though it offered some", isFault: true)
    }
    try await fetchTexts(client, namedBy: &served, of: origin)
    let end = range.lowerBound + UInt64(served.frames.count)
    if end < treeSize {
      served.consistency = try await Self.fetchConsistency(client, origin, from: end, to: treeSize)
    }
    return served
  }

  private static func fetchConsistency(
    _ client: PeerClient, _ origin: Origin, from: UInt64, to: UInt64
  ) async throws -> [Digest] {
    let answer = try await client.get(
      PeerPath.consistency(origin, from: from, to: to), limit: 64 * Digest.byteCount, timeout: .seconds(15))
    guard answer.status == 200, answer.body.count % Digest.byteCount == 0 else {
      throw PeerFailure(unexpected: answer.status)
    }
    return stride(from: 0, to: answer.body.count, by: Digest.byteCount).compactMap {
      Digest(bytes: answer.body[$0..<$0 + Digest.byteCount])
    }
  }

  private func commit(_ group: ProvenGroup) {
    storeForks()
    let now = Self.now
    writer.enqueue { transaction in
      try transaction.commit(group, now: now)
    } completion: { [inbox] result in
      switch result {
      case .success(let processed):
        inbox.yield(.committed(group.origin, size: group.edge.size, processed: processed))
      case .failure(let error):
        inbox.yield(.commitFailed(group.origin, reason: (error as? StoreError)?.reason ?? "\(error)"))
        Task { await self.note(storeFailure: error) }
      }
    }
  }

  private func nudge(_ region: RegionCode, _ origin: Origin, from: UInt64?) {
    guard let client = clients[region] else {
      inbox.yield(.nudgeFailed(region, noClient))
      return
    }
    let heads = replication.heads(of: [origin])
    guard let size = heads.first?.held else {
      inbox.yield(.nudgeFailed(region, PeerFailure(code: "empty", reason: "there is nothing to tell yet")))
      return
    }
    Task { [inbox, store, writer, news] in
      do {
        var nudge = Nudge(heads: heads)
        if let from, from < size, let frames = news.frames(from..<size) {
          nudge.first = from
          nudge.frames = frames
        } else if let from, from < size {
          let (frames, count) = try store.read(writer.catalogConfiguration) {
            try $0.frames(of: origin, from: from, to: size, byteCountMax: Nudge.frameBytes)
          }
          // All of them or none: a part would prove nothing.
          if from + count == size, frames.count <= Nudge.frameBytes {
            nudge.first = from
            nudge.frames = frames
          }
        }
        let answer = try await client.post(
          PeerPath.nudge, body: try nudge.bytes, contentType: PeerPath.protobuf, limit: HeadsAnswer.maximumBytes,
          timeout: .seconds(15))
        guard answer.status == 200 else { throw PeerFailure(unexpected: answer.status) }
        inbox.yield(.nudgeAnswered(region, try HeadsAnswer(parsing: answer.body).heads))
      } catch { inbox.yield(.nudgeFailed(region, PeerFailure(error))) }
    }
  }

  var noClient: PeerFailure { PeerFailure(code: "badCard", reason: "its card cannot be used to reach it") }
}
