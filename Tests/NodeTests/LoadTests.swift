import Catalog
import Foundation
import NodeProcesses
import PeerTransport
import Testing

/// TCP connections to a port of this machine from many of its addresses (127.0.0.0/8).
final class Connections: @unchecked Sendable {
  private let lock = NSLock()
  private var descriptors: [Int32] = []

  deinit { for descriptor in descriptors { close(descriptor) } }

  /// One from 127.0.1.`number / 50`, with what is said first.
  func open(port: Int, number: Int, saying bytes: [UInt8] = []) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw ProcessFailure("no socket: \(String(cString: strerror(errno)))") }
    lock.withLock { descriptors.append(descriptor) }
    var own = Self.address("127.0.1.\(number / 50 + 1)", port: 0)
    var other = Self.address("127.0.0.1", port: port)
    let isOpen =
      Self.with(&own) { bind(descriptor, $0, $1) == 0 } && Self.with(&other) { connect(descriptor, $0, $1) == 0 }
    guard isOpen else { throw ProcessFailure("connection \(number): \(String(cString: strerror(errno)))") }
    if !bytes.isEmpty { _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
  }

  private static func address(_ host: String, port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr(host)
    return address
  }

  private static func with(
    _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool
  ) -> Bool {
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}

@Suite("Many connections, much work", .serialized)
struct LoadTests {
  @Test("2,000 idle connections and handshakes that never end cost a bounded number of descriptors, and no peer waits")
  func idleConnections() throws {
    DescriptorLimit.raise()
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path)
    let target = nodes[0]
    #expect(try nodes[1].publish("320000/before").status == 0)
    try waitForAgreement(nodes)
    let before = try target.memory("VmRSS")
    let connections = Connections()
    // Half of them say nothing, half begin a handshake: a record of 512 bytes is announced, nine are sent.
    let beginning: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC]
    for number in 0..<2000 {
      try connections.open(port: target.port, number: number, saying: number % 2 == 0 ? [] : beginning)
    }
    try Programs.wait(for: "the connections to be accepted", seconds: 10) { try target.descriptorCount() > 500 }
    for number in 0..<3 {
      #expect(try nodes[1].publish("320000/during/\(number)").status == 0)
      #expect(try target.publish("310000/during/\(number)").status == 0)
      for node in nodes {
        try Programs.wait(for: "news while connections idle") {
          try node.run(["show", "\(node === target ? 320000 : 310000)/during/\(number)"]).status == 0
        }
      }
      #expect(try target.descriptorCount() < 1024 + 256)
    }
    #expect(try target.memory("VmRSS") < before + 128)
    withExtendedLifetime(connections) {}
    // Theirs are ended at the handshake's deadline.
    try Programs.wait(for: "the node to be rid of them", seconds: 30) { try target.descriptorCount() < 128 }
    #expect(target.errorLog.contains("no TLS handshake within"))
    #expect(try target.stop() == 0)
  }

  @Test("SIGTERM while an import, publications and a sync are under way ends with 0, and loses nothing acknowledged")
  func stoppedUnderLoad() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path, pollSeconds: 0.2)
    let (writer, reader) = (nodes[0], nodes[1])
    let file = folder.path + "/portal.jsonl"
    let lines = (0..<40_000).map { #"{"id":"310000-n\#($0)","title":"导入\#($0)","region":"310000","department":"局"}"# }
    try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
    let importing = Thread { _ = try? writer.run(["import", file, "--format", "portal"]) }
    let acknowledged = Acknowledged()
    let publishing = Thread {
      for number in 0..<10_000 {
        let id = "310000/load/\(number)"
        guard let run = try? writer.publish(id), run.status == 0,
          let index = try? run.json()["published"]?.list.first?["index"]?.integer
        else { return }
        acknowledged.add(id, index)
      }
    }
    for thread in [importing, publishing] { thread.start() }
    try Programs.wait(for: "the reader to be amid it", seconds: 60) {
      try reader.status()["frontier"]?["310000"]?.integer ?? 0 > 2000 && !acknowledged.all.isEmpty
    }
    #expect(!importing.isFinished)
    #expect(try writer.stop(seconds: 20) == 0)
    try Programs.wait(for: "the commands to end") { importing.isFinished && publishing.isFinished }
    #expect(try writer.isSound())
    try writer.start()
    for (id, index) in acknowledged.all {
      #expect(try writer.json(["show", id])["index"]?.integer == index, "\(id)")
    }
    let report = try writer.json(["import", file, "--format", "portal"])
    #expect((report["published"]?.integer ?? 0) + (report["unchanged"]?.integer ?? 0) == 40_000)
    #expect(report["unchanged"]?.integer ?? 0 >= 2000)
    try waitForAgreement(nodes)
    #expect(try reader.stop() == 0)
  }

  private final class Acknowledged: @unchecked Sendable {
    private let lock = NSLock()
    private var entries: [String: Int64] = [:]
    func add(_ id: String, _ index: Int64) { lock.withLock { entries[id] = index } }
    var all: [String: Int64] { lock.withLock { entries } }
  }

  /// 20,000; `TRANSFER_ENTRIES` asks for more.
  static let transferEntries = ProcessInfo.processInfo.environment["TRANSFER_ENTRIES"].flatMap(Int.init) ?? 20_000

  @Test(
    "Of a transfer that was cut off and killed halfway nothing durable is sent again, as the bytes on the link tell")
  func resumedTransfer() throws {
    let count = Self.transferEntries
    let folder = try ScratchFolder()
    let writer = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    try writer.start()
    let file = folder.path + "/portal.jsonl"
    let lines = (0..<count).map {
      #"{"id":"310000-n\#($0)","title":"第\#($0 &* 2_654_435_761 % 1_000_003)号目录","region":"310000","department":"局"}"#
    }
    try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
    let report = try writer.json(["import", file, "--format", "portal"], timeoutSeconds: 600)
    #expect(report["published"]?.integer == Int64(count))
    let proxy = try CountingProxy(to: writer.port)
    defer { proxy.close() }
    let card = folder.path + "/writer.json"
    try writer.writeCard(to: card)
    let text = Programs.text(card).replacingOccurrences(of: ":\(writer.port)", with: ":\(proxy.port)")
    try text.write(toFile: card, atomically: true, encoding: .utf8)
    func reader(_ region: String) throws -> NodeProcess {
      let reader = try NodeProcess(region: region, name: region, in: folder.path)
      let own = "\(folder.path)/\(region).json"
      try reader.writeCard(to: own)
      try writer.json(["peer", "add", own])
      try reader.start()
      proxy.reset()
      return reader
    }

    // What the whole costs.
    let whole = try reader("320000")
    try whole.json(["peer", "add", card])
    #expect(try whole.json(["sync", "--wait", "--timeout", "600"], timeoutSeconds: 700)["complete"] == .bool(true))
    let wholeBytes = proxy.count.answered
    try whole.stop()

    let killed = try reader("330000")
    proxy.cut(afterAnswered: wholeBytes / 2)
    try killed.json(["peer", "add", card])
    try Programs.wait(for: "the link to be cut", seconds: 300) { proxy.isCut }
    try Programs.wait(for: "what came to be durable", seconds: 60) {
      try killed.status()["frontier"]?["310000"]?.integer ?? 0 > 0
    }
    killed.kill9()
    // One is of its own audit log: that a peer was added.
    let held = Int(try #require(try killed.json(["fsck"], timeoutSeconds: 600)["entries"]?.integer)) - 1
    #expect(held > 0 && held < count && held % 4_096 == 0, "\(held) of \(count)")
    proxy.cut(false)
    proxy.reset()
    try killed.start()
    #expect(try killed.json(["sync", "--wait", "--timeout", "600"], timeoutSeconds: 700)["complete"] == .bool(true))
    #expect(try killed.count("resources") == Int64(count))
    let restBytes = proxy.count.answered
    print(
      "transfer of \(count) entries: \(wholeBytes) bytes; killed with \(held) durable, the rest took \(restBytes)")
    // Its share, a tenth for uneven entries, and the handshakes.
    let share = wholeBytes * (count - held) / count
    #expect(restBytes <= share * 11 / 10 + 32_768, "\(restBytes) bytes for a share of \(share)")
    try Programs.wait(for: "both to agree") { try killed.digest("stateDigest") == writer.digest("stateDigest") }
  }

  @Test("What is over the day's quota of a log is left for later, said, and holds up no other log")
  func throttled() throws {
    let folder = try ScratchFolder()
    let nodes = try ["310000", "320000", "330000"].map { try NodeProcess(region: $0, name: $0, in: folder.path) }
    let (reader, large, small) = (nodes[0], nodes[1], nodes[2])
    let configuration = Programs.text(reader.configurationPath).split(separator: "\n").map { line in
      line.hasPrefix("entriesPerDay:") ? "entriesPerDay: 5" : String(line)
    }
    try configuration.joined(separator: "\n").write(toFile: reader.configurationPath, atomically: true, encoding: .utf8)
    for node in nodes {
      try node.setPollSeconds(0.5)
      try node.start()
    }
    let many = (0..<8).map { #"{"id":"320000/q/\#($0)","title":"目录\#($0)"}"# }.joined()
    #expect(try large.run(["publish", "-"], input: Array(many.utf8)).status == 0)
    for other in [large, small] { try NodeProcess.introduce(reader, other) }
    try Programs.wait(for: "the quota to be reached") {
      try reader.json(["peer", "show", "320000"])["state"]?.string == "throttled"
    }
    let seen = try reader.json(["peer", "show", "320000"])
    #expect(seen["behind"]?.integer == 3)
    #expect(seen["lastError"]?.string?.contains("5 entries") == true, "\(seen.text)")
    #expect(try reader.status()["frontier"]?["320000"]?.integer == 5)
    for number in 0..<3 {
      #expect(try small.publish("330000/q/\(number)").status == 0)
      try Programs.wait(for: "the other log") { try reader.run(["show", "330000/q/\(number)"]).status == 0 }
    }
    // What remains waits for another reason than missing data.
    let sync = try reader.run(["sync", "--wait", "--timeout", "20"])
    #expect(sync.status == 0 && sync.errors.contains("320000"), "\(sync.errors)")
    // A larger quota, and the rest comes as it was.
    try reader.stop()
    try Programs.text(reader.configurationPath).replacingOccurrences(of: "entriesPerDay: 5", with: "entriesPerDay: 50")
      .write(toFile: reader.configurationPath, atomically: true, encoding: .utf8)
    try reader.start()
    try Programs.wait(for: "the rest") { try reader.status()["frontier"]?["320000"]?.integer == 8 }
    #expect(try reader.stop() == 0)
    #expect(try reader.isSound())
  }

  @Test("A wrong method is answered with 405 and the right one, by the local API and by the peers'")
  func wrongMethods() async throws {
    let folder = try ScratchFolder()
    let node = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    let peer = try NodeProcess(region: "320000", name: "江苏省", in: folder.path)
    try peer.writeCard(to: node.directory + "/peers/320000.json")
    try node.start()
    for (method, path, allow) in [
      ("DELETE", "/v1/status", "GET"), ("GET", "/v1/publish", "POST"), ("PUT", "/v1/peers", "GET, POST"),
      ("DELETE", "/v1/peers/320000", "GET"), ("GET", "/v1/peers/320000/suspend", "POST"),
    ] {
      let answer = try await node.local(method, path)
      #expect(answer.status == 405 && answer.allow == allow, "\(method) \(path): \(answer)")
    }
    #expect(try await node.local("GET", "/v1/nothing").status == 404)
    #expect(try await node.local("GET", "/v1/peers/320000/nothing").status == 404)
    for (method, path, allow) in [
      ("POST", "/sync/v1/heads", "GET"), ("GET", "/sync/v1/nudge", "POST"), ("GET", "/sync/v1/bodies", "POST"),
    ] {
      let answer = try await peer.ask(node, method, path)
      #expect(answer.status == 405 && answer.allow == allow, "\(method) \(path): \(answer)")
    }
    #expect(try await peer.ask(node, "GET", "/sync/v1/nothing").status == 404)
  }

  @Test("Several manifests refused in one call are one line of error, and all of them are listed")
  func severalRefused() throws {
    let folder = try ScratchFolder()
    let node = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    try node.start()
    let bad = #"{"id":"310000/a","title":""}{"title":"丙"}"#
    let run = try node.run(["publish", "-", "--lang", "en"], input: Array(bad.utf8))
    #expect(run.status == 1 && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    #expect(run.errors.hasPrefix("tongyuan: nothing was published"), "\(run.errors)")
    #expect(run.output.split(separator: "\n").count == 3, "\(run.output)")
    let one = try node.run(["publish", "-", "--lang", "en"], input: Array(#"{"title":"丙"}"#.utf8))
    #expect(one.status == 1 && one.output.isEmpty && one.errors.split(separator: "\n").count == 1, "\(one.errors)")
    #expect(try node.count("resources") == 0)
  }
}

extension NodeProcess {
  func descriptorCount() throws -> Int {
    // Entry by entry: the folder changes while it is read.
    guard let identifier = processIdentifier, let folder = opendir("/proc/\(identifier)/fd") else {
      throw ProcessFailure("node \(region) does not run")
    }
    defer { closedir(folder) }
    var count = -2  // "." and ".."
    while readdir(folder) != nil { count += 1 }
    return count
  }
}
