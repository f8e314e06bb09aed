import Catalog
import Foundation

/// One run of a program as a person types it: what it printed, and how it ended.
package struct CommandRun: Sendable {
  package var arguments: [String]
  package var status: Int32
  package var output: String
  package var errors: String
  package var seconds: Double

  /// The one JSON document on the standard output.
  package func json() throws -> JSONValue {
    do { return try JSONReader.value(Array(output.utf8)) } catch {
      throw ProcessFailure("`\(line)` printed no JSON: \(output.prefix(300)) \(errors.prefix(300))")
    }
  }

  package var line: String { arguments.joined(separator: " ") }
}

/// Something did not happen as a test or the demo needs it.
package struct ProcessFailure: Error, CustomStringConvertible, Sendable {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// The programs of this package, as built.
package enum Programs {
  /// Beside the running program or test bundle; `TONGYUAN_BINARY` names another.
  package static var tongyuan: String {
    if let path = ProcessInfo.processInfo.environment["TONGYUAN_BINARY"] { return path }
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return (own as NSString).deletingLastPathComponent + "/tongyuan"
  }

  /// The folder of Package.swift.
  package static var packageRoot: String {
    (#filePath as NSString).deletingLastPathComponent + "/../.."
  }

  /// Runs a program to its end. Over the deadline it is killed, and that is a failure.
  package static func run(
    _ path: String, _ arguments: [String], input: [UInt8]? = nil, environment: [String: String] = [:],
    directory: String? = nil, timeoutSeconds: Double = 120
  ) throws -> CommandRun {
    let scratch = NSTemporaryDirectory() + "tongyuan-run-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .merging(["LC_ALL": "C.UTF-8", "TONGYUAN_NODE": ""]) { $1 }.merging(environment) { $1 }
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    // Files, not pipes: whatever is printed, nobody waits for a reader.
    process.standardOutput = try file(scratch + "/out")
    process.standardError = try file(scratch + "/err")
    if let input {
      try Data(input).write(to: URL(fileURLWithPath: scratch + "/in"))
      process.standardInput = FileHandle(forReadingAtPath: scratch + "/in")
    } else {
      process.standardInput = FileHandle.nullDevice
    }
    let start = Date()
    try process.run()
    let deadline = start.addingTimeInterval(timeoutSeconds)
    while process.isRunning {
      guard Date() < deadline else {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        throw ProcessFailure("`\(([path] + arguments).joined(separator: " "))` did not end within \(timeoutSeconds) s")
      }
      usleep(2000)
    }
    process.waitUntilExit()
    return CommandRun(
      arguments: ["tongyuan"] + arguments, status: process.terminationStatus, output: text(scratch + "/out"),
      errors: text(scratch + "/err"), seconds: Date().timeIntervalSince(start))
  }

  static func file(_ path: String) throws -> FileHandle {
    FileManager.default.createFile(atPath: path, contents: nil)
    guard let handle = FileHandle(forWritingAtPath: path) else { throw ProcessFailure("\(path) cannot be written") }
    return handle
  }

  package static func text(_ path: String) -> String {
    String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data(), as: UTF8.self)
  }

  /// A port of 127.0.0.1 that is free now.
  package static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let done = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard done else { throw ProcessFailure("no port is free") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// Waits for a condition, with a deadline.
  package static func wait(
    for what: String, seconds: Double = 30, until condition: () throws -> Bool
  ) throws {
    let deadline = Date().addingTimeInterval(seconds)
    while try !condition() {
      guard Date() < deadline else { throw ProcessFailure("waited \(seconds) s for \(what)") }
      usleep(10_000)
    }
  }
}
