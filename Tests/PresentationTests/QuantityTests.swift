import Presentation
import Testing

struct QuantityTests {
  @Test("Thousands are grouped, at the ends of the range too")
  func grouping() {
    #expect(Quantity.grouped(0) == "0")
    #expect(Quantity.grouped(999) == "999")
    #expect(Quantity.grouped(46_621) == "46,621")
    #expect(Quantity.grouped(-1_234_567) == "-1,234,567")
    #expect(Quantity.grouped(Int64.min) == "-9,223,372,036,854,775,808")
    #expect(Quantity.grouped(UInt64.max) == "18,446,744,073,709,551,615")
    #expect(Quantity.counted(1, "entry", plural: "entries") == "1 entry")
    #expect(Quantity.counted(2_232, "entry", plural: "entries") == "2,232 entries")
  }

  @Test(
    "Bytes are told with three digits at most",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1_000, "1.0 KiB"), (1_536, "1.5 KiB"), (102_400, "100 KiB"), (1_023_999, "1.0 MiB"),
      (16_777_216, "16.0 MiB"), (218_000_000_000, "203 GiB"), (Int.max, "8.0 EiB"),
    ])
  func bytes(count: Int, expected: String) {
    #expect(Quantity.bytes(count) == expected)
  }

  @Test("Decimals are rounded and grouped, and what is not finite is a dash")
  func decimals() {
    #expect(Quantity.decimal(1_234.56, places: 1) == "1,234.6")
    #expect(Quantity.decimal(0.999, places: 2) == "1.00")
    #expect(Quantity.decimal(-0.05, places: 2) == "-0.05")
    #expect(Quantity.decimal(3, places: 0) == "3")
    #expect(Quantity.decimal(.nan, places: 2) == "–")
    #expect(Quantity.decimal(-.infinity, places: 2) == "–")
  }

  @Test(
    "Durations are told in the two largest units",
    arguments: [
      (-5, "0 ms"), (840, "840 ms"), (12_340, "12.3 s"), (245_000, "4 min 05 s"), (7_380_000, "2 h 03 min"),
    ])
  func durations(milliseconds: Int, expected: String) {
    #expect(Quantity.duration(milliseconds: milliseconds) == expected)
  }
}
