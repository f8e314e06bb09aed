/// A moment as people and programs read it. Legal dates are Beijing dates: UTC+8, no daylight saving.
package struct Moment: Sendable, Hashable {
  /// Since 1970-01-01T00:00:00Z, held to the years 0 to 9999, which is what RFC 3339 can write: a peer may claim any time.
  package let milliseconds: Int64

  package init(milliseconds: some BinaryInteger) {
    let value = Int64(clamping: milliseconds)
    self.milliseconds = min(max(value, Self.earliest), Self.latest)
  }

  private static let earliest: Int64 = -62_167_219_200_000  // 0000-01-01T00:00:00Z
  private static let latest: Int64 = 253_402_300_799_999  // 9999-12-31T23:59:59.999Z

  /// `2026-11-24 11:22 (UTC+8)`
  package var beijing: String {
    let parts = fields(offsetHours: 8)
    return "\(parts.date) \(parts.time) (UTC+8)"
  }

  /// `2026-11-24 11:22:05 (UTC+8)`, where minutes are too coarse.
  package var beijingSeconds: String {
    let parts = fields(offsetHours: 8)
    return "\(parts.date) \(parts.time):\(parts.seconds) (UTC+8)"
  }

  /// `2026-11-24`, the date in Beijing.
  package var beijingDate: String { fields(offsetHours: 8).date }

  /// `2026-11-24T03:22:05.120Z` (RFC 3339 section 5.6), always with three digits of a second.
  package var rfc3339: String {
    let parts = fields(offsetHours: 0)
    return "\(parts.date)T\(parts.time):\(parts.seconds).\(parts.thousandths)Z"
  }

  private func fields(offsetHours: Int64) -> (date: String, time: String, seconds: String, thousandths: String) {
    let shifted = min(milliseconds + offsetHours * 3_600_000, Self.latest)
    let dayLength: Int64 = 86_400_000
    var day = shifted / dayLength
    if shifted % dayLength < 0 { day -= 1 }
    let inDay = shifted - day * dayLength
    // Days to civil date in eras of 400 years that begin on 1 March, so that the leap day is the last of its year.
    let fromMarch = day + 719_468
    let era = (fromMarch >= 0 ? fromMarch : fromMarch - 146_096) / 146_097
    let dayOfEra = fromMarch - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    return (
      "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))",
      "\(padded(inDay / 3_600_000, 2)):\(padded(inDay / 60_000 % 60, 2))",
      padded(inDay / 1_000 % 60, 2), padded(inDay % 1_000, 3)
    )
  }

  private func padded(_ value: Int64, _ digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// How long ago it was at `now`, in the largest unit that fits, rounded down: `3 分钟前`, `3 minutes ago`. A time ahead of
  /// `now`, which only another clock can give, is said to be ahead.
  package func age(at now: Moment, in language: Language) -> String {
    let seconds = (now.milliseconds - milliseconds) / 1_000
    let span = Span(seconds: abs(seconds))
    if span.count == 0 { return language(zh: "刚刚", en: "just now") }
    let words = span.text(in: language)
    if seconds < 0 { return language(zh: "超前 \(words)", en: "\(words) ahead") }
    return language(zh: "\(words)前", en: "\(words) ago")
  }

  private struct Span {
    var count: Int64
    var unit: Message

    init(seconds: Int64) {
      switch seconds {
      case ..<5: (count, unit) = (0, Message(zh: "秒", en: "second"))
      case ..<60: (count, unit) = (seconds, Message(zh: "秒", en: "second"))
      case ..<3_600: (count, unit) = (seconds / 60, Message(zh: "分钟", en: "minute"))
      case ..<86_400: (count, unit) = (seconds / 3_600, Message(zh: "小时", en: "hour"))
      default: (count, unit) = (seconds / 86_400, Message(zh: "天", en: "day"))
      }
    }

    func text(in language: Language) -> String {
      language(zh: "\(Quantity.grouped(count)) \(unit.zh)", en: "\(Quantity.counted(count, unit.en))")
    }
  }
}
