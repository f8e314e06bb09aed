import ArgumentParser
import Catalog
import Foundation
import NodeRuntime
import Presentation

extension Tongyuan {
  struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "本节点的审计日志。", en: "What this node did, in its audit log."),
      subcommands: [Log.self, Verify.self])
  }
}

extension Tongyuan.Audit {
  struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: words(zh: "列出事件。", en: "List events."))

    @Option(help: help(zh: "自何时起：RFC 3339 时间，或北京日期。", en: "Since when: RFC 3339, or a Beijing date.", value: "time"))
    var since: String?

    @Option(help: help(zh: "只列此种事件。", en: "This kind only."))
    var kind: String?

    @Option(help: help(zh: "只列此人所为。", en: "This person's acts only.", value: "person"))
    var actor: String?

    @Option(help: help(zh: "只列有关此资源的。", en: "About this resource only.", value: "id"))
    var resource: String?

    @Option(help: help(zh: "只列有关此地区的。", en: "Concerning this region only.", value: "code"))
    var region: String?

    @Flag(help: help(zh: "持续列出新事件，直到中断。", en: "Go on with new events until interrupted."))
    var follow = false

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let call = try node.call()
      let console = node.console
      var from: Int64 = 0
      while true {
        var events: [JSONValue] = []
        var isAtEnd = false
        while !isAtEnd {
          let page = try await call.get(RequestTarget("/v1/audit", try query(from: from)))
          events += page["events"].elements
          from = page["next"]?.integer ?? from
          isAtEnd = page["next"] == page["size"]
        }
        if console.isJSON {
          if follow { events.forEach { console.print($0.line) } } else { console.print(.array(events)) }
        } else if !events.isEmpty {
          console.print(AuditReport(language: console.language).table(events))
        } else if !follow {
          console.say(Message(zh: "没有事件", en: "there are no events"))
        }
        guard follow else { return }
        try await Task.sleep(for: .seconds(1))
      }
    }

    private func query(from: Int64) throws -> [(name: String, value: String)] {
      var query = [("from", "\(from)")]
      for (name, value) in [("kind", kind), ("actor", actor), ("resource", resource), ("region", region)] {
        if let value { query.append((name, value)) }
      }
      if let since {
        guard let time = CalendarDate(since)?.beijingMilliseconds ?? JSONValue.string(since).moment?.milliseconds else {
          throw CommandError(
            usage: "since",
            Message(zh: "“\(since)” 不是时间", en: "“\(since)” is no time: write 2026-11-24 or 2026-11-24T03:22:00Z"))
        }
        query.append(("since", "\(time)"))
      }
      return query
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "重算所有日志：条目、内容、根、签名。", en: "Recompute every log: entries, bodies, roots, signatures."))

    @Option(
      help: help(
        zh: "改为验证某地区所提供的它自己的日志，或一个未运行的数据目录。",
        en: "Instead, what a region serves of its own logs, or a data directory that no node runs in.",
        value: "peer|dir"))
    var from: String?

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let answer: JSONValue
      if let from, RegionCode(from) == nil {
        let directory = DataDirectory(from)
        guard directory.isThere || directory.denial != nil else {
          throw CommandError(
            usage: "from",
            Message(
              zh: "“\(from)”既不是地区代码，也不是节点的数据目录：请给出六位数字，或数据目录",
              en: "\(from) is neither a peer nor a node's directory: give a region's code such as 320000, or a path"))
        }
        answer = try await OfflineNode.verifyLogs(directory).json
      } else {
        answer = try await node.call().get(
          RequestTarget("/v1/audit/verify", from.map { [("from", $0)] } ?? []), timeout: .seconds(3600))
      }
      let console = node.console
      let failures = answer["failures"].elements
      if console.isJSON {
        console.print(answer)
      } else if failures.isEmpty {
        console.say(
          Message(zh: "\(answer["entries"].grouped) 条，全部相符", en: "\(answer["entries"].grouped) entries, all as signed"))
      } else {
        var table = Table([
          Table.Column(console.language(zh: "日志", en: "log")),
          Table.Column(console.language(zh: "序号", en: "index"), .right),
          Table.Column(console.language(zh: "问题", en: "what"), overflow: .wrap),
        ])
        for failure in failures {
          table.add(
            Table.Cell(failure["origin"].plain), Table.Cell(failure["index"].plain),
            Table.Cell(Reason.in(console.language, failure["what"].plain)))
        }
        console.print(table)
      }
      guard failures.isEmpty else {
        throw CommandError(
          refused: "unsound",
          Message(
            zh: "有 \(failures.count) 处与签名不符",
            en: "\(Quantity.counted(failures.count, "failure")): what is stored is not what was signed"))
      }
    }
  }
}

/// Events as people read them.
struct AuditReport {
  let language: Language

  func table(_ events: [JSONValue]) -> Table {
    var table = Table([
      Table.Column("#", .right), Table.Column(language(zh: "时间", en: "time")),
      Table.Column(language(zh: "事件", en: "event")), Table.Column(language(zh: "经办", en: "actor"), overflow: .truncate),
      Table.Column(language(zh: "内容", en: "what"), overflow: .wrap),
    ])
    for event in events {
      let actor = event["actor"]?.string ?? ""
      table.add(
        Table.Cell(event["index"].plain), Table.Cell(event["time"].beijing), Table.Cell(kind(event["kind"].plain)),
        Table.Cell(actor.isEmpty ? language(zh: "节点", en: "node") : actor), Table.Cell(what(event)))
    }
    return table
  }

  private func kind(_ code: String) -> String {
    switch code {
    case "refused": language(zh: "拒绝条目", en: "entry refused")
    case "listInForce": language(zh: "清单生效", en: "list in force")
    case "listOver": language(zh: "清单失效", en: "list over")
    case "disclosed": language(zh: "提供内容", en: "body disclosed")
    case "recalled": language(zh: "清除内容", en: "body purged")
    case "peerAdded": language(zh: "加入地区", en: "peer added")
    case "peerUpdated": language(zh: "更新名片", en: "card updated")
    case "peerSuspended": language(zh: "暂停地区", en: "peer suspended")
    case "peerResumed": language(zh: "恢复地区", en: "peer resumed")
    case "peerRetired": language(zh: "退出地区", en: "peer retired")
    case "forkFound": language(zh: "日志分叉", en: "fork found")
    case "–": language(zh: "内容已清除", en: "body erased")
    default: code
    }
  }

  private func what(_ event: JSONValue) -> String {
    let regions = event["regions"].elements.map(\.plain).joined(separator: ", ")
    var words = [event["resource"]?.string ?? "", regions]
    if let origin = event["origin"]?.string {
      words.append(origin + (event["entryIndex"]?.integer.map { ":\($0)" } ?? ""))
    }
    if let count = event["count"]?.integer, count > 1 { words.append("× \(count)") }
    if let list = event["list"]?.string { words.append("\(list) \(event["version"].plain)") }
    if let code = event["code"]?.string { words.append(code) }
    // A refusal's reason is the node's; every other is a person's own words.
    if let reason = event["reason"]?.string {
      words.append(event["kind"].plain == "refused" ? Reason.in(language, reason) : reason)
    }
    return words.filter { !$0.isEmpty }.joined(separator: " · ")
  }
}
