import Foundation
import Presentation
import Testing

struct JSONOutputTests {
  private let sample: JSONOutput = [
    "region": "310000", "name": "上海市", "size": 2_232, "ratio": 1.5, "whole": .number(3), "ok": true, "lastError": nil,
    "empty": [], "none": [:], "witnesses": ["320500", "330100"], "frontier": ["310000": 1],
  ]

  @Test("Members keep their order, on one line or indented")
  func order() {
    #expect(
      sample.compact
        == #"{"region":"310000","name":"上海市","size":2232,"ratio":1.5,"whole":3,"ok":true,"lastError":null,"#
        + #""empty":[],"none":{},"witnesses":["320500","330100"],"frontier":{"310000":1}}"#)
    let small: JSONOutput = ["a": [1, nil], "b": ["c": "d"], "e": []]
    #expect(
      small.pretty == """
        {
          "a": [
            1,
            null
          ],
          "b": {
            "c": "d"
          },
          "e": []
        }
        """)
  }

  @Test("Every code point comes back as it was through another reader")
  func everyCodePoint() throws {
    for start in stride(from: UInt32(0), to: 0x110000, by: 0x1000) {
      let text = String(String.UnicodeScalarView((start..<start + 0x1000).compactMap(Unicode.Scalar.init)))
      let data = Data(JSONOutput.array([.string(text)]).compact.utf8)
      let read = try JSONDecoder().decode([String].self, from: data)
      #expect(read.first.map { Array($0.utf8) } == Array(text.utf8))
    }
  }

  @Test("Controls are escaped, so that JSON is safe on a terminal too")
  func escapes() {
    #expect(JSONOutput.string("a\"\\\n\u{1B}\u{9B}\u{202E}/").compact == #""a\"\\\n\u001b\u009b\u202e/""#)
    #expect(JSONOutput.object([.init("k\n", 1)]).compact == #"{"k\n":1}"#)
  }

  @Test("Numbers that JSON cannot write are null, large ones stay numbers")
  func numbers() {
    #expect(JSONOutput.number(.nan).compact == "null")
    #expect(JSONOutput.number(-.infinity).compact == "null")
    #expect(JSONOutput(UInt64(7)).compact == "7")
    #expect(JSONOutput.integer(.min).compact == "-9223372036854775808")
    #expect(JSONOutput(UInt64.max).compact == "1.8446744073709552e+19")
    #expect(JSONOutput(nil as String?) == .null)
  }
}
