import Presentation
import Testing

struct TableTests {
  private func sample() -> Table {
    var table = Table([
      .init("地区"), .init("名称", overflow: .truncate), .init("条目", .right), .init("state"),
    ])
    table.add("310000", "上海市", "2,232", Table.Cell("inSync", .green))
    table.add("320500", "苏州市大数据管理局", "3", Table.Cell("unreachable", .red))
    return table
  }

  @Test("Columns line up by display width, numbers to the right, and no line ends in spaces")
  func alignment() {
    let expected = """
      地区    名称                 条目  state
      310000  上海市              2,232  inSync
      320500  苏州市大数据管理局      3  unreachable

      """
    #expect(sample().render(width: nil, style: .plain) == expected)
  }

  @Test("On a narrow terminal the elastic column is cut and codes stay whole")
  func narrow() {
    let lines = sample().render(width: 40, style: .plain).split(separator: "\n")
    #expect(lines.allSatisfy { $0.columns <= 40 })
    #expect(lines[2].contains("320500") && lines[2].contains("苏州市大数…") && lines[2].contains("unreachable"))
  }

  @Test("However narrow the terminal, nothing traps and columns that must be kept are")
  func absurdlyNarrow() {
    for width in 0...60 { #expect(sample().render(width: width, style: .plain).contains("unreachable")) }
  }

  @Test("A hostile cell cannot colour, break or move anything")
  func hostile() {
    var table = Table([.init("id"), .init("title")])
    table.add("a", "x\u{1B}[2Jy\nz")
    #expect(table.render(width: nil, style: .plain) == "id  title\na   x\u{FFFD}[2Jy z\n")
  }

  @Test("Colours are around the text, not around the padding, and only where asked")
  func colours() {
    var table = Table([.init("a"), .init("b")])
    table.add(Table.Cell("x", .red), "y")
    #expect(table.render(width: nil, style: Style(isColoured: true)).hasSuffix("\u{1B}[31mx\u{1B}[0m  y\n"))
    #expect(!table.render(width: nil, style: .plain).contains("\u{1B}"))
  }

  @Test("Fields wrap under their own value")
  func fields() {
    let table = Table.fields([("title", "企业信用信息"), ("abstract", "含行政许可、行政处罚等")])
    let expected = """
      title     企业信用
                信息
      abstract  含行政许
                可、行政
                处罚等

      """
    #expect(table.render(width: 18, style: .plain) == expected)
  }

  @Test("Colour needs a terminal, no NO_COLOR, and a TERM that is not dumb")
  func style() {
    #expect(Style(isTerminal: true, environment: [:]).isColoured)
    #expect(Style(isTerminal: true, environment: ["NO_COLOR": ""]).isColoured)
    #expect(!Style(isTerminal: true, environment: ["NO_COLOR": "1"]).isColoured)
    #expect(!Style(isTerminal: true, environment: ["TERM": "dumb"]).isColoured)
    #expect(!Style(isTerminal: false, environment: [:]).isColoured)
  }
}
