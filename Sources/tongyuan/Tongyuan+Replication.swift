import ArgumentParser
import Catalog
import Foundation
import Presentation

extension Tongyuan {
  struct Sync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "立即同步，不管退避。", en: "Sync now, ignoring back-off."),
      discussion: words(
        zh: "--wait 等到本节点处理完其他节点在命令开始时所有的条目。",
        en: "--wait returns once this node has processed everything that its peers held when the command started."))

    @Argument(help: help(zh: "地区；默认全部。", en: "Regions; by default all."))
    var regions: [String] = []

    @Flag(help: help(zh: "等到同步完成。", en: "Wait until it is done."))
    var wait = false

    @Option(help: help(zh: "最多等多少秒。", en: "Seconds to wait at most.", value: "seconds"))
    var timeout = 60

    @OptionGroup var node: NodeOptions

    func run() async throws {
      guard (0...86_400).contains(timeout) else {
        throw CommandError(
          usage: "timeout",
          Message(
            zh: "--timeout \(timeout) 不在 0 至 86400 秒之内", en: "--timeout \(timeout) is not within 0 to 86400 seconds"))
      }
      let answer = try await node.call().post(
        RequestTarget("/v1/sync"),
        .object([
          .init("regions", .array(regions.map(JSONValue.string))), .init("wait", .bool(wait)),
          .init("timeoutSeconds", .number(String(timeout))),
        ]), timeout: .seconds(timeout + 30))
      report(answer, node.console)
      try judge(answer)
    }

    private func report(_ answer: JSONValue, _ console: Console) {
      for entry in answer["waiting"].elements {
        let (region, index, reason) = (entry["region"].plain, entry["index"].plain, entry["reason"].plain)
        console.note(
          Message(
            zh: "\(region) 第 \(index) 条在等待：\(Reason.chinese(reason))",
            en: "entry \(index) of \(region) waits: \(reason)"))
      }
      if console.isJSON { return console.print(answer) }
      let synced = answer[wait ? "synced" : "asked"].elements.map(\.plain).joined(separator: " ")
      if synced.isEmpty, answer["unanswered"].elements.isEmpty {
        return console.say(
          Message(
            zh: "没有可直接连接的地区：用 `tongyuan peer add FILE` 加入名片",
            en: "there is no peer to dial: add a card with `tongyuan peer add FILE`"))
      }
      guard !synced.isEmpty else { return }
      console.say(
        wait
          ? Message(zh: "已应答：\(synced)", en: "answered: \(synced)")
          : Message(zh: "已触发同步：\(synced)；用 --wait 等待完成", en: "asked: \(synced); --wait waits until it is done"))
    }

    private func judge(_ answer: JSONValue) throws {
      let silent = answer["unanswered"].elements
      let behind = answer["behind"].members.filter { $0.value.integer ?? 0 > 0 }
      guard !silent.isEmpty || (wait && answer["complete"]?.isTrue != true) else { return }
      let members: [JSONOutput.Member] = ["unanswered", "behind"].compactMap { name in
        answer[name].map { .init(name, $0.output) }
      }
      if !silent.isEmpty {
        let peers = silent.map { peer in
          let (region, reason) = (peer["region"].plain, Message(reason: peer["reason"].plain))
          return Message(zh: "\(region)（\(reason.zh)）", en: "\(region) (\(reason.en))")
        }
        throw CommandError(
          refused: "unanswered",
          Message(
            zh: "未应答：\(peers.map(\.zh).joined(separator: "；"))；见 `tongyuan peer list`",
            en: "no answer from \(peers.map(\.en).joined(separator: "; ")): see `tongyuan peer list`"),
          members: members)
      }
      var rest = behind.map { "\($0.name): \($0.value.plain)" }.joined(separator: ", ")
      if let bodies = answer["missingBodies"]?.integer, bodies > 0 {
        rest += (rest.isEmpty ? "" : ", ") + node.console.language(zh: "正文 \(bodies)", en: "bodies \(bodies)")
      }
      throw CommandError(
        refused: "timedOut",
        Message(
          zh: "\(timeout) 秒内没有同步完（尚缺 \(rest)）：加长 --timeout 或看 `tongyuan status`",
          en:
            "not done within \(Quantity.counted(timeout, "second")) (still to come: \(rest)): "
            + "give a longer --timeout, or see `tongyuan status`"),
        members: members)
    }
  }

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "同步状态：前沿、摘要、各地区。", en: "The state of replication: frontier, digests, peers."))

    @Flag(help: help(zh: "每两秒刷新，直到中断。", en: "Again every two seconds, until interrupted."))
    var watch = false

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let call = try node.call()
      let console = node.console
      repeat {
        let answer = try await call.get(RequestTarget("/v1/status"))
        if console.isJSON {
          // Watched, a program gets one document a line.
          console.print(watch ? answer.line : answer.pretty)
        } else {
          if watch, console.width != nil { console.print("\u{1B}[H\u{1B}[2J") }
          StatusReport(language: console.language).print(answer, on: console)
          if watch, console.width == nil { console.print("") }
        }
        if watch { try await Task.sleep(for: .seconds(2)) }
      } while watch
    }
  }

  struct Clock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "地区 × 地区：各自已处理多少条目。", en: "Region by region: how many entries each has processed."))

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let answer = try await node.call().get(RequestTarget("/v1/clock"))
      let console = node.console
      if console.isJSON { return console.print(answer) }
      let language = console.language
      let regions = answer["regions"].elements.map(\.plain)
      let now = Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
      var table = Table(
        [Table.Column(language(zh: "谁知道", en: "who knows"))] + regions.map { Table.Column($0, .right) }
          + [Table.Column(language(zh: "截至", en: "as of"))])
      for (place, row) in answer["matrix"].elements.enumerated() {
        let sizes = regions.map { region in
          let size = row["known"]?[region]
          // What the first row, this node, has and a peer has not is what that peer lacks.
          let isBehind = place > 0 && (size?.integer ?? 0) < answer.ownSize(of: region)
          return Table.Cell(size == nil ? "0" : size.grouped, isBehind ? .yellow : nil)
        }
        let asOf =
          place == 0 ? language(zh: "本节点", en: "this node") : row["asOf"]?.moment?.age(at: now, in: language) ?? "–"
        table.add([Table.Cell(row["region"].plain, .bold)] + sizes + [Table.Cell(asOf)])
      }
      console.print(table)
    }
  }
}

extension JSONValue {
  /// In the answer to `clock`: entries of a region that this node has processed.
  fileprivate func ownSize(of region: String) -> Int64 {
    self["matrix"].elements.first?["known"]?[region]?.integer ?? 0
  }
}
