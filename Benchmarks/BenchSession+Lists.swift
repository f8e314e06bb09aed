import Catalog
import Foundation
import NodeProcesses

/// The same replication where every entry is judged under a list.
extension BenchSession {
  private static let items = 10_000

  /// A list in force names ids of the sender, so that each of its entries has to be looked up in it.
  mutating func replicateUnderList() async throws {
    Self.say("replicating as many under a list of \(Self.items) items")
    let pair = try NodePair(sender: Self.senderRegion, receiver: "330000", in: folder + "/lists")
    defer {
      pair.sender.kill9()
      pair.receiver.kill9()
    }
    let file = folder + "/bench.yaml"
    try list.write(toFile: file, atomically: true, encoding: .utf8)
    let proposed = try pair.sender.json(["list", "propose", file], timeoutSeconds: 300)
    guard proposed["state"]?.string == "inForce" else {
      throw ProcessFailure("the list is not in force: \(proposed.text)")
    }
    _ = try await Self.fill(pair.senderClient, entries, options.size, in: folder)
    _ = try pair.restartSender()
    let began = ContinuousClock.now
    try await pair.introduce()
    try await pair.awaitShown(entries.id(options.size - 1), pauseMilliseconds: 5)
    report.bulkUnderListSeconds = began.elapsedSeconds
  }

  private var list: String {
    let items = (0..<min(Self.items, options.size)).map { number in
      """
        - {resource: "\(entries.id(number))", source: {region: "\(Self.senderRegion)"}, share: conditional,
           recipients: ["32"], purposes: [credit-review], duties: {answerWorkdays: 10}}

      """
    }
    return """
      list: bench
      version: 1
      kind: agreed
      title: 测量用清单
      parties: ["\(Self.senderRegion)"]
      valid: {from: 2026-01-01, until: 2036-12-31}
      items:

      """ + items.joined()
  }
}
