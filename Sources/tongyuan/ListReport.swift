import Catalog
import Presentation

/// Lists as people read them.
struct ListReport {
  let language: Language

  func state(_ code: String) -> String {
    switch code {
    case "proposed": language(zh: "已提出，尚未签齐", en: code)
    case "scheduled": language(zh: "已签齐，尚未生效", en: code)
    case "inForce": language(zh: "有效", en: "in force")
    case "replaced": language(zh: "已被取代", en: code)
    case "ended": language(zh: "已终止", en: code)
    case "expired": language(zh: "已到期", en: code)
    case "refused": language(zh: "不成清单", en: code)
    default: code
    }
  }

  private func kind(_ code: String) -> String {
    switch code {
    case "agreed": language(zh: "协议", en: code)
    case "issued": language(zh: "下发", en: code)
    case "decided": language(zh: "裁定", en: code)
    default: code
    }
  }

  private func tint(_ state: String) -> Style.Tint? {
    switch state {
    case "inForce": .green
    case "proposed", "scheduled": .yellow
    case "refused": .red
    default: .faint
    }
  }

  func table(_ lists: [JSONValue]) -> Table {
    var table = Table([
      Table.Column(language(zh: "清单", en: "list")), Table.Column(language(zh: "版本", en: "version"), .right),
      Table.Column(language(zh: "种类", en: "kind")), Table.Column(language(zh: "状态", en: "state")),
      Table.Column(language(zh: "地区", en: "parties")), Table.Column(language(zh: "项", en: "items"), .right),
      Table.Column(language(zh: "名称", en: "title"), overflow: .truncate),
    ])
    for list in lists {
      let state = list["state"].plain
      table.add(
        Table.Cell(list["id"].plain, .bold), Table.Cell(list["version"].plain), Table.Cell(kind(list["kind"].plain)),
        Table.Cell(self.state(state), tint(state)), Table.Cell(signed(list)), Table.Cell(list["items"].plain),
        Table.Cell(list["title"].plain))
    }
    return table
  }

  private func signed(_ list: JSONValue) -> String {
    list["parties"].elements.map { $0["region"].plain + ($0["signed"]?.isTrue == true ? "✓" : "") }
      .joined(separator: " ")
  }

  func fields(_ list: JSONValue) -> Table {
    let state = list["state"].plain
    var fields: [(label: String, value: Table.Cell)] = [
      (language(zh: "清单", en: "list"), Table.Cell("\(list["id"].plain) \(list["version"].plain)", .bold)),
      (language(zh: "名称", en: "title"), Table.Cell(list["title"].plain)),
      (language(zh: "种类", en: "kind"), Table.Cell(kind(list["kind"].plain))),
      (language(zh: "状态", en: "state"), Table.Cell(self.state(state), tint(state))),
      (
        language(zh: "有效期", en: "valid"),
        Table.Cell("\(list["validFrom"].beijing) – \(list["validUntil"].beijing)")
      ),
      (language(zh: "摘要", en: "digest"), Table.Cell(list["digest"].plain)),
    ]
    if list["expiresSoon"]?.isTrue == true {
      fields.append(
        (language(zh: "注意", en: "note"), Table.Cell(language(zh: "30 天内到期", en: "expires within 30 days"), .yellow)))
    }
    if list["endsAt"]?.moment != nil {
      fields.append((language(zh: "终止于", en: "ends"), Table.Cell(list["endsAt"].beijing)))
    }
    if let digest = list["replaces"]?.string { fields.append((language(zh: "取代", en: "replaces"), Table.Cell(digest))) }
    if let digest = list["replacedBy"]?.string {
      fields.append((language(zh: "被取代于", en: "replaced by"), Table.Cell(digest)))
    }
    for stop in list["suspended"].elements {
      let item =
        stop["item"]?.integer.map { language(zh: "第 \($0) 项", en: "item \($0)") } ?? language(zh: "全部", en: "all")
      let region = stop["region"]?.string ?? language(zh: "所有地区", en: "everybody")
      fields.append(
        (
          language(zh: "暂停", en: "suspended"),
          Table.Cell(
            language(
              zh: "\(item)，对 \(region)，由 \(stop["by"].plain)", en: "\(item) for \(region), by \(stop["by"].plain)"),
            .yellow)
        ))
    }
    return .fields(fields)
  }

  func parties(_ parties: [JSONValue]) -> Table {
    var table = Table([
      Table.Column(language(zh: "地区", en: "region")), Table.Column(language(zh: "签署", en: "signed")),
      Table.Column(language(zh: "条目", en: "entry")), Table.Column(language(zh: "拟稿", en: "prepared")),
      Table.Column(language(zh: "审核", en: "reviewed")), Table.Column(language(zh: "批准", en: "approved")),
    ])
    for party in parties {
      let signed = party["signed"]?.isTrue == true
      let missing =
        party["replicated"]?.isTrue == false
        ? language(zh: "其日志不在本节点", en: "its log is not here")
        : party["needed"]?.isTrue == true
          ? language(zh: "待签", en: "missing") : language(zh: "无需签署", en: "not needed")
      table.add(
        Table.Cell(party["region"].plain),
        signed ? Table.Cell(party["time"].beijing, .green) : Table.Cell(missing, .yellow),
        Table.Cell(signed ? "\(party["origin"].plain):\(party["index"].plain)" : "–"),
        Table.Cell(party["preparedBy"].plain), Table.Cell(party["reviewedBy"].plain),
        Table.Cell(party["approvedBy"].plain))
    }
    return table
  }

  func items(_ items: [JSONValue]) -> Table {
    var table = Table([
      Table.Column("#", .right), Table.Column(language(zh: "资源", en: "resource"), overflow: .truncate),
      Table.Column(language(zh: "数源", en: "source"), overflow: .truncate),
      Table.Column(language(zh: "共享", en: "share")),
      Table.Column(language(zh: "接收方", en: "recipients"), overflow: .truncate),
      Table.Column(language(zh: "用途", en: "purposes"), overflow: .truncate),
    ])
    for (place, item) in items.enumerated() {
      let source = item["source"]
      let share = item["share"].plain
      table.add(
        Table.Cell("\(place + 1)"), Table.Cell(item["resource"].plain),
        Table.Cell("\((source?["region"]).plain) \((source?["department"])?.string ?? "")"),
        Table.Cell(ResourceReport(language: language).value(share, of: "shareType")),
        Table.Cell(item["recipients"].elements.map(\.plain).joined(separator: " ")),
        Table.Cell(item["purposes"].elements.map(\.plain).joined(separator: " ")))
    }
    return table
  }

  func difference(_ difference: ListDifference) -> Table {
    var table = Table([
      Table.Column(language(zh: "位置", en: "where"), overflow: .truncate),
      Table.Column(language(zh: "字段", en: "field")),
      Table.Column(language(zh: "旧", en: "old"), overflow: .wrap),
      Table.Column(language(zh: "新", en: "new"), overflow: .wrap),
    ])
    func cell(_ value: JSONValue?) -> Table.Cell { Table.Cell(value.map { $0.string ?? $0.line } ?? "–") }
    for field in difference.terms {
      table.add(Table.Cell(language(zh: "清单", en: "list")), Table.Cell(field.name), cell(field.old), cell(field.new))
    }
    for item in difference.items {
      let change =
        switch item.kind {
        case .added: language(zh: "新增", en: "added")
        case .removed: language(zh: "删除", en: "removed")
        case .changed: language(zh: "修改", en: "changed")
        case .moved: language(zh: "移动", en: "moved")
        }
      if item.fields.isEmpty {
        table.add(
          Table.Cell(item.resource), Table.Cell(change), Table.Cell(item.oldPlace.map { "#\($0 + 1)" } ?? "–"),
          Table.Cell(item.newPlace.map { "#\($0 + 1)" } ?? "–"))
      }
      for field in item.fields {
        table.add(Table.Cell(item.resource), Table.Cell("\(change) \(field.name)"), cell(field.old), cell(field.new))
      }
    }
    return table
  }
}
