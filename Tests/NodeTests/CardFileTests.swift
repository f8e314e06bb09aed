import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("Cards in peers/ that are lost or damaged", .serialized)
struct CardFileTests {
  private let folder: ScratchFolder
  private let nodes: [NodeProcess]
  /// The one whose files are touched.
  private var node: NodeProcess { nodes[0] }
  private var peers: String { node.directory + "/peers" }

  init() throws {
    folder = try ScratchFolder()
    nodes = try startRegions(["310000", "320000", "330000"], in: folder.path, pollSeconds: 0.5)
    for node in nodes { #expect(try node.publish("\(node.region)/first").status == 0) }
    try waitForAgreement(nodes)
  }

  private func facts() throws -> [String?] {
    let status = try node.status()
    return ["configDigest", "frontierDigest", "stateDigest"].map { status[$0]?.string }
  }

  private func problems() throws -> [String] {
    try node.status()["cards"]?.list.compactMap { $0["region"]?.string } ?? ["no answer"]
  }

  @Test("A card that cannot be read takes nothing out of the catalog, and counts again once it is put back")
  func damaged() throws {
    let before = try facts()
    try node.stop()
    let card = peers + "/320000.json"
    let content = Programs.text(card)
    try "{".write(toFile: card, atomically: true, encoding: .utf8)
    // A view that is made anew keeps the region too.
    #expect(try node.run(["rebuild", "--node", node.directory]).status == 0)
    try node.start()
    #expect(try facts() == before)
    #expect(try node.run(["show", "320000/first"]).status == 0)
    #expect(try problems() == ["320000"])
    #expect(try node.run(["status", "--lang", "en"]).output.contains("put it back"))
    #expect(node.errorLog.contains("320000.json"))
    #expect(try node.publish("310000/meanwhile").status == 0)
    #expect(try nodes[1].publish("320000/meanwhile").status == 0)
    try content.write(toFile: card, atomically: true, encoding: .utf8)
    // Within a minute, by itself.
    try waitForAgreement(nodes, seconds: 100)
    #expect(try problems() == [])
    #expect(try node.json(["peer", "list"])["peers"]?.list.count == 2)
    #expect(try node.count("resources") == 5)
    try node.stop()
    #expect(try node.isSound())
  }

  @Test("A folder of cards that cannot be read takes nothing out of the catalog")
  func unreadableFolder() throws {
    let before = try facts()
    try node.stop()
    try FileManager.default.moveItem(atPath: peers, toPath: folder.path + "/aside")
    try "".write(toFile: peers, atomically: true, encoding: .utf8)
    try node.start()
    #expect(try facts() == before)
    #expect(try problems() == ["320000", "330000"])
    #expect(node.errorLog.contains(peers))
    try node.stop()
    try FileManager.default.removeItem(atPath: peers)
    try FileManager.default.moveItem(atPath: folder.path + "/aside", toPath: peers)
    try node.start()
    #expect(try facts() == before)
    #expect(try problems() == [])
  }

  @Test("A card that was removed ends nothing: a peer is retired, with its card or without")
  func removed() throws {
    let before = try facts()
    try node.stop()
    try FileManager.default.removeItem(atPath: peers + "/330000.json")
    try node.start()
    #expect(try facts() == before)
    #expect(try problems() == ["330000"])
    let chinese = try node.run(["status", "--lang", "zh"]).output.split(separator: "\n").first { $0.contains("名片未使用") }
    #expect(chinese.map { String($0.replacing(peers, with: "")).englishRun } == .some(nil), "\(chinese ?? "")")
    #expect(try node.run(["show", "330000/first"]).status == 0)
    #expect(try node.run(["peer", "retire", "330000"]).status == 0)
    #expect(try problems() == [])
    #expect(try facts() == before)
    #expect(try node.json(["audit", "log", "--kind", "peerRetired"]).list.count == 1)
    try node.stop()
    try node.start()
    #expect(try facts() == before)
    #expect(try problems() == [])
  }

  /// Makes the card of another node that says it is the same region.
  private func falseCard() throws -> String {
    let other = folder.path + "/other"
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    let impostor = try NodeProcess(region: "320000", name: nodes[1].name, in: other)
    try impostor.start()
    let path = other + "/card.json"
    try impostor.writeCard(to: path)
    try impostor.stop()
    return path
  }

  @Test("Without its card too, a region goes on by the keys that it was admitted by alone", arguments: [true, false])
  func otherKeys(areRemembered: Bool) throws {
    let before = try facts()
    let impostor = try falseCard()
    let card = peers + "/320000.json"
    let right = folder.path + "/right.json"
    try node.stop()
    try FileManager.default.moveItem(atPath: card, toPath: right)
    if !areRemembered {
      // As of a version that did not remember them: the log that is held says whose it is.
      try Tampering.run("DELETE FROM local WHERE key LIKE 'keys:%'", on: node.directory + "/store.sqlite")
    }
    try node.start()
    let refused = try node.run(["peer", "add", impostor])
    #expect(refused.status == 1 && refused.errors.contains("has other keys"), "\(refused.errors)")
    try node.stop()
    // A start takes no other keys from the folder either.
    try FileManager.default.copyItem(atPath: impostor, toPath: card)
    try node.start()
    #expect(try problems() == ["320000"])
    #expect(node.errorLog.contains("has other keys"))
    #expect(try node.json(["peer", "show", "320000"])["state"]?.string == "noCard")
    #expect(try facts() == before)
    #expect(try node.json(["audit", "log", "--kind", "peerUpdated"]).list.isEmpty)
    #expect(try node.run(["peer", "add", right]).status == 0)
    #expect(try problems() == [])
    #expect(try nodes[1].publish("320000/later").status == 0)
    try waitForAgreement(nodes)
    try node.stop()
    #expect(try node.isSound())
  }

  @Test("What is made anew of a view that cannot be read keeps the region whose card is lost, and adds none")
  func viewUnreadable() throws {
    let before = try facts()
    let added = try NodeProcess(region: "340000", name: "安徽省", in: folder.path)
    try added.start()
    try node.stop()
    let card = peers + "/320000.json"
    try FileManager.default.removeItem(atPath: card)
    // Whether one more log can count is read from the view.
    try added.writeCard(to: peers + "/340000.json")
    try Tampering.run("DROP TABLE progress", on: node.directory + "/store.sqlite")
    let rebuilt = try node.run(["rebuild", "--node", node.directory])
    #expect(rebuilt.status == 0, "\(rebuilt.errors)")
    try FileManager.default.removeItem(atPath: peers + "/340000.json")
    try node.start()
    #expect(try facts() == before)
    #expect(try node.run(["show", "320000/first"]).status == 0)
    #expect(try problems() == ["320000"])
  }
}
