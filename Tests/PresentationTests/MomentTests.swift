import Foundation
import Presentation
import Testing

struct MomentTests {
  @Test(
    "A moment reads as Beijing time for people and RFC 3339 UTC for programs",
    arguments: [
      (0, "1970-01-01 08:00 (UTC+8)", "1970-01-01T00:00:00.000Z"),
      (1_795_490_525_120, "2026-11-24 11:22 (UTC+8)", "2026-11-24T03:22:05.120Z"),
      (1_798_732_799_999, "2026-12-31 23:59 (UTC+8)", "2026-12-31T15:59:59.999Z"),
      (951_782_400_000, "2000-02-29 08:00 (UTC+8)", "2000-02-29T00:00:00.000Z"),
      (-1, "1970-01-01 07:59 (UTC+8)", "1969-12-31T23:59:59.999Z"),
    ] as [(Int64, String, String)])
  func texts(milliseconds: Int64, beijing: String, rfc3339: String) {
    #expect(Moment(milliseconds: milliseconds).beijing == beijing)
    #expect(Moment(milliseconds: milliseconds).rfc3339 == rfc3339)
  }

  @Test("The calendar agrees with Foundation's over four centuries")
  func calendar() {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    for day in stride(from: Int64(-73_000), to: 146_000, by: 17) {
      let moment = Moment(milliseconds: day * 86_400_000 + 45_296_789)
      let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1_000)
      #expect(moment.rfc3339 == formatter.string(from: date))
    }
  }

  @Test("A time that no calendar can write is held to the years 0 to 9999")
  func extremes() {
    #expect(Moment(milliseconds: UInt64.max).rfc3339 == "9999-12-31T23:59:59.999Z")
    #expect(Moment(milliseconds: UInt64.max).beijing == "9999-12-31 23:59 (UTC+8)")
    #expect(Moment(milliseconds: Int64.min).rfc3339 == "0000-01-01T00:00:00.000Z")
  }

  @Test(
    "An age is told in its largest unit",
    arguments: [
      (0, "刚刚", "just now"), (4, "刚刚", "just now"), (5, "5 秒前", "5 seconds ago"), (60, "1 分钟前", "1 minute ago"),
      (7_199, "1 小时前", "1 hour ago"), (86_400 * 3, "3 天前", "3 days ago"), (-600, "超前 10 分钟", "10 minutes ahead"),
    ])
  func age(seconds: Int64, zh: String, en: String) {
    let now = Moment(milliseconds: 1_795_490_525_120)
    let then = Moment(milliseconds: now.milliseconds - seconds * 1_000)
    #expect(then.age(at: now, in: .zh) == zh)
    #expect(then.age(at: now, in: .en) == en)
  }
}
