import Catalog
import Presentation

/// `status` as people read it.
struct StatusReport {
  let language: Language

  func print(_ answer: JSONValue, on console: Console) {
    console.print(head(answer))
    if let problem = answer["problem"]?.string {
      let words = language(zh: "存储有问题：\(Reason.chinese(problem))", en: "the store has a problem: \(problem)")
        .neutralised
      console.print("\n" + console.style(words, .red))
    }
    section(language(zh: "目录", en: "catalog"), counts(answer["catalog"]), console)
    section(language(zh: "日志", en: "logs"), logs(answer["logs"].elements), console)
    let peers = answer["peers"].elements
    if peers.isEmpty {
      console.print("")
      console.say(
        Message(
          zh: "还没有其他地区：用 `tongyuan peer add FILE` 加入名片", en: "no peers yet: add a card with `tongyuan peer add FILE`"))
    } else {
      section(language(zh: "各地区", en: "peers"), PeerReport(language: language).table(peers), console)
    }
    let forks = answer["forks"].elements
    if !forks.isEmpty {
      let report = ForkReport(language: language)
      section(language(zh: "日志分叉", en: "forks"), report.table(forks), console)
      for fork in forks { console.say(report.advice(fork)) }
    }
    let staged = answer["staged"].elements
    for entry in staged {
      console.print("")
      console.say(
        Message(
          zh: "\(entry["region"].plain) 的日志尚不计入：\(Reason.chinese(entry["reason"].plain))",
          en: "the log of \(entry["region"].plain) does not count yet: \(entry["reason"].plain)"))
    }
    for card in answer["cards"].elements {
      console.print("")
      console.say(
        Message(
          zh: "名片未使用：\(Reason.chinese(card["reason"].plain))", en: "a card is not in use: \(card["reason"].plain)"))
    }
    let refusals = answer["refusals"].elements
    if !refusals.isEmpty {
      section(language(zh: "最近被拒绝的条目", en: "newest refusals"), self.refusals(refusals), console)
    }
  }

  private func section(_ title: String, _ table: Table, _ console: Console) {
    console.print("\n" + console.style(title, .cyan))
    console.print(table)
  }

  private func head(_ answer: JSONValue) -> Table {
    let frontier = answer["frontier"].members.map { "\($0.name):\($0.value.plain)" }.joined(separator: " ")
    return .fields([
      (language(zh: "地区", en: "region"), Table.Cell("\(answer["region"].plain) \(answer["name"].plain)", .bold)),
      (
        language(zh: "版本", en: "version"),
        Table.Cell("\(answer["version"].plain) (\(language(zh: "协议", en: "protocol")) \(answer["protocol"].plain))")
      ),
      (language(zh: "前沿", en: "frontier"), Table.Cell(frontier.isEmpty ? "–" : frontier)),
      (language(zh: "前沿摘要", en: "frontier digest"), Table.Cell(answer["frontierDigest"].plain)),
      (language(zh: "状态摘要", en: "state digest"), Table.Cell(answer["stateDigest"].plain)),
      (language(zh: "配置摘要", en: "configuration digest"), Table.Cell(answer["configDigest"].plain)),
    ])
  }

  private func counts(_ catalog: JSONValue?) -> Table {
    // What is mostly zero is shown only where it is not.
    let shown = catalog.members.filter { $0.name == "resources" || $0.value.integer ?? 0 != 0 }
    return .fields(
      shown.map { count in
        let names = Self.countNames[count.name] ?? Message(verbatim: count.name)
        let isAlarming = ["refused", "disputed", "contested", "missing"].contains(count.name)
        return (names.in(language), Table.Cell(Optional(count.value).grouped, isAlarming ? .yellow : nil))
      })
  }

  private static let countNames: [String: Message] = [
    "resources": Message(zh: "资源", en: "resources"), "withdrawn": Message(zh: "已撤回", en: "withdrawn"),
    "disputed": Message(zh: "有争议", en: "disputed"), "contested": Message(zh: "存疑", en: "contested"),
    "refused": Message(zh: "被拒绝的条目", en: "refused entries"), "pending": Message(zh: "等待中的条目", en: "pending entries"),
    "withheld": Message(zh: "未向本地区提供", en: "withheld"), "recalled": Message(zh: "已召回", en: "recalled"),
    "missing": Message(zh: "正文缺失", en: "missing bodies"),
  ]

  private func logs(_ logs: [JSONValue]) -> Table {
    var table = Table([
      Table.Column(language(zh: "来源", en: "origin")), Table.Column(language(zh: "条目", en: "entries"), .right),
      Table.Column(language(zh: "根", en: "root"), overflow: .truncate),
      Table.Column(language(zh: "见证", en: "witnesses"), overflow: .wrap),
    ])
    for log in logs {
      let witnesses = log["witnesses"].elements.map(\.plain).joined(separator: " ")
      table.add(
        Table.Cell(log["origin"].plain), Table.Cell(log["size"].grouped), Table.Cell(log["root"].plain),
        Table.Cell(witnesses.isEmpty ? "–" : witnesses))
    }
    return table
  }

  private func refusals(_ refusals: [JSONValue]) -> Table {
    var table = Table([
      Table.Column(language(zh: "条目", en: "entry")), Table.Column(language(zh: "代码", en: "code")),
      Table.Column(language(zh: "资源", en: "resource"), overflow: .truncate),
      Table.Column(language(zh: "理由", en: "reason"), overflow: .wrap),
    ])
    for refusal in refusals {
      table.add(
        "\(refusal["origin"].plain):\(refusal["index"].plain)", Table.Cell(refusal["code"].plain, .red),
        Table.Cell(refusal["id"].plain), Table.Cell(Reason.in(language, refusal["reason"].plain)))
    }
    return table
  }
}
