import ArgumentParser
import Catalog
import Cryptography
import Foundation
import NodeRuntime
import Presentation

/// Who prepared, reviewed and approved what a region signs.
struct ResponsibleOptions: ParsableArguments {
  @Option(help: help(zh: "拟稿人；默认为经办人。", en: "Who prepared it; by default the actor.", value: "person"))
  var preparedBy: String?

  @Option(help: help(zh: "审核人；默认为经办人。", en: "Who reviewed it; by default the actor.", value: "person"))
  var reviewedBy: String?

  @Option(help: help(zh: "批准人；默认为经办人。", en: "Who approved it; by default the actor.", value: "person"))
  var approvedBy: String?

  @OptionGroup var actor: ActorOption

  private var persons: [(name: String, value: String)] {
    [("preparedBy", preparedBy), ("reviewedBy", reviewedBy), ("approvedBy", approvedBy)]
      .compactMap { name, value in value.map { (name, $0) } }
  }

  var query: [(name: String, value: String)] { actor.query + persons }
  var members: [JSONValue.Member] { actor.member + persons.map { .init($0.name, .string($0.value)) } }
}

extension Console {
  /// What an act on a list did.
  fileprivate func report(_ answer: JSONValue, _ done: Message) {
    if answer["onePerson"]?.isTrue == true {
      note(
        Message(
          zh: "注意：拟稿、审核、批准为同一人（已记录；可用 --prepared-by、--reviewed-by、--approved-by 写明）",
          en:
            "warning: one person prepared, reviewed and approved (recorded; name them with --prepared-by, --reviewed-by, --approved-by)"
        ))
    }
    if isJSON { return print(answer) }
    say(done)
    let report = ListReport(language: language)
    say(
      Message(
        zh: "清单 \(answer["id"].plain) 第 \(answer["version"].plain) 版：\(report.state(answer["state"].plain))",
        en: "list \(answer["id"].plain) version \(answer["version"].plain): \(report.state(answer["state"].plain))"))
    let missing = answer["parties"].elements.filter { $0["needed"]?.isTrue == true && $0["signed"]?.isTrue != true }
    if answer["state"]?.string == "proposed", !missing.isEmpty {
      let regions = missing.map { $0["region"].plain }.joined(separator: ", ")
      say(Message(zh: "尚待签署：\(regions)", en: "still to sign: \(regions)"))
    }
  }
}

extension Tongyuan.Lists {
  struct Propose: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "提出清单；当事地区的提出即签署。", en: "Propose a list; a party's proposal is its signature."))

    @Argument(help: help(zh: "清单文件（YAML），- 为标准输入。", en: "The list (YAML), - for the standard input.", value: "file"))
    var file: String

    @OptionGroup var responsible: ResponsibleOptions
    @OptionGroup var node: NodeOptions

    func run() async throws {
      let console = node.console
      let directory = try node.directory()
      let around = try directory.listSurroundings()
      let checked = try CheckedList(file, around)
      guard checked.refusals.isEmpty, let document = checked.document else {
        if !console.isJSON { checked.print(to: console) }
        throw CommandError(
          refused: "list",
          Message(
            zh: "\(file) 有 \(checked.refusals.count) 处错误，没有提出",
            en:
              "\(file) has \(Quantity.counted(checked.refusals.count, "error")), nothing was proposed: see `tongyuan list check`"
          ))
      }
      for finding in checked.warnings where !console.isJSON { console.note(checked.warning(finding)) }
      let call = try node.call()
      let text = try await Self.text(of: document.adding(calendars: around.calendars), directory, call)
      let answer = try NodeCall.success(
        try await call.exchange(
          "POST", RequestTarget("/v1/lists/propose", responsible.query), body: text.bytes,
          contentType: "application/octet-stream", timeout: .seconds(120)))
      console.report(
        answer,
        answer["new"]?.isTrue == true
          ? Message(zh: "已提出：第 \(answer["index"].plain) 条", en: "proposed: entry \(answer["index"].plain)")
          : Message(zh: "先前已提出：第 \(answer["index"].plain) 条", en: "proposed before: entry \(answer["index"].plain)"))
    }

    /// What it follows is what is in force under its id, where the document does not say.
    private static func text(
      of document: ListDocument, _ directory: DataDirectory, _ call: NodeCall
    ) async throws -> ListText {
      let known = try await call.get(RequestTarget("/v1/lists"))["lists"].elements
      let current = known.filter {
        $0["id"]?.string == document.list && ["inForce", "scheduled"].contains($0["state"]?.string ?? "")
          && $0["version"]?.integer ?? 0 < Int64(document.version)
      }
      let replaced = current.last?["digest"]?.string.flatMap { Digest(hex: $0) }
      do {
        return try document.text(federation: directory.configuration().federation, replacing: replaced)
      } catch let error as ListDefect {
        throw CommandError(refused: "list", Message(reason: error.reason))
      }
    }
  }

  struct Sign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "签署一份清单。", en: "Sign a list."))

    @Argument(help: help(zh: "清单标识。", en: "The list's id."))
    var id: String

    @Option(help: help(zh: "几个文本待签时，指明其摘要。", en: "Which text, where several wait.", value: "digest"))
    var digest: String?

    @OptionGroup var responsible: ResponsibleOptions
    @OptionGroup var node: NodeOptions

    func run() async throws {
      let answer = try await node.call().post(
        RequestTarget("/v1/lists/act"), .act("sign", id, digest, responsible.members))
      node.console.report(
        answer,
        answer["new"]?.isTrue == true
          ? Message(zh: "已签署：第 \(answer["index"].plain) 条", en: "signed: entry \(answer["index"].plain)")
          : Message(zh: "先前已签署：第 \(answer["index"].plain) 条", en: "signed before: entry \(answer["index"].plain)"))
    }
  }

  struct End: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "终止一份清单，附理由和协商记录（第 809 号令第二十七条）。",
        en: "End a list, with grounds and the record of consultation (809 art. 27)."))

    @Argument(help: help(zh: "清单标识。", en: "The list's id."))
    var id: String

    @Option(help: help(zh: "理由。", en: "The grounds.", value: "text"))
    var reason: String

    @Option(help: help(zh: "协商记录的编号。", en: "The record of consultation.", value: "number"))
    var record: String

    @Option(
      help: help(
        zh: "从哪天起（北京时间 0 时）失效；默认在通知期满时（config.yaml 的 noticeDays）。",
        en:
          "The day from which it is over (Beijing time); by default once the notice period (noticeDays in config.yaml) has passed.",
        value: "date"))
    var from: String?

    @Option(help: help(zh: "几个文本有效时，指明其摘要。", en: "Which text, where several are in force.", value: "digest"))
    var digest: String?

    @OptionGroup var actor: ActorOption
    @OptionGroup var node: NodeOptions

    func run() async throws {
      var members = actor.member + [.init("reason", .string(reason)), .init("record", .string(record))]
      if let from {
        guard let day = CalendarDate(from) else {
          throw CommandError(
            usage: "from", Message(zh: "“\(from)” 不是 年-月-日", en: "“\(from)” is no date: write 2026-12-31"))
        }
        members.append(.init("from", .number("\(day.beijingMilliseconds)")))
      }
      let answer = try await node.call().post(RequestTarget("/v1/lists/act"), .act("end", id, digest, members))
      node.console.report(
        answer, Message(zh: "已终止，自 \(answer["endsAt"].beijing) 起", en: "ended from \(answer["endsAt"].beijing) on"))
    }
  }

  struct Suspend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "对某地区暂停清单的一项或全部。", en: "Suspend an item, or all, for a region."))
    @OptionGroup var stop: StopOptions
    func run() async throws { try await stop.run("suspend", Message(zh: "已暂停", en: "suspended")) }
  }

  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "恢复所暂停的。", en: "Resume what was suspended."))
    @OptionGroup var stop: StopOptions
    func run() async throws { try await stop.run("resume", Message(zh: "已恢复", en: "resumed")) }
  }

  struct StopOptions: ParsableArguments {
    @Argument(help: help(zh: "清单标识。", en: "The list's id."))
    var id: String

    @Option(name: .customLong("for"), help: help(zh: "对哪个地区。", en: "For which region.", value: "code"))
    var region: String

    @Option(help: help(zh: "哪一项，从 1 数起；默认全部。", en: "Which item, counted from 1; by default all.", value: "n"))
    var item: Int?

    @Option(help: help(zh: "理由。", en: "The grounds.", value: "text"))
    var reason: String

    @Option(help: help(zh: "几个文本有效时，指明其摘要。", en: "Which text, where several are in force.", value: "digest"))
    var digest: String?

    @OptionGroup var actor: ActorOption
    @OptionGroup var node: NodeOptions

    func run(_ act: String, _ done: Message) async throws {
      var members = actor.member + [.init("reason", .string(reason)), .init("region", .string(region))]
      if let item { members.append(.init("item", .number("\(item)"))) }
      let answer = try await node.call().post(RequestTarget("/v1/lists/act"), .act(act, id, digest, members))
      node.console.report(answer, done)
    }
  }
}

extension JSONValue {
  fileprivate static func act(_ act: String, _ id: String, _ digest: String?, _ members: [Member]) -> JSONValue {
    var all = [Member("act", .string(act)), Member("id", .string(id))] + members
    if let digest { all.append(Member("digest", .string(digest))) }
    return .object(all)
  }
}
