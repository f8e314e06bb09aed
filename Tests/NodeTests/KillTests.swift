import Catalog
import Foundation
import NodeProcesses
import Testing

/// Waits, by the kernel's own notice, until a node writes its write-ahead log: it is within a commit then, behind the first
/// write and before the flush. Kills it there.
final class CommitKiller: @unchecked Sendable {
  private let descriptor: Int32
  private let path: String

  init(_ node: NodeProcess) throws {
    path = node.directory + "/store.sqlite-wal"
    descriptor = inotify_init1(Int32(IN_NONBLOCK))
    guard descriptor >= 0, inotify_add_watch(descriptor, path, UInt32(IN_MODIFY)) >= 0 else {
      throw ProcessFailure("\(path) cannot be watched")
    }
  }

  deinit { close(descriptor) }

  /// Kills at the `writes`th notice; false if that many did not come before the deadline.
  func kill(_ node: NodeProcess, afterWrites writes: Int, seconds: Double = 20) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    var seen = 0
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline {
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, 200) > 0 else { continue }
      let count = read(descriptor, &buffer, buffer.count)
      seen += max(0, count) / MemoryLayout<inotify_event>.size
      if seen >= writes {
        node.kill9()
        return true
      }
    }
    return false
  }
}

@Suite("kill -9 within a commit", .serialized)
struct KillTests {
  /// 10 in CI; `KILL_ROUNDS` asks for more.
  static let rounds = ProcessInfo.processInfo.environment["KILL_ROUNDS"].flatMap(Int.init) ?? 10

  @Test(
    "Nothing acknowledged is lost and no entry is there twice, whatever was under way, and the nodes agree in the end")
  func killed() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path)
    let (writer, reader) = (nodes[0], nodes[1])
    let acknowledged = Acknowledged()
    var generator = SystemRandomNumberGenerator()
    var kills = ["publish": 0, "import": 0, "sync": 0]
    for round in 0..<Self.rounds {
      let what = ["publish", "import", "sync"][round % 3]
      let victim = what == "sync" ? reader : writer
      let killer = try CommitKiller(victim)
      let load = Thread {
        if what == "import" {
          _ = try? writer.run(["import", Self.portalFile(round, in: folder.path), "--format", "portal"])
        } else {
          Self.publish(to: writer, round: round, acknowledged)
        }
      }
      load.start()
      // Sometimes the first write of the commit, sometimes deep within.
      if killer.kill(victim, afterWrites: Int.random(in: 1...12, using: &generator)) { kills[what, default: 0] += 1 }
      try Programs.wait(for: "the load of round \(round) to end", seconds: 60) { load.isFinished }
      victim.kill9()
      #expect(try victim.isSound(), "round \(round), \(what)")
      try victim.start()
    }
    // An import that was cut short goes on when it is run again.
    for round in 0..<Self.rounds where round % 3 == 1 {
      let report = try writer.json(["import", Self.portalFile(round, in: folder.path), "--format", "portal"])
      #expect((report["published"]?.integer ?? 0) + (report["unchanged"]?.integer ?? 0) == 3000)
    }
    for node in nodes { _ = try node.json(["sync", "--wait"]) }
    try waitForAgreement(nodes)
    for (id, index) in acknowledged.all {
      for node in nodes {
        let shown = try node.json(["show", id])
        #expect(shown["index"]?.integer == index, "\(id) at \(node.region)")
      }
    }
    // Entries of every kind against resources: each id was published once, in whatever round.
    let status = try writer.status()
    #expect(status["frontier"]?["310000"]?.integer == status["catalog"]?["resources"]?.integer)
    print(
      "kill -9: \(Self.rounds) rounds, within commits of publish \(kills["publish"] ?? 0), import \(kills["import"] ?? 0), sync \(kills["sync"] ?? 0); \(acknowledged.all.count) acknowledged publications, all there"
    )
    #expect(kills.values.allSatisfy { $0 > 0 })
    for node in nodes {
      try node.stop()
      #expect(try node.isSound())
    }
  }

  /// Publishes until the node is gone, and remembers what was acknowledged.
  private static func publish(to node: NodeProcess, round: Int, _ acknowledged: Acknowledged) {
    for number in 0..<25 {
      let id = "310000/kill/\(round)-\(number)"
      guard let run = try? node.publish(id), run.status == 0,
        let index = try? run.json()["published"]?.list.first?["index"]?.integer
      else { return }
      acknowledged.add(id, index)
    }
  }

  private static func portalFile(_ round: Int, in folder: String) -> String {
    let path = "\(folder)/portal-\(round).jsonl"
    if !FileManager.default.fileExists(atPath: path) {
      let lines = (0..<3000).map { number in
        #"{"id":"310000-r\#(round)n\#(number)","title":"导入\#(round)-\#(number)","region":"310000","department":"测试局"}"#
      }
      try? lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
    return path
  }

  private final class Acknowledged: @unchecked Sendable {
    private let lock = NSLock()
    private var entries: [String: Int64] = [:]
    func add(_ id: String, _ index: Int64) { lock.withLock { entries[id] = index } }
    var all: [String: Int64] { lock.withLock { entries } }
  }
}
