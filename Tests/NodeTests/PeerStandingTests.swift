import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("What operators decide of peers", .serialized)
struct PeerStandingTests {
  @Test("A suspension or a cut is not undone by a card that is updated in the same moment")
  func together() async throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path, pollSeconds: 0.5)
    let (node, peer) = (nodes[0], nodes[1])
    #expect(try peer.publish("320000/a").status == 0)
    try waitForAgreement(nodes)
    let card = Programs.text(node.directory + "/peers/320000.json")
    for round in 0..<12 {
      async let updated = node.local("POST", "/v1/peers", body: Array(card.utf8))
      async let suspended = node.local(
        "POST", "/v1/peers/320000/suspend", body: Array(#"{"reason":"r\#(round)"}"#.utf8))
      #expect(try await [updated.status, suspended.status] == [200, 200])
      #expect(try node.json(["peer", "show", "320000"])["suspendedReason"]?.string == "r\(round)")
      #expect(
        try await node.local("POST", "/v1/peers/320000/resume", body: Array(#"{"reason":"done"}"#.utf8)).status == 200)
    }
    let root = try #require(
      try node.status()["logs"]?.list.first { $0["origin"]?.string == "320000.local.tongyuan/catalog" }?["root"]?.string
    )
    async let updated = node.local("POST", "/v1/peers", body: Array(card.utf8))
    async let retired = node.local("POST", "/v1/peers/320000/retire", body: Array(#"{"at":"1:\#(root)"}"#.utf8))
    #expect(try await [updated.status, retired.status] == [200, 200])
    #expect(try node.json(["peer", "show", "320000"])["cut"]?.string == "1:\(root)")
    // What is said is what is stored.
    try node.stop()
    try node.start()
    #expect(try node.json(["peer", "show", "320000"])["cut"]?.string == "1:\(root)")
    #expect(try node.json(["peer", "show", "320000"])["state"]?.string == "retired")
  }
}
