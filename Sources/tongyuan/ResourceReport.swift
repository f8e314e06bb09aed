import Catalog
import Foundation
import Presentation

/// Resources as people read them.
struct ResourceReport {
  let language: Language
  private let now = Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))

  init(language: Language) { self.language = language }

  // MARK: - One resource

  func head(_ answer: JSONValue, id: String) -> Table {
    var fields: [(label: String, value: Table.Cell)] = [
      (language(zh: "资源", en: "resource"), Table.Cell(answer["id"]?.string ?? id)),
      (language(zh: "状态", en: "status"), status(answer["status"].plain)),
      (language(zh: "条目", en: "entry"), "\(answer["origin"].plain):\(answer["index"].plain)"),
      (language(zh: "时间", en: "time"), Table.Cell(answer["time"].beijing)),
    ]
    if let actor = answer["actor"]?.string { fields.append((language(zh: "经办", en: "actor"), Table.Cell(actor))) }
    if let reason = answer["reason"]?.string { fields.append((language(zh: "理由", en: "reason"), Table.Cell(reason))) }
    fields.append((language(zh: "时钟", en: "clock"), Table.Cell(clock(answer["clock"]))))
    fields.append((language(zh: "判定", en: "verdict"), verdict(answer["verdict"].plain)))
    if let reason = answer["verdictReason"]?.string { fields.append(("", Table.Cell(Reason.in(language, reason)))) }
    let superseded = answer["supersedes"].elements.map(\.plain)
    if !superseded.isEmpty {
      fields.append((language(zh: "取代", en: "supersedes"), Table.Cell(superseded.joined(separator: "\n"))))
    }
    if let asOf = answer["asOf"]?.moment {
      fields.append((language(zh: "所知截至", en: "as of"), "\(asOf.beijing), \(asOf.age(at: now, in: language))"))
    }
    return .fields(fields)
  }

  private func clock(_ value: JSONValue?) -> String {
    let parts = value.members.map { "\($0.name):\($0.value.plain)" }
    return parts.isEmpty ? "–" : parts.joined(separator: " ")
  }

  private func verdict(_ code: String) -> Table.Cell {
    Table.Cell(code, code == "applied" ? .green : code.hasPrefix("refused") ? .red : .yellow)
  }

  // MARK: - Tables

  func hits(_ hits: [JSONValue]) -> Table {
    var table = Table([
      Table.Column(language(zh: "名称", en: "title"), overflow: .truncate),
      Table.Column(language(zh: "资源", en: "resource"), overflow: .truncate),
      Table.Column(language(zh: "地区", en: "region")),
      Table.Column(language(zh: "提供单位", en: "department"), overflow: .truncate),
      Table.Column(language(zh: "共享", en: "share")),
      Table.Column(language(zh: "更新", en: "updated")),
      Table.Column(language(zh: "状态", en: "status")),
      Table.Column(language(zh: "所知截至", en: "as of")),
    ])
    for hit in hits {
      table.add(
        Table.Cell(hit["title"].plain, .bold), Table.Cell(hit["id"].plain), Table.Cell(hit["region"].plain),
        Table.Cell(stated(hit["department"])), Table.Cell(value(stated(hit["shareType"]), of: "shareType")),
        Table.Cell(stated(hit["updated"])), status(hit["status"].plain),
        Table.Cell(hit["asOf"]?.moment?.age(at: now, in: language) ?? "–"))
    }
    return table
  }

  private func stated(_ value: JSONValue?) -> String {
    let text = value.plain
    return text.isEmpty ? "–" : text
  }

  func history(_ versions: [JSONValue]) -> Table {
    var table = Table([
      Table.Column(language(zh: "条目", en: "entry")),
      Table.Column(language(zh: "时间", en: "time")),
      Table.Column(language(zh: "种类", en: "kind")),
      Table.Column(language(zh: "状态", en: "state")),
      Table.Column(language(zh: "经办", en: "actor"), overflow: .truncate),
      Table.Column(language(zh: "说明", en: "what"), overflow: .wrap),
    ])
    for version in versions {
      let verdict = version["verdictReason"]?.string.map { Reason.in(language, $0) }
      let words = [verdict, version["reason"]?.string, version["title"]?.string]
      table.add(
        "\(version["origin"].plain):\(version["index"].plain)", Table.Cell(version["time"].beijing),
        Table.Cell(kind(version["kind"].plain)), status(version["state"].plain), Table.Cell(version["actor"].plain),
        Table.Cell(words.compactMap(\.self).first ?? "–"))
    }
    return table
  }

  func kind(_ code: String) -> String {
    switch code {
    case "publish": language(zh: "发布", en: code)
    case "withdraw": language(zh: "撤回", en: code)
    default: code
    }
  }

  func status(_ code: String) -> Table.Cell {
    guard let (name, tint) = Self.statuses[code] else { return Table.Cell(code) }
    return Table.Cell(language(zh: name, en: code), tint)
  }

  private static let statuses: [String: (zh: String, tint: Style.Tint?)] = [
    "standing": ("现行", .green),
    "replaced": ("已取代", .faint),
    "withdrawn": ("已撤回", .faint),
    "disputed": ("有争议", .yellow),
    "contested": ("存疑", .yellow),
    "refused": ("被拒绝", .red),
    "unknown": ("种类不明", .yellow),
    "unjudged": ("未判定", .yellow),
    "withheld": ("未向本地区提供", .faint),
    "recalled": ("已召回", .faint),
    "missing": ("正文缺失", .yellow),
    "invalid": ("无效", .red),
  ]
}
