import Catalog
import Foundation
import GRDB
import NodeProcesses
import Testing

/// Somebody else who reads a store's file, on one snapshot until it is let go.
private final class LongReader {
  private let queue: DatabaseQueue

  init(_ node: NodeProcess) throws {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.allowsUnsafeTransactions = true
    queue = try DatabaseQueue(path: node.directory + "/store.sqlite", configuration: configuration)
    try queue.inDatabase { database in
      try database.execute(sql: "BEGIN")
      _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM entry")
    }
  }

  func letGo() throws {
    try queue.inDatabase { try $0.execute(sql: "COMMIT") }
    try queue.close()
  }
}

@Suite("Recalls", .serialized)
struct RecallTests {
  private func status(of id: String, at node: NodeProcess) throws -> String? {
    try node.json(["show", id])["status"]?.string
  }

  @Test(
    "A recall that the disk has no room to finish is done all the same; what is left of it is told, and goes with room",
    .enabled(if: SmallDisk.isPossible, SmallDisk.notice))
  func fullDisk() throws {
    let disk = try SmallDisk(mebibytes: 64)
    let node = try NodeProcess(region: "310000", name: "上海市", in: disk.path)
    try node.start()
    let (word, id) = ("zqxjkv6601", "310000/recall/full")
    #expect(try node.publish(id, title: word).status == 0)
    // What comes now stays in the write-ahead log, and the file does not grow.
    let reader = try LongReader(node)
    let conditions = String(repeating: "限信用审查使用", count: 100)
    let many = (0..<2500).map {
      #"{"id":"310000/many/\#($0)","title":"满盘","shareType":"conditional","useConditions":"\#(conditions)"}"#
    }.joined()
    #expect(try node.publish(json: many).status == 0)
    try disk.fill(leavingKibibytes: 2048)
    try reader.letGo()
    let recall = try node.run(["recall", id, "--reason", "误发个人信息"])
    #expect(recall.status == 0, "\(recall.errors)")
    #expect(try status(of: id, at: node) == "recalled")
    try Programs.wait(for: "the full disk to be told") {
      try node.status()["problem"]?.string?.contains("full") == true
    }
    #expect(try node.holds(word))
    try disk.empty()
    try node.waitUntilGone(word)
    try Programs.wait(for: "the problem to be over") { try node.status()["problem"] == .null }
    #expect(try node.publish("310000/recall/after").status == 0)
    #expect(try node.stop() == 0)
    #expect(try node.isSound())
  }

  @Test(
    "Who reads on an old snapshot delays the end of a recalled body, and neither the recall nor what is written then")
  func longReader() throws {
    let folder = try ScratchFolder()
    let node = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    try node.start()
    let (word, id) = ("zqxjkv6602", "310000/recall/read")
    #expect(try node.publish(id, title: word).status == 0)
    let reader = try LongReader(node)
    #expect(try node.run(["recall", id, "--reason", "误发"]).status == 0)
    for number in 0..<10 { #expect(try node.publish("310000/meanwhile/\(number)").status == 0) }
    #expect(try node.holds(word))
    try reader.letGo()
    try node.waitUntilGone(word)
    try node.stop()
    #expect(try node.isSound())
  }

  @Test("Recalls of another region that come one upon the other are erased together, soon, and over a kill -9 too")
  func inARow() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path, pollSeconds: 0.5)
    let (writer, reader) = (nodes[0], nodes[1])
    let words = ["zqxjkv6603", "zqxjkv6604"]
    for (number, word) in words.enumerated() {
      let id = "310000/recall/\(number)"
      #expect(try writer.publish(id, title: word).status == 0)
      try waitForAgreement(nodes)
      #expect(try writer.run(["recall", id, "--reason", "误发"]).status == 0)
      #expect(try !writer.holds(word))
      try waitForAgreement(nodes)
      #expect(try status(of: id, at: reader) == "recalled")
      #expect(try reader.json(["search", word])["total"]?.integer == 0)
      if word == words[0] { try reader.waitUntilGone(word) }
    }
    // The second of a minute waits; it is not forgotten.
    #expect(try reader.holds(words[1]))
    reader.kill9()
    try reader.start()
    try reader.waitUntilGone(words[1])
    reader.kill9()
    #expect(try reader.isSound())
    try reader.start()
    #expect(try !reader.holds(words[1]))
    // Whoever stops does not leave it to the next start.
    let last = "zqxjkv6605"
    #expect(try writer.publish("310000/recall/last", title: last).status == 0)
    try waitForAgreement(nodes)
    #expect(try writer.run(["recall", "310000/recall/last", "--reason", "误发"]).status == 0)
    try waitForAgreement(nodes)
    try reader.stop()
    #expect(try !reader.holds(last))
    #expect(try reader.isSound())
  }

  @Test("An import does not bring back what was recalled; a person who publishes it anew does")
  func imported() throws {
    let folder = try ScratchFolder()
    let node = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    try node.start()
    let file = folder.path + "/portal.jsonl"
    let lines = ["zqxjkv6606 张某", "企业信用"].enumerated().map { number, title in
      #"{"id":"310000-p\#(number)","title":"\#(title)","region":"310000","department":"测试局"}"#
    }
    try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
    func imported() throws -> JSONValue { try node.json(["import", file, "--format", "portal"]) }
    #expect(try imported()["published"]?.integer == 2)
    let id = try #require(try node.json(["search", "zqxjkv6606"])["hits"]?.list.first?["id"]?.string)
    #expect(try node.run(["recall", id, "--reason", "含个人信息"]).status == 0)
    for _ in 0..<2 {
      let again = try imported()
      #expect(again["published"]?.integer == 0 && again["unchanged"]?.integer == 1, "\(again.text)")
      let refusals = again["refusals"]?.list ?? []
      #expect(refusals.map { $0["code"]?.string } == ["recalled"], "\(again.text)")
      #expect(refusals.first?["id"]?.string == id)
    }
    #expect(try status(of: id, at: node) == "recalled")
    #expect(try !node.holds("zqxjkv6606"))
    #expect(try node.publish(id, title: "已更正").status == 0)
    #expect(try status(of: id, at: node) == "standing")
  }
}
