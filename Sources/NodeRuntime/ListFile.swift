import Catalog
import Foundation
import Yams

/// A list's file: YAML 1.2 (JSON is part of it), one document, read into a tree that knows its lines.
package enum ListFile {
  /// A file over this is refused before it is read.
  package static let byteCountMax = ListText.lengthMax
  /// How deep values may lie within each other; a list needs 5.
  static let depthMax = 24

  package struct Defect: Error, Hashable, Sendable {
    /// From 1; 0 where it concerns the whole file.
    package let line: Int
    package let reason: Wording
  }

  package static func tree(_ bytes: [UInt8]) throws(Defect) -> DocumentNode {
    guard bytes.count <= byteCountMax else {
      throw Defect(line: 0, reason: Wording(zh: "文件超过 16 MiB", en: "the file is over 16 MiB"))
    }
    // Some editors begin a file with a mark of its encoding (YAML 1.2 section 5.2).
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Defect(line: 0, reason: Wording(zh: "文件不是 UTF-8 编码", en: "the file is not UTF-8"))
    }
    if let line = lineOfAlias(bytes) {
      throw Defect(
        line: line,
        reason: Wording(
          zh: "不接受 YAML 的别名（*名称）：请把内容写出来；以 * 开头的文本请加引号",
          en: "aliases (*name) are not taken: write the value out; a text that begins with * stands in quotes"))
    }
    let root: Yams.Node?
    do { root = try Parser(yaml: text, encoding: .utf8).singleRoot() } catch { throw Defect(error) }
    guard let root else { throw Defect(line: 0, reason: Wording(zh: "文件是空的", en: "the file is empty")) }
    return try node(root, depth: 0)
  }

  // MARK: - Aliases

  /// The first line with an alias to an anchor of the file. Looked for before parsing: aliases of aliases are small in the
  /// file and without bound once anything walks them, and the parser itself does.
  private static func lineOfAlias(_ bytes: [UInt8]) -> Int? {
    var anchors: Set<ArraySlice<UInt8>> = []
    var line = 1
    var aliases: [(name: ArraySlice<UInt8>, line: Int)] = []
    var before: UInt8 = 0x0A
    for (place, byte) in bytes.enumerated() {
      if byte == 0x2A || byte == 0x26, Self.mayPrecedeToken(before) {
        let name = bytes[(place + 1)...].prefix(128).prefix(while: Self.isNameByte)
        if !name.isEmpty {
          if byte == 0x26 { anchors.insert(name) } else { aliases.append((name, line)) }
        }
      }
      if byte == 0x0A { line += 1 }
      before = byte
    }
    return aliases.first { anchors.contains($0.name) }?.line
  }

  private static func mayPrecedeToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x09, 0x0A, 0x0D, 0x20, 0x5B, 0x7B, 0x2C, 0x3A, 0x3F, 0x2D: true  // white space [ { , : ? -
    case 0x85, 0xA8, 0xA9: true  // the last bytes of U+0085, U+2028, U+2029, which YAML 1.1 takes for line breaks
    default: false
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
    default: false
    }
  }

  // MARK: - Values

  private static func node(_ node: Yams.Node, depth: Int) throws(Defect) -> DocumentNode {
    let line = node.mark?.line ?? 0
    guard depth < depthMax else {
      throw Defect(line: line, reason: Wording(zh: "嵌套过深", en: "values lie too deep within each other"))
    }
    switch node {
    case .scalar(let scalar): return DocumentNode(line: line, content(of: scalar))
    case .sequence(let sequence):
      var values: [DocumentNode] = []
      values.reserveCapacity(sequence.count)
      for value in sequence { values.append(try self.node(value, depth: depth + 1)) }
      return DocumentNode(line: line, .list(values))
    case .mapping(let mapping):
      var members: [DocumentNode.Member] = []
      members.reserveCapacity(mapping.count)
      for (name, value) in mapping {
        let line = name.mark?.line ?? line
        guard case .scalar(let scalar) = name else {
          throw Defect(line: line, reason: Wording(zh: "字段名应是文本", en: "a field's name is a text"))
        }
        members.append(.init(scalar.string, line: line, try self.node(value, depth: depth + 1)))
      }
      return DocumentNode(line: line, .object(members))
    case .alias:
      throw Defect(line: line, reason: Wording(zh: "不接受 YAML 的别名", en: "aliases are not taken"))
    }
  }

  /// By the core schema of YAML 1.2 (section 10.3.2), in which `no` and a date are texts. A tag changes nothing.
  private static func content(of scalar: Yams.Node.Scalar) -> DocumentNode.Content {
    guard scalar.style == .plain || scalar.style == .any else { return .text(scalar.string) }
    switch scalar.string {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case let text: return isNumber(text) ? .number(text) : .text(text)
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    guard let first = text.utf8.first, (0x30...0x39).contains(first) || [0x2B, 0x2D, 0x2E].contains(first) else {
      return false
    }
    if text.hasPrefix("0x") || text.hasPrefix("0o") { return text.utf8.dropFirst(2).allSatisfy(isNameByte) }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }) else {
      return [".inf", ".nan"].contains(text.lowercased().trimmingPrefix(while: { "+-".contains($0) }))
    }
    return Double(text.hasSuffix(".") ? text + "0" : text) != nil
  }
}

extension ListFile.Defect {
  /// What the parser says, on one line and at its place.
  fileprivate init(_ error: any Error) {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(line: mark.line, reason: Wording(zh: "不是有效的 YAML：\(problem)", en: "this is no YAML: \(problem)"))
    case .duplicatedKeysInMapping(let duplicates, let context):
      let names = duplicates.map { String($0.prefix(64)) }.joined(separator: ", ")
      self.init(
        line: context.mark.line, reason: Wording(zh: "同一字段写了两次：\(names)", en: "given twice: \(names)"))
    default:
      let words = String("\(error)".split(whereSeparator: \.isNewline).first ?? "unreadable")
      self.init(line: 0, reason: Wording(zh: "不是有效的 YAML：\(words)", en: "this is no YAML: \(words)"))
    }
  }
}
