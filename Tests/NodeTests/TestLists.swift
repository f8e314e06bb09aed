import NodeProcesses

/// Lists as people write them.
enum TestList {
  /// A list that makes `source` the one source of what lies below `prefix`.
  static func yaml(
    _ id: String, version: Int = 1, kind: String = "agreed", parties: [String], prefix: String, source: String,
    recipients: [String]
  ) -> String {
    """
    list: \(id)
    version: \(version)
    kind: \(kind)
    title: 测试共享责任清单
    parties: [\(parties.map { "\"\($0)\"" }.joined(separator: ", "))]
    valid: {from: 2026-01-01, until: 2036-12-31}
    items:
      - resource: \(prefix)
        source: {region: "\(source)", department: 数据局}
        sourceDesignation: 数源认〔2026〕1 号
        share: conditional
        recipients: [\(recipients.map { "\"\($0)\"" }.joined(separator: ", "))]
        purposes: [credit-review]
        fields: {allow: [name, level], mask: [phone]}
        duties: {updateWorkdays: 10, answerWorkdays: 10, deliverWorkdays: 20, correctWorkdays: 10}
    """
  }

  /// Its path.
  static func write(_ text: String, _ name: String, in folder: ScratchFolder) throws -> String {
    let path = "\(folder.path)/\(name).yaml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }
}
