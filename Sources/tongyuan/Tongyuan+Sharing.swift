import ArgumentParser
import Catalog
import Foundation
import NodeRuntime
import Presentation

extension Tongyuan {
  struct Grant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "为限定范围的条目增加接收地区。", en: "Name more recipients of a restricted manifest."))

    @Argument(help: help(zh: "资源标识。", en: "The resource's id."))
    var id: String

    @Option(help: help(zh: "接收地区；可重复。", en: "A region; may be repeated.", value: "code"))
    var to: [String]

    @OptionGroup var actor: ActorOption
    @OptionGroup var node: NodeOptions

    func run() async throws {
      let answer = try await node.call().post(
        RequestTarget("/v1/grant"),
        .object([.init("id", .string(id)), .init("to", .array(to.map(JSONValue.string)))] + actor.member))
      let console = node.console
      if console.isJSON { return console.print(answer) }
      let regions = answer["to"].elements.map(\.plain).joined(separator: ", ")
      console.say(Message(zh: "\(id) 现也提供给 \(regions)", en: "\(id) is now for \(regions) too"))
    }
  }

  struct Recall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "召回：在各节点清除内容，证明保留。", en: "Purge a resource's bodies on every node; the proofs stay."))

    @Argument(help: help(zh: "资源标识。", en: "The resource's id."))
    var id: String

    @Option(help: help(zh: "理由。", en: "The reason.", value: "text"))
    var reason: String

    @OptionGroup var actor: ActorOption
    @OptionGroup var node: NodeOptions

    func run() async throws {
      let answer = try await node.call().post(
        RequestTarget("/v1/recall"),
        .object([.init("id", .string(id)), .init("reason", .string(reason))] + actor.member), timeout: .seconds(600))
      let console = node.console
      if console.isJSON { return console.print(answer) }
      let count = answer["recalled"].elements.count
      console.say(
        Message(
          zh: "已召回 \(id)：清除 \(count) 个版本的内容",
          en: "recalled \(id): purged \(Quantity.counted(count, "body", plural: "bodies"))"))
    }
  }

  struct Conflicts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "争议和存疑的版本。", en: "Disputes, and versions that are contested."))

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let answer = try await node.call().get(RequestTarget("/v1/conflicts"))
      let console = node.console
      if console.isJSON { return console.print(answer["conflicts"] ?? .array([])) }
      let conflicts = answer["conflicts"].elements
      if conflicts.isEmpty { return console.say(Message(zh: "没有争议", en: "there are no conflicts")) }
      let language = console.language
      var table = Table([
        Table.Column(language(zh: "资源", en: "resource"), overflow: .truncate),
        Table.Column(language(zh: "状态", en: "state")), Table.Column(language(zh: "条目", en: "entry")),
        Table.Column(language(zh: "时间", en: "time")),
        Table.Column(language(zh: "名称", en: "title"), overflow: .truncate),
      ])
      let report = ResourceReport(language: language)
      for conflict in conflicts {
        for (name, state) in [("versions", conflict["status"].plain), ("contested", "contested")] {
          for version in conflict[name].elements {
            table.add(
              Table.Cell(conflict["id"].plain), report.status(state),
              Table.Cell(
                "\(version["origin"].plain):\(version["index"].plain)\(version["shown"]?.isTrue == true ? " *" : "")"),
              Table.Cell(version["time"].beijing),
              version["title"].map { $0 == .null } ?? true
                ? (version["label"]?.string?.isEmpty == false
                  ? report.status(version["label"].plain) : Table.Cell(report.kind(version["kind"].plain)))
                : Table.Cell(version["title"].plain))
          }
        }
      }
      console.print(table)
      console.say(
        Message(
          zh: "* 为现在显示的版本。解决：tongyuan resolve ID --keep 地区，或 --accept 条目",
          en: "* is what is shown meanwhile. Settle: tongyuan resolve ID --keep REGION, or --accept ENTRY"))
    }
  }

  struct Resolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "解决争议，或接受存疑的版本。", en: "Settle a dispute, or accept a contested version."))

    @Argument(help: help(zh: "资源标识。", en: "The resource's id."))
    var id: String

    @Option(help: help(zh: "保留此地区的版本（由数源地区执行）。", en: "Keep this region's version (at the source).", value: "code"))
    var keep: String?

    @Option(
      help: help(
        zh: "接受此存疑版本（由标识所属地区执行）。", en: "Accept this contested version (at the id's own region).", value: "origin:index")
    )
    var accept: String?

    @OptionGroup var actor: ActorOption
    @OptionGroup var node: NodeOptions

    func run() async throws {
      guard (keep == nil) != (accept == nil) else {
        throw CommandError(
          usage: "resolve",
          Message(zh: "给出 --keep 或 --accept 之一", en: "give either --keep REGION or --accept ORIGIN:INDEX"))
      }
      var members = [JSONValue.Member("id", .string(id))] + actor.member
      if let keep { members.append(.init("keep", .string(keep))) }
      if let accept { members.append(.init("accept", .string(accept))) }
      let answer = try await node.call().post(RequestTarget("/v1/resolve"), .object(members))
      let console = node.console
      if console.isJSON { return console.print(answer) }
      let entry = "\(answer["origin"].plain):\(answer["index"].plain)"
      console.say(Message(zh: "已解决 \(id)：\(entry)", en: "settled \(id): \(entry)"))
    }
  }

  struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "解释：谁可以用什么、为什么、为何看不到。", en: "Why a resource is, or is not, allowed, disclosed, visible."))

    @Argument(help: help(zh: "资源标识。", en: "The resource's id."))
    var id: String

    @Option(
      name: .customLong("for"),
      help: help(zh: "对哪个地区；默认本地区。", en: "For which region; by default this one.", value: "code"))
    var region: String?

    @Option(help: help(zh: "用途。", en: "For which purpose."))
    var purpose: String?

    @Option(help: help(zh: "申请部门。", en: "For which department.", value: "name"))
    var department: String?

    @Option(help: help(zh: "哪一列；可重复。", en: "Which column; may be repeated."))
    var field: [String] = []

    @OptionGroup var node: NodeOptions

    func run() async throws {
      var query = [("id", id)]
      for (name, value) in [("for", region), ("purpose", purpose), ("department", department)] {
        if let value { query.append((name, value)) }
      }
      query += field.map { ("field", $0) }
      let answer = try await node.call().get(RequestTarget("/v1/explain", query))
      let console = node.console
      if console.isJSON { return console.print(Self.english(answer)) }
      ExplainReport(language: console.language).print(answer, on: console)
    }

    /// Codes and JSON stay English: the words for tables are left out.
    private static func english(_ answer: JSONValue) -> JSONValue {
      let left: Set = ["reasonZh", "obligationsZh", "obligationsEn"]
      guard case .object(let members) = answer else { return answer }
      return .object(
        members.filter { !left.contains($0.name) }.map { member in
          guard member.name == "notes" else { return member }
          return .init(member.name, .array(member.value.elements.map(english)))
        })
    }
  }
}

/// An explanation as a steward reads it.
struct ExplainReport {
  let language: Language

  func print(_ answer: JSONValue, on console: Console) {
    let permits = answer["effect"]?.string == "permit"
    var fields: [(label: String, value: Table.Cell)] = [
      (language(zh: "资源", en: "resource"), Table.Cell(answer["id"].plain, .bold)),
      (language(zh: "对", en: "for"), Table.Cell(answer["for"].plain)),
      (
        language(zh: "结论", en: "decision"),
        Table.Cell(
          permits ? language(zh: "允许", en: "permit") : language(zh: "不允许", en: "deny"), permits ? .green : .red)
      ),
      (
        language(zh: "理由", en: "reason"), Table.Cell(language(zh: answer["reasonZh"].plain, en: answer["reason"].plain))
      ),
    ]
    if let list = answer["list"]?.string {
      fields.append(
        (
          language(zh: "依据", en: "by"),
          Table.Cell(
            language(
              zh: "清单 \(list) 第 \(answer["version"].plain) 版第 \(answer["item"].plain) 项",
              en: "list \(list) version \(answer["version"].plain) item \(answer["item"].plain)"))
        ))
    }
    if let law = answer["law"]?.string {
      fields.append((language(zh: "法规", en: "law"), Table.Cell(Reason.in(language, law))))
    }
    for obligation in answer[language(zh: "obligationsZh", en: "obligationsEn")].elements {
      fields.append((language(zh: "义务", en: "obligation"), Table.Cell(obligation.plain)))
    }
    for link in answer["chain"].elements {
      fields.append(
        (
          language(zh: "签署", en: "signed by"),
          Table.Cell("\(link["region"].plain)  \(link["origin"].plain):\(link["index"].plain)")
        ))
    }
    if let status = answer["status"]?.string {
      fields.append((language(zh: "状态", en: "status"), ResourceReport(language: language).status(status)))
    }
    for note in answer["notes"].elements {
      fields.append(
        (
          language(zh: "说明", en: "note"),
          Table.Cell(language(zh: Reason.chinese(note["reasonZh"].plain), en: note["reason"].plain))
        ))
    }
    console.print(Table.fields(fields))
  }
}
