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
  func verifyingDelaysNobody() async throws {
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
      let isOver = Atomic<Bool>(false)
      async let verified = {
        defer { isOver.store(true, ordering: .releasing) }
        return try await verifying.local("GET", "/v1/audit/verify", seconds: 600)
      }()
      // The first may arrive before anything is hashed; three in a row cannot.
      while !isOver.load(ordering: .acquiring) {
        try await publish("320000/during/\(round)/\(arrived)", at: peer, awaitedAt: verifying)
        if !isOver.load(ordering: .acquiring) { arrived += 1 }
      }
      let answer = try await verified
      #expect(try answer.json()["ok"] == .bool(true), "\(String(decoding: answer.body, as: UTF8.self))")
      #expect(try answer.json()["entries"]?.integer ?? 0 > Int64(Self.entries))
    }
    #expect(arrived >= 3, "\(arrived) changes arrived while one verification ran")
  }

  private func publish(_ id: String, at peer: NodeProcess, awaitedAt node: NodeProcess) async throws {
    let manifest = Array(#"{"id":"\#(id)","title":"测试目录"}"#.utf8)
    let published = try await peer.local("POST", "/v1/publish?input=\(manifest.count):-", body: manifest)
    #expect(published.status == 200)
    let deadline = ContinuousClock.now + .seconds(60)
    while try await node.local("GET", "/v1/resource?id=\(id)").status != 200 {
      guard ContinuousClock.now < deadline else { throw ProcessFailure("waited 60 s for \(id)") }
      try await Task.sleep(for: .milliseconds(2))
    }
  }
}
