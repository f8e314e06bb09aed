import ArgumentParser
import Catalog
import Foundation
import NodeRuntime
import Presentation

extension Tongyuan {
  struct Publish: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "发布目录条目：全部成功，或一条也不写。", en: "Publish manifests: all of them, or none is written."),
      discussion: words(
        zh: "文件为 JSON：一个接一个的值，或一个数组。超过 10,000 条或 16 MiB 请用 import。",
        en: "Files hold JSON: values one after another, or an array. Over 10,000 manifests or 16 MiB use import."))

    @Argument(help: help(zh: "文件，- 为标准输入。", en: "Files, - for the standard input.", value: "file"))
    var files: [String]

    @Option(
      help: help(
        zh: "所改的版本（只对单个条目）；可重复。", en: "A version that this edits (with one manifest); may be repeated.",
        value: "origin:index"))
    var supersedes: [String] = []

    @Option(
      help: help(
        zh: "只提供给这些地区；可重复。", en: "For these regions only; may be repeated.", value: "code"))
    var to: [String] = []

    @Flag(
      help: help(
        zh: "提供给所有地区，即使原来只给部分地区。", en: "For everybody, even where it was for some regions only until now."))
    var toAll = false

    @OptionGroup var actor: ActorOption
    @OptionGroup var node: NodeOptions

    func run() async throws {
      let console = node.console
      let call = try node.call()
      let inputs = try Self.read(files)
      let query =
        actor.query + supersedes.map { ("supersedes", $0) } + to.map { ("to", $0) } + (toAll ? [("toAll", "1")] : [])
        + inputs.map { ("input", "\($0.bytes.count):\($0.name)") }
      let target = RequestTarget("/v1/publish", query)
      try Self.checkRoom(target, itemCount: query.count)
      let answer = try await call.exchange(
        "POST", target, body: inputs.flatMap(\.bytes), contentType: "application/json", timeout: .seconds(600))
      let refused = answer.value["refused"].elements
      if answer.status == 422, !refused.isEmpty {
        try refuse(refused, of: answer.value, console)
      }
      report(try NodeCall.success(answer), console)
    }

    private static func read(_ files: [String]) throws -> [Input] {
      guard files.filter({ $0 == "-" }).count <= 1 else {
        throw CommandError(
          usage: "usage", Message(zh: "标准输入（-）只能给出一次", en: "the standard input (-) can be given once only"))
      }
      let advice = Message(
        zh: "一次发布最多 16 MiB，更多请用 `tongyuan import`",
        en: "publish takes 16 MiB in one call, for more use `tongyuan import`")
      var inputs: [Input] = []
      var room = ManifestBatch.byteCountMax
      for file in files {
        let input = try Input(file, atMost: room, advice: advice)
        room -= input.bytes.count
        inputs.append(input)
      }
      return inputs
    }

    /// The node reads at most 64 items of a query, and a request's head of 16 KiB.
    private static func checkRoom(_ target: RequestTarget, itemCount: Int) throws {
      guard itemCount <= 64, target.text.utf8.count <= 7_500 else {
        throw CommandError(
          refused: "tooMany",
          Message(
            zh: "一次发布的文件太多：合并后从标准输入给出，`cat FILE… | tongyuan publish -`",
            en: "too many files for one call: give them as one, `cat FILE… | tongyuan publish -`"))
      }
    }

    /// One line of error, whatever was refused; of several, all of them are printed as what was asked for.
    private func refuse(_ refused: [JSONValue], of answer: JSONValue, _ console: Console) throws -> Never {
      if console.isJSON {
        console.print(answer)
      } else if refused.count > 1 {
        console.print(table(ofRefused: refused, console.language))
      }
      let codes = Set(refused.compactMap { $0["code"]?.string })
      let first = refused[0]
      let parts = [first["place"]?.string, first["id"]?.string, first["reason"].plain].compactMap(\.self)
      let words = Message(
        zh: parts.map(Reason.chinese).joined(separator: "：") + " [\(first["code"].plain)]",
        en: parts.joined(separator: ": ") + " [\(first["code"].plain)]")
      let others = refused.count - 1
      throw CommandError(
        refused: codes.count == 1 ? codes.first ?? "refused" : "refused",
        Message(
          zh: "一条也没有发布：\(words.zh)" + (others > 0 ? "；另有 \(others) 处被拒绝" : ""),
          en: "nothing was published: \(words.en)"
            + (others > 0 ? "; \(Quantity.counted(others, "further refusal"))" : "")
        ),
        members: [.init("refused", JSONValue.array(refused).output)])
    }

    private func table(ofRefused refused: [JSONValue], _ language: Language) -> Table {
      var table = Table([
        Table.Column(language(zh: "位置", en: "place")), Table.Column(language(zh: "资源", en: "resource")),
        Table.Column(language(zh: "代码", en: "code")), Table.Column(language(zh: "理由", en: "reason"), overflow: .wrap),
      ])
      for refusal in refused {
        table.add(
          Table.Cell(Reason.in(language, refusal["place"].plain)), Table.Cell(refusal["id"].plain),
          Table.Cell(refusal["code"].plain, .red), Table.Cell(Reason.in(language, refusal["reason"].plain)))
      }
      return table
    }

    private func report(_ answer: JSONValue, _ console: Console) {
      for warning in answer["warnings"].elements {
        let (id, code, reason) = (warning["id"].plain, warning["code"].plain, Message(reason: warning["reason"].plain))
        console.note(
          Message(zh: "注意：\(id)：\(reason.zh) [\(code)]", en: "warning: \(id): \(reason.en) [\(code)]"))
      }
      if console.isJSON { return console.print(answer) }
      let language = console.language
      var table = Table([
        Table.Column(language(zh: "资源", en: "resource")),
        Table.Column(language(zh: "日志", en: "log")),
        Table.Column(language(zh: "序号", en: "index"), .right),
      ])
      for entry in answer["published"].elements {
        table.add(Table.Cell(entry["id"].plain), Table.Cell(entry["origin"].plain), Table.Cell(entry["index"].plain))
      }
      if table.isEmpty { return console.say(Message(zh: "没有可发布的条目", en: "there was nothing to publish")) }
      console.print(table)
    }
  }

  struct Withdraw: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "撤回一个资源；其历史和证明保留。", en: "End a resource; its history and its proofs stay."))

    @Argument(help: help(zh: "资源标识。", en: "The resource's id."))
    var id: String

    @Option(help: help(zh: "理由。", en: "The reason.", value: "text"))
    var reason: String

    @OptionGroup var actor: ActorOption
    @OptionGroup var node: NodeOptions

    func run() async throws {
      guard reason.contains(where: { !$0.isWhitespace }) else {
        throw CommandError(usage: "reason", Message(zh: "--reason 不能为空", en: "--reason is empty: say why"))
      }
      let answer = try await node.call().post(
        RequestTarget("/v1/withdraw"),
        .object([.init("id", .string(id)), .init("reason", .string(reason))] + actor.member))
      let console = node.console
      if console.isJSON { return console.print(answer) }
      let (id, index, origin) = (answer["id"].plain, answer["index"].plain, answer["origin"].plain)
      console.say(Message(zh: "已撤回 \(id)：\(origin) 第 \(index) 条", en: "withdrew \(id): entry \(index) of \(origin)"))
    }
  }
}
