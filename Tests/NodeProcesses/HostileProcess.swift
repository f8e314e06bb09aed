import Foundation

/// Hostile peers in a process of their own (`tongyuan-hostile`), each on the directory of a node that never ran.
package final class HostileProcess: @unchecked Sendable {
  private let process = Process()

  /// Starts all of them and waits until their ports answer. `peers`: directory → misdeed.
  package init(_ peers: [(node: NodeProcess, misdeed: Misdeed)], in folder: String) throws {
    for (node, misdeed) in peers { try Self.become(misdeed, node) }
    let out = "\(folder)/hostile-\(UUID().uuidString.prefix(8)).out"
    process.executableURL = URL(
      fileURLWithPath: (Programs.tongyuan as NSString).deletingLastPathComponent + "/tongyuan-hostile")
    process.arguments = peers.map(\.node.directory)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try Programs.file(out)
    process.standardError = try Programs.file(out + ".err")
    try process.run()
    try Programs.wait(for: "\(peers.count) hostile peers to listen") {
      guard process.isRunning else { throw ProcessFailure("hostile peers ended: \(Programs.text(out + ".err"))") }
      return Programs.text(out).contains("ready")
    }
  }

  package var isRunning: Bool { process.isRunning }

  deinit {
    guard process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// From its next answer on.
  package static func become(_ misdeed: Misdeed, _ node: NodeProcess) throws {
    try misdeed.rawValue.write(toFile: node.directory + "/misdeed", atomically: true, encoding: .utf8)
  }
}
