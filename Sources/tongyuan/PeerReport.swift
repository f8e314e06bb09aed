import Catalog
import Presentation

/// Peers as people read them, in `peer list`, `peer show` and `status`.
struct PeerReport {
  let language: Language

  func table(_ peers: [JSONValue]) -> Table {
    var table = Table([
      Table.Column(language(zh: "地区", en: "region")),
      Table.Column(language(zh: "名称", en: "name"), overflow: .truncate),
      Table.Column(language(zh: "状态", en: "state")),
      Table.Column(language(zh: "落后", en: "behind"), .right),
      Table.Column(language(zh: "上次联系", en: "last contact")),
      Table.Column(language(zh: "上次错误", en: "last error"), overflow: .wrap),
    ])
    for peer in peers {
      table.add(
        Table.Cell(peer["region"].plain), Table.Cell(peer["name"].plain), state(peer["state"].plain),
        Table.Cell(peer["behind"].grouped), Table.Cell(peer["lastContact"].beijing),
        Table.Cell(reason(peer["lastError"]?.string == nil ? peer["waiting"]?["reason"] : peer["lastError"]))
      )
    }
    return table
  }

  func fields(_ peer: JSONValue) -> Table {
    var fields: [(label: String, value: Table.Cell)] = [
      (language(zh: "地区", en: "region"), "\(peer["region"].plain) \(peer["name"].plain)"),
      (language(zh: "状态", en: "state"), state(peer["state"].plain)),
    ]
    if let reason = peer["suspendedReason"]?.string {
      fields.append((language(zh: "暂停理由", en: "suspended for"), Table.Cell(reason)))
    }
    fields += [
      (language(zh: "落后", en: "behind"), Table.Cell(peer["behind"].grouped)),
      (language(zh: "上次联系", en: "last contact"), Table.Cell(peer["lastContact"].beijing)),
      (language(zh: "上次错误", en: "last error"), Table.Cell(reason(peer["lastError"]))),
    ]
    if let waiting = peer["waiting"], case .object = waiting {
      let what = "\(waiting["code"].plain) \(waiting["index"].plain): \(reason(waiting["reason"]))"
      fields.append((language(zh: "等待", en: "waiting"), Table.Cell(what, .yellow)))
    }
    fields += [
      (
        language(zh: "端点", en: "endpoints"),
        Table.Cell(peer["endpoints"].elements.map(\.plain).joined(separator: "\n"))
      ),
      (language(zh: "CA 指纹", en: "CA fingerprint"), Table.Cell(peer["fingerprint"].plain)),
    ]
    if let cut = peer["cut"]?.string { fields.append((language(zh: "日志截断于", en: "log cut at"), Table.Cell(cut))) }
    if let fork = peer["fork"], case .object = fork {
      for branch in fork["branches"].elements {
        let shown = branch["regions"].elements.map(\.plain).joined(separator: " ")
        fields.append(
          (
            language(zh: "分支", en: "branch"),
            Table.Cell("\(branch["size"].plain):\(branch["root"].plain)\n\(shown.isEmpty ? "–" : shown)", .red)
          ))
      }
      let advice = ForkReport(language: language).advice(fork).in(language)
      fields.append((language(zh: "处置", en: "what to do"), Table.Cell(advice)))
    }
    for key in peer["card"]?["keys"].members ?? [] {
      fields.append((language(zh: "密钥 \(key.name)", en: "\(key.name) key"), Table.Cell(key.value.plain)))
    }
    return .fields(fields)
  }

  private func reason(_ value: JSONValue?) -> String { Reason.in(language, value.plain) }

  private func state(_ code: String) -> Table.Cell {
    guard let (name, tint) = Self.states[code] else { return Table.Cell(code) }
    return Table.Cell(language(zh: name, en: code), tint)
  }

  private static let states: [String: (zh: String, tint: Style.Tint?)] = [
    "inSync": ("已同步", .green),
    "catchingUp": ("追赶中", .yellow),
    "neverSynced": ("未曾同步", .yellow),
    "throttled": ("已限流", .yellow),
    "relayed": ("经中继", .cyan),
    "suspended": ("已暂停", .faint),
    "retired": ("已停用", .faint),
    "unreachable": ("无法连接", .red),
    "faulty": ("内容有误", .red),
    "forked": ("日志分叉", .red),
    "noCard": ("名片缺失", .red),
  ]
}
