import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("Bodies left out, asked for and found", .serialized)
struct BodyTests {
  @Test("A relay that strips bodies is noticed: they are missed, asked of every peer, and come from whoever has them")
  func stripped() throws {
    let folder = try ScratchFolder()
    let nodes = try ["310000", "320000", "330000"].map { try NodeProcess(region: $0, name: $0, in: folder.path) }
    for node in nodes {
      try node.setPollSeconds(0.5)
      try node.start()
    }
    let (source, relay, reader) = (nodes[0], nodes[1], nodes[2])
    try NodeProcess.introduce(source, relay)
    for number in 0..<20 {
      #expect(try source.publish("310000/stripped/\(number)", title: "企业信用\(number)").status == 0)
    }
    try waitForAgreement([source, relay])
    let sound = try source.digest("stateDigest")

    // The relay loses bodies behind its own back, and passes on what is left.
    try relay.stop()
    try Tampering.run(
      "UPDATE entry SET nonce = NULL, body = NULL WHERE key % 4 = 1", on: relay.directory + "/store.sqlite")
    try relay.start()
    try NodeProcess.introduce(relay, reader)
    let card = folder.path + "/source.json"
    try source.writeCard(to: card)
    #expect(try reader.json(["peer", "add", card, "--relayed"])["relayed"] == .bool(true))
    let early = try reader.run(["sync", "--wait", "--timeout", "4"])
    #expect(early.status == 1 && early.errors.contains("5"), "\(early.errors)")
    #expect(try reader.count("missing") == 5)
    // What stands needs no body: the state is that of everybody else.
    #expect(try reader.digest("stateDigest") == sound)
    #expect(try reader.json(["peer", "show", "320000"])["state"]?.string == "catchingUp")
    #expect(try reader.json(["show", "310000/stripped/1"])["status"]?.string == "missing")
    #expect(try reader.json(["search", "企业"])["total"]?.integer == 15)

    // Somebody else has them.
    #expect(try reader.run(["peer", "add", card]).status == 0)
    let back = folder.path + "/reader.json"
    try reader.writeCard(to: back)
    #expect(try source.run(["peer", "add", back]).status == 0)
    let sync = try reader.json(["sync", "--wait"])
    #expect(sync["complete"] == .bool(true) && sync["missingBodies"]?.integer == 0, "\(sync.text)")
    #expect(try reader.count("missing") == 0)
    #expect(try reader.json(["search", "企业"])["total"]?.integer == 20)
    #expect(try reader.json(["peer", "show", "320000"])["state"]?.string == "inSync")
    try reader.stop()
    #expect(try reader.isSound())

    // The relay is told by fsck; it misses them too once its view is made anew.
    try relay.stop()
    let check = try relay.run(["fsck"])
    #expect(check.status == 1 && check.output.contains("wanted"), "\(check.output)")
    #expect(try relay.run(["rebuild", "--node", relay.directory]).status == 0)
    try relay.start()
    try Programs.wait(for: "the relay to find what it lost") { try relay.count("missing") == 0 }
    try relay.stop()
    #expect(try relay.isSound())
  }

  @Test("Bodies of several logs are asked for together; a log that the peer lacks keeps none of the others from coming")
  func severalLogs() throws {
    let folder = try ScratchFolder()
    let nodes = try ["310000", "110000", "320000", "330000"].map {
      try NodeProcess(region: $0, name: $0, in: folder.path)
    }
    for node in nodes {
      try node.setPollSeconds(0.5)
      try node.start()
    }
    let (source, early, relay, reader) = (nodes[0], nodes[1], nodes[2], nodes[3])
    // The smaller region's log comes later: its bodies are asked for first all the same.
    for node in [source, early] {
      try NodeProcess.introduce(node, relay)
      for number in 0..<3 { #expect(try node.publish("\(node.region)/several/\(number)").status == 0) }
      try Programs.wait(for: "the relay to have the log of \(node.region)") {
        try relay.status()["frontier"]?[node.region]?.integer == 3
      }
    }
    try relay.stop()
    try Tampering.run(
      "UPDATE entry SET nonce = NULL, body = NULL WHERE body IS NOT NULL", on: relay.directory + "/store.sqlite")
    try relay.start()
    try NodeProcess.introduce(relay, reader)
    for node in [source, early] {
      let card = folder.path + "/\(node.region).json"
      try node.writeCard(to: card)
      #expect(try reader.json(["peer", "add", card, "--relayed"])["relayed"] == .bool(true))
      try Programs.wait(for: "the log of \(node.region) without bodies") {
        try reader.status()["frontier"]?[node.region]?.integer == 3
      }
    }
    #expect(try reader.count("missing") == 6)
    // The first one's own node has no other log.
    #expect(try source.run(["show", "110000/several/0"]).status == 1)
    try NodeProcess.introduce(source, reader)
    try Programs.wait(for: "the bodies of one log") { try reader.count("missing") == 3 }
    #expect(try reader.json(["peer", "show", "320000"])["lastError"] == .null)
    try NodeProcess.introduce(early, reader)
    try Programs.wait(for: "all bodies") { try reader.count("missing") == 0 }
    try reader.stop()
    #expect(try reader.isSound())
  }
}
