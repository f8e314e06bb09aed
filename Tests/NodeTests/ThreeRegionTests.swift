import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("Three regions over mutual TLS", .serialized)
struct ThreeRegionTests {
  @Test("Three regions agree on one state, find each other's resources, and one that was away catches up")
  func agreement() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000", "330000"], in: folder.path)
    for node in nodes {
      let file = Programs.packageRoot + "/Demo/samples/\(node.region).json"
      #expect(try node.run(["publish", file]).status == 0)
    }
    for node in nodes { #expect(try node.json(["sync", "--wait"])["complete"] == .bool(true)) }
    try waitForAgreement(nodes)
    #expect(try nodes[0].count("resources") == 36)
    #expect(try nodes[1].json(["search", "企业"])["total"] == nodes[2].json(["search", "企业"])["total"])
    try nodes[2].stop()
    #expect(try nodes[0].publish("310000/while/away").status == 0)
    let sync = try nodes[0].run(["sync", "330000", "--wait", "--timeout", "10"])
    #expect(sync.status == 1 && sync.errors.contains("330000"), "\(sync.errors)")
    #expect(try nodes[1].json(["sync", "310000", "--wait"])["complete"] == .bool(true))
    try nodes[2].start()
    #expect(try nodes[2].json(["sync", "--wait"])["complete"] == .bool(true))
    try waitForAgreement(nodes)
    let states = try nodes[0].status()["peers"]?.list.compactMap { $0["state"]?.string }
    #expect(states == ["inSync", "inSync"])
    for node in nodes {
      try node.stop()
      #expect(try node.isSound())
    }
  }

  @Test("A change reaches the others by a nudge, long before the next poll")
  func nudge() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path, pollSeconds: 3600)
    #expect(try nodes[0].publish("310000/first").status == 0)
    #expect(try nodes[0].json(["sync", "--wait"])["complete"] == .bool(true))
    for number in 0..<10 {
      #expect(try nodes[0].publish("310000/nudged/\(number)").status == 0)
      try Programs.wait(for: "the nudge", seconds: 20) {
        try nodes[1].run(["show", "310000/nudged/\(number)"]).status == 0
      }
    }
    try waitForAgreement(nodes)
  }

  @Test("An entry outside its writer's namespace is refused with a reason on every node, and mirrored all the same")
  func foreignEntry() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path)
    #expect(try nodes[0].publish("310000/own").status == 0)
    try nodes[0].stop()
    try ForeignEntry.append(id: "320000/stolen", to: nodes[0].directory)
    try nodes[0].start()
    #expect(try nodes[0].publish("310000/after").status == 0)
    #expect(try nodes[1].json(["sync", "--wait"])["complete"] == .bool(true))
    for node in nodes {
      let shown = try node.json(["show", "320000/stolen", "--history"])
      #expect(shown["verdict"]?.string == "refused(namespace)")
      #expect(shown["verdictReason"]?.string?.contains("320000/stolen") == true)
      #expect(shown["manifest"] == .null)
      #expect(try node.count("refused") == 1)
      #expect(try node.status()["frontier"]?["310000"]?.integer == 3)
      #expect(try node.json(["search", "伪造"])["total"]?.integer == 0)
      #expect(try node.run(["show", "310000/after"]).status == 0)
    }
    try waitForAgreement(nodes)
  }

  @Test("A suspended peer is refused at once, its log still comes through a third, and resumed it catches up")
  func suspension() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000", "330000"], in: folder.path)
    for node in nodes { #expect(try node.publish("\(node.region)/one").status == 0) }
    try waitForAgreement(nodes)
    #expect(try nodes[0].run(["peer", "suspend", "320000", "--reason", "调查"]).status == 0)
    #expect(try nodes[1].publish("320000/two").status == 0)
    try Programs.wait(for: "320000 to come through 330000") { try nodes[0].run(["show", "320000/two"]).status == 0 }
    let peer = try nodes[0].json(["peer", "show", "320000"])
    #expect(peer["state"]?.string == "suspended" && peer["suspendedReason"]?.string == "调查")
    try Programs.wait(for: "320000 to learn that it is not served") {
      let seen = try nodes[1].json(["peer", "show", "310000"])
      return seen["state"]?.string == "unreachable" && seen["lastError"]?.string?.contains("does not serve") == true
    }
    #expect(try nodes[0].run(["peer", "resume", "320000", "--reason", "结束"]).status == 0)
    #expect(try nodes[1].json(["sync", "--wait"])["complete"] == .bool(true))
    try waitForAgreement(nodes)
  }

  @Test(
    "Another card under a known region is refused, the same keys update it, and a card of another federation is no peer's"
  )
  func cards() throws {
    let folder = try ScratchFolder()
    let node = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    try node.start()
    try FileManager.default.createDirectory(atPath: folder.path + "/b", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: folder.path + "/c", withIntermediateDirectories: true)
    let peer = try NodeProcess(region: "320000", name: "江苏省", in: folder.path)
    let impostor = try NodeProcess(region: "320000", name: "江苏省", in: folder.path + "/b")
    let stranger = try NodeProcess(region: "330000", name: "浙江省", in: folder.path + "/c", federation: "elsewhere")
    let card = folder.path + "/card.json"
    try peer.writeCard(to: card)
    #expect(try node.run(["peer", "add", card]).status == 0)
    #expect(try node.json(["peer", "add", card])["updated"] == .bool(true))
    try impostor.writeCard(to: card)
    let other = try node.run(["peer", "add", card])
    #expect(other.status == 1 && other.errors.contains("keys"), "\(other.errors)")
    try stranger.writeCard(to: card)
    let foreign = try node.run(["peer", "add", card])
    #expect(foreign.status == 1 && foreign.errors.contains("federation"), "\(foreign.errors)")
    try node.writeCard(to: card)
    #expect(try node.run(["peer", "add", card]).status == 1)
    #expect(try node.json(["peer", "list"])["peers"]?.list.count == 1)
  }
}
