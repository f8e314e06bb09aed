import Presentation
import Testing

struct NeutralisedTests {
  @Test(
    "Escape sequences and reading-order controls never survive",
    arguments: [
      ("\u{1B}[31mred", "\u{FFFD}[31mred"), ("\u{1B}]0;title\u{7}", "\u{FFFD}]0;title\u{FFFD}"),
      ("a\u{9B}2Jb", "a\u{FFFD}2Jb"),
      ("a\u{8}b\u{7F}", "a\u{FFFD}b\u{FFFD}"), ("tail\u{202E}gpj.exe", "tail\u{FFFD}gpj.exe"),
      ("\u{2066}x\u{2069}", "\u{FFFD}x\u{FFFD}"),
      ("a\u{0}b", "a\u{FFFD}b"),
    ])
  func controls(text: String, expected: String) {
    #expect(text.neutralised == expected)
  }

  @Test("A line break or tab becomes a space in one line, and a line feed is kept where lines are asked for")
  func lines() {
    #expect("一\r\n二\t三\u{2028}四".neutralised == "一  二 三 四")
    #expect("一\r\n二\t三\u{2028}四".neutralisedLines == "一\n二 三 四")
  }

  @Test("What is invisible is left out, joiners and ordinary text stay")
  func invisible() {
    #expect("信\u{200B}用\u{FEFF}信息".neutralised == "信用信息")
    #expect("👨‍👩‍👧 e\u{301} ❤\u{FE0F}".neutralised == "👨‍👩‍👧 e\u{301} ❤\u{FE0F}")
    #expect("上海市「信用」①…".neutralised == "上海市「信用」①…")
  }

  @Test("A pile of accents on one letter is cut")
  func accents() {
    let piled = "a" + String(repeating: "\u{301}", count: 1_000) + "b"
    #expect(piled.neutralised.unicodeScalars.count == 6)
  }

  @Test("Of every code point outside the joiners, none that controls a terminal survives")
  func everyCodePoint() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let output = String(Character(scalar)).neutralised
      for left in output.unicodeScalars where left.properties.generalCategory == .control {
        Issue.record("U+\(String(value, radix: 16)) leaves a control character")
      }
    }
  }
}
