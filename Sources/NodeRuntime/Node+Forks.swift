import Catalog
import Cryptography
import Foundation
import PeerTransport
import Persistence
import Replication
import TransparencyLog

/// A proof that is not durable yet.
struct UnstoredFork: Sendable {
  let proof: ForkProof
  /// The peer that it came from.
  let from: RegionCode
  var isUnderWay = false
}

/// Forks: asked about, kept, shown, and ended by a cut.
extension Node {
  func readBranch(_ region: RegionCode, _ origin: Origin, from: UInt64, to: UInt64) {
    Task { [inbox, store, writer] in
      let branch = try? store.read(writer.catalogConfiguration) { try $0.branch(of: origin, from: from, to: to) }
      inbox.yield(.branchRead(region, origin, size: from, branch ?? nil))
    }
  }

  func requestBranch(_ region: RegionCode, _ origin: Origin, from: UInt64, to: UInt64) {
    ask(region, PeerPath.branch(origin, from: from, to: to), limit: 65 * Digest.byteCount) { body in
      guard body.count % Digest.byteCount == 0, let root = Digest(bytes: body.prefix(Digest.byteCount)) else {
        throw PeerFailure(code: "malformed", reason: "answered with no root and proof of \(origin)", isFault: true)
      }
      let hashes = stride(from: Digest.byteCount, to: body.count, by: Digest.byteCount).compactMap {
        Digest(bytes: body[$0..<$0 + Digest.byteCount])
      }
      return .branchReceived(region, origin, BranchProof(root: root, hashes: hashes))
    } failed: {
      .branchFailed(region, origin, $0)
    }
  }

  func requestFork(_ region: RegionCode, _ origin: Origin) {
    ask(region, PeerPath.fork(origin), limit: ForkProof.byteCountMax) { body in
      do { return .forkReceived(region, origin, try ForkProof(parsing: body)) } catch let error as ForkProofError {
        throw PeerFailure(
          code: "falseFork", reason: "sent no proof of a fork of \(origin): \(error.reason)", isFault: true)
      }
    } failed: {
      .forkFailed(region, origin, $0)
    }
  }

  /// One request, and the event that its outcome is.
  private func ask(
    _ region: RegionCode, _ path: String, limit: Int,
    received: @escaping @Sendable ([UInt8]) throws -> Replication.Event,
    failed: @escaping @Sendable (PeerFailure) -> Replication.Event
  ) {
    guard let client = clients[region] else {
      inbox.yield(failed(noClient))
      return
    }
    Task { [inbox] in
      do {
        let answer = try await client.get(path, limit: limit, timeout: .seconds(15))
        guard answer.status == 200 else { throw PeerFailure(unexpected: answer.status) }
        inbox.yield(try received(answer.body))
      } catch { inbox.yield(failed(PeerFailure(error))) }
    }
  }

  func keepFork(_ proof: ForkProof, of origin: Origin, from region: RegionCode) {
    let (small, large) = (proof.smaller.checkpoint, proof.larger.checkpoint)
    logger.error(
      "fork: \(origin) signed two histories, size \(small.size) root \(small.root) and size \(large.size) root \(large.root), which had \(proof.branchRoot) at size \(small.size); found with what \(region) sent; nothing further of it is processed"
    )
    unstoredForks[origin] = UnstoredFork(proof: proof, from: region)
    storeForks()
  }

  /// Until a proof is durable nothing stops its log: one that could not be stored goes before whatever is written next.
  func storeForks() {
    for (origin, fork) in unstoredForks.sorted(by: { $0.key < $1.key }) where !fork.isUnderWay {
      unstoredForks[origin]?.isUnderWay = true
      store(fork, of: origin)
    }
  }

  private func store(_ fork: UnstoredFork, of origin: Origin) {
    let isOwn = origin == configuration.catalogOrigin
    let now = Self.now
    writer.enqueue { [audit] transaction in
      guard try transaction.fork(of: origin) == nil else { return }
      try transaction.keepFork(fork.proof, of: origin, isOwn: isOwn)
      var event = AuditEvent(.forkFound)
      event.origin = origin.text
      event.size = fork.proof.smaller.checkpoint.size
      event.digest = SHA256.hash(fork.proof.bytes)
      event.regions = Set([origin.region, fork.from]).sorted()
      try audit.record(event, in: transaction, now: now)
    } completion: { result in
      Task { await self.forkStored(origin, result) }
    }
  }

  private func forkStored(_ origin: Origin, _ result: Result<Void, any Error>) {
    switch result {
    case .success: unstoredForks[origin] = nil
    case .failure(let error):
      unstoredForks[origin]?.isUnderWay = false
      note(storeFailure: error)
    }
  }

  /// What peers are served; nil where no fork is known.
  func forkProof(hash: String) -> ForkProof? {
    replication.origin(hash: hash).flatMap { replication.fork(of: $0)?.proof }
  }

  // MARK: For people

  /// The fork of a region's catalog log; null if none is proven.
  func fork(of region: RegionCode) throws -> JSONValue {
    let origin = Origin(region: region, federation: configuration.federation, log: .catalog)
    guard let report = replication.fork(of: origin) else { return .null }
    let proof = report.proof
    let small = proof.smaller.checkpoint
    let held = try store.read(writer.catalogConfiguration) { transaction -> (root: Digest?, size: UInt64) in
      (try transaction.root(of: origin, at: small.size), try transaction.heldLog(origin)?.edge.size ?? 0)
    }
    let own = configuration.region
    func branch(_ checkpoint: SignedCheckpoint, isHeld: Bool?) -> JSONValue {
      let regions =
        switch isHeld {
        case true?: ([own] + report.held).sorted()
        case false?: report.other
        case nil: [RegionCode]()
        }
      return .members(
        ("size", .count(checkpoint.checkpoint.size)), ("root", .string(checkpoint.checkpoint.root.hex)),
        ("held", isHeld.map(JSONValue.bool) ?? .null),
        ("regions", .array(regions.map { .string($0.text) })),
        ("checkpoint", .string(String(decoding: checkpoint.bytes, as: UTF8.self))))
    }
    return .members(
      ("origin", .string(origin.text)),
      (
        "branches",
        .array([
          branch(proof.smaller, isHeld: held.root.map { $0 == small.root }),
          branch(proof.larger, isHeld: held.root.map { $0 == proof.branchRoot }),
        ])
      ),
      ("shared", report.shared.map { .members(("size", .count($0.size)), ("root", .string($0.root.hex))) } ?? .null),
      ("proposedCut", report.shared.map { .string("\($0.size):\($0.root)") } ?? .null),
      ("cut", standings[region]?.cut.map { .string("\($0.size):\($0.root)") } ?? .null),
      ("differAt", .count(small.size)), ("differingRoot", .string(proof.branchRoot.hex)),
      ("proof", .string(String(decoding: proof.bytes, as: UTF8.self))))
  }

  // MARK: The way out

  /// Refuses a cut that this node cannot judge by: it must hold the log up to there, on that branch.
  func check(_ cut: LogHead, of region: RegionCode) throws {
    let origin = Origin(region: region, federation: configuration.federation, log: .catalog)
    let (root, size) = try store.read(writer.catalogConfiguration) { transaction in
      (
        cut.size == 0 ? RightEdge().root : try transaction.root(of: origin, at: cut.size),
        try transaction.heldLog(origin)?.edge.size ?? 0
      )
    }
    guard let root else {
      throw NodeError.refused(
        "cutNotHeld",
        "this node holds \(size) entries of \(origin), fewer than the cut at \(cut.size): sync first, or cut at a smaller size"
      )
    }
    guard root == cut.root else {
      throw NodeError.refused(
        "cutOnOtherBranch",
        "this node holds another branch of \(origin): its root at size \(cut.size) is \(root), not \(cut.root); cut at a size that all branches share"
      )
    }
  }
}
