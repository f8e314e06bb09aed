import Presentation
import Testing

struct LanguageTests {
  @Test(
    "The language is that of the flag, then of LC_ALL, LC_MESSAGES, LANG, then English",
    arguments: [
      (nil, [:], Language.en),
      (nil, ["LANG": "zh_CN.UTF-8"], .zh),
      (nil, ["LANG": "zh"], .zh),
      (nil, ["LANG": "zh-Hans"], .zh),
      (nil, ["LANG": "zha_CN"], .en),
      (nil, ["LANG": "C.UTF-8"], .en),
      (nil, ["LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"], .en),
      (nil, ["LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"], .zh),
      (nil, ["LANG": "zh_CN.UTF-8", "LC_ALL": "C"], .en),
      (nil, ["LANG": "zh_CN.UTF-8", "LC_ALL": ""], .zh),
      (.en, ["LC_ALL": "zh_CN.UTF-8"], .en),
      (.zh, ["LC_ALL": "en_US"], .zh),
    ] as [(Language?, [String: String], Language)])
  func resolution(flag: Language?, environment: [String: String], expected: Language) {
    #expect(Language(flag: flag, environment: environment) == expected)
  }

  @Test("A text is the half of the reader's language, and the other half is not made")
  func oneHalf() {
    var made = 0
    func half(_ text: String) -> String {
      made += 1
      return text
    }
    let text = Language.zh
    #expect(text(zh: half("已发布"), en: half("published")) == "已发布")
    #expect(made == 1)
    #expect(Message(zh: "已发布", en: "published").in(.en) == "published")
    #expect(Message(verbatim: "stale").in(.zh) == "stale")
  }
}
