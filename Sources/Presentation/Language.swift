/// The two languages of everything that people read. Codes, JSON and logs are English.
package enum Language: String, Sendable, CaseIterable {
  case zh
  case en

  /// What `--lang` says; else the first of LC_ALL, LC_MESSAGES, LANG that is set and not empty (POSIX, "Internationalization
  /// Variables"); else English. A locale that is not Chinese, `C` included, reads English.
  package init(flag: Language? = nil, environment: [String: String]) {
    if let flag {
      self = flag
      return
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    // `zh`, `zh_CN.UTF-8`, `zh-Hans`: the subtag before the first separator.
    let tag = (locale ?? "").prefix { $0.isASCII && $0.isLetter }.lowercased()
    self = tag == "zh" ? .zh : .en
  }

  /// The text in this language. Both stand side by side where they are used, so that the compiler refuses a message that
  /// has only one: `let text = language` … `text(zh: "找不到 \(id)", en: "\(id) is not known")`.
  package func callAsFunction(zh: @autoclosure () -> String, en: @autoclosure () -> String) -> String {
    switch self {
    case .zh: zh()
    case .en: en()
    }
  }
}

/// A text in both languages whose reader is not known yet: in an error, a column's title, a table of labels.
package struct Message: Sendable, Hashable {
  package var zh: String
  package var en: String

  package init(zh: String, en: String) {
    self.zh = zh
    self.en = en
  }

  /// What needs no translation: a code, a path, another program's words.
  package init(verbatim text: String) {
    zh = text
    en = text
  }

  package func `in`(_ language: Language) -> String { language(zh: zh, en: en) }
}
