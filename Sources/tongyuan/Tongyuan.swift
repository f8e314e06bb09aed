import ArgumentParser
import Foundation
import NodeRuntime
import PeerTransport
import Presentation

/// The command: parse, call the node, print. Every decision is the node's.
struct Tongyuan: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tongyuan",
    abstract: words(
      zh: "同源：各地区共享同一份公共数据目录，并能证明谁与谁共享了什么。",
      en: "Every region keeps the same catalog of shared public data, and can prove who shared what with whom."),
    version: Node.version,
    groupedSubcommands: [
      CommandGroup(name: words(zh: "节点", en: "Node"), subcommands: [Init.self, Card.self, Serve.self, Peer.self]),
      CommandGroup(
        name: words(zh: "目录", en: "Catalog"),
        subcommands: [Publish.self, Import.self, Withdraw.self, Show.self, Search.self]),
      CommandGroup(
        name: words(zh: "共享责任清单", en: "Lists"),
        subcommands: [Lists.self, Grant.self, Recall.self, Explain.self, Conflicts.self, Resolve.self]),
      CommandGroup(
        name: words(zh: "同步", en: "Sync"), subcommands: [Sync.self, Status.self, Clock.self]),
      CommandGroup(
        name: words(zh: "证明", en: "Evidence"),
        subcommands: [Audit.self, Proof.self, Check.self, Fsck.self, Rebuild.self, Replay.self]),
    ])
}

@main enum Program {
  static func main() async {
    // Whoever reads our output may go away (`| head`): the write fails, and the command ends as it would have.
    signal(SIGPIPE, SIG_IGN)
    exit(await run(Array(CommandLine.arguments.dropFirst())))
  }

  /// The exit code: an error is printed here, once, and nowhere else.
  private static func run(_ arguments: [String]) async -> Int32 {
    let console = Invocation.console
    do {
      var command = try parse(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return 0
    } catch let code as ExitCode {
      return code.rawValue  // the command has said why
    } catch {
      if Tongyuan.exitCode(for: error).isSuccess {
        console.print(Tongyuan.fullMessage(for: error))
        return 0
      }
      let error = CommandError(any: error)
      console.report(error)
      return error.exitCode.rawValue
    }
  }

  private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
    do {
      return try Tongyuan.parseAsRoot(arguments)
    } catch {
      if Tongyuan.exitCode(for: error).isSuccess { throw error }
      throw CommandError(usage: error)
    }
  }
}

extension CommandError {
  /// What the parser of arguments found wrong, on one line.
  fileprivate init(usage error: any Error) {
    let reason = Tongyuan.message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
    // The full message ends in: See 'tongyuan publish --help' for more information.
    let hint = Tongyuan.fullMessage(for: error).components(separatedBy: "See '").last?.components(separatedBy: "'")
      .first
    let help = hint.flatMap { $0.hasPrefix("tongyuan") && !$0.contains("\n") ? $0 : nil } ?? "tongyuan --help"
    let bare = reason.hasSuffix(".") ? String(reason.dropLast()) : reason
    self.init(usage: "usage", Message(zh: "\(Reason.chinese(bare))（见 `\(help)`）", en: "\(bare) (see \(help))"))
  }
}
