/// What shared data may be used for, as a code. A deployment adds its own: an unknown one is a warning, never a refusal.
package struct Purpose: Hashable, Sendable {
  package let code: String
  package let name: String

  package static let known: [Purpose] = [
    Purpose(code: "credit-review", name: "信用审查"), Purpose(code: "administrative-licensing", name: "行政许可"),
    Purpose(code: "administrative-penalty", name: "行政处罚"), Purpose(code: "administrative-supervision", name: "行政监管"),
    Purpose(code: "market-supervision", name: "市场监管"), Purpose(code: "public-service", name: "公共服务"),
    Purpose(code: "social-assistance", name: "社会救助"), Purpose(code: "social-insurance", name: "社会保险"),
    Purpose(code: "health-service", name: "医疗卫生服务"), Purpose(code: "education-service", name: "教育服务"),
    Purpose(code: "employment-service", name: "就业服务"), Purpose(code: "household-registration", name: "户籍管理"),
    Purpose(code: "real-estate-registration", name: "不动产登记"), Purpose(code: "tax-collection", name: "税收征管"),
    Purpose(code: "procurement-review", name: "政府采购审查"), Purpose(code: "transport-management", name: "交通运输管理"),
    Purpose(code: "environment-protection", name: "生态环境保护"), Purpose(code: "water-management", name: "水务管理"),
    Purpose(code: "urban-planning", name: "城乡规划"), Purpose(code: "emergency-response", name: "应急处置"),
    Purpose(code: "public-security", name: "公共安全"), Purpose(code: "judicial-assistance", name: "司法协助"),
    Purpose(code: "statistics", name: "统计分析"), Purpose(code: "policy-research", name: "政策研究"),
    Purpose(code: "audit", name: "审计监督"), Purpose(code: "data-verification", name: "数据核验"),
  ]

  private static let names = Dictionary(uniqueKeysWithValues: known.map { ($0.code, $0.name) })

  package static func name(of code: String) -> String? { names[code] }
}
