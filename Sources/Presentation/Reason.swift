/// The reasons of the node, for readers of Chinese.
///
/// A reason is written once, in English, where it arises: it is stored, sent to other regions and served as JSON, and must
/// be the same at every node, whoever reads it. Only where it is printed for people is it put into Chinese, by the tables
/// beside this file. A sentence that no table has is printed in English: it is never lost.
package enum Reason {
  /// Longer texts are printed as they are: a reason can carry what a peer or a file chose.
  static let byteCountMax = 4096
  /// Sentences within sentences.
  static let depthMax = 6

  package static func `in`(_ language: Language, _ reason: String) -> String {
    language(zh: chinese(reason), en: reason)
  }

  package static func chinese(_ reason: String) -> String {
    let bytes = Array(reason.utf8)
    guard bytes.count <= byteCountMax else { return reason }
    return sentence(bytes[...], depth: 0) ?? reason
  }

  private static func sentence(_ text: ArraySlice<UInt8>, depth: Int) -> String? {
    guard depth < depthMax else { return nil }
    let (head, tail) = split(text)
    func placed() -> String? {
      tail.flatMap { sentence($0, depth: depth + 1) }.map { String(decoding: head, as: UTF8.self) + "：" + $0 }
    }
    // A field, a file, a code before a reason are one word; what has a space may be the beginning of a sentence.
    let isWord = !head.contains(UInt8(ascii: " "))
    if isWord, let placed = placed() { return placed }
    for pattern in patterns {
      guard let gaps = pattern.match(text) else { continue }
      if let sentence = pattern.chinese(around: gaps, translate: { Self.sentence($0, depth: depth + 1) }) {
        return sentence
      }
    }
    return isWord ? nil : placed()
  }

  /// Around the first `: ` or `：`: a place, or a sentence of ours in Chinese, and the reason that may follow it.
  private static func split(_ text: ArraySlice<UInt8>) -> (head: ArraySlice<UInt8>, tail: ArraySlice<UInt8>?) {
    let (narrow, wide) = (Array(": ".utf8), Array("：".utf8))
    for place in text.indices {
      for mark in [narrow, wide] where text[place] == mark[0] && text[place...].starts(with: mark) {
        return (text[..<place], text[(place + mark.count)...])
      }
    }
    return (text, nil)
  }

  /// Those that say it most exactly first; among equals in the order written.
  static let patterns: [SentencePattern] = tables.flatMap { $0.sentences }
    .map { SentencePattern($0.key, $0.value) }.enumerated()
    .sorted { ($1.element.fixedLength, $0.offset) < ($0.element.fixedLength, $1.offset) }.map(\.element)

  /// Each English sentence with its Chinese one, as `SentencePattern` reads them.
  package typealias Sentences = KeyValuePairs<String, String>

  /// All of them by subject, for the tests that hold them against the sources.
  package static let tables: [(subject: String, sentences: Sentences)] = [
    ("ids", ids), ("manifests", manifests), ("json", json), ("verdicts", verdicts), ("lists", lists),
    ("acts", acts), ("requests", requests), ("directories", directories), ("cards", cards), ("peers", peers),
    ("transport", transport), ("entries", entries), ("evidence", evidence), ("store", store), ("usage", usage),
    ("machine", machine), ("around", around),
  ]

  /// Sentences that are put together: a place before a reason, another program's words behind what was tried.
  static let around: Sentences = [
    "{reason} [{why}]": "{reason} [{why}]",
    "reading a certificate from DER: {words}": "从 DER 读取证书失败：{words}",
    "reading a certificate from PEM: {words}": "从 PEM 读取证书失败：{words}",
    "reading a private key from PEM: {words}": "从 PEM 读取私钥失败：{words}",
    "reading a revocation list from PEM: {words}": "从 PEM 读取吊销列表失败：{words}",
    "reading an Ed25519 public key: {words}": "读取 Ed25519 公钥失败：{words}",
    "{region} at https://{word}": "{region}（https://{word}）",
    "line {line}, column {column}: {reason}": "第 {line} 行第 {column} 列：{reason}",
    "column {column}: {reason}": "第 {column} 列：{reason}",
    "line {line}: {reason}": "第 {line} 行：{reason}",
    "{input}, line {line}": "{input} 第 {line} 行",
  ]
}

extension Message {
  /// A reason of the node: stored and sent in English.
  package init(reason: String) { self.init(zh: Reason.chinese(reason), en: reason) }
}
