import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("A region that signs two histories", .serialized)
struct ForkTests {
  private func state(of region: String, at node: NodeProcess) throws -> String? {
    try node.json(["peer", "show", region])["state"]?.string
  }

  @Test(
    "Two histories served to two regions are proven at their first contact, told to a third, kept over a restart, and cut"
  )
  func fork() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000", "330000", "340000"], in: folder.path, pollSeconds: 0.5)
    let (a, b, c, d) = (nodes[0], nodes[1], nodes[2], nodes[3])
    for number in 0..<3 { #expect(try a.publish("310000/shared/\(number)").status == 0) }
    #expect(try d.publish("340000/honest").status == 0)
    try waitForAgreement(nodes)
    let agreed = try a.status()
    for node in nodes { try node.stop() }

    // One history to B, another to C, on the same port with the same keys.
    let copy = folder.path + "/copy"
    try FileManager.default.copyItem(atPath: a.directory, toPath: copy)
    for (peer, id) in [(b, "310000/x"), (c, "310000/y")] {
      try a.start()
      try peer.start()
      #expect(try a.publish(id).status == 0)
      try Programs.wait(for: "\(id) at \(peer.region)") { try peer.run(["show", id]).status == 0 }
      try peer.stop()
      try a.stop()
      if id == "310000/x" {
        try FileManager.default.moveItem(atPath: a.directory, toPath: folder.path + "/first")
        try FileManager.default.moveItem(atPath: copy, toPath: a.directory)
      }
    }

    // B and C meet; D, who saw neither history, is told.
    for node in [b, c, d] { try node.start() }
    for node in [b, c, d] {
      try Programs.wait(for: "\(node.region) to prove the fork") { try state(of: "310000", at: node) == "forked" }
      try Programs.wait(for: "\(node.region) to find where the branches part") {
        try node.json(["peer", "show", "310000"])["fork"]?["proposedCut"]?.string?.hasPrefix("3:") == true
      }
    }
    #expect(b.errorLog.contains("fork: 310000.local.tongyuan/catalog signed two histories"))
    let fork = try b.json(["peer", "show", "310000"])["fork"]
    let branches = fork?["branches"]?.list ?? []
    #expect(branches.map { $0["size"]?.integer } == [4, 4])
    #expect(branches.contains { $0["held"] == .bool(true) && $0["regions"]?.list.contains(.string("320000")) == true })
    #expect(branches.contains { $0["held"] == .bool(false) && $0["regions"]?.list.contains(.string("330000")) == true })
    let cut = try #require(fork?["proposedCut"]?.string)
    // The proof stands alone: a file and the key of that region's card are all that anybody needs.
    let evidence = folder.path + "/fork.proof"
    try (fork?["proof"]?.string ?? "").write(toFile: evidence, atomically: true, encoding: .utf8)
    let key = try #require(try c.json(["peer", "show", "310000"])["card"]?["keys"]?["catalog"]?.string)
    let other = try #require(try c.json(["peer", "show", "320000"])["card"]?["keys"]?["catalog"]?.string)
    #expect(try Programs.run(Programs.tongyuan, ["check", evidence, "--key", key]).status == 0)
    #expect(try Programs.run(Programs.tongyuan, ["check", evidence, "--key", other]).status == 1)
    for node in [b, c, d] {
      for other in [b, c, d] where other.region != node.region {
        let seen = try node.json(["peer", "show", other.region])
        #expect(seen["fork"] == .null)
        #expect(seen["state"]?.string != "faulty" && seen["state"]?.string != "forked", "\(seen.text)")
      }
      let printed = try node.run(["status", "--lang", "en"]).output
      #expect(printed.contains("tongyuan peer retire 310000 --at \(cut)"), "\(printed)")
    }

    // What leans on one branch waits for those who hold the other; the rest goes on.
    #expect(try c.publish("330000/leans").status == 0)
    #expect(try d.publish("340000/during").status == 0)
    try Programs.wait(for: "D's news at B") { try b.run(["show", "340000/during"]).status == 0 }
    try Programs.wait(for: "C's entry to wait at B") { try b.count("pending") == 1 }
    #expect(try b.run(["show", "330000/leans"]).status == 1)

    // A restart forgets nothing, and the forked region itself is told.
    for node in [b, c, d] {
      try node.stop()
      #expect(try node.isSound())
    }
    for node in [b, c, d] { try node.start() }
    for node in [b, c, d] { #expect(try state(of: "310000", at: node) == "forked") }
    try a.start()
    try Programs.wait(for: "A to see its own fork") { try a.status()["forks"]?.list.isEmpty == false }
    #expect(try a.publish("310000/more").status == 0)
    for node in [b, c, d] { #expect(try node.run(["show", "310000/more"]).status == 1) }

    // The way out.
    let ofB = try #require(branches.first { $0["held"] == .bool(true) }?["root"]?.string)
    let refused = try c.run(["peer", "retire", "310000", "--at", "4:\(ofB)"])
    #expect(refused.status == 1 && refused.errors.contains("another branch"), "\(refused.errors)")
    for node in [b, c, d] {
      let run = try node.run(["peer", "retire", "310000", "--at", cut])
      #expect(run.status == 0, "\(run.errors)")
      #expect(try state(of: "310000", at: node) == "retired")
    }
    try waitForAgreement([b, c, d])
    #expect(try Set([b, c, d].map { try $0.digest("configDigest") }).count == 1)
    for node in [b, c, d] {
      #expect(try node.count("resources") == 6)
      #expect(try node.count("pending") == 0)
      #expect(try node.status()["frontier"]?["310000"]?.integer == 3)
      for id in ["310000/x", "310000/y", "310000/more"] { #expect(try node.run(["show", id]).status == 1) }
      for id in ["310000/shared/2", "330000/leans"] { #expect(try node.run(["show", id]).status == 0) }
    }
    #expect(agreed["frontier"]?["310000"]?.integer == 3)
    let digest = try b.digest("stateDigest")
    for node in [b, c, d] {
      try node.stop()
      #expect(try node.isSound())
    }
    #expect(try b.run(["rebuild", "--node", b.directory]).status == 0)
    for node in [b, c, d] { try node.start() }
    #expect(try b.digest("stateDigest") == digest)
    #expect(try b.publish("320000/after").status == 0)
    try waitForAgreement([b, c, d])
  }
}
