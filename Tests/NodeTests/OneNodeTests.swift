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
      (["search", String(repeating: "信", count: 2_500)], nil, 2, ["a search has at most 256 characters"]),
      (["audit", "verify", "--from", "999"], nil, 2, ["999 is neither a peer nor a node's directory"]),
      (["show", "310000/" + String(repeating: "a", count: 20_000)], nil, 2, ["8192"]),
      (["withdraw", "310000/x", "--reason", String(repeating: "x", count: 70_000)], nil, 1, ["65536"]),
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

  @Test("A change that only Swift's String would overlook is published")
  func canonicalEquivalence() throws {
    try node.start()
    for (index, title) in ["caf\u{E9}", "cafe\u{301}", "\u{795E}社", "\u{FA19}社"].enumerated() {
      #expect(
        try node.publish("310000/eq", title: title).json()["published"]?.list.first?["index"]?.integer == Int64(index))
    }
  }

  @Test(
    "An import goes on behind a line that is too long, leaves withdrawn resources alone, and does not hold up the node")
  func importing() throws {
    try node.start()
    let file = folder.path + "/import.jsonl"
    let lines = [
      #"{"id":"310000-a","title":"一"}"#, #"{"id":"310000-b","title":"\#(String(repeating: "长", count: 500_000))"}"#,
      #"{"id":"310000-c","title":"三"}"#,
    ]
    try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
    let report = try node.json(["import", file, "--format", "portal"])
    #expect(report["published"]?.integer == 2 && report["refused"]?.integer == 1)
    #expect(report["refusals"]?.list.first?["line"]?.integer == 2)
    #expect(try node.run(["withdraw", "310000/a", "--reason", "x"]).status == 0)
    let again = try node.json(["import", file, "--format", "portal"])
    #expect(again["published"]?.integer == 0 && again["refused"]?.integer == 2)
    // A file of blank lines alone: long to read, and the node answers and stops meanwhile.
    try Data(repeating: 0x0A, count: 100 << 20).write(to: URL(fileURLWithPath: file))
    let load = Thread { [node] in _ = try? node.run(["import", file, "--format", "portal"]) }
    load.start()
    for _ in 0..<5 { #expect(try node.run(["status"], timeoutSeconds: 20).status == 0) }
    #expect(try node.stop(seconds: 20) == 0)
    try Programs.wait(for: "the import to end", seconds: 60) { load.isFinished }
  }

  @Test("A phrase is not found across punctuation")
  func borders() throws {
    try node.start()
    #expect(try node.publish("310000/b/1", title: "浙江省、信息（试行）政策").status == 0)
    #expect(try node.json(["search", "省信息"])["total"]?.integer == 0)
    #expect(try node.json(["search", "行政"])["total"]?.integer == 0)
    for text in ["浙江省", "信息", "省、信息", "试行"] {
      #expect(try node.json(["search", text])["total"]?.integer == 1, "\(text)")
    }
  }

  @Test("A node with another region's certificate does not start, and a proof replaces no link or device")
  func foreignPieces() throws {
    let other = try NodeProcess(region: "320000", name: "江苏省", in: folder.path)
    for name in ["certs/node.pem", "keys/node.pem"] {
      try FileManager.default.moveItem(atPath: "\(node.directory)/\(name)", toPath: "\(node.directory)/\(name).own")
      try FileManager.default.copyItem(atPath: "\(other.directory)/\(name)", toPath: "\(node.directory)/\(name)")
    }
    let refused = try node.run(["serve", "--node", node.directory])
    #expect(refused.status == 1 && refused.errors.contains("320000"), "\(refused.errors)")
    try other.start()
    #expect(try other.publish("320000/a").status == 0)
    let link = folder.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path + "/elsewhere")
    for out in [link, folder.path, ""] {
      #expect(try other.run(["proof", "320000/a", "--out", out]).status != 0, "\(out)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/link.entry"))
  }

  @Test("init fills an empty directory that is there, and refuses every spelling of a wildcard without --advertise")
  func initPlaces() throws {
    let empty = folder.path + "/empty"
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
    let arguments = { (place: String, listen: String) in
      ["init", place, "--region", "330000", "--name", "浙江省", "--listen", listen]
    }
    for listen in ["0.0.0.0:7301", "[::]:7301", "[::0]:7301", "0:7301", "*:7301", "[::ffff:0.0.0.0]:7301"] {
      #expect(try Programs.run(Programs.tongyuan, arguments(empty, listen)).status == 2, "\(listen)")
    }
    #expect(try Programs.run(Programs.tongyuan, arguments(".", "127.0.0.1:7301"), directory: empty).status == 0)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: empty).sorted() == [
        "certs", "config.yaml", "keys", "peers", "store.sqlite",
      ])
  }

  @Test("A directory that is another user's is not called empty: whose it is, is said, with exit 3")
  func anotherUser() throws {
    let config = node.directory + "/config.yaml"
    func run(_ arguments: [String]) throws -> CommandRun {
      let command = arguments + ["--node", node.directory]
      guard geteuid() == 0 else { return try Programs.run(Programs.tongyuan, command) }
      // Root may read whatever its mode is.
      return try Programs.run(
        "/usr/bin/setpriv", ["--reuid", "65534", "--clear-groups", Programs.tongyuan] + command)
    }
    // The scratch folder itself lets everybody pass.
    for path in [node.directory, config] {
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(chmod(node.directory, 0o755) == 0 && chmod(path, 0) == 0)
      for command in [["status"], ["fsck"]] {
        let run = try run(command)
        #expect(run.status == 3, "\(run.line): \(run.errors)")
        #expect(run.errors.contains("permission denied: \(path) is for its owner"), "\(run.errors)")
        #expect(!run.errors.contains("init"), "\(run.errors)")
      }
      try FileManager.default.setAttributes([.posixPermissions: mode as Any], ofItemAtPath: path)
    }
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
      "INSERT INTO search (search) VALUES ('delete-all')", "DELETE FROM search_config",
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
