import Foundation
import GRDB
import NodeProcesses
import Testing

/// `fsck` against the whole file: whatever value of whatever row is changed, it is found.
@Suite(.serialized) struct EveryRowTests {
  private let folder: ScratchFolder
  private let node: NodeProcess
  private var path: String { node.directory + "/store.sqlite" }

  init() throws {
    folder = try ScratchFolder()
    node = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    try node.start()
    for number in 0..<3 { #expect(try node.publish("310000/t/\(number)", title: "篡改\(number)").status == 0) }
    // The words of what is replaced and withdrawn stay in the index, hidden by later segments.
    #expect(try node.publish("310000/t/1", title: "更正").status == 0)
    #expect(try node.run(["withdraw", "310000/t/2", "--reason", "x"]).status == 0)
    // An event of the audit log.
    let other = try NodeProcess(region: "320000", name: "江苏省", in: folder.path)
    let card = folder.path + "/card.json"
    try other.run(["card"]).output.write(toFile: card, atomically: true, encoding: .utf8)
    #expect(try node.run(["peer", "add", card]).status == 0)
  }

  @Test("Each column of the first and the last row of every table, and every row of the search index, is proven")
  func everyColumn() throws {
    try node.stop()
    #expect(try node.isSound())
    let sound = try Data(contentsOf: URL(fileURLWithPath: path))
    let changes = try changes()
    for table in [
      "log", "entry", "restricted", "local", "progress", "version", "resource", "state", "search_data", "search_idx",
    ] {
      #expect(changes.contains { $0.contains(" \(table) ") }, "no row of \(table)")
    }
    for change in changes { try expectFound(change, in: sound) }
    try sound.write(to: URL(fileURLWithPath: path))
    #expect(try node.isSound())
  }

  @Test("Of a node that was killed, too, the search index is proven: its words, its pages and what leads to them")
  func killed() throws {
    node.kill9()
    #expect(try node.isSound())
    let sound = try Data(contentsOf: URL(fileURLWithPath: path))
    for change in [
      "DELETE FROM search_idx", "DELETE FROM search_idx WHERE segid = (SELECT max(segid) FROM search_idx)",
      "UPDATE search_idx SET pgno = pgno + 1", "UPDATE search_idx SET term = x'30'",
      "UPDATE search_idx SET segid = segid + 100 WHERE segid = (SELECT max(segid) FROM search_idx)",
      "INSERT INTO search_idx VALUES (900, x'30', 2)",
      "INSERT INTO search_idx SELECT segid, term || x'FF', pgno + 2 FROM search_idx LIMIT 1",
      "INSERT INTO search_data SELECT id + 1, block FROM search_data WHERE id > 10 LIMIT 1",
      "DELETE FROM search_data WHERE id = (SELECT max(id) FROM search_data)", "DELETE FROM search_data WHERE id = 1",
      "UPDATE search_data SET block = block || x'00' WHERE id = 1", "UPDATE search_config SET v = 3",
      "INSERT INTO search_config VALUES ('rank', 'bm25(9.0)')",
    ] { try expectFound(change, in: sound) }
    try sound.write(to: URL(fileURLWithPath: path))
    #expect(try node.isSound())
  }

  private func expectFound(_ change: String, in sound: Data) throws {
    try sound.write(to: URL(fileURLWithPath: path))
    try Tampering.run(change, on: path)
    let check = try node.run(["fsck"])
    #expect(check.status == 1, "\(change): \(check.output)")
  }

  /// One statement for each: a row deleted, a value changed, a blob changed at its begin, middle and end.
  private func changes() throws -> [String] {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { database in
      let tables = try String.fetchAll(
        database,
        sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name")
      return try tables.flatMap { table in try changes(of: table, database) }
    }
  }

  private func changes(of table: String, _ database: Database) throws -> [String] {
    let columns = try database.columns(in: table)
    let keys = try database.primaryKey(table).columns
    let order = keys.joined(separator: ", ")
    let rows = try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY \(order)")
    let chosen = table.hasPrefix("search_") || table == "local" ? rows : [rows.first, rows.last].compactMap(\.self)
    return try chosen.flatMap { row in
      let place = try keys.map { key -> String in
        let value: DatabaseValue = row[key]
        let literal: String = try String.fetchOne(database, sql: "SELECT quote(?)", arguments: [value]) ?? ""
        return key + " = " + literal
      }.joined(separator: " AND ")
      var changes = ["DELETE FROM \(table) WHERE \(place)"]
      for column in columns.map(\.name) {
        let value: DatabaseValue = row[column]
        changes += others(than: value, in: column).map { "UPDATE \(table) SET \(column) = \($0) WHERE \(place)" }
      }
      return changes
    }
  }

  /// Expressions of other values in the place of one.
  private func others(than value: DatabaseValue, in column: String) -> [String] {
    switch value.storage {
    case .null: return ["x'00'"]
    case .int64(1): return ["0", "1000004"]
    case .int64: return ["\(column) + 1000003"]
    case .double: return ["\(column) + 1.0"]
    case .string: return ["\(column) || 'x'"]
    case .blob(let data):
      return Set([0, data.count / 2, data.count - 1].filter(data.indices.contains)).sorted().map { place in
        var changed = data
        changed[place] ^= 1
        return "x'\(changed.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())'"
      } + ["\(column) || x'00'"]
    }
  }
}
