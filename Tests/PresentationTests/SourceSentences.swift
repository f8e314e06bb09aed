import Foundation

/// A string literal of the sources that may be a sentence: pieces joined by `+` are one, each interpolation is `⟨1⟩`.
struct SourceSentence: CustomStringConvertible {
  let file: String
  let line: Int
  let text: String
  /// What stands before it, without white space at the end.
  let before: String

  var description: String { "\(file):\(line): \(text)" }
}

/// Finds the string literals of Swift source: enough of the language for this package's own style.
struct SourceReader {
  private let source: [Unicode.Scalar]
  private var offset = 0

  /// Of every file below `Sources`, tables of sentences and generated code apart.
  static func all() throws -> [SourceSentence] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Sources").standardized
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    var sentences: [SourceSentence] = []
    while let url = files?.nextObject() as? URL {
      let name = String(url.path.dropFirst(root.path.count + 1))
      guard name.hasSuffix(".swift"), !name.hasPrefix("Presentation/"), !name.hasSuffix(".pb.swift") else { continue }
      var reader = SourceReader(source: Array(try String(contentsOf: url, encoding: .utf8).unicodeScalars))
      sentences += reader.sentences(of: name)
    }
    return sentences.sorted { ($0.file, $0.line) < ($1.file, $1.line) }
  }

  private init(source: [Unicode.Scalar]) { self.source = source }

  private mutating func sentences(of file: String) -> [SourceSentence] {
    var found: [(start: Int, end: Int, parts: [String])] = []
    while offset < source.count {
      if looking(at: "//") {
        while offset < source.count, source[offset] != "\n" { offset += 1 }
      } else if looking(at: "#\"") {
        skipRaw()
      } else if source[offset] == "\"" {
        let start = offset
        for literal in readLiteral() {
          let previous = literal.isOuter ? found.last : nil
          if let previous, joins(previous.end, start) {
            found[found.count - 1].parts[previous.parts.count - 1] += literal.parts[0]
            found[found.count - 1].parts += literal.parts.dropFirst()
            found[found.count - 1].end = offset
          } else if literal.isOuter {
            found.append((start, offset, literal.parts))
          } else {
            // Before the literal that it stands in, so that what follows joins that one.
            found.insert((start, start, literal.parts), at: found.count)
          }
        }
      } else {
        offset += 1
      }
    }
    return found.map { literal in
      var text = literal.parts[0]
      for (gap, part) in literal.parts.dropFirst().enumerated() { text += "⟨\(gap + 1)⟩" + part }
      let line = source[..<literal.start].reduce(1) { $1 == "\n" ? $0 + 1 : $0 }
      var before = String(String.UnicodeScalarView(source[max(0, literal.start - 100)..<literal.start]))
      while before.last?.isWhitespace == true { before.removeLast() }
      return SourceSentence(file: file, line: line, text: text, before: before)
    }
  }

  private func looking(at text: String) -> Bool { source[offset...].starts(with: text.unicodeScalars) }

  /// `"…" + "…"`
  private func joins(_ end: Int, _ start: Int) -> Bool {
    let between = source[end..<start].filter { !$0.properties.isWhitespace }
    return end < start && between == ["+"]
  }

  private mutating func skipRaw() {
    offset += 2
    while offset < source.count, !looking(at: "\"#") { offset += 1 }
    offset += 2
  }

  /// The literal that begins here, as the texts around its interpolations, after the literals within these.
  private mutating func readLiteral() -> [(parts: [String], isOuter: Bool)] {
    let quote = looking(at: "\"\"\"") ? "\"\"\"" : "\""
    offset += quote.count
    var inner: [(parts: [String], isOuter: Bool)] = []
    var parts = [""]
    while offset < source.count, !looking(at: quote) {
      if looking(at: "\\(") {
        offset += 2
        inner += skipInterpolation()
        parts.append("")
      } else if looking(at: "\\\n") {
        offset += 2
        while offset < source.count, source[offset] == " " { offset += 1 }
      } else if source[offset] == "\\", offset + 1 < source.count {
        let escaped = source[offset + 1]
        parts[parts.count - 1].unicodeScalars.append(escaped == "n" ? "\n" : escaped)
        offset += 2
      } else {
        parts[parts.count - 1].unicodeScalars.append(source[offset])
        offset += 1
      }
    }
    offset += quote.count
    if quote.count == 3 {
      // A line's indentation is no part of it, nor is the last line feed.
      parts = parts.map { $0.split(separator: "\n").joined(separator: "\n") }
      parts[0] = String(parts[0].drop { $0 == " " || $0 == "\n" })
      while let last = parts[parts.count - 1].last, last.isWhitespace { parts[parts.count - 1].removeLast() }
    }
    return inner + [(parts, true)]
  }

  private mutating func skipInterpolation() -> [(parts: [String], isOuter: Bool)] {
    var inner: [(parts: [String], isOuter: Bool)] = []
    var depth = 1
    while offset < source.count, depth > 0 {
      switch source[offset] {
      case "\"":
        inner += readLiteral().map { ($0.parts, false) }
        continue
      case "(": depth += 1
      case ")": depth -= 1
      default: break
      }
      offset += 1
    }
    return inner
  }
}
