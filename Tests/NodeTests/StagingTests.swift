import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("A configuration that cannot judge yet", .serialized)
struct StagingTests {
  @Test("A log that entries lean on counts once it is held; until then nothing that was stated goes back")
  func staged() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path, pollSeconds: 0.5)
    let (leaning, leanedOn) = (nodes[0], nodes[1])
    let reader = try NodeProcess(region: "330000", name: "浙江省", in: folder.path)
    try reader.setPollSeconds(0.5)
    try reader.start()
    try NodeProcess.introduce(leaning, reader)
    for number in 0..<3 { #expect(try leanedOn.publish("320000/first/\(number)").status == 0) }
    try waitForAgreement([leaning, leanedOn])
    // Its clock names the other's log, which the reader does not replicate: that holds nothing up.
    #expect(try leaning.publish("310000/leans").status == 0)
    #expect(try reader.json(["sync", "--wait"])["complete"] == .bool(true))
    #expect(try reader.run(["show", "310000/leans"]).status == 0)
    let before = try reader.status()

    // With nobody there to send that log, its card changes nothing but what is waited for.
    for node in nodes { try node.stop() }
    let card = folder.path + "/320000.json"
    try leanedOn.writeCard(to: card)
    #expect(try reader.run(["peer", "add", card, "--relayed"]).status == 0)
    var now = try reader.status()
    #expect(now["staged"]?.list.map { $0["region"]?.string } == ["320000"])
    #expect(now["staged"]?.list.first?["code"]?.string == "pending(dependency)")
    for name in ["configDigest", "frontierDigest", "stateDigest", "frontier"] { #expect(now[name] == before[name]) }
    #expect(try reader.run(["status", "--lang", "en"]).output.contains("320000 does not count yet"))
    #expect(try reader.publish("330000/meanwhile").status == 0)
    try reader.stop()
    #expect(try reader.isSound())
    #expect(try reader.run(["rebuild", "--node", reader.directory]).status == 0)
    try reader.start()
    #expect(try reader.digest("configDigest") == before["configDigest"]?.string)

    try leaning.start()
    #expect(try reader.json(["sync", "--wait"])["complete"] == .bool(true))
    try Programs.wait(for: "the log to count") { try reader.status()["staged"]?.list.isEmpty == true }
    now = try reader.status()
    #expect(now["configDigest"] != before["configDigest"])
    #expect(now["frontier"]?["320000"]?.integer == 3 && now["frontier"]?["310000"]?.integer == 1)
    #expect(try reader.run(["show", "320000/first/2"]).status == 0)
    #expect(try reader.count("resources") == 5)
    try reader.stop()
    #expect(try reader.isSound())
  }
}
