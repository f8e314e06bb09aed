import Catalog
import Testing

@Suite("Search terms")
struct SearchTermsTests {
  @Test(
    "Ideographs become words of their own, runs of letters and digits one word",
    arguments: [
      ("长江水质", "长 江 水 质"), ("API接口2023年", "api 接 口 2023 年"), ("ＡＰＩ　１２", "api 12"),
      ("企业-行政处罚（2025）", "企 业 ǁ 行 政 处 罚 2025"),
      ("Straße ÉCOLE e\u{301}", "straße école e"), ("カナ한글", "カ ナ 한 글"), ("", ""), (" \u{0} ,。", ""), ("𠀀〇豈", "𠀀 〇 豈"),
      ("310000/credit.csv", "310000 credit csv"), ("A股", "a 股"), ("PM2.5", "pm2 5"),
    ])
  func indexed(text: String, words: String) {
    #expect(SearchTerms.indexed(text) == words)
    // A text that is already words stays.
    #expect(SearchTerms.indexed(words) == words)
  }

  @Test(
    "A query is phrases of ideographs and prefixes of words, all required",
    arguments: [
      ("API 接口", "\"api\"* AND \"接 口\""), ("长江", "\"长 江\""), ("水", "\"水\""), ("长江 水质", "\"长 江\" AND \"水 质\""),
      ("A级", "\"a\" AND \"级\""), ("2023", "\"2023\"*"), ("ＡＰＩ", "\"api\"*"),
    ])
  func query(text: String, match: String) throws {
    #expect(try SearchQuery(text).match == match)
  }

  @Test(
    "Nothing of a hostile text gets out of the quotation marks",
    arguments: [
      "\" OR 1 --", "a\"b", "NEAR(a b, 5)", "title:水", "-水", "a AND NOT b OR c", "^a*", "{title body}:a", "水\u{0}\"",
      "(((水", "'';drop table",
    ])
  func hostile(text: String) throws {
    let match = try SearchQuery(text).match
    let terms = match.split(separator: " AND ").map { $0.hasSuffix("*") ? $0.dropLast() : $0 }
    for term in terms {
      #expect(term.hasPrefix("\"") && term.hasSuffix("\"") && term.count > 2)
      #expect(
        term.dropFirst().dropLast().unicodeScalars.allSatisfy {
          $0 == " " || $0.properties.isAlphabetic || $0.properties.numericType != nil
        })
    }
  }

  @Test(
    "A query without anything to seek, or too long, is refused",
    arguments: [
      ("", "empty"), ("  ", "empty"), ("\"*-，。", "empty"), (String(repeating: "水", count: 257), "tooLong"),
    ])
  func refused(text: String, code: String) {
    let error = #expect(throws: SearchRefusal.self) { try SearchQuery(text) }
    #expect(error?.code.rawValue == code)
  }
}
