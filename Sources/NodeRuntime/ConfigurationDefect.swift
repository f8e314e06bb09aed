import Yams

/// Why a `config.yaml` cannot be read, in words for the operator: the line, what it must be, and what to do. The directory holds
/// keys that nobody else has: the file is mended, never the node made anew.
struct ConfigurationDefect {
  let reason: String

  init(_ error: any Error, in yaml: String) {
    let isBlank = yaml.split(whereSeparator: \.isNewline).allSatisfy { line in
      line.drop { $0 == " " || $0 == "\t" }.first.map { $0 == "#" } ?? true
    }
    reason =
      isBlank ? "it holds no settings: restore config.yaml from a backup" : Self.reason(error, Self.lines(of: yaml))
  }

  private static func lines(of yaml: String) -> [Substring] {
    yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  private static func reason(_ error: any Error, _ lines: [Substring]) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _):
      let name = key.stringValue
      return
        "the line “\(name)” is missing: put it back as it was, such as `\(example(of: name))`, or restore config.yaml from a backup"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      guard let name = context.codingPath.first?.stringValue else { break }
      let line = (lines.firstIndex { $0.hasPrefix("\(name):") } ?? 0) + 1
      return "line \(line): “\(name)” takes \(form(of: name)): correct it, or restore config.yaml from a backup"
    case DecodingError.dataCorrupted(let context):
      return reason(context.underlyingError as? YamlError)
    case let error as YamlError: return reason(error)
    default: break
    }
    return reason(nil)
  }

  private static func reason(_ error: YamlError?) -> String {
    switch error {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      "line \(mark.line) is not of the form `name: value` (YAML): correct it, or restore config.yaml from a backup"
    case .duplicatedKeysInMapping(let names, let context):
      "line \(context.mark.line) gives “\(names.first ?? "")” twice: keep one"
    default:
      "it is not written as lines `name: value` (YAML): correct it, or restore config.yaml from a backup"
    }
  }

  private static func example(of name: String) -> String {
    switch name {
    case "region": "region: \"310000\""
    case "federation": "federation: local"
    case "listen": "listen: 127.0.0.1:7301"
    default: "\(name): …"
    }
  }

  private static func form(of name: String) -> String {
    switch name {
    case "pollSeconds": "a number"
    case "noticeDays", "entriesPerDay", "mebibytesPerDay": "a whole number"
    default: "a plain text"
    }
  }
}
