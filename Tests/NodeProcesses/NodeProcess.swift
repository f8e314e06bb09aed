import Catalog
import Foundation

/// A real node: a directory, and `tongyuan serve` on it.
package final class NodeProcess: @unchecked Sendable {
  package let region: String
  package let name: String
  package let port: Int
  package let directory: String
  private let lock = NSLock()
  private var process: Process?
  private var serveCount = 0
  /// What `serve` finds in its environment beside what this process has.
  package var environment: [String: String] = [:]

  /// Makes the node with `tongyuan init`.
  package init(region: String, name: String, in folder: String, port: Int? = nil, federation: String? = nil) throws {
    self.region = region
    self.name = name
    self.port = try port ?? Programs.freePort()
    directory = "\(folder)/\(region)"
    var arguments = ["init", directory, "--region", region, "--name", name, "--listen", "127.0.0.1:\(self.port)"]
    if let federation { arguments += ["--federation", federation] }
    let run = try Programs.run(Programs.tongyuan, arguments)
    guard run.status == 0 else { throw ProcessFailure("`\(run.line)` failed: \(run.errors)") }
  }

  deinit { kill9() }

  package var configurationPath: String { directory + "/config.yaml" }
  package var isRunning: Bool { lock.withLock { process?.isRunning ?? false } }
  package var processIdentifier: Int32? { lock.withLock { process?.processIdentifier } }
  package var errorLog: String { Programs.text("\(directory)/serve-\(serveCount).err") }

  /// Replaces the distance of polls at rest: tests that show the nudge make it long, others short.
  package func setPollSeconds(_ seconds: Double) throws {
    let lines = Programs.text(configurationPath).split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("pollSeconds:") ? "pollSeconds: \(seconds)" : String(line)
    }
    try lines.joined(separator: "\n").write(toFile: configurationPath, atomically: true, encoding: .utf8)
  }

  /// Runs `tongyuan serve` and waits for its `ready` line.
  package func start(_ extra: [String] = [], seconds: Double = 30) throws {
    try launch(extra)
    let out = "\(directory)/serve-\(serveCount).out"
    try Programs.wait(for: "node \(region) to be ready", seconds: seconds) {
      if Programs.text(out).contains("ready \(region) ") { return true }
      guard isRunning else { throw ProcessFailure("node \(region) ended at its start: \(errorLog)") }
      return false
    }
  }

  /// Runs `tongyuan serve` and does not wait.
  package func launch(_ extra: [String] = []) throws {
    serveCount += 1
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Programs.tongyuan)
    process.arguments = ["serve", "--node", directory] + extra
    process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C.UTF-8"]) { $1 }
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (
      try Programs.file("\(directory)/serve-\(serveCount).out"),
      try Programs.file("\(directory)/serve-\(serveCount).err")
    )
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // The node has its own: nothing of this process may hold the file system that the directory lies on.
    try output.close()
    try errors.close()
    lock.withLock { self.process = process }
  }

  /// As a power cut does.
  package func kill9() {
    guard let process = lock.withLock({ process }), process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// SIGSTOP, and waits until no thread of it runs: the kernel goes on accepting connections in its name, and nothing is
  /// ever answered.
  package func suspend() throws {
    guard let process = lock.withLock({ process }), process.isRunning else {
      throw ProcessFailure("node \(region) does not run")
    }
    kill(process.processIdentifier, SIGSTOP)
    try Programs.wait(for: "node \(region) to be suspended") { isSuspended }
  }

  package var isSuspended: Bool {
    guard let identifier = processIdentifier else { return false }
    return Programs.text("/proc/\(identifier)/status").contains("\nState:\tT")
  }

  /// SIGTERM, and waits for the end; the exit status.
  @discardableResult
  package func stop(seconds: Double = 30) throws -> Int32 {
    guard let process = lock.withLock({ process }) else { return 0 }
    if process.isRunning { kill(process.processIdentifier, SIGTERM) }
    try Programs.wait(for: "node \(region) to stop", seconds: seconds) { !process.isRunning }
    process.waitUntilExit()
    return process.terminationStatus
  }

  // MARK: Commands

  /// Any command on this node.
  package func run(_ arguments: [String], input: [UInt8]? = nil, timeoutSeconds: Double = 120) throws -> CommandRun {
    try Programs.run(
      Programs.tongyuan, arguments, input: input, environment: ["TONGYUAN_NODE": directory],
      timeoutSeconds: timeoutSeconds)
  }

  /// A command that must succeed; its JSON.
  @discardableResult
  package func json(_ arguments: [String], input: [UInt8]? = nil, timeoutSeconds: Double = 120) throws -> JSONValue {
    let run = try run(arguments + ["--json"], input: input, timeoutSeconds: timeoutSeconds)
    guard run.status == 0 else {
      throw ProcessFailure("`\(run.line)` at \(region) ended with \(run.status): \(run.errors)")
    }
    return try run.json()
  }

  package func status() throws -> JSONValue { try json(["status"]) }

  /// Writes this node's card to a file.
  package func writeCard(to path: String) throws {
    let card = try json(["card"])
    try card.text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// Makes both know each other.
  package static func introduce(_ one: NodeProcess, _ other: NodeProcess) throws {
    for (from, to) in [(one, other), (other, one)] {
      let path = "\(to.directory)/card-of-\(from.region).json"
      try from.writeCard(to: path)
      try to.json(["peer", "add", path])
    }
  }
}

extension JSONValue {
  package subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  package var list: [JSONValue] {
    if case .array(let values) = self { values } else { [] }
  }
}

/// A folder that goes when its last user is gone.
package final class ScratchFolder: Sendable {
  package let path: String

  package init() throws {
    // Short: a socket's path has at most 107 bytes.
    path = "/tmp/ty-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
