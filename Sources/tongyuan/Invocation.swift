import ArgumentParser
import Foundation
import Presentation

/// What has to be known before the arguments are parsed, and where that fails: the language, and whether a program
/// reads.
enum Invocation {
  static let console = Console(language: language, isJSON: isJSON)

  static let language: Language? = {
    let arguments = options
    if let joined = arguments.last(where: { $0.hasPrefix("--lang=") }) {
      return Language(rawValue: String(joined.dropFirst("--lang=".count)))
    }
    guard let place = arguments.lastIndex(of: "--lang"), place + 1 < arguments.count else { return nil }
    return Language(rawValue: arguments[place + 1])
  }()

  static let isJSON = options.contains("--json")

  /// What follows `--` is no option.
  private static let options = Array(CommandLine.arguments.dropFirst().prefix { $0 != "--" })
}

/// A text of the help in the reader's language.
func words(zh: String, en: String) -> String {
  Language(flag: Invocation.language, environment: ProcessInfo.processInfo.environment)(zh: zh, en: en)
}

/// The help of an argument in the reader's language.
func help(zh: String, en: String, value: String? = nil) -> ArgumentHelp {
  ArgumentHelp(stringLiteral: words(zh: zh, en: en)).named(value)
}

extension ArgumentHelp {
  fileprivate func named(_ value: String?) -> ArgumentHelp {
    var help = self
    help.valueName = value
    return help
  }
}

extension Language: ExpressibleByArgument {}
