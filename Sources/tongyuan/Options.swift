import ArgumentParser
import Catalog
import Foundation
import NodeRuntime
import Presentation

/// How to print.
struct OutputOptions: ParsableArguments {
  @Flag(help: help(zh: "输出 JSON，供程序读取。", en: "Print JSON, for programs."))
  var json = false

  @Option(help: help(zh: "语言：zh 或 en；默认取自 LC_ALL、LANG。", en: "Language, zh or en; by default that of LC_ALL, LANG."))
  var lang: Language?

  var console: Console { Console(language: lang, isJSON: json) }
}

/// Which node.
struct NodeOptions: ParsableArguments {
  @Option(
    help: help(
      zh: "节点的数据目录；默认取环境变量 TONGYUAN_NODE。", en: "The node's data directory; by default the variable TONGYUAN_NODE.",
      value: "dir"))
  var node: String?

  @OptionGroup var output: OutputOptions

  var console: Console { output.console }

  func directory() throws -> DataDirectory {
    let named = node ?? ProcessInfo.processInfo.environment["TONGYUAN_NODE"] ?? ""
    guard !named.isEmpty else {
      throw CommandError(
        usage: "noNodeNamed",
        Message(
          zh: "未指明节点：用 --node DIR 或环境变量 TONGYUAN_NODE 给出其数据目录",
          en: "no node is named: give its data directory with --node DIR or the variable TONGYUAN_NODE"))
    }
    return DataDirectory(named)
  }

  func call() throws -> NodeCall { try NodeCall(directory()) }
}

/// For whom.
struct ActorOption: ParsableArguments {
  @Option(
    help: help(
      zh: "经办人；默认为执行命令的系统用户。", en: "The acting person; by default the user who runs the command.", value: "person"))
  var actor: String?

  var query: [(name: String, value: String)] { actor.map { [("actor", $0)] } ?? [] }

  /// Where the request has a body.
  var member: [JSONValue.Member] { actor.map { [.init("actor", .string($0))] } ?? [] }
}
