extension ListPage {
  static let regionFields: Set<String> = [
    "parties", "authority", "region", "source.region", "recipients", "duties.calendar",
  ]

  /// What fields are called on paper.
  static let labels: [String: String] = [
    "list": "清单标识", "version": "版本", "kind": "类型", "parties": "当事地区", "authority": "签发地区", "valid.from": "有效期自",
    "valid.until": "有效期至", "replaces": "取代的文本", "number": "编号", "batch": "批次", "issuer": "发布单位",
    "documentNumber": "文号", "issuedOn": "发布日期", "basis": "依据", "scanDigest": "盖章扫描件摘要", "dispute": "裁定的争议",
    "calendars": "工作日历", "region": "地区", "from": "自", "until": "至", "resource": "数据资源", "source.region": "数源地区",
    "source.department": "数源部门", "share": "共享属性", "recipients": "接收方", "departments": "需求部门", "purposes": "用途",
    "fields.allow": "提供的字段", "fields.mask": "脱敏的字段", "fields.hash": "只给摘要的字段", "fields.deny": "不提供的字段",
    "grade": "数据分级", "rowLimit": "每次行数上限", "minimumGroup": "最小分组行数", "duties.updateWorkdays": "目录更新时限（工作日）",
    "duties.answerWorkdays": "答复时限（工作日）", "duties.deliverWorkdays": "提供时限（工作日）",
    "duties.correctWorkdays": "校核时限（工作日）", "duties.calendar": "所依日历", "duties.updateCycle": "更新频率",
    "catalogCode": "信息资源代码", "dataItems": "数据项", "matters": "事项", "legalBasis": "法律依据", "conditions": "使用条件",
    "accessForms": "共享形式", "mountBy": "完成时限", "office": "责任处室", "retention": "保存期限", "disposal": "处置方式",
    "onward": "可否转供", "crossBorderBasis": "跨境依据", "sourceDesignation": "数源认定",
  ]

  /// What codes are called on paper.
  static let values: [String: [String: String]] = [
    "kind": ["agreed": "协议（各方签署）", "issued": "签发（上级签署）", "decided": "裁定（共同上级签署）"],
    "share": ["unconditional": "无条件共享", "conditional": "有条件共享", "none": "不予共享"],
    "grade": ["general": "一般", "important": "重要", "core": "核心"],
    "accessForms": ["verify": "核验", "lookup": "查询", "aggregate": "统计汇总", "batch": "批量", "sql": "SQL 查询"],
    "duties.updateCycle": [
      "realtime": "实时", "minutely": "每分钟", "hourly": "每小时", "daily": "每日", "weekly": "每周", "semimonthly": "每半月",
      "monthly": "每月", "quarterly": "每季度", "halfYearly": "每半年", "annual": "每年", "irregular": "不定期", "never": "不更新",
    ],
  ]
}
