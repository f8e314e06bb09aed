/// Numbers as people read them.
package enum Quantity {
  /// `1,234,567`
  package static func grouped(_ value: some BinaryInteger) -> String {
    let digits = Array(String(value.magnitude))
    var output = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { output.append(",") }
      output.append(digit)
    }
    return output
  }

  /// English number and noun: `1 entry`, `2,232 entries`.
  package static func counted(_ value: some BinaryInteger, _ noun: String, plural: String? = nil) -> String {
    "\(grouped(value)) \(value == 1 ? noun : plural ?? noun + "s")"
  }

  /// Binary units, three significant digits at most: `812 B`, `1.5 KiB`, `16.0 MiB`, `203 GiB`.
  package static func bytes(_ value: some BinaryInteger) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var amount = Double(value.magnitude)
    var unit = 0
    // From 999.5 on it would be written with four digits.
    while amount >= (unit == 0 ? 1_000 : 999.5), unit < units.count - 1 {
      amount /= 1_024
      unit += 1
    }
    let sign = value < 0 ? "-" : ""
    if unit == 0 { return "\(sign)\(Int(amount)) B" }
    return sign + (amount < 99.95 ? decimal(amount, places: 1) : decimal(amount, places: 0)) + " " + units[unit]
  }

  /// A number with a fixed count of decimal places (0 to 6), grouped: `1,234.5`. What is not finite is `–`.
  package static func decimal(_ value: Double, places: Int) -> String {
    precondition((0...6).contains(places), "0 to 6 decimal places")
    let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = (value * scale).rounded()
    guard scaled.magnitude < 9e15 else { return "–" }
    let whole = Int(scaled.magnitude) / Int(scale)
    let sign = scaled < 0 ? "-" : ""
    guard places > 0 else { return sign + grouped(whole) }
    let fraction = String(Int(scaled.magnitude) % Int(scale))
    return "\(sign)\(grouped(whole)).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
  }

  /// A duration: `840 ms`, `12.3 s`, `4 min 05 s`, `2 h 03 min`.
  package static func duration(milliseconds: some BinaryInteger) -> String {
    let value = max(0, Int(clamping: milliseconds))
    switch value {
    case ..<1_000: return "\(value) ms"
    case ..<60_000: return decimal(Double(value) / 1_000, places: 1) + " s"
    case ..<3_600_000: return "\(value / 60_000) min \(twoDigits(value / 1_000 % 60)) s"
    default: return "\(grouped(value / 3_600_000)) h \(twoDigits(value / 60_000 % 60)) min"
    }
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
