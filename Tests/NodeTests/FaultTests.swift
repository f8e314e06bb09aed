import Catalog
import Foundation
import NodeProcesses
import Testing

/// A small file system of its own, in memory; nil where this process may not mount one.
final class SmallDisk: Sendable {
  let path: String

  static let isPossible: Bool = (try? SmallDisk(mebibytes: 1)) != nil
  static let notice: Comment = "mounting a small file system needs root"

  init(mebibytes: Int) throws {
    path = "/tmp/ty-disk-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(mebibytes)m") == 0 else {
      try? FileManager.default.removeItem(atPath: path)
      throw ProcessFailure("mount: \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    umount2(path, Int32(MNT_DETACH))
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Takes all room but a little.
  func fill(leavingKibibytes left: Int) throws {
    var information = statvfs()
    guard statvfs(path, &information) == 0 else { throw ProcessFailure("statvfs failed") }
    let free = Int(information.f_bavail) * Int(information.f_bsize)
    try Data(count: max(0, free - left << 10)).write(to: URL(fileURLWithPath: path + "/filler"))
  }

  func empty() throws { try FileManager.default.removeItem(atPath: path + "/filler") }
}

@Suite("Faults of the machine", .serialized)
struct FaultTests {
  @Test(
    "On a full disk a call is refused whole in one line, reading goes on, and writing too once there is room",
    .enabled(if: SmallDisk.isPossible, SmallDisk.notice))
  func fullDisk() throws {
    let disk = try SmallDisk(mebibytes: 12)
    let node = try NodeProcess(region: "310000", name: "上海市", in: disk.path)
    try node.start()
    #expect(try node.publish("310000/before").status == 0)
    try disk.fill(leavingKibibytes: 64)
    let many = (0..<2000).map { #"{"id":"310000/full/\#($0)","title":"满盘\#($0)"}"# }.joined()
    let refused = try node.run(["publish", "-"], input: Array(many.utf8))
    #expect(refused.status == 1, "\(refused.errors)")
    #expect(refused.errors.contains("full") && refused.errors.split(separator: "\n").count == 1, "\(refused.errors)")
    #expect(try node.count("resources") == 1)
    #expect(try node.status()["problem"]?.string?.contains("full") == true)
    #expect(try node.run(["show", "310000/before"]).status == 0)
    try disk.empty()
    #expect(try node.run(["publish", "-"], input: Array(many.utf8)).status == 0)
    #expect(try node.count("resources") == 2001)
    #expect(try node.status()["problem"] == .null)
    #expect(try node.stop() == 0)
    #expect(try node.isSound())
  }

  @Test(
    "A replica whose disk is full goes on for the others, and catches up by itself once there is room",
    .enabled(if: SmallDisk.isPossible, SmallDisk.notice))
  func fullDiskOfAReplica() throws {
    let folder = try ScratchFolder()
    let disk = try SmallDisk(mebibytes: 16)
    let writer = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    let reader = try NodeProcess(region: "320000", name: "江苏省", in: disk.path)
    for node in [writer, reader] {
      try node.setPollSeconds(0.5)
      try node.start()
    }
    try NodeProcess.introduce(writer, reader)
    try disk.fill(leavingKibibytes: 64)
    let many = (0..<1500).map { #"{"id":"310000/full/\#($0)","title":"满盘\#($0)"}"# }.joined()
    #expect(try writer.run(["publish", "-"], input: Array(many.utf8)).status == 0)
    try Programs.wait(for: "the replica to say that its disk is full") {
      try reader.status()["problem"]?.string?.contains("full") == true
    }
    #expect(try writer.publish("310000/after").status == 0)
    #expect(try reader.run(["search", "满盘"]).status == 0)
    try disk.empty()
    try waitForAgreement([writer, reader], seconds: 90)
    #expect(try reader.count("resources") == 1501)
  }

  @Test(
    "A fork that is proven while the disk is full stops the log once there is room, and after a restart too",
    .enabled(if: SmallDisk.isPossible, SmallDisk.notice))
  func forkOnAFullDisk() throws {
    let folder = try ScratchFolder()
    let disk = try SmallDisk(mebibytes: 16)
    let forked = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    let witness = try NodeProcess(region: "320000", name: "江苏省", in: folder.path)
    let node = try NodeProcess(region: "330000", name: "浙江省", in: disk.path)
    let nodes = [forked, witness, node]
    for node in nodes {
      try node.setPollSeconds(0.5)
      try node.start()
    }
    for (index, one) in nodes.enumerated() {
      for other in nodes[(index + 1)...] { try NodeProcess.introduce(one, other) }
    }
    #expect(try forked.publish("310000/shared").status == 0)
    try waitForAgreement(nodes)
    for node in nodes { try node.stop() }

    // One history to each.
    let copy = folder.path + "/copy"
    try FileManager.default.copyItem(atPath: forked.directory, toPath: copy)
    for (peer, id) in [(witness, "310000/x"), (node, "310000/y")] {
      try forked.start()
      try peer.start()
      #expect(try forked.publish(id).status == 0)
      try Programs.wait(for: "\(id) at \(peer.region)") { try peer.run(["show", id]).status == 0 }
      try peer.stop()
      try forked.stop()
      if peer === witness {
        try FileManager.default.moveItem(atPath: forked.directory, toPath: folder.path + "/first")
        try FileManager.default.moveItem(atPath: copy, toPath: forked.directory)
      }
    }
    try node.start()
    try disk.fill(leavingKibibytes: 0)
    try witness.start()
    try Programs.wait(for: "the proof") {
      try node.json(["peer", "show", "310000"])["state"]?.string == "forked"
    }
    try Programs.wait(for: "the disk to be full") { try node.status()["problem"]?.string?.contains("full") == true }
    #expect(try node.json(["audit", "log", "--kind", "forkFound"]).list.isEmpty)
    try disk.empty()
    #expect(try node.publish("330000/room").status == 0)
    try Programs.wait(for: "the proof to be stored") {
      try node.json(["audit", "log", "--kind", "forkFound"]).list.count == 1
    }
    for node in nodes { try node.stop() }
    try node.start()
    #expect(try node.json(["peer", "show", "310000"])["state"]?.string == "forked")
    try node.stop()
    #expect(try node.isSound())
  }

  @Test("What was recorded of a real run replays through the core with the same effects")
  func replay() throws {
    let folder = try ScratchFolder()
    let nodes = try ["310000", "320000"].map { try NodeProcess(region: $0, name: $0, in: folder.path) }
    for node in nodes { try node.start(["--record", node.directory + "/events"]) }
    try NodeProcess.introduce(nodes[0], nodes[1])
    for number in 0..<20 {
      #expect(try nodes[number % 2].publish("\(nodes[number % 2].region)/r/\(number)").status == 0)
    }
    for node in nodes { _ = try node.json(["sync", "--wait"]) }
    try waitForAgreement(nodes)
    for node in nodes {
      try node.stop()
      let replayed = try Programs.run(Programs.tongyuan, ["replay", node.directory + "/events", "--json"])
      #expect(replayed.status == 0, "\(replayed.errors)")
      #expect(try replayed.json()["events"]?.integer ?? 0 > 20)
      let recording = try Data(contentsOf: URL(fileURLWithPath: node.directory + "/events"))
      // Not every bit that was received makes a difference; most do.
      let found = try (1...9).count { tenth in
        var changed = recording
        changed[recording.count * tenth / 10] ^= 1
        try changed.write(to: URL(fileURLWithPath: node.directory + "/events"))
        return try Programs.run(Programs.tongyuan, ["replay", node.directory + "/events"]).status == 1
      }
      #expect(found > 4)
    }
  }

  @Test("A broken card in peers/ is named in the log and leaves the others alone")
  func brokenCard() throws {
    let folder = try ScratchFolder()
    let node = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    let peer = try NodeProcess(region: "320000", name: "江苏省", in: folder.path)
    try peer.writeCard(to: node.directory + "/peers/320000.json")
    try "{".write(toFile: node.directory + "/peers/330000.json", atomically: true, encoding: .utf8)
    try node.start()
    #expect(try node.json(["peer", "list"])["peers"]?.list.compactMap { $0["region"]?.string } == ["320000"])
    #expect(node.errorLog.contains("330000.json"))
  }

  @Test("A node that does not know us serves nothing, and both sides say why")
  func unknown() throws {
    let folder = try ScratchFolder()
    let nodes = try ["310000", "320000"].map { try NodeProcess(region: $0, name: $0, in: folder.path) }
    for node in nodes {
      try node.setPollSeconds(0.5)
      try node.start()
    }
    let card = folder.path + "/card.json"
    try nodes[1].writeCard(to: card)
    #expect(try nodes[0].run(["peer", "add", card]).status == 0)
    try Programs.wait(for: "the refusal to be told") {
      try nodes[0].json(["peer", "show", "320000"])["lastError"]?.string?.contains("does not serve") == true
    }
    #expect(try nodes[0].json(["peer", "show", "320000"])["state"]?.string == "neverSynced")
    #expect(nodes[1].errorLog.contains("310000 is not a peer"))
  }
}
