import ArgumentParser
import NodeRuntime
import Presentation

extension Tongyuan {
  struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "重放 serve --record 的记录：内核应给出同样的效果。",
        en: "Replay a recording of `serve --record`: the core must answer the same."))

    @Argument(help: help(zh: "记录文件。", en: "The recording."))
    var file: String

    @OptionGroup var output: OutputOptions

    func run() throws {
      let report = try RecordedRun.replay(file)
      let console = output.console
      if console.isJSON {
        console.print([
          "starts": JSONOutput(report.starts), "events": JSONOutput(report.events),
          "effects": JSONOutput(report.effects),
          "difference": JSONOutput(report.difference),
        ])
      } else if report.difference == nil {
        console.say(
          Message(
            zh: "重放 \(report.events) 个事件，\(report.effects) 个效果全部一致",
            en:
              "replayed \(report.events) events of \(report.starts) starts: all \(report.effects) effects are the same")
        )
      }
      if let difference = report.difference {
        throw CommandError(
          refused: "difference", Message(zh: "重放结果不同：\(difference)", en: "the replay differs: \(difference)"))
      }
    }
  }
}
