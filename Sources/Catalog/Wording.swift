/// A sentence in the two languages of everything that people read; codes beside it stay English.
package struct Wording: Hashable, Sendable {
  package let zh: String
  package let en: String

  package init(zh: String, en: String) {
    self.zh = zh
    self.en = en
  }
}
