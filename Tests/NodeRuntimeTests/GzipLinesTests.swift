import CZlib
import Foundation
import NodeRuntime
import Testing

@Suite("Lines of plain and compressed files")
struct GzipLinesTests {
  private func withFile<R>(_ bytes: [UInt8], _ body: (String) throws -> R) throws -> R {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("gzip-lines-\(UUID().uuidString)")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
  }

  private func lines(_ bytes: [UInt8], line: Int = 1 << 20, text: Int = 1 << 30) throws -> [String] {
    try withFile(bytes) { path in
      var reader = try GzipLines(path: path, lineByteCountMax: line, textByteCountMax: text)
      var lines: [String] = []
      while let line = try reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
      #expect(reader.lineNumber == lines.count)
      return lines
    }
  }

  private func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    var input = bytes
    input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        deflate(&stream, Z_FINISH)
      }
    }
    output.removeLast(Int(stream.avail_out))
    deflateEnd(&stream)
    return output
  }

  private let text = (0..<5000).map { "line \($0) 水\(String(repeating: "x", count: $0 % 97))" }

  @Test(
    "Plain and compressed files give the same lines, the last with or without its line feed", arguments: [true, false])
  func same(endsInLineFeed: Bool) throws {
    let bytes = Array((text.joined(separator: "\n") + (endsInLineFeed ? "\n" : "")).utf8)
    #expect(try lines(bytes) == text)
    #expect(try lines(gzip(bytes)) == text)
  }

  @Test("Members that follow one another are one text, wherever it is cut")
  func members() throws {
    let bytes = Array(text.joined(separator: "\n").utf8)
    for cut in [0, 1, 1000, 65_536, bytes.count] {
      #expect(try lines(gzip(Array(bytes[..<cut])) + gzip(Array(bytes[cut...]))) == text)
    }
  }

  @Test("Empty files have no lines, empty lines are lines")
  func empty() throws {
    #expect(try lines([]) == [])
    #expect(try lines(gzip([])) == [])
    #expect(try lines(Array("\n\na\n".utf8)) == ["", "", "a"])
    #expect(try lines([0x1F]) == [String(decoding: [0x1F as UInt8], as: UTF8.self)])
  }

  @Test("A file cut short is truncated, wherever it was cut")
  func truncated() throws {
    let whole = gzip(Array(text.joined(separator: "\n").utf8))
    for count in [2, 10, 11, whole.count / 2, whole.count - 8, whole.count - 1] {
      let error = #expect(throws: GzipLinesError.self) { try lines(Array(whole[..<count])) }
      #expect(error?.code == .truncated, "\(count)")
    }
  }

  @Test("Damaged data is corrupt: a wrong byte, a wrong checksum, something behind the end")
  func corrupt() throws {
    let whole = gzip(Array(text.joined(separator: "\n").utf8))
    var checksum = whole
    checksum[whole.count - 6] ^= 1
    var middle = whole
    for index in whole.count / 2..<whole.count / 2 + 16 { middle[index] = 0xFF }
    for bytes in [checksum, middle, whole + Array("tail".utf8)] {
      let error = #expect(throws: GzipLinesError.self) { try lines(bytes) }
      #expect(error?.code == .corrupt)
    }
  }

  @Test("A line over the limit is refused by its number, plain or compressed")
  func longLine() throws {
    let bytes = Array(("a\n" + String(repeating: "x", count: 101) + "\n").utf8)
    for input in [bytes, gzip(bytes)] {
      let error = #expect(throws: GzipLinesError.self) { try lines(input, line: 100) }
      #expect(error?.code == .lineTooLong)
      #expect(error?.reason.contains("line 2") == true)
      #expect(try lines(input, line: 101).count == 2)
    }
  }

  @Test("A small file that inflates beyond all bounds is given up early")
  func bomb() throws {
    let zeros = gzip([UInt8](repeating: 0x30, count: 32 << 20))
    let line = #expect(throws: GzipLinesError.self) { try lines(zeros) }
    #expect(line?.code == .lineTooLong)
    let feeds = gzip([UInt8](repeating: 0x0A, count: 4 << 20))
    let total = #expect(throws: GzipLinesError.self) { try lines(feeds, text: 1 << 20) }
    #expect(total?.code == .tooLarge)
  }

  @Test("A file that is not there, or a directory, is unreadable, with the system's words")
  func unreadable() throws {
    let missing = #expect(throws: GzipLinesError.self) { _ = try GzipLines(path: "/nonexistent/file") }
    #expect(missing?.description == "/nonexistent/file: No such file or directory")
    let directory = #expect(throws: GzipLinesError.self) {
      var reader = try GzipLines(path: "/tmp")
      _ = try reader.next()
    }
    #expect(directory?.code == .unreadable)
  }
}
