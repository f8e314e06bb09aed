import Catalog
import Foundation
import NodeProcesses
import Synchronization
import Testing

/// `audit verify`: what it finds at a peer, and that nobody waits for it.
@Suite("Verification of logs", .serialized)
struct VerificationTests {
  /// Of the log that is verified: some hundred times what a change from a peer takes to arrive.
  private static let entries = 60_000

  @Test("While a node recomputes its logs, what its peers publish goes on to arrive")
  func verifyingDelaysNobody() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path)
    let (verifying, peer) = (nodes[0], nodes[1])
    let file = folder.path + "/portal.jsonl"
    let lines = (0..<Self.entries).map {
      #"{"id":"310000-n\#($0)","title":"导入\#($0)","region":"310000","department":"局"}"#
    }
    try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
    try verifying.json(["import", file, "--format", "portal"], timeoutSeconds: 600)
    try waitForAgreement(nodes, seconds: 300)
    var arrived = 0
    for round in 0..<5 where arrived < 3 {
      arrived = 0
      let verified = Verified()
      let verification = Thread { verified.set(Result { try verifying.call("GET", "/v1/audit/verify").body }) }
      verification.start()
      // The first may arrive before anything is hashed; three in a row cannot.
      while verified.answer == nil {
        let id = "320000/during/\(round)/\(arrived)"
        let manifest = Array(#"{"id":"\#(id)","title":"测试目录"}"#.utf8)
        #expect(try peer.call("POST", "/v1/publish?input=\(manifest.count):-", body: manifest).status == 200)
        try Programs.wait(for: id, seconds: 60) { try verifying.call("GET", "/v1/resource?id=\(id)").status == 200 }
        if verified.answer == nil { arrived += 1 }
      }
      let answer = try JSONReader.value(try #require(verified.answer).get())
      #expect(answer["ok"] == .bool(true) && answer["entries"]?.integer ?? 0 > Int64(Self.entries), "\(answer.text)")
    }
    #expect(arrived >= 3, "\(arrived) changes arrived while one verification ran")
  }

  private final class Verified: Sendable {
    private let state = Mutex<Result<[UInt8], any Error>?>(nil)
    var answer: Result<[UInt8], any Error>? { state.withLock { $0 } }
    func set(_ answer: Result<[UInt8], any Error>) { state.withLock { $0 = answer } }
  }

  @Test(
    "A peer that serves verifiers less of its own log than is held here, or another history, is told apart from an honest one"
  )
  func shorterLogs() throws {
    let folder = try ScratchFolder()
    let victim = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    try victim.setPollSeconds(0.5)
    try victim.start()
    let misdeeds: [Misdeed] = [.none, .shorterTiles, .otherTiles]
    let peers = try misdeeds.enumerated().map { index, misdeed in
      (node: try NodeProcess(region: "\(410_000 + index * 100)", name: misdeed.rawValue, in: folder.path), misdeed)
    }
    for (peer, _) in peers { try victim.writeCard(to: peer.directory + "/peers/310000.json") }
    let hostile = try HostileProcess(peers, in: folder.path)
    defer { withExtendedLifetime(hostile) {} }
    for (peer, misdeed) in peers {
      let card = peer.directory + "/card.json"
      try peer.writeCard(to: card)
      try victim.json(["peer", "add", card])
      try Programs.wait(for: "what \(misdeed) serves") {
        try victim.status()["frontier"]?[peer.region]?.integer == 6
      }
      let failures = try failures(at: victim, of: peer, log: "catalog")
      switch misdeed {
      case .shorterTiles:
        #expect(failures.hasSuffix("went back to 3 of the 6 entries that are known of it here"), "\(failures)")
      case .otherTiles:
        #expect(failures.contains("went back to 3 of the 6 entries"), "\(failures)")
        #expect(failures.hasSuffix("and those are other entries"), "\(failures)")
      default: #expect(failures.isEmpty, "\(failures)")
      }
    }
  }

  @Test("A peer that was restored from an old copy of its directory is found out by both of its logs")
  func restoredPeer() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path)
    let (verifying, peer) = (nodes[0], nodes[1])
    #expect(try peer.publish("320000/first").status == 0)
    try waitForAgreement(nodes)
    let copy = folder.path + "/copy"
    try peer.stop()
    try FileManager.default.copyItem(atPath: peer.directory, toPath: copy)
    try peer.start()
    for number in 0..<3 { #expect(try peer.publish("320000/later/\(number)").status == 0) }
    for act in ["suspend", "resume"] {
      #expect(try peer.run(["peer", act, "310000", "--reason", "核查"]).status == 0)
    }
    try waitForAgreement(nodes)
    // Of the audit log nothing is mirrored; a card tells how long it was.
    let card = folder.path + "/card.json"
    try peer.writeCard(to: card)
    try verifying.json(["peer", "add", card])
    #expect(try verifying.json(["audit", "verify", "--from", "320000"])["ok"] == .bool(true))
    try peer.stop()
    try FileManager.default.removeItem(atPath: peer.directory)
    try FileManager.default.copyItem(atPath: copy, toPath: peer.directory)
    try peer.start()
    let catalog = try failures(at: verifying, of: peer, log: "catalog")
    #expect(catalog.contains("went back to 1 of the 4 entries"), "\(catalog)")
    let audit = try failures(at: verifying, of: peer, log: "audit")
    #expect(audit.contains("went back to 1 of the 3 entries"), "\(audit)")
  }

  /// What `audit verify --from` says is wrong with one of a peer's own two logs.
  private func failures(at node: NodeProcess, of peer: NodeProcess, log: String) throws -> String {
    let run = try node.run(["audit", "verify", "--from", peer.region, "--json"])
    return try run.json()["failures"]?.list.filter { $0["origin"]?.string == "\(peer.region).local.tongyuan/\(log)" }
      .compactMap { $0["what"]?.string }.joined(separator: "; ") ?? "no failures are told"
  }
}
