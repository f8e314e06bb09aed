import ArgumentParser
import Catalog
import Foundation
import NodeRuntime
import Presentation

extension Tongyuan {
  struct Import: AsyncParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case portal }

    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "导入门户目录（JSONL，可为 gzip）；再次导入只发布有变化的。",
        en: "Import a portal's catalog (JSONL, gzip or not); again publishes only what changed."))

    @Argument(help: help(zh: "文件。", en: "The file."))
    var file: String

    @Option(help: help(zh: "格式。", en: "Its format."))
    var format: Format

    @OptionGroup var actor: ActorOption
    @OptionGroup var node: NodeOptions

    /// The node reads the file itself: it is as large as a region's catalog, and killed and run again it goes on.
    func run() async throws {
      let console = node.console
      let directory = try node.directory()
      let path = directory.absolute(file)
      try Self.checkReadable(file)
      let target = RequestTarget("/v1/import", [("format", format.rawValue), ("path", path)] + actor.query)
      var bar = console.progress(Message(zh: "导入", en: "importing"), total: nil)
      var result: JSONValue?
      var problem: JSONValue?
      do {
        try await NodeCall(directory).lines("POST", target, timeout: .seconds(86_400)) { line in
          if let lines = line["progress"]?["lines"]?.integer { bar.update(Int(lines)) }
          result = line["result"] ?? result
          problem = line["problem"] ?? problem
        }
        bar.finish()
      } catch let error as CommandError {
        bar.finish()
        throw error.code == "connectionLost" ? Self.interrupted : error
      }
      if let problem { throw CommandError(problem: problem, status: problem["status"]?.integer.map(Int.init) ?? 422) }
      guard let result else { throw Self.interrupted }
      report(result, console)
      let written = (result["published"]?.integer ?? 0) + (result["unchanged"]?.integer ?? 0)
      if written == 0, let refused = result["refused"]?.integer, refused > 0 {
        throw CommandError(
          refused: "allRefused",
          Message(
            zh: "\(file) 的 \(refused) 条记录全部被拒绝：见各条理由",
            en: "all \(Quantity.counted(refused, "record")) of \(file) were refused: each refusal says why"))
      }
    }

    private static let interrupted = CommandError(
      .unreachable, code: "connectionLost", title: Message(zh: "节点没有答完", en: "The node did not finish its answer"),
      detail: Message(
        zh: "节点在导入结束前停止：已提交的保留；启动节点后再执行同一命令即可继续",
        en:
          "the node stopped before the import ended: what it committed stays; "
          + "start it and run the same command, it goes on"
      ))

    private static func checkReadable(_ file: String) throws {
      var information = stat()
      guard stat(file, &information) == 0, access(file, R_OK) == 0 else {
        let words = String(cString: strerror(errno))
        throw CommandError(
          refused: "file", Message(zh: "\(file) 无法读取：\(Reason.chinese(words))", en: "\(file) cannot be read: \(words)"))
      }
      guard information.st_mode & S_IFMT == S_IFREG else {
        throw CommandError(
          refused: "file",
          Message(zh: "\(file) 不是文件：给出 JSONL 或 .jsonl.gz", en: "\(file) is no file: give JSONL or .jsonl.gz"))
      }
    }

    private static let refusalsShown = 20

    private func report(_ result: JSONValue, _ console: Console) {
      if console.isJSON { return console.print(result) }
      let language = console.language
      let refusals = result["refusals"].elements
      for refusal in refusals.prefix(Self.refusalsShown) {
        let (line, code) = (refusal["line"].plain, refusal["code"].plain)
        let id = refusal["id"]?.string.map { "\($0): " } ?? ""
        let reason = Message(reason: refusal["reason"].plain)
        console.note(
          Message(
            zh: "\(file) 第 \(line) 行：\(id)\(reason.zh) [\(code)]",
            en: "\(file), line \(line): \(id)\(reason.en) [\(code)]"))
      }
      if refusals.count > Self.refusalsShown {
        let more = refusals.count - Self.refusalsShown
        console.note(
          Message(
            zh: "另有 \(more) 条被拒绝：用 --json 查看", en: "\(Quantity.counted(more, "more refusal")): see them with --json"))
      }
      var table = Table([
        Table.Column(language(zh: "结果", en: "outcome")), Table.Column(language(zh: "条数", en: "records"), .right),
      ])
      table.add(Table.Cell(language(zh: "已发布", en: "published"), .green), Table.Cell(result["published"].grouped))
      table.add(Table.Cell(language(zh: "无变化", en: "unchanged")), Table.Cell(result["unchanged"].grouped))
      table.add(Table.Cell(language(zh: "被拒绝", en: "refused")), Table.Cell(result["refused"].grouped))
      console.print(table)
      let defects = result["defects"].members.filter { $0.value.integer ?? 0 > 0 }
      guard !defects.isEmpty else { return }
      var kinds = Table([
        Table.Column(language(zh: "缺陷（照录，未修改）", en: "defect (kept as it is)")),
        Table.Column(language(zh: "条数", en: "records"), .right),
      ])
      for defect in defects {
        let name = Self.defectNames[defect.name].map { language(zh: "\($0) \(defect.name)", en: defect.name) }
        kinds.add(Table.Cell(name ?? defect.name), Table.Cell(Optional(defect.value).grouped))
      }
      console.print("")
      console.print(kinds)
    }

    private static let defectNames = [
      "missingDescription": "缺摘要", "missingOpenType": "缺开放属性", "missingUpdateCycle": "缺更新频率",
      "missingDepartment": "缺提供单位", "missingRegion": "缺地区", "unknownOpenType": "开放属性不明",
      "unknownUpdateCycle": "更新频率不明", "badDate": "日期有误", "badURL": "网址有误", "unreadableField": "字段无法读取",
      "updatedBeforePublished": "更新早于发布", "duplicateTitle": "名称与单位重复", "duplicateID": "标识重复",
      "changedID": "标识已改写", "personLikeID": "标识疑似个人号码",
    ]
  }
}
