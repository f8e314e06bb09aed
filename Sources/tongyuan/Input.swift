import Foundation
import NodeRuntime
import Presentation

/// A file that a person named, `-` for the standard input, read whole and within bounds.
struct Input {
  let name: String
  let bytes: [UInt8]

  /// Over `limit` bytes it is refused with `advice`.
  init(_ name: String, atMost limit: Int, advice: Message) throws {
    self.name = name
    bytes = name == "-" ? try Self.standardInput(atMost: limit + 1) : try Self.file(name, atMost: limit, advice)
    if bytes.count > limit { throw Self.tooLarge(name, limit, advice) }
  }

  private static func file(_ name: String, atMost limit: Int, _ advice: Message) throws -> [UInt8] {
    var information = stat()
    if stat(name, &information) == 0, information.st_mode & S_IFMT == S_IFREG, information.st_size > limit {
      throw tooLarge(name, limit, advice)
    }
    return try DataDirectory.read(name, atMost: limit)
  }

  private static func tooLarge(_ name: String, _ limit: Int, _ advice: Message) -> CommandError {
    CommandError(
      refused: "tooLarge",
      Message(
        zh: "\(name) 超过 \(Quantity.bytes(limit))：\(advice.zh)",
        en: "\(name) is over \(Quantity.bytes(limit)): \(advice.en)"))
  }

  private static func standardInput(atMost limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < limit {
      let count = read(STDIN_FILENO, &chunk, min(chunk.count, limit - bytes.count))
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        let words = String(cString: strerror(errno))
        throw CommandError(
          refused: "file",
          Message(zh: "标准输入无法读取：\(Reason.chinese(words))", en: "the standard input cannot be read: \(words)"))
      }
      bytes += chunk[..<count]
    }
    return bytes
  }
}

extension DataDirectory {
  /// Whether it holds a node, running or not.
  var isThere: Bool { FileManager.default.fileExists(atPath: configurationPath) }
}

/// A word of a command line as a shell reads it back.
func shellWord(_ text: String) -> String {
  let plain = text.unicodeScalars.allSatisfy { scalar in
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "/._-+=:@,".unicodeScalars.contains(scalar)
  }
  return plain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
}
