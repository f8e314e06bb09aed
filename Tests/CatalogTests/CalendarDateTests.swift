import Catalog
import Testing

@Suite("Dates of the calendar")
struct ManifestCalendarDateTests {
  @Test(
    "Only days that exist, written yyyy-mm-dd, are dates",
    arguments: [
      ("2024-02-29", true), ("2000-02-29", true), ("0001-01-01", true), ("9999-12-31", true), ("2025-02-29", false),
      ("1900-02-29", false), ("2025-04-31", false), ("2025-00-10", false), ("2025-13-01", false), ("0000-01-01", false),
      ("2025-1-01", false), ("2025-01-01 ", false), ("２０２５-01-01", false), ("2025/01/01", false), ("", false),
    ])
  func form(text: String, isDate: Bool) {
    #expect((CalendarDate(text) != nil) == isDate)
    if isDate { #expect(CalendarDate(text)?.description == text) }
  }

  @Test("Days are counted without a gap over all years")
  func days() throws {
    var days = try #require(CalendarDate("0001-01-01")).daysSinceEpoch
    #expect(days == -719_162)
    let last = try #require(CalendarDate("9999-12-31"))
    var previous: CalendarDate?
    while days <= last.daysSinceEpoch {
      guard let date = CalendarDate(daysSinceEpoch: days) else {
        Issue.record("day \(days)")
        return
      }
      if date.daysSinceEpoch != days || previous.map({ $0 >= date }) == true { Issue.record("day \(days), \(date)") }
      previous = date
      days += 1
    }
    #expect(previous == last)
    #expect(CalendarDate(daysSinceEpoch: 0)?.description == "1970-01-01")
    #expect(CalendarDate(daysSinceEpoch: Int.max) == nil)
    #expect(CalendarDate(daysSinceEpoch: Int.min) == nil)
  }

  @Test(
    "An instant falls on a Beijing day",
    arguments: [
      (1_624_612_929_000, "2021-06-25"), (0, "1970-01-01"), (57_599_999, "1970-01-01"), (57_600_000, "1970-01-02"),
      (-28_800_001, "1969-12-31"), (-28_800_000, "1970-01-01"), (Int64.max, nil), (Int64.min, nil),
    ] as [(Int64, String?)])
  func beijing(milliseconds: Int64, text: String?) {
    #expect(CalendarDate(beijingMilliseconds: milliseconds)?.description == text)
  }
}
