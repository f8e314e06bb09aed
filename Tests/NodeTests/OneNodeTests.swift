import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("One node by its command line", .serialized)
struct OneNodeTests {
  let folder: ScratchFolder
  let node: NodeProcess

  init() throws {
    folder = try ScratchFolder()
    node = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
  }

  @Test("A publication is shown, found, withdrawn, and its history stays")
  func lifeOfAResource() throws {
    try node.start()
    let published = try node.publish("310000/credit/a", title: "企业信用 API 接口")
    #expect(published.status == 0)
    #expect(try published.json()["published"]?.list.first?["index"]?.integer == 0)
    // The same once more writes nothing.
    #expect(
      try node.publish("310000/credit/a", title: "企业信用 API 接口").json()["published"]?.list.first?["index"]?.integer == 0)
    for text in ["信", "信用", "企业信用", "API 接口", "api", "接口"] {
      #expect(try node.json(["search", text])["total"]?.integer == 1, "\(text)")
    }
    #expect(try node.json(["search", "用信"])["total"]?.integer == 0)
    let shown = try node.json(["show", "310000/credit/a"])
    #expect(shown["manifest"]?["title"]?.string == "企业信用 API 接口")
    #expect(shown["verdict"]?.string == "applied")
    #expect(try node.run(["withdraw", "310000/credit/a", "--reason", "机构撤销"]).status == 0)
    #expect(try node.json(["search", "信用"])["total"]?.integer == 0)
    #expect(try node.json(["show", "310000/credit/a", "--history"])["history"]?.list.count == 2)
    #expect(try node.count("withdrawn") == 1)
    #expect(try node.stop() == 0)
    #expect(try node.isSound())
  }

  @Test("A proof is checked with no node, and a false one is refused")
  func proof() throws {
    try node.start()
    for number in 0..<5 { #expect(try node.publish("310000/p/\(number)").status == 0) }
    let file = folder.path + "/p.tlog-proof"
    #expect(try node.run(["proof", "310000/p/2", "--out", file]).status == 0)
    let key = try #require(try node.json(["card"])["keys"]?["catalog"]?.string)
    let audit = try #require(try node.json(["card"])["keys"]?["audit"]?.string)
    try node.stop()
    let check = { (arguments: [String]) in try Programs.run(Programs.tongyuan, ["check", file] + arguments) }
    #expect(try check(["--key", key]).status == 0)
    #expect(try check(["--key", audit]).status == 1)
    #expect(try check([]).status == 2)
    let entry = try Data(contentsOf: URL(fileURLWithPath: file + ".entry"))
    for changed in [entry + Data([0]), entry.dropLast(), Data(entry.map { $0 ^ 1 })] {
      try changed.write(to: URL(fileURLWithPath: file + ".entry"))
      let run = try check(["--key", key])
      #expect(run.status == 1)
      #expect(run.errors.split(separator: "\n").count == 1)
    }
  }

  @Test("A store is rebuilt from its logs to the same digest, and search still finds")
  func rebuild() throws {
    try node.start()
    for number in 0..<20 { #expect(try node.publish("310000/r/\(number)", title: "水质监测\(number)").status == 0) }
    #expect(try node.run(["withdraw", "310000/r/3", "--reason", "x"]).status == 0)
    let digest = try node.digest("stateDigest")
    #expect(try node.run(["fsck"]).status == 1, "a running node cannot be checked")
    try node.stop()
    #expect(try node.run(["rebuild"]).status == 0)
    #expect(try node.isSound())
    try node.start()
    #expect(try node.digest("stateDigest") == digest)
    #expect(try node.json(["search", "水质"])["total"]?.integer == 19)
  }

  @Test(
    "What a user types wrong is one line that says what, where and what to do, with its exit code, and nothing is written"
  )
  func wrongInput() throws {
    try node.start()
    let broken = folder.path + "/broken.jsonl"
    let lines = [#"{"id":"310000/x/1","title":"一"}"#, #"{"id":"310000/x/2","title":}"#]
    try lines.joined(separator: "\n").write(toFile: broken, atomically: true, encoding: .utf8)
    let wrongField = #"{"id":"310000/x/3","title":"三","shareTyp":"none"}"#
    let twice = #"{"id":"310000/x/4","title":"四"}{"id":"310000/x/4","title":"五"}"#
    let cases: [(arguments: [String], input: String?, status: Int32, words: [String])] = [
      (["publish", broken], nil, 1, ["line 2", "broken.jsonl"]),
      (["publish", "-"], wrongField, 1, ["shareTyp", "shareType"]),
      (["publish", "-"], twice, 1, ["twice"]),
      (["publish", "-"], #"{"id":"310000/x y","title":"空格"}"#, 1, ["id"]),
      (["publish", "-"], #"{"id":"320000/x","title":"别人的"}"#, 1, ["320000/x"]),
      (["publish", "-"], #"{"id":"310000/x","title":"条件","shareType":"conditional"}"#, 1, ["useConditions"]),
      (["publish", "-"], "[]", 1, ["no manifest"]),
      (["publish", folder.path + "/absent.json"], nil, 1, ["absent.json"]),
      (["publish"], nil, 2, ["publish"]),
      (["import", folder.path + "/absent.gz", "--format", "portal"], nil, 1, ["absent.gz"]),
      (["import", broken, "--format", "csv"], nil, 2, ["portal"]),
      (["show", "310000/none"], nil, 1, ["310000/none"]),
      (["show", "310000//x"], nil, 2, ["310000//x"]),
      (["withdraw", "310000/none", "--reason", "x"], nil, 1, ["310000/none"]),
      (["withdraw", "310000/none"], nil, 2, ["reason"]),
      (["peer", "show", "330000"], nil, 1, ["330000"]),
      (["peer", "add", broken], nil, 1, ["card"]),
      (["sync", "330000"], nil, 1, ["330000"]),
      (["search", "!!!"], nil, 2, ["search"]),
      (["nonsense"], nil, 2, ["nonsense"]),
    ]
    for (arguments, input, status, words) in cases {
      let run = try node.run(arguments, input: input.map { Array($0.utf8) })
      #expect(run.status == status, "\(run.line): \(run.errors)")
      for word in words { #expect(run.errors.contains(word), "\(run.line): \(run.errors)") }
      if status == 1 { #expect(run.errors.split(separator: "\n").count == 1, "\(run.line): \(run.errors)") }
    }
    #expect(try node.count("resources") == 0)
  }

  @Test("With --json an error is a problem object")
  func problem() throws {
    let run = try node.run(["status", "--json"])
    #expect(run.status == 3)
    let problem = try JSONReader.value(Array(run.errors.utf8))
    for member in ["type", "title", "detail", "code"] { #expect(problem[member]?.string?.isEmpty == false) }
  }

  @Test("A port in use, a second serve, another node's store and a directory that is no node are refused with exit 1")
  func refusedStarts() throws {
    try node.start()
    #expect(try node.run(["serve", "--node", node.directory]).errors.contains("in use"))
    let other = try NodeProcess(region: "320000", name: "江苏省", in: folder.path, port: node.port)
    let taken = try other.run(["serve", "--node", other.directory])
    #expect(taken.status == 1 && taken.errors.contains("\(node.port)"), "\(taken.errors)")
    try node.stop()
    try FileManager.default.removeItem(atPath: other.directory + "/store.sqlite")
    try FileManager.default.copyItem(
      atPath: node.directory + "/store.sqlite", toPath: other.directory + "/store.sqlite")
    let foreign = try other.run(["serve", "--node", other.directory])
    #expect(foreign.status == 1 && foreign.errors.contains("another node"), "\(foreign.errors)")
    #expect(try node.run(["serve", "--node", folder.path + "/nothing"]).status == 1)
    #expect(
      try node.run(["init", node.directory, "--region", "310000", "--name", "x", "--listen", "127.0.0.1:1"]).status == 1
    )
    let long = folder.path + "/" + String(repeating: "d", count: 100)
    #expect(
      try node.run(["init", long, "--region", "310000", "--name", "x", "--listen", "127.0.0.1:7301"]).status == 1)
    #expect(!FileManager.default.fileExists(atPath: long))
  }

  @Test("A changed byte in any table of the store is found by fsck")
  func tampering() throws {
    try node.start()
    for number in 0..<3 { #expect(try node.publish("310000/t/\(number)", title: "篡改\(number)").status == 0) }
    try node.stop()
    #expect(try node.isSound())
    let sound = try Data(contentsOf: URL(fileURLWithPath: node.directory + "/store.sqlite"))
    let changes = [
      "UPDATE entry SET leaf = leaf || x'00' WHERE key = (SELECT min(key) FROM entry)",
      "UPDATE entry SET body = x'00'",
      "UPDATE entry SET body = NULL, nonce = NULL WHERE key = (SELECT max(key) FROM entry)",
      "DELETE FROM entry WHERE key = (SELECT max(key) FROM entry)", "UPDATE log SET size = size + 1",
      "UPDATE log SET checkpoint = replace(checkpoint, 'catalog', 'catalon')", "UPDATE tile SET hashes = zeroblob(96)",
      "UPDATE progress SET processed = 1", "UPDATE resource SET title = 'x' WHERE number = 1",
      "UPDATE resource SET status = 'withdrawn' WHERE number = 2", "DELETE FROM resource WHERE number = 3",
      "UPDATE version SET time = time + 1", "UPDATE state SET value = zeroblob(32)",
      "INSERT INTO verdict (key, code, reason, id) VALUES (1, 'refused(id)', 'x', '')",
      "INSERT INTO search (rowid, title, rest) VALUES (9, '假', '假')",
      "INSERT INTO search (search) VALUES ('delete-all')",
      "UPDATE local SET value = x'00' WHERE key = 'identity'",
      "UPDATE local SET value = value || x'00' WHERE key LIKE 'conf%'",
      "DELETE FROM local WHERE key = 'configuration'", "DROP INDEX version_unseen",
    ]
    for change in changes {
      try sound.write(to: URL(fileURLWithPath: node.directory + "/store.sqlite"))
      try Tampering.run(change, on: node.directory + "/store.sqlite")
      let check = try node.run(["fsck"])
      #expect(check.status == 1, "\(change): \(check.output)")
    }
    try sound.write(to: URL(fileURLWithPath: node.directory + "/store.sqlite"))
    #expect(try node.isSound())
  }

  @Test(
    "Real catalogs are imported whole, again publishes nothing, and a changed record alone is published anew",
    .enabled(if: RealCatalogs.folder != nil, RealCatalogs.notice))
  func realCatalog() throws {
    let folder = try #require(RealCatalogs.folder)
    try node.start()
    let first = try node.json(["import", folder + "/310000.jsonl.gz", "--format", "portal"])
    #expect(first["published"]?.integer == 2232 && first["refused"]?.integer == 0)
    #expect(first["defects"]?["missingDescription"]?.integer == 47)
    let again = try node.json(["import", folder + "/310000.jsonl.gz", "--format", "portal"])
    #expect(again["published"]?.integer == 0 && again["unchanged"]?.integer == 2232)
    #expect(try node.count("resources") == 2232)
    #expect(try node.status()["frontier"]?["310000"]?.integer == 2232)
    try node.stop()
    #expect(try node.isSound())
  }
}
