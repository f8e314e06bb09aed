/// Regions that a list may name together. A list that is proposed holds codes only: what a group means can change later,
/// what was signed cannot.
package struct RegionGroup: Hashable, Sendable {
  package let name: String
  /// Beginnings of codes, each standing for all of that region.
  package let prefixes: [String]

  /// The regional strategies (区域重大战略), and the areas that the first digit of GB/T 2260 forms.
  package static let all: [RegionGroup] = [
    RegionGroup(name: "京津冀", prefixes: ["11", "12", "13"]),
    RegionGroup(name: "长三角", prefixes: ["31", "32", "33", "34"]),
    RegionGroup(name: "粤港澳", prefixes: ["44", "81", "82"]),
    RegionGroup(name: "成渝", prefixes: ["50", "51"]),
    RegionGroup(name: "长江中游", prefixes: ["36", "42", "43"]),
    RegionGroup(name: "华北", prefixes: ["11", "12", "13", "14", "15"]),
    RegionGroup(name: "东北", prefixes: ["21", "22", "23"]),
    RegionGroup(name: "华东", prefixes: ["31", "32", "33", "34", "35", "36", "37"]),
    RegionGroup(name: "中南", prefixes: ["41", "42", "43", "44", "45", "46"]),
    RegionGroup(name: "西南", prefixes: ["50", "51", "52", "53", "54"]),
    RegionGroup(name: "西北", prefixes: ["61", "62", "63", "64", "65"]),
  ]

  package static func named(_ name: String) -> RegionGroup? { all.first { $0.name == name } }

  /// The provinces' own nodes.
  package var codes: [String] { prefixes.map { $0 + "0000" } }

  // MARK: - Provinces

  /// The first two digits of GB/T 2260; `00` is the national level, by this project's convention.
  package static let provinces: [String: String] = [
    "00": "国家", "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区", "21": "辽宁省", "22": "吉林省",
    "23": "黑龙江省", "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省", "37": "山东省",
    "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区", "46": "海南省", "50": "重庆市", "51": "四川省",
    "52": "贵州省", "53": "云南省", "54": "西藏自治区", "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区", "71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区",
  ]

  static func isProvince(_ code: some StringProtocol) -> Bool { provinces[String(code.prefix(2))] != nil }
}

extension RegionCode {
  /// Hong Kong, Macao and Taiwan lie outside Decree 809: nothing goes there, or comes from there, without a basis of its own.
  package var isOutsideDecree809: Bool { text.hasPrefix("71") || text.hasPrefix("81") || text.hasPrefix("82") }

  /// The province's two digits; two regions with the same lie under one law.
  var provinceText: Substring { text.prefix(2) }
}

/// Whom an item names as recipients: a code is that region alone, a prefix of digits all of it.
enum Recipient {
  static func covers(_ code: String, _ region: RegionCode) -> Bool {
    code.utf8.count < 6 ? region.text.utf8.starts(with: code.utf8) : code.utf8.elementsEqual(region.text.utf8)
  }
}
