/// A day of the Gregorian calendar, in Beijing (UTC+8) as all legal dates are. Years 1–9999.
package struct CalendarDate: Hashable, Sendable, Comparable, LosslessStringConvertible {
  package let year: Int
  package let month: Int
  package let day: Int

  /// nil if there is no such day.
  package init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.dayCount(year: year, month: month)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// `yyyy-mm-dd`, ASCII digits only.
  package init?(_ text: String) { self.init(utf8: text.utf8) }

  package init?(utf8 text: some Collection<UInt8>) {
    guard text.count == 10 else { return nil }
    var numbers = [0, 0, 0]
    for (index, byte) in text.enumerated() {
      if index == 4 || index == 7 {
        guard byte == 0x2D else { return nil }
      } else {
        guard (0x30...0x39).contains(byte) else { return nil }
        let part = index < 4 ? 0 : index < 7 ? 1 : 2
        numbers[part] = numbers[part] * 10 + Int(byte - 0x30)
      }
    }
    self.init(year: numbers[0], month: numbers[1], day: numbers[2])
  }

  /// The Beijing day on which an instant falls; nil outside the years 1–9999.
  package init?(beijingMilliseconds milliseconds: Int64) {
    // Year 1 and year 9999, with a day's room for the offset below.
    guard milliseconds > -62_135_600_000_000, milliseconds < 253_402_300_800_000 else { return nil }
    let shifted = milliseconds + 8 * 3_600_000
    let days = Int(shifted >= 0 ? shifted / 86_400_000 : (shifted - 86_399_999) / 86_400_000)
    self.init(daysSinceEpoch: days)
  }

  /// Days since 1970-01-01; nil outside the years 1–9999.
  package init?(daysSinceEpoch days: Int) {
    guard days > -800_000, days < 3_000_000 else { return nil }
    // Years that begin in March make the leap day the last of its year; 146,097 days are 400 years.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    self.init(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  package var daysSinceEpoch: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400  // the year is at least 1, so the shifted one at least 0
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  package var description: String {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  package static func < (a: CalendarDate, b: CalendarDate) -> Bool {
    (a.year, a.month, a.day) < (b.year, b.month, b.day)
  }

  private static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CalendarDate {
  package static let dayMilliseconds: Int64 = 86_400_000

  /// When the day begins in Beijing, in milliseconds since the epoch.
  package var beijingMilliseconds: Int64 { Int64(daysSinceEpoch) * Self.dayMilliseconds - 8 * 3_600_000 }
}
