import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("Whom an edit is for", .serialized)
struct AudienceTests {
  private func manifest(_ id: String, _ title: String) -> String {
    #"{"id":"\#(id)","title":"\#(title)","shareType":"conditional","useConditions":"限"}"#
  }

  private func publish(_ manifest: String, at node: NodeProcess, _ arguments: [String] = []) throws {
    let run = try node.publish(json: manifest, arguments)
    #expect(run.status == 0, "\(run.errors)")
  }

  private func status(of id: String, at node: NodeProcess) throws -> String? {
    try node.json(["sync", "--wait"])
    return try node.json(["show", id])["status"]?.string
  }

  /// Puts a list in force that makes `source` the one source of what lies below `prefix`, agreed with `owner`.
  private func handOver(
    _ prefix: String, from owner: NodeProcess, to source: NodeProcess, in folder: ScratchFolder,
    as list: String = "handover"
  ) throws {
    let text = TestList.yaml(
      list, parties: [source.region, owner.region], prefix: prefix, source: source.region,
      recipients: [owner.region])
    #expect(try source.run(["list", "propose", TestList.write(text, list, in: folder)]).status == 0)
    try waitForAgreement([owner, source])
    #expect(try owner.run(["list", "sign", list]).status == 0)
    try waitForAgreement([owner, source])
  }

  @Test("What was for some only, was withdrawn and comes back is for the same; who edits it says otherwise")
  func throughWithdrawal() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000", "330000"], in: folder.path, pollSeconds: 0.5)
    let (writer, entitled, other) = (nodes[0], nodes[1], nodes[2])
    let id = "310000/audience/back"
    try publish(manifest(id, "一"), at: writer, ["--to", "320000"])
    #expect(try writer.run(["withdraw", id, "--reason", "整改"]).status == 0)
    try publish(manifest(id, "二"), at: writer)
    try waitForAgreement(nodes)
    #expect(try status(of: id, at: entitled) == "standing")
    #expect(try status(of: id, at: other) == "withheld")
    // Whoever did not give --to is told of the flag that there is.
    let unconditional = #"{"id":"\#(id)","title":"三","shareType":"unconditional"}"#
    let open = try writer.publish(json: unconditional)
    #expect(open.status == 1 && open.errors.contains("[unconditional]"), "\(open.errors)")
    #expect(open.errors.contains("--to-all") && !open.errors.contains("--to out"), "\(open.errors)")
    let given = try writer.publish(json: unconditional, ["--to", "320000"])
    #expect(given.status == 1 && given.errors.contains("leave --to out"), "\(given.errors)")
    try publish(manifest(id, "四"), at: writer, ["--to-all"])
    try waitForAgreement(nodes)
    #expect(try status(of: id, at: other) == "standing")
  }

  @Test("A source that takes an id over edits for whom the old source published, and the old source")
  func handedOver() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000", "330000", "340000"], in: folder.path, pollSeconds: 0.5)
    let (source, owner, entitled, other) = (nodes[0], nodes[1], nodes[2], nodes[3])
    let id = "320000/shared/moved"
    try publish(manifest(id, "旧"), at: owner, ["--to", "330000"])
    try handOver("320000/shared/", from: owner, to: source, in: folder)
    try publish(manifest(id, "新"), at: source)
    try waitForAgreement(nodes)
    for node in [owner, entitled] {
      #expect(try status(of: id, at: node) == "standing")
      #expect(try node.json(["show", id])["manifest"]?["title"]?.string == "新")
    }
    #expect(try status(of: id, at: other) == "withheld")
  }

  @Test("Where versions are superseded that were not for the same regions, who edits must say for whom")
  func mixed() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path, pollSeconds: 0.5)
    let (source, owner) = (nodes[0], nodes[1])
    let id = "320000/both/one"
    try handOver("320000/both/", from: owner, to: source, in: folder)
    // Each writes without knowing of the other: the owner behind the end of the list, which the source has not seen.
    try owner.stop()
    try publish(manifest(id, "限"), at: source, ["--to", "320000"])
    try source.stop()
    try owner.start()
    #expect(try owner.run(["list", "end", "handover", "--reason", "收回", "--record", "1"]).status == 0)
    try publish(manifest(id, "开"), at: owner)
    try source.start()
    try waitForAgreement(nodes)
    let contested = try #require(try owner.json(["conflicts"]).list.first?["contested"]?.list.first)
    let name = "\(contested["origin"]?.string ?? ""):\(contested["index"]?.integer ?? -1)"
    #expect(try owner.run(["resolve", id, "--accept", name]).status == 0)
    let versions = try #require(try owner.json(["conflicts"]).list.first?["versions"]?.list)
    #expect(versions.count == 2)
    let superseded = versions.flatMap {
      ["--supersedes", "\($0["origin"]?.string ?? ""):\($0["index"]?.integer ?? -1)"]
    }
    let refused = try owner.publish(json: manifest(id, "合"), superseded)
    #expect(refused.status == 1 && refused.errors.contains("[audience]"), "\(refused.errors)")
    #expect(refused.errors.contains("--to-all") && refused.errors.contains("--to "), "\(refused.errors)")
    try publish(manifest(id, "合"), at: owner, superseded + ["--to", "310000"])
    try waitForAgreement(nodes)
    #expect(try source.count("disputed") == 0)
  }

  @Test("A version that became contested hands on whom it was for, once its list is renewed")
  func contested() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000", "330000"], in: folder.path, pollSeconds: 0.5)
    let (source, owner, other) = (nodes[0], nodes[1], nodes[2])
    let (alone, beside) = ("320000/lent/alone", "320000/lent/beside")
    try handOver("320000/lent/", from: owner, to: source, in: folder)
    // The owner writes its boundary, and a version of its own, before it has seen what the source writes.
    for node in [owner, other] { try node.stop() }
    try publish(manifest(alone, "一") + manifest(beside, "一"), at: source, ["--to", "320000"])
    try source.stop()
    try owner.start()
    #expect(try owner.run(["list", "end", "handover", "--reason", "收回", "--record", "1"]).status == 0)
    try publish(manifest(beside, "开"), at: owner)
    for node in [source, other] { try node.start() }
    try waitForAgreement(nodes)
    for node in nodes { #expect(try node.count("contested") == 2) }

    try handOver("320000/lent/", from: owner, to: source, in: folder, as: "renewed")
    try publish(manifest(alone, "二"), at: source)
    try waitForAgreement(nodes)
    #expect(try status(of: alone, at: owner) == "standing")
    #expect(try status(of: alone, at: other) == "withheld")
    let refused = try source.publish(json: manifest(beside, "二"))
    #expect(refused.status == 1 && refused.errors.contains("[audience]"), "\(refused.errors)")
  }
}
