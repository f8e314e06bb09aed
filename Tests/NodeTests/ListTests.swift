import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("Lists by their commands", .serialized)
struct ListTests {
  private func publishConditional(_ id: String, at node: NodeProcess, title: String = "企业信用") throws -> CommandRun {
    let manifest = #"{"id":"\#(id)","title":"\#(title)","shareType":"conditional","useConditions":"限信用审查"}"#
    return try node.run(["publish", "-", "--json"], input: Array(manifest.utf8))
  }

  private func state(of list: String, at node: NodeProcess) throws -> String? {
    try node.json(["list", "show", list])["state"]?.string
  }

  @Test(
    "A list is proposed, signed, in force everywhere; it moves a prefix, is explained with its signatures, and ends")
  func lifeCycle() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000", "330000"], in: folder.path, pollSeconds: 0.5)
    let (source, owner, reader) = (nodes[0], nodes[1], nodes[2])
    let file = try TestList.write(
      TestList.yaml(
        "handover", parties: ["310000", "320000"], prefix: "320000/shared/", source: "310000", recipients: ["330000"]),
      "handover", in: folder)
    #expect(try publishConditional("320000/shared/early", at: source).status == 1)
    #expect(try publishConditional("320000/shared/mine", at: owner).status == 0)

    let refused = try reader.run(["list", "propose", file])
    #expect(refused.status == 1 && refused.errors.contains("330000"), "\(refused.errors)")
    let proposed = try source.json(["list", "propose", file, "--prepared-by", "张", "--approved-by", "李"])
    #expect(proposed["state"]?.string == "proposed" && proposed["onePerson"] == .bool(false), "\(proposed.text)")
    try waitForAgreement(nodes)
    #expect(try state(of: "handover", at: owner) == "proposed")
    #expect(try owner.run(["list", "sign", "handover"]).status == 0)
    try waitForAgreement(nodes)
    for node in nodes { #expect(try state(of: "handover", at: node) == "inForce") }
    let shown = try reader.json(["list", "show", "handover"])
    #expect(shown["parties"]?.list.allSatisfy { $0["signed"] == .bool(true) } == true)
    #expect(shown["document"]?["items"]?.list.first?["source"]?["region"]?.string == "310000")
    #expect(try reader.json(["list", "ls"]).list.count == 1)

    // The list moves the right: the source may, the id's own region may not any more.
    let moved = try publishConditional("320000/shared/moved", at: source)
    #expect(moved.status == 0, "\(moved.errors)")
    let taken = try owner.run(["publish", "-"], input: Array(#"{"id":"320000/shared/other","title":"x"}"#.utf8))
    #expect(taken.status == 1 && taken.errors.contains("handover"), "\(taken.errors)")
    try waitForAgreement(nodes)
    #expect(try reader.json(["show", "320000/shared/moved"])["verdict"]?.string == "applied")

    let permit = try reader.json(["explain", "320000/shared/moved", "--purpose", "credit-review"])
    #expect(permit["effect"]?.string == "permit" && permit["list"]?.string == "handover", "\(permit.text)")
    #expect(permit["chain"]?.list.count == 2 && permit["obligations"]?.list.isEmpty == false)
    let deny = try reader.json(["explain", "320000/shared/moved", "--purpose", "marketing"])
    #expect(deny["effect"]?.string == "deny" && deny["code"]?.string == "purpose", "\(deny.text)")
    #expect(try reader.run(["explain", "320000/shared/moved", "--lang", "zh"]).output.contains("清单"))

    #expect(
      try source.run(["list", "suspend", "handover", "--for", "330000", "--item", "1", "--reason", "查处"]).status == 0)
    try waitForAgreement(nodes)
    let stopped = try reader.json(["explain", "320000/shared/moved", "--purpose", "credit-review"])
    #expect(stopped["code"]?.string == "suspended", "\(stopped.text)")
    #expect(try reader.json(["list", "show", "handover"])["suspended"]?.list.count == 1)
    #expect(
      try source.run(["list", "resume", "handover", "--for", "330000", "--item", "1", "--reason", "已整改"]).status == 0)
    try waitForAgreement(nodes)
    #expect(
      try reader.json(["explain", "320000/shared/moved", "--purpose", "credit-review"])["effect"]?.string == "permit")

    // Nothing is suspended any more; who may not resume is told so; the parties are not shortened.
    let idle = try source.run(["list", "resume", "handover", "--for", "330000", "--item", "1", "--reason", "又"])
    #expect(idle.status == 1 && idle.errors.contains("suspended"), "\(idle.errors)")
    let short = TestList.yaml(
      "handover", version: 2, parties: ["310000"], prefix: "310000/own/", source: "310000", recipients: ["330000"])
    let shortened = try source.run(["list", "propose", TestList.write(short, "short", in: folder)])
    #expect(shortened.status == 1 && shortened.errors.contains("parties"), "\(shortened.errors)")
    #expect(try state(of: "handover", at: source) == "inForce")

    // A suspended recipient is given no manifest that is for some only, until it is resumed.
    for act in ["suspend", "resume"] {
      #expect(try source.run(["list", act, "handover", "--for", "330000", "--reason", "查处"]).status == 0)
      if act == "suspend" {
        let manifest = #"{"id":"320000/shared/some","title":"限","shareType":"conditional","useConditions":"限"}"#
        #expect(try publishTo(["330000"], manifest, at: source).status == 0)
        try waitForAgreement(nodes)
        #expect(try reader.json(["sync", "--wait"])["complete"] == .bool(true))
        #expect(try reader.json(["show", "320000/shared/some"])["status"]?.string == "withheld")
      }
    }
    try waitForAgreement(nodes)
    #expect(try reader.json(["sync", "--wait"])["complete"] == .bool(true))
    #expect(try reader.json(["show", "320000/shared/some"])["status"]?.string == "standing")

    #expect(try owner.run(["list", "end", "handover", "--reason", "职责调整", "--record", "协商 7 号"]).status == 0)
    try waitForAgreement(nodes)
    for node in nodes {
      #expect(try state(of: "handover", at: node) == "ended")
      #expect(try node.auditKinds().filter { $0.hasPrefix("list") } == ["listInForce", "listOver"])
    }
    #expect(try publishConditional("320000/shared/late", at: source).status == 1)
    #expect(try publishConditional("320000/shared/late", at: owner).status == 0)
    try waitForAgreement(nodes)
    let served = try reader.json(["audit", "verify", "--from", "310000"])
    #expect(served["ok"] == .bool(true) && served["entries"]?.integer ?? 0 > 5, "\(served.text)")
    for node in nodes {
      #expect(try node.json(["audit", "verify"])["ok"] == .bool(true))
      try node.stop()
      #expect(try node.json(["audit", "verify", "--from", node.directory])["ok"] == .bool(true))
      #expect(try node.isSound())
    }
  }

  @Test("What is written under a list by who had not seen its end is contested, listed and can be accepted")
  func contested() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000", "330000"], in: folder.path, pollSeconds: 0.5)
    let (source, owner, third) = (nodes[0], nodes[1], nodes[2])
    let file = try TestList.write(
      TestList.yaml(
        "lent", parties: ["310000", "320000"], prefix: "320000/lent/", source: "310000", recipients: ["33"]), "lent",
      in: folder)
    #expect(try source.run(["list", "propose", file]).status == 0)
    try waitForAgreement(nodes)
    #expect(try owner.run(["list", "sign", "lent"]).status == 0)
    try waitForAgreement(nodes)

    // Each writes without knowing of the other.
    try owner.stop()
    try third.stop()
    #expect(try publishConditional("320000/lent/unseen", at: source).status == 0)
    #expect(try publishConditional("320000/lent/unwanted", at: source).status == 0)
    try source.stop()
    try owner.start()
    #expect(try owner.run(["list", "end", "lent", "--reason", "收回", "--record", "9"]).status == 0)
    try source.start()
    try third.start()
    try waitForAgreement(nodes)
    for node in nodes { #expect(try node.count("contested") == 2) }
    let conflicts = try third.json(["conflicts"]).list
    #expect(conflicts.map { $0["id"]?.string } == ["320000/lent/unseen", "320000/lent/unwanted"], "\(conflicts)")
    let version = try #require(conflicts.first?["contested"]?.list.first)
    let name = "\(version["origin"]?.string ?? ""):\(version["index"]?.integer ?? -1)"
    #expect(
      try third.json(["explain", "320000/lent/unseen"])["notes"]?.list.contains { $0["code"]?.string == "contested" }
        == true)
    let why = try third.json(["explain", "320000/lent/unseen"])["reason"]?.string ?? ""
    #expect(why.contains("nothing of 320000/lent/unseen stands"), "\(why)")
    #expect(try source.run(["resolve", "320000/lent/unseen", "--accept", name]).status == 1)
    #expect(try owner.run(["resolve", "320000/lent/unseen", "--accept", name]).status == 0)
    // The other one is dismissed, once there is something to keep.
    let dismiss = ["resolve", "320000/lent/unwanted", "--keep", "320000"]
    #expect(try owner.run(dismiss).status == 1)
    #expect(try owner.publish("320000/lent/unwanted", title: "自有目录").status == 0)
    #expect(try owner.count("contested") == 1)
    #expect(try owner.run(dismiss).status == 0)
    #expect(try owner.run(dismiss).status == 1, "it is settled")
    try waitForAgreement(nodes)
    for node in nodes {
      #expect(try node.count("contested") == 0)
      #expect(try node.json(["show", "320000/lent/unseen"])["status"]?.string == "standing")
      let kept = try node.json(["show", "320000/lent/unwanted"])
      #expect(kept["status"]?.string == "standing" && kept["manifest"]?["title"]?.string == "自有目录")
      #expect(try node.json(["conflicts"]).list.isEmpty)
      try node.stop()
      #expect(try node.isSound())
    }
  }

  @Test("Two regions that both were the source in what they knew are in dispute, which the source settles")
  func dispute() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["330000", "330100", "330200"], in: folder.path, pollSeconds: 0.5)
    let (authority, source, owner) = (nodes[0], nodes[1], nodes[2])
    try owner.stop()
    let text = TestList.yaml(
      "issued", kind: "issued", parties: ["330100", "330200"], prefix: "330200/both/", source: "330100",
      recipients: ["33"]
    ).replacingOccurrences(of: "kind: issued", with: "kind: issued\nauthority: \"330000\"")
    #expect(try authority.run(["list", "propose", TestList.write(text, "issued", in: folder)]).status == 0)
    try waitForAgreement([authority, source])
    #expect(try publishConditional("330200/both/one", at: source, title: "来源").status == 0)
    for node in [authority, source] { try node.stop() }
    try owner.start()
    #expect(try publishConditional("330200/both/one", at: owner, title: "原地区").status == 0)
    for node in [authority, source] { try node.start() }
    try waitForAgreement(nodes)
    for node in nodes {
      #expect(try node.count("disputed") == 1)
      // Meanwhile the version of whom the list names stands.
      #expect(try node.json(["show", "330200/both/one"])["manifest"]?["title"]?.string == "来源")
    }
    #expect(try publishConditional("330200/both/one", at: source, title: "新").status == 1)
    let withdrawal = try source.run(["withdraw", "330200/both/one", "--reason", "x"])
    #expect(withdrawal.status == 1)
    #expect(withdrawal.errors.contains("`tongyuan resolve 330200/both/one` first"), "\(withdrawal.errors)")
    #expect(try owner.run(["resolve", "330200/both/one", "--keep", "330200"]).status == 1)
    let settled = try source.run(["resolve", "330200/both/one", "--keep", "330200"])
    #expect(settled.status == 0, "\(settled.errors)")
    try waitForAgreement(nodes)
    for node in nodes {
      #expect(try node.count("disputed") == 0)
      #expect(try node.json(["show", "330200/both/one"])["manifest"]?["title"]?.string == "原地区")
      try node.stop()
      #expect(try node.isSound())
    }
  }

  @Test(
    "A restricted body is at the entitled only, comes with a later grant, leaves a receipt, and goes without a trace")
  func restricted() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000", "330000"], in: folder.path, pollSeconds: 0.5)
    let (writer, entitled, other) = (nodes[0], nodes[1], nodes[2])
    let word = "zqxjkv9731"
    let id = "310000/restricted/one"
    let manifest =
      #"{"id":"\#(id)","title":"机密 \#(word)","abstract":"\#(word) 摘要","shareType":"conditional","useConditions":"限"}"#
    #expect(try publishTo(["320000"], manifest, at: writer).status == 0)
    try Programs.wait(for: "the entitled to have the body") {
      try entitled.json(["search", word])["total"]?.integer == 1
    }
    try waitForAgreement(nodes)
    #expect(try other.json(["show", id])["status"]?.string == "withheld")
    #expect(try other.json(["search", word])["total"]?.integer == 0)
    #expect(try other.count("withheld") == 1 && other.count("missing") == 0)
    #expect(try Set(nodes.map { try $0.digest("stateDigest") }).count == 1)
    #expect(try !other.holds(word))
    #expect(try writer.auditKinds().filter { $0 == "disclosed" }.count == 1)
    #expect(
      try other.json(["explain", id])["notes"]?.list.contains { $0["code"]?.string == "withheld" } == true)
    let why = try other.json(["explain", id])
    #expect(why["code"]?.string == "notHere", "\(why.text)")
    // The same again changes nothing, and an edit goes to whom the edited version is for.
    let again = try JSONReader.value(Array(try node(writer, publishes: manifest).output.utf8))
    #expect(again["published"]?.list.first?["new"] == .bool(false), "\(again.text)")
    let edited = manifest.replacingOccurrences(of: "摘要", with: "新摘要")
    #expect(try node(writer, publishes: edited).status == 0)
    try waitForAgreement(nodes)
    try Programs.wait(for: "the edit at the entitled") {
      try entitled.json(["show", id])["manifest"]?["abstract"]?.string?.contains("新摘要") == true
    }
    #expect(try other.json(["show", id])["status"]?.string == "withheld" && !other.holds(word))
    let unconditional = #"{"id":"310000/u","title":"x","shareType":"unconditional"}"#
    #expect(try publishTo(["320000"], unconditional, at: writer).status == 1)

    #expect(try entitled.run(["grant", id, "--to", "330000"]).status == 1)
    #expect(try writer.run(["grant", id, "--to", "330000"]).status == 0)
    try Programs.wait(for: "the newly entitled to have the body") {
      try other.json(["search", word])["total"]?.integer == 1
    }
    #expect(try other.holds(word))
    #expect(try writer.run(["grant", id, "--to", "330000"]).status == 1)
    let proof = folder.path + "/proof"
    #expect(try other.run(["proof", id, "--out", proof]).status == 0)
    let key = try #require(try other.json(["peer", "show", "310000"])["card"]?["keys"]?["catalog"]?.string)
    let checked = try Programs.run(Programs.tongyuan, ["check", proof, "--key", key])
    #expect(checked.status == 0 && checked.output.contains(word), "\(checked.errors)")
    try FileManager.default.removeItem(atPath: proof + ".entry")

    #expect(try writer.run(["recall", id, "--reason", "误发个人信息"]).status == 0)
    try waitForAgreement(nodes)
    for node in nodes {
      try Programs.wait(for: "\(node.region) to purge") { try node.json(["show", id])["status"]?.string == "recalled" }
      #expect(try node.json(["search", word])["total"]?.integer == 0)
      #expect(try node.count("recalled") == 1)
      #expect(try node.auditKinds().contains("recalled"))
      let gone = try node.run(["proof", id, "--out", folder.path + "/gone"])
      #expect(gone.status == 1 && gone.errors.contains("recalled"), "\(gone.errors)")
      #expect(try node.json(["audit", "verify"])["ok"] == .bool(true))
    }
    #expect(try writer.run(["grant", id, "--to", "340000"]).status == 1)
    // What one knew of it goes on to be proven; nothing of the body is left in any byte.
    for node in nodes {
      // At once where it was recalled; others take together what comes within a minute.
      if node.region == writer.region { #expect(try !node.holds(word)) }
      try node.waitUntilGone(word)
      try node.stop()
      #expect(try !node.holds(word), "\(node.region) stopped")
      #expect(try node.isSound())
    }
  }

  @Test("A body that is erased where all is judged anew leaves no trace either")
  func erasedAnew() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path, pollSeconds: 0.5)
    let (writer, word, id) = (nodes[0], "zqxjkv5512", "310000/erased/one")
    #expect(try writer.publish(id, title: word).status == 0)
    try waitForAgreement(nodes)
    try writer.stop()
    let store = writer.directory + "/store.sqlite"
    // As if the body had come in unjudged, beside a recall that counts only once all is judged anew.
    try Tampering.run("CREATE TABLE kept AS SELECT key, nonce, body FROM entry WHERE body IS NOT NULL", on: store)
    try writer.start()
    #expect(try writer.run(["recall", id, "--reason", "误发"]).status == 0)
    try writer.stop()
    try Tampering.run(
      """
      UPDATE entry SET nonce = kept.nonce, body = kept.body FROM kept
        WHERE kept.key = entry.key AND kept.key = (SELECT min(key) FROM recalled);
      PRAGMA secure_delete = ON; DELETE FROM kept; DROP TABLE kept
      """, on: store)
    #expect(try writer.holds(word))
    try writer.start()
    // A cut has everything judged anew.
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    #expect(try writer.run(["peer", "retire", "320000", "--at", "0:\(empty)"]).status == 0)
    #expect(try writer.json(["show", id])["status"]?.string == "recalled")
    #expect(try !writer.holds(word))
    #expect(try writer.auditKinds().filter { $0 == "recalled" }.count == 2)
    try writer.stop()
    #expect(try writer.isSound())
  }

  @Test("Of several texts that wait for a signature none is signed unless one is named")
  func rivals() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path, pollSeconds: 0.5)
    var digests: [String] = []
    for (number, prefix) in ["320000/a/", "320000/b/"].enumerated() {
      let text = TestList.yaml(
        "rival", version: number + 1, parties: ["310000", "320000"], prefix: prefix, source: "310000",
        recipients: ["33"])
      let proposed = try nodes[0].json(["list", "propose", TestList.write(text, "rival-\(number)", in: folder)])
      digests.append(try #require(proposed["digest"]?.string))
    }
    try waitForAgreement(nodes)
    let refused = try nodes[1].run(["list", "sign", "rival"])
    #expect(refused.status == 1 && digests.allSatisfy(refused.errors.contains), "\(refused.errors)")
    // The same text from the other side is the same list.
    let same = TestList.yaml(
      "rival", version: 1, parties: ["320000", "310000"], prefix: "320000/a/", source: "310000", recipients: ["33"])
    let proposed = try nodes[1].json(["list", "propose", TestList.write(same, "same", in: folder)])
    #expect(proposed["digest"]?.string == digests[0] && proposed["state"]?.string == "inForce", "\(proposed.text)")
    #expect(try nodes[1].run(["list", "sign", "rival", "--digest", digests[1]]).status == 0)
    try waitForAgreement(nodes)
    #expect(try nodes[0].json(["list", "ls"]).list.map { $0["state"]?.string } == ["inForce", "inForce"])
    for node in nodes {
      try node.stop()
      #expect(try node.isSound())
    }
  }

  private func node(_ node: NodeProcess, publishes manifest: String) throws -> CommandRun {
    try node.run(["publish", "-", "--json"], input: Array(manifest.utf8))
  }

  private func publishTo(_ regions: [String], _ manifest: String, at node: NodeProcess) throws -> CommandRun {
    try node.run(["publish", "-", "--json"] + regions.flatMap { ["--to", $0] }, input: Array(manifest.utf8))
  }
}
