/// A list as a page to print, stamp and file: HTML in Chinese that needs nothing beside itself. Every text of the list is
/// escaped, and nothing on the page is a script or points anywhere.
package struct ListPage {
  /// Who signed, as the log tells it. For people beside the text, not part of it.
  package struct Signature: Hashable, Sendable {
    package let region: RegionCode
    package let origin: String
    package let index: UInt64
    /// Milliseconds since the epoch.
    package let time: Int64

    package init(region: RegionCode, origin: String, index: UInt64, time: Int64) {
      self.region = region
      self.origin = origin
      self.index = index
      self.time = time
    }
  }

  private let text: ListText
  private let names: [RegionCode: String]
  private let signatures: [RegionCode: Signature]

  /// `names` are what regions call themselves; provinces have one anyway.
  package init(_ text: ListText, names: [RegionCode: String] = [:], signatures: [Signature] = []) {
    self.text = text
    self.names = names
    self.signatures = Dictionary(signatures.map { ($0.region, $0) }) { first, _ in first }
  }

  package var html: String {
    let title = Self.escaped(text.terms.title.isEmpty ? text.terms.name : text.terms.title)
    return """
      <!DOCTYPE html>
      <html lang="zh-CN">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>\(title)</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      <h1>\(title)</h1>
      \(head)
      \(items)
      \(signing)
      <p class="digest">清单文本摘要（SHA-256）：<code>\(text.digest.hex)</code><br>
      各方签署的是此摘要所对应的文本；本页仅为其打印形式。</p>
      </body>
      </html>

      """
  }

  private static let style = """
    body{font:10.5pt/1.6 "Songti SC","Noto Serif CJK SC",SimSun,serif;margin:2cm auto;max-width:26cm;color:#000}
    h1{font-size:18pt;text-align:center}h2{font-size:13pt;margin:1.2em 0 .4em}
    table{border-collapse:collapse;width:100%}th,td{border:1px solid #333;padding:.25em .5em;vertical-align:top;text-align:left;
    overflow-wrap:anywhere}th{font-weight:600;width:9em;background:#f3f3f3}.item{break-inside:avoid;margin:.8em 0}
    .sign td{height:4.5em;width:33%}.digest{margin-top:1.5em;font-size:9pt}code{font-family:monospace;overflow-wrap:anywhere}
    @page{size:A4;margin:1.5cm}@media print{body{margin:0}}
    """

  // MARK: Parts

  private var head: String {
    var rows: [(String, String)] = []
    for member in Self.flat(text.json) where member.name != "title" { rows.append(row(member)) }
    return "<h2>一、清单</h2>\n" + Self.table(rows)
  }

  private var items: String {
    var parts = ["<h2>二、清单项（共 \(text.items.count) 项）</h2>"]
    for (place, item) in text.items.enumerated() {
      let rows = Self.flat(item.wire.json).map(row)
      parts.append("<div class=\"item\">\n" + Self.table([("序号", "\(place + 1)")] + rows) + "\n</div>")
    }
    return parts.joined(separator: "\n")
  }

  private func row(_ member: JSONValue.Member) -> (String, String) {
    (Self.labels[member.name] ?? Self.escaped(member.name), words(member.value, member.name))
  }

  private var signing: String {
    let terms = text.terms
    var parts = ["<h2>三、签署</h2>", "<table class=\"sign\">", "<tr><th>地区</th><th>签署记录</th><th>盖章处</th></tr>"]
    for region in Set(terms.needed + terms.parties).sorted() {
      let role = terms.needed.contains(region) ? "" : "（知悉）"
      parts.append("<tr><td>\(named(region))\(role)</td><td>\(record(region))</td><td></td></tr>")
    }
    return (parts + ["</table>"]).joined(separator: "\n")
  }

  private func record(_ region: RegionCode) -> String {
    guard let signature = signatures[region] else { return "尚无记录" }
    let day = CalendarDate(beijingMilliseconds: signature.time)?.description ?? ""
    return "\(day)<br><code>\(Self.escaped(signature.origin))</code> 第 \(signature.index) 条"
  }

  // MARK: Words

  private func named(_ region: RegionCode) -> String {
    let province = region.text.hasSuffix("0000") ? RegionGroup.provinces[String(region.text.prefix(2))] : nil
    guard let name = names[region] ?? province else { return region.text }
    return "\(Self.escaped(name))（\(region.text)）"
  }

  private func words(_ value: JSONValue, _ name: String) -> String {
    switch value {
    case .array(let values): return values.map { words($0, name) }.joined(separator: "、")
    case .bool(let value): return value ? "是" : "否"
    case .string(let text):
      if let label = Self.values[name]?[text] { return label }
      if let region = RegionCode(text), Self.regionFields.contains(name) { return named(region) }
      if name == "recipients", let province = RegionGroup.provinces[text] {
        return Self.escaped("\(province)全域（\(text)）")
      }
      if name == "purposes" { return Self.escaped(Purpose.named(text).zh) }
      return Self.escaped(text)
    case .object(let members):
      return members.map { "\(Self.labels[$0.name] ?? $0.name)：\(words($0.value, $0.name))" }.joined(separator: "；")
    default: return Self.escaped(value.text)
    }
  }

  /// Members with objects taken apart; calendars, which nobody reads on paper, are told by their extent.
  private static func flat(_ value: JSONValue) -> [JSONValue.Member] {
    guard case .object(let members) = value else { return [] }
    return members.flatMap { member -> [JSONValue.Member] in
      switch (member.name, member.value) {
      case ("items", _): return []
      case ("calendars", .array(let calendars)): return [.init("calendars", .array(calendars.map(extent)))]
      case (let name, .object(let inner)): return inner.map { .init("\(name).\($0.name)", $0.value) }
      default: return [member]
      }
    }
  }

  private static func extent(_ calendar: JSONValue) -> JSONValue {
    guard case .object(let members) = calendar else { return calendar }
    return .object(members.filter { ["region", "from", "until"].contains($0.name) })
  }

  private static func table(_ rows: [(String, String)]) -> String {
    "<table>\n" + rows.map { "<tr><th>\($0.0)</th><td>\($0.1)</td></tr>" }.joined(separator: "\n") + "\n</table>"
  }

  /// For text and for attributes. Control characters, which HTML does not have, become U+FFFD; so do those that turn the
  /// reading direction: a printed list must read as it was signed.
  static func escaped(_ text: String) -> String {
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26: output += "&amp;".unicodeScalars
      case 0x3C: output += "&lt;".unicodeScalars
      case 0x3E: output += "&gt;".unicodeScalars
      case 0x22: output += "&quot;".unicodeScalars
      case 0x27: output += "&#39;".unicodeScalars
      case 0x0A: output += "<br>".unicodeScalars
      case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: output.append("\u{FFFD}")
      default: output.append(scalar)
      }
    }
    return String(output)
  }
}
