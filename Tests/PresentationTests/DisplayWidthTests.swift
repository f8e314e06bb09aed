import Presentation
import Testing

struct DisplayWidthTests {
  @Test(
    "Wide and fullwidth characters take two columns, combining ones none",
    arguments: [
      ("", 0), ("abc", 3), ("上海市", 6), ("API 接口", 8), ("（一）", 6), ("ＡＢ", 4), ("ｱ", 1), ("한국", 4), ("e\u{301}", 1),
      ("𠮷", 2), ("〇", 2), ("…", 1), ("\u{AD}", 0), ("\u{200B}", 0), ("한", 2), ("👍", 2), ("👍🏽", 2), ("👨‍👩‍👧", 2), ("🇨🇳", 2),
      ("☀\u{FE0F}", 2), ("☀", 1), ("é", 1), ("~", 1),
    ])
  func columns(text: String, expected: Int) {
    #expect(text.columns == expected)
  }

  @Test(
    "A truncated text ends in an ellipsis and never cuts a wide character in half",
    arguments: [
      ("上海市大数据中心", 16, "上海市大数据中心"), ("上海市大数据中心", 15, "上海市大数据中…"), ("上海市大数据中心", 14, "上海市大数据…"),
      ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("abcdef", 0, ""), ("", 3, ""),
      ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
    ])
  func truncation(text: String, limit: Int, expected: String) {
    let result = text.truncated(toColumns: limit)
    #expect(result == expected)
    #expect(result.columns <= limit)
  }

  @Test("Text wraps at spaces and between Chinese characters, with closing marks kept on their line")
  func wrapping() {
    #expect("提供企业信用信息，供核验。".wrapped(toColumns: 10) == ["提供企业信", "用信息，供", "核验。"])
    #expect("信用信息（合成）".wrapped(toColumns: 10) == ["信用信息", "（合成）"])
    #expect("one two three".wrapped(toColumns: 7) == ["one two", "three"])
    #expect("a\n\nb".wrapped(toColumns: 10) == ["a", "", "b"])
    #expect("abcdefghij".wrapped(toColumns: 4) == ["abcd", "efgh", "ij"])
    #expect("".wrapped(toColumns: 10) == [""])
  }

  @Test("No wrapped line is wider than asked, and nothing but spaces is lost", arguments: 2...30)
  func wrappingKeepsAll(limit: Int) {
    let text = "数据按《公共数据资源登记管理暂行办法》（2025 年）登记，grade important，更新周期为 daily；详见 https://example.cn/a/b/c 。"
    let lines = text.wrapped(toColumns: limit)
    #expect(lines.allSatisfy { $0.columns <= limit })
    #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
  }
}
