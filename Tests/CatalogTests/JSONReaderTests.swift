import Catalog
import Testing

@Suite("JSON, read strictly")
struct ManifestJSONReaderTests {
  private func values(_ text: String) throws -> [(value: JSONValue, line: Int)] {
    var reader = JSONReader(Array(text.utf8))
    var values: [(value: JSONValue, line: Int)] = []
    while let next = try reader.next() { values.append(next) }
    return values
  }

  @Test(
    "Values one after another, one a line, and lists of them are read alike",
    arguments: [
      "{\"a\":1}{\"a\":2}\n{\"a\":3}", "[{\"a\":1},{\"a\":2},{\"a\":3}]", "{\"a\":1}\n\n[{\"a\":2}]\r\n{\"a\":3}\n",
      "\u{FEFF} [ {\"a\":1} , {\"a\":2}][][{\"a\":3}]",
    ])
  func streams(text: String) throws {
    #expect(try values(text).map(\.value.text) == ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"])
  }

  @Test("The line on which a value begins is told")
  func lines() throws {
    #expect(try values("{\"a\":\n1}\n\n{\"b\":2}\n[\n3,\n\n4]").map(\.line) == [1, 4, 6, 8])
  }

  @Test("Escapes, surrogate pairs, numbers and order are kept")
  func fidelity() throws {
    let text = #"{"z":"\u6c34\ud83d\ude00\"\\\/\b\f\n\r\t","a":[1.50,-0,1e+9,true,false,null,"水"]}"#
    let value = try JSONReader.value(Array(text.utf8))
    #expect(value.text == #"{"z":"水😀\"\\/\u0008\u000c\n\r\t","a":[1.50,-0,1e+9,true,false,null,"水"]}"#)
    #expect(try JSONReader.value(Array(value.text.utf8)) == value)
  }

  @Test(
    "Broken text is refused with line, column and reason",
    arguments: [
      ("{\"a\":1,\n  \"b\":}", "line 2, column 7: expected a value"),
      ("{\"水水\":1 \"b\":2}", "line 1, column 9: expected , or }"),
      ("{\"a\":1,}", "line 1, column 8: a comma before }"),
      ("[1,2,\n]", "line 2, column 1: a comma before ]"),
      ("{\"a\":[1,]}", "line 1, column 9: a comma before ]"),
      ("{\"a\":1,\"b\":2,\"a\":3}", "line 1, column 14: the name “a” stands twice"),
      ("{\"a\":1", "line 1, column 7: the input ends inside an object"),
      ("[1", "line 1, column 3: the input ends inside a list"),
      ("{\"a\":\"x\ny\"}", "line 1, column 8: a control character"),
      ("{\"a\":\"x", "line 1, column 6: the text that begins here does not end"),
      ("{\"a\":\"x\\", "line 1, column 6: the text that begins here does not end"),
      ("{'a':1}", "line 1, column 2: expected a name in double quotes, found “'”"),
      ("{\"a\":'x'}", "text stands in double quotes, not in '"),
      ("{\"a\":\"\\x\"}", "line 1, column 7: an unknown escape"),
      ("{\"a\":\"\\ud800x\"}", "half of a surrogate pair"), ("{\"a\":\"\\ud800\\u0041\"}", "half of a surrogate pair"),
      ("{\"a\":\"\\udc00\"}", "half of a surrogate pair"), ("{\"a\":\"\\u12g4\"}", "four hexadecimal digits"),
      ("{\"a\":\"\\u0000\"}", "U+0000"),
      ("{\"a\":01}", "a number begins with 0"), ("{\"a\":1.}", "after the point"), ("{\"a\":-}", "a digit is missing"),
      ("{\"a\":1e}", "exponent"), ("{\"a\":+1}", "expected a value"), ("{\"a\":NaN}", "expected a value"),
      ("{\"a\":tru}", "expected a value"), ("{\"a\"=1}", "expected : after a name"), ("}", "expected a value"),
      ("1,2", "line 1, column 2: expected a value"),
      ("{\"a\":" + String(repeating: "9", count: 65) + "}", "more than 64 characters"),
      (String(repeating: "[", count: 100_000), "nested deeper than 32"),
      (String(repeating: "{\"a\":", count: 100_000), "nested deeper than 32"),
    ])
  func refused(text: String, reason: String) {
    let error = #expect(throws: JSONError.self) { try values(text) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "no error")")
  }

  @Test("Bytes that are no UTF-8 are refused where they stand")
  func notUTF8() {
    let bytes = Array("{\"a\":\n\"水".utf8) + [0xB0, 0xA1] + Array("\"}".utf8)
    let error = #expect(throws: JSONError.self) { try JSONReader.value(bytes) }
    #expect(error?.line == 2)
    #expect(error?.column == 3)
  }

  @Test("A name that stands twice is found among many")
  func manyMembers() throws {
    let members = (0..<1000).map { "\"n\($0)\":\($0)" }
    _ = try JSONReader.value(Array(("{" + members.joined(separator: ",") + "}").utf8))
    #expect(throws: JSONError.self) {
      try JSONReader.value(Array(("{" + (members + ["\"n999\":1"]).joined(separator: ",") + "}").utf8))
    }
  }

  @Test("No input, however it is cut or changed, stops the reader other than by an error")
  func fuzz() {
    let sound = Array(#"[{"id":"310000/水\u6c34","n":[1.5e3,true,null],"o":{"x":"\ud83d\ude00"}}]"#.utf8)
    var state: UInt64 = 7
    for _ in 0..<20_000 {
      var bytes = sound
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let index = Int(state >> 33) % bytes.count
        bytes[index] = UInt8(truncatingIfNeeded: state >> 20)
        if state >> 62 == 0, bytes.count > 2 { bytes.removeLast(Int(state >> 40) % 2 + 1) }
      }
      var reader = JSONReader(bytes)
      while let next = try? reader.next() { _ = next.value.text }
    }
  }
}
