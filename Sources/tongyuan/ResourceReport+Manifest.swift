import Catalog
import Presentation

extension ResourceReport {
  /// The fields of a manifest, then its data items.
  func manifest(_ manifest: JSONValue) -> [Table] {
    var fields: [(label: String, value: Table.Cell)] = []
    for member in manifest.members where member.name != "items" && member.name != "id" {
      if member.name == "provider" {
        for part in member.value.members { fields.append((label(part.name), Table.Cell(part.value.plain))) }
        continue
      }
      let tint: Style.Tint? = member.name == "title" ? .bold : nil
      fields.append((label(member.name), Table.Cell(text(member), tint)))
    }
    let items = manifest["items"].elements
    return [.fields(fields)] + (items.isEmpty ? [] : [self.items(items)])
  }

  private func items(_ items: [JSONValue]) -> Table {
    var table = Table([
      Table.Column(language(zh: "数据项", en: "item"), overflow: .truncate),
      Table.Column(language(zh: "类型", en: "type")),
      Table.Column(language(zh: "个人信息", en: "personal")),
      Table.Column(language(zh: "分级", en: "grade")),
      Table.Column(language(zh: "说明", en: "description"), overflow: .wrap),
    ])
    for item in items {
      table.add(
        Table.Cell(item["name"].plain), Table.Cell(item["type"].plain),
        Table.Cell(item["personal"].map { text(.init("personal", $0)) } ?? "–"),
        Table.Cell(item["grade"].map { text(.init("grade", $0)) } ?? "–"), Table.Cell(item["description"].plain))
    }
    return table
  }

  private func text(_ member: JSONValue.Member) -> String {
    switch member.value {
    case .bool(let answer): return answer ? language(zh: "是", en: "yes") : language(zh: "否", en: "no")
    case .array(let values):
      let isNested = values.contains { if case .object = $0 { true } else { false } }
      return isNested
        ? values.map(\.plain).joined(separator: "\n")
        : values.map(\.plain).joined(separator: language(zh: "、", en: ", "))
    default: return value(member.value.plain, of: member.name)
    }
  }

  private func label(_ field: String) -> String {
    guard language == .zh, let name = Self.labels[field] else { return field }
    return name
  }

  /// A value of a fixed set in the reader's language.
  func value(_ code: String, of field: String) -> String {
    guard let names = Self.values[field]?[code] else { return code }
    return names.in(language)
  }

  private static let labels = [
    "title": "名称", "code": "信息资源代码", "region": "提供地区", "department": "提供单位", "uscc": "统一社会信用代码",
    "abstract": "摘要", "format": "数据格式", "updateCycle": "更新频率", "shareType": "共享属性", "shareMode": "共享方式",
    "useConditions": "使用条件", "openType": "开放属性", "classification": "数据分类", "grade": "数据分级", "level": "一般数据级别",
    "shareReason": "不予共享理由", "legalBasis": "依据", "published": "发布日期", "updated": "更新日期", "related": "关联资源",
    "catalogKind": "目录种类", "mounts": "挂接", "secrecyReview": "保密审查", "privacyAssessment": "个人信息评估",
    "approvedBy": "审批人", "reviewedBy": "审核人", "matters": "事项", "registrationNo": "登记号", "tradeSecret": "商业秘密",
    "sourceDesignation": "数源认定", "formats": "文件格式", "keywords": "关键词", "category": "主题", "url": "网址",
    "dataVolume": "数据量", "source": "原始字段",
  ]

  private static let share = [
    "unconditional": Message(zh: "无条件", en: "unconditional"), "conditional": Message(zh: "有条件", en: "conditional"),
    "none": Message(zh: "不予", en: "none"),
  ]

  private static let values: [String: [String: Message]] = [
    "shareType": share, "openType": share,
    "shareMode": [
      "api": Message(zh: "服务接口", en: "api"), "batch": Message(zh: "批量交换", en: "batch"),
      "file": Message(zh: "文件下载", en: "file"),
    ],
    "updateCycle": [
      "realtime": Message(zh: "实时", en: "realtime"), "minutely": Message(zh: "每分钟", en: "minutely"),
      "hourly": Message(zh: "每小时", en: "hourly"), "daily": Message(zh: "每日", en: "daily"),
      "weekly": Message(zh: "每周", en: "weekly"), "semimonthly": Message(zh: "每半月", en: "semimonthly"),
      "monthly": Message(zh: "每月", en: "monthly"), "quarterly": Message(zh: "每季度", en: "quarterly"),
      "halfYearly": Message(zh: "每半年", en: "half-yearly"), "annual": Message(zh: "每年", en: "annual"),
      "irregular": Message(zh: "不定期", en: "irregular"), "never": Message(zh: "不更新", en: "never"),
    ],
    "grade": [
      "general": Message(zh: "一般", en: "general"), "important": Message(zh: "重要", en: "important"),
      "core": Message(zh: "核心", en: "core"),
    ],
    "format": [
      "1": Message(zh: "电子文件", en: "electronic file"), "2": Message(zh: "电子表格", en: "spreadsheet"),
      "3": Message(zh: "数据库", en: "database"), "4": Message(zh: "图形图像", en: "image"),
      "5": Message(zh: "流媒体", en: "streaming media"), "6": Message(zh: "自描述格式", en: "self-describing"),
    ],
    "catalogKind": [
      "government": Message(zh: "政务数据目录", en: "government"),
      "publicResource": Message(zh: "公共数据资源目录", en: "public resources"), "open": Message(zh: "开放目录", en: "open"),
    ],
  ]
}
