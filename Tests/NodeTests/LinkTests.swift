import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("Broken and missing links", .serialized)
struct LinkTests {
  @Test("Two regions that cannot reach each other agree through a third that relays their logs")
  func relayed() throws {
    let folder = try ScratchFolder()
    let nodes = try ["310000", "320000", "330000"].map { try NodeProcess(region: $0, name: $0, in: folder.path) }
    for node in nodes {
      try node.setPollSeconds(0.5)
      try node.start()
    }
    let (one, relay, other) = (nodes[0], nodes[1], nodes[2])
    try NodeProcess.introduce(one, relay)
    try NodeProcess.introduce(relay, other)
    for (from, to) in [(one, other), (other, one)] {
      let card = "\(to.directory)/relayed.json"
      try from.writeCard(to: card)
      #expect(try to.json(["peer", "add", card, "--relayed"])["relayed"] == .bool(true))
    }
    for node in nodes { #expect(try node.publish("\(node.region)/a").status == 0) }
    try waitForAgreement(nodes)
    #expect(try other.run(["show", "310000/a"]).status == 0)
    #expect(try one.json(["peer", "show", "330000"])["state"]?.string == "relayed")
    // A relayed peer is never dialled, and never among those that did not answer.
    let sync = try one.json(["sync", "--wait"])
    #expect(sync["complete"] == .bool(true) && sync["synced"]?.list.compactMap(\.string) == ["320000"])
    #expect(!other.errorLog.contains("310000: "))
  }

  @Test("A peer that accepts and never answers delays nobody, and is named")
  func silentPeer() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path)
    let silent = try SilentListener()
    let ghost = try NodeProcess(region: "330000", name: "浙江省", in: folder.path)
    let card = folder.path + "/ghost.json"
    try ghost.writeCard(to: card)
    let text = Programs.text(card).replacingOccurrences(of: ":\(ghost.port)", with: ":\(silent.port)")
    try text.write(toFile: card, atomically: true, encoding: .utf8)
    #expect(try nodes[0].run(["peer", "add", card]).status == 0)
    for number in 0..<5 {
      #expect(try nodes[1].publish("320000/s/\(number)").status == 0)
      #expect(try nodes[0].json(["sync", "320000", "--wait", "--timeout", "5"])["complete"] == .bool(true))
      #expect(try nodes[0].run(["show", "320000/s/\(number)"]).status == 0)
    }
    let sync = try nodes[0].run(["sync", "--wait", "--timeout", "2"])
    #expect(sync.status == 1 && sync.errors.contains("330000"), "\(sync.errors)")
    try Programs.wait(for: "the silent peer to be named", seconds: 40) {
      try nodes[0].json(["peer", "show", "330000"])["lastError"]?.string?.contains("in time") == true
    }
    #expect(try nodes[0].stop(seconds: 15) == 0)
  }

  @Test("A transfer that was cut off goes on behind the last group that is durable")
  func resumed() throws {
    let folder = try ScratchFolder()
    let writer = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    let reader = try NodeProcess(region: "320000", name: "江苏省", in: folder.path)
    try writer.start()
    for part in 0..<5 {
      let many = (0..<10_000).map { #"{"id":"310000/big/\#(part)-\#($0)","title":"大目录\#($0)"}"# }.joined()
      #expect(try writer.run(["publish", "-", "--json"], input: Array(many.utf8)).status == 0)
    }
    try reader.start()
    try NodeProcess.introduce(writer, reader)
    try Programs.wait(for: "the first group to be durable", seconds: 60) {
      let log = try reader.status()["logs"]?.list.first { $0["origin"]?.string?.hasPrefix("310000") == true }
      return log?["size"]?.integer ?? 0 >= 16_384
    }
    reader.kill9()
    // One entry is of its own audit log: the peer that was added.
    let held = try #require(try reader.json(["fsck"])["entries"]?.integer) - 1
    #expect(held >= 16_384 && held < 50_000 && held % 4_096 == 0)
    let recording = folder.path + "/events"
    try reader.start(["--record", recording])
    #expect(try reader.json(["sync", "--wait"])["complete"] == .bool(true))
    #expect(try reader.count("resources") == 50_000)
    try waitForAgreement([writer, reader])
    try reader.stop()
    // What the restarted node asked for, as its own recording tells.
    let request = #/requestEntries [^\n]*? (\d+)\.\.<(\d+)/#
    let asked = Programs.text(recording).matches(of: request).map { Int64($0.1) ?? -1 }
    #expect(asked.first == held && asked.allSatisfy { $0 >= held }, "\(asked)")
  }
}

/// Accepts connections and says nothing.
final class SilentListener: Sendable {
  let port: Int
  private let descriptor: Int32

  init() throws {
    port = try Programs.freePort()
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let done = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && listen(descriptor, 64) == 0
      }
    }
    guard done else { throw ProcessFailure("no port to be silent on") }
  }

  deinit { close(descriptor) }
}
