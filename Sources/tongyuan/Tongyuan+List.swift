import ArgumentParser
import Catalog
import Foundation
import NodeRuntime
import Presentation

extension Tongyuan {
  struct Lists: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: words(
        zh: "共享责任清单：谁向谁、按什么条件、在什么时限内提供哪些数据。",
        en: "Shared-responsibility lists: who owes which data to whom, on which terms, by when."),
      subcommands: [
        Check.self, Propose.self, Sign.self, End.self, Suspend.self, Resume.self, Ls.self, Show.self, Diff.self,
        Print.self,
      ])
  }
}

extension Tongyuan.Lists {
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "检查清单文件：格式、重叠、法规。", en: "Check lists: their form, overlaps, the law."),
      discussion: words(
        zh: "不需要节点。错误以“文件:行: 原因”列出，退出码 1；只有提醒时退出码 0。格式见 docs/LISTS.md。",
        en: """
          Needs no node. Errors read file:line: reason and exit 1; warnings alone exit 0. docs/LISTS.md explains the form.
          """))

    @Argument(help: help(zh: "清单文件（YAML），- 为标准输入。", en: "Lists (YAML), - for the standard input.", value: "file"))
    var files: [String]

    @Option(
      help: help(
        zh: "节点的数据目录：另查各当事地区有没有名片。", en: "A node's data directory: asks too whether there is a card of each party.",
        value: "dir"))
    var node: String?

    @Option(
      help: help(
        zh: "本部署自有的用途和事项（YAML：purposes、matters）；默认取节点目录中的 vocabulary.yaml。",
        en: "A deployment's own purposes and matters (YAML: purposes, matters); by default the node's vocabulary.yaml.",
        value: "file"))
    var vocabulary: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
      let around = try surroundings()
      var reports: [CheckedList] = []
      for file in files { reports.append(try CheckedList(file, around)) }
      for place in reports.indices {
        for other in reports[..<place] { reports[place].compare(with: other) }
      }
      let console = output.console
      if console.isJSON {
        let isSound = reports.allSatisfy(\.refusals.isEmpty)
        console.print(
          JSONOutput.object([.init("ok", .bool(isSound)), .init("files", .array(reports.map(\.json)))]))
      } else {
        for report in reports { report.print(to: console) }
      }
      let count = reports.map(\.refusals.count).reduce(0, +)
      guard count == 0 else {
        guard console.isJSON else { throw ExitCode(CommandError.ExitCode.refused.rawValue) }
        throw CommandError(
          refused: "list",
          Message(zh: "清单有 \(count) 处错误", en: "the lists have \(Quantity.counted(count, "error")): correct them"))
      }
    }
  }
}

extension Tongyuan.Lists.Check {
  private func surroundings() throws -> ListSurroundings {
    let directory = node.map { DataDirectory($0) }
    var around = try directory?.listSurroundings() ?? ListSurroundings()
    let own = directory.map(\.vocabularyPath).flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
    guard let file = vocabulary ?? own else { return around }
    let advice = Message(zh: "请精简词表", en: "shorten it")
    let input = try Input(file, atMost: 1 << 20, advice: advice)
    func refusal(_ line: Int, _ reason: Wording) -> CommandError {
      let place = line > 0 ? "\(file):\(line)" : file
      return CommandError(
        refused: "vocabulary", Message(zh: "\(place): \(reason.zh)", en: "\(place): \(reason.en)"))
    }
    do {
      if let finding = around.add(vocabulary: try ListFile.tree(input.bytes)).first {
        throw refusal(finding.line, Wording(zh: finding.text(\.zh), en: finding.text(\.en)))
      }
    } catch let defect as ListFile.Defect { throw refusal(defect.line, defect.reason) }
    return around
  }
}

/// One file and what was found in it.
struct CheckedList {
  let file: String
  let document: ListDocument?
  private(set) var refusals: [ListFinding]
  let warnings: [ListFinding]

  init(_ file: String, _ around: ListSurroundings) throws {
    self.file = file
    let advice = Message(zh: "请拆分清单", en: "divide the list")
    let input = try Input(file, atMost: ListFile.byteCountMax, advice: advice)
    switch Result(catching: { () throws(ListFile.Defect) in try ListFile.tree(input.bytes) }) {
    case .success(let tree):
      let reading = ListDocument.read(tree, around)
      document = reading.document
      refusals = reading.refusals
      warnings = reading.warnings
    case .failure(let defect):
      document = nil
      refusals = [ListFinding(code: .yaml, line: defect.line, field: "", reason: defect.reason, law: nil)]
      warnings = []
    }
  }

  mutating func compare(with other: CheckedList) {
    guard let document, let rival = other.document else { return }
    refusals += document.overlaps(with: rival, named: other.file)
  }

  func print(to console: Console) {
    for finding in refusals { console.note(message(finding)) }
    for finding in warnings { console.note(warning(finding)) }
    guard refusals.isEmpty, let document else { return }
    let (list, version, count) = (document.list, document.version, document.items.count)
    console.say(
      Message(
        zh: "\(file)：清单 \(list) 第 \(version) 版，\(count) 项，没有错误，\(warnings.count) 处提醒",
        en: "\(file): list \(list) version \(version), \(Quantity.counted(count, "item")), no errors, "
          + Quantity.counted(warnings.count, "warning")))
  }

  func warning(_ finding: ListFinding) -> Message { message(finding, Message(zh: "提醒：", en: "warning: ")) }

  private func message(_ finding: ListFinding, _ kind: Message = Message(verbatim: "")) -> Message {
    let place = finding.line > 0 ? "\(file):\(finding.line)" : file
    // A finding has its Chinese from the catalog; what is wrong with an id stands in it in English.
    return Message(
      zh: "\(place): \(kind.zh)\(finding.text { Reason.chinese($0.zh) }) [\(finding.code.rawValue)]",
      en: "\(place): \(kind.en)\(finding.text(\.en)) [\(finding.code.rawValue)]")
  }

  var json: JSONOutput {
    .object([
      .init("file", .string(file)), .init("ok", .bool(refusals.isEmpty)), .init("list", JSONOutput(document?.list)),
      .init("version", document.map { JSONOutput($0.version) } ?? .null),
      .init("items", document.map { JSONOutput($0.items.count) } ?? .null),
      .init("errors", .array(refusals.map(\.output))), .init("warnings", .array(warnings.map(\.output))),
    ])
  }
}

extension ListFinding {
  fileprivate var output: JSONOutput {
    .object([
      .init("line", line > 0 ? JSONOutput(line) : .null), .init("field", .string(field)),
      .init("code", .string(code.rawValue)), .init("reason", .string(reason.en)), .init("law", JSONOutput(law)),
    ])
  }
}
