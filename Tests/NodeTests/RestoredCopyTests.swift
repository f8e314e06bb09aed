import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("A directory that was set back to an older copy", .serialized)
struct RestoredCopyTests {
  private let folder: ScratchFolder
  private let nodes: [NodeProcess]
  private var node: NodeProcess { nodes[0] }
  private var peer: NodeProcess { nodes[1] }

  /// The peer holds more of the node's log than the node.
  init() throws {
    folder = try ScratchFolder()
    nodes = try startRegions(["310000", "320000"], in: folder.path, pollSeconds: 0.5)
    #expect(try node.publish("310000/early").status == 0)
    #expect(try peer.publish("320000/other").status == 0)
    try waitForAgreement(nodes)
    try node.stop()
    let copy = folder.path + "/copy"
    try FileManager.default.copyItem(atPath: node.directory, toPath: copy)
    try node.start()
    for number in 0..<3 { #expect(try node.publish("310000/late/\(number)").status == 0) }
    try waitForAgreement(nodes)
    try node.stop()
    try FileManager.default.moveItem(atPath: node.directory, toPath: folder.path + "/lost")
    try FileManager.default.moveItem(atPath: copy, toPath: node.directory)
  }

  private func expectRefusal(_ run: CommandRun, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
      run.status == 1 && run.errors.contains("restored from an old copy"), "\(run.errors)",
      sourceLocation: sourceLocation)
  }

  @Test(
    "It writes nothing before its peers were asked, and nothing once one proved more, whatever becomes of that peer")
  func refused() throws {
    try node.start()
    expectRefusal(try node.publish("310000/fork"))
    try peer.stop()
    _ = try node.run(["sync"])
    try Programs.wait(for: "the peer to be unreachable") {
      try node.json(["peer", "show", "320000"])["state"]?.string == "unreachable"
    }
    expectRefusal(try node.publish("310000/fork"))
    let file = folder.path + "/portal.jsonl"
    try #"{"cata_id":"1","cata_title":"目录"}"#.write(toFile: file, atomically: true, encoding: .utf8)
    expectRefusal(try node.run(["import", file, "--format", "portal"]))
    expectRefusal(try node.run(["withdraw", "310000/early", "--reason", "x"]))
    #expect(try node.status()["frontier"]?["310000"]?.integer == 1)
  }

  @Test("With nobody there to ask it writes: a region is not stopped by its peers' absence")
  func alone() throws {
    try peer.stop()
    try node.start()
    #expect(try node.publish("310000/alone").status == 0)
  }
}
