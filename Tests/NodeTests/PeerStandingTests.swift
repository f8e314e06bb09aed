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

  @Test("What was stored with a card takes effect, whether the card's file could be written or not")
  func withoutFile() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path, pollSeconds: 0.5)
    let (node, peer) = (nodes[0], nodes[1])
    #expect(try peer.publish("320000/a").status == 0)
    try waitForAgreement(nodes)
    let card = folder.path + "/card.json"
    try peer.writeCard(to: card)
    // Where a folder stands no file can be put.
    let file = node.directory + "/peers/320000.json"
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.createDirectory(atPath: file + "/x", withIntermediateDirectories: true)
    #expect(try node.run(["peer", "add", card, "--relayed"]).status == 1)
    #expect(try node.json(["audit", "log", "--kind", "peerUpdated"]).list.count == 1)
    #expect(try node.json(["peer", "show", "320000"])["state"]?.string == "relayed")
  }

  @Test(
    "A cut that the disk had no room for holds all the same, and counts by itself once there is room",
    .enabled(if: SmallDisk.isPossible, SmallDisk.notice))
  func withoutRoom() throws {
    let folder = try ScratchFolder()
    let disk = try SmallDisk(mebibytes: 32)
    let node = try NodeProcess(region: "310000", name: "上海市", in: disk.path)
    let peer = try NodeProcess(region: "320000", name: "江苏省", in: folder.path)
    for node in [node, peer] {
      try node.setPollSeconds(0.5)
      try node.start()
    }
    try NodeProcess.introduce(node, peer)
    #expect(try peer.publish("320000/a").status == 0)
    try waitForAgreement([node, peer])
    let root = try #require(
      try node.status()["logs"]?.list.first { $0["origin"]?.string == "320000.local.tongyuan/catalog" }?["root"]?.string
    )
    #expect(try peer.publish("320000/b").status == 0)
    let many = (0..<4000).map { #"{"id":"310000/full/\#($0)","title":"满盘\#($0)"}"# }.joined()
    #expect(try node.run(["publish", "-"], input: Array(many.utf8)).status == 0)
    try waitForAgreement([node, peer])
    // Its write-ahead log begins anew, and holds no room.
    try node.stop()
    try node.start()
    try disk.fill(leavingKibibytes: 192)
    // The decision finds room, and what follows from it none: all is judged anew.
    let refused = try node.run(["peer", "retire", "320000", "--at", "1:\(root)"])
    #expect(refused.status == 1 && refused.errors.contains("full"), "\(refused.errors)")
    #expect(try node.json(["audit", "log", "--kind", "peerRetired"]).list.count == 1)
    #expect(try node.json(["peer", "show", "320000"])["state"]?.string == "retired")
    #expect(try node.status()["problem"]?.string?.contains("full") == true)
    #expect(try node.run(["show", "320000/b"]).status == 0)
    try disk.empty()
    // Within a minute, by itself.
    try Programs.wait(for: "the cut to count", seconds: 100) { try node.run(["show", "320000/b"]).status != 0 }
    try Programs.wait(for: "nothing to be wrong any more") { try node.status()["problem"] == .null }
    #expect(try node.run(["show", "320000/a"]).status == 0)
    try node.stop()
    #expect(try node.isSound())
  }
}
