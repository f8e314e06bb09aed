import Catalog
import Foundation
import NodeProcesses

/// `make demo`: three regions publish, sync, agree, refuse a foreign write, and prove one entry offline.
///
/// Every step is a command that a person could type, and is printed. It ends with 0 only if every step held.
@main
struct Demo {
  static func main() {
    // Whoever watches may go away: the story is told to its end, and no node is left behind.
    signal(SIGPIPE, SIG_IGN)
    do {
      var story = try Story()
      do {
        try story.tell()
      } catch {
        story.stopNodes()
        fail("step \(story.step), \(story.title): \(error)")
      }
    } catch { fail("\(error)") }
  }

  private static func fail(_ reason: String) -> Never {
    FileHandle.standardError.write(Data("demo failed at \(reason)\n".utf8))
    exit(1)
  }
}

struct Story {
  private static let regions = [("310000", "上海市", 7301), ("320000", "江苏省", 7302), ("330000", "浙江省", 7303)]

  private(set) var step = 0
  private(set) var title = "setting up"
  private let folder: String
  private let catalogs: String?
  private var nodes: [NodeProcess] = []
  private let began = Date()

  init() throws {
    let environment = ProcessInfo.processInfo.environment
    folder = environment["DEMO_DIR"] ?? "/tmp/tongyuan-demo-\(getuid())"
    catalogs = environment["CATALOGS"].flatMap { $0.isEmpty ? nil : $0 }
    // What an earlier demo left. Only a folder that a demo made is ever removed.
    if FileManager.default.fileExists(atPath: folder) {
      guard FileManager.default.fileExists(atPath: folder + "/.tongyuan-demo") else {
        throw ProcessFailure("\(folder) is there and not from an earlier demo: name another with DEMO_DIR")
      }
      try FileManager.default.removeItem(atPath: folder)
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    FileManager.default.createFile(atPath: folder + "/.tongyuan-demo", contents: nil)
  }

  mutating func tell() throws {
    say(
      "Three regions in \(folder)"
        + (catalogs.map { ", with the catalogs of \($0)" } ?? ", with synthetic sample catalogs"))
    try makeNodes()
    try introduce()
    try publish()
    try sync()
    try agree()
    try search()
    try refuse()
    try agreeOnList()
    try withhold()
    try prove()
    try provePersistence()
    sayFarewell()
  }

  func stopNodes() {
    for node in nodes { node.kill9() }
  }

  // MARK: Steps

  private mutating func makeNodes() throws {
    begin("make three nodes, each with its own keys and certificate authority")
    for (region, name, port) in Self.regions {
      // The usual ports, unless something else has them.
      let free = try isFree(port) ? port : Programs.freePort()
      let node = try NodeProcess(region: region, name: name, in: folder, port: free)
      command("tongyuan init \(node.directory) --region \(region) --name \(name) --listen 127.0.0.1:\(free)")
      nodes.append(node)
    }
    for node in nodes {
      try node.start()
      command("tongyuan serve --node \(node.directory) &")
      say("  ready \(node.region) https://127.0.0.1:\(node.port)")
    }
  }

  private mutating func introduce() throws {
    begin("exchange peer cards: who holds a card can tell that region's node from any other")
    for one in nodes {
      let path = "\(folder)/\(one.region).card.json"
      try one.writeCard(to: path)
      command("tongyuan card --node \(one.directory) > \(path)")
      for other in nodes where other !== one {
        let added = try other.json(["peer", "add", path])
        guard let fingerprint = added["fingerprint"]?.string else { throw ProcessFailure("no fingerprint was printed") }
        command("tongyuan peer add \(path) --node \(other.directory)")
        if other === nodes.first(where: { $0 !== one }) {
          say("  CA of \(one.region), to compare by telephone: \(fingerprint)")
        }
      }
    }
  }

  private mutating func publish() throws {
    begin(catalogs == nil ? "each region publishes its catalog" : "each region imports its portal's catalog")
    for node in nodes {
      let started = Date()
      let count: Int
      if let catalogs {
        let file = "\(catalogs)/\(node.region).jsonl.gz"
        let report = try node.json(["import", file, "--format", "portal"], timeoutSeconds: 600)
        command("tongyuan import \(file) --format portal --node \(node.directory)")
        guard let published = report["published"]?.integer, published > 0 else {
          throw ProcessFailure("nothing was imported")
        }
        count = Int(published)
        let defects = report["defects"].flatMap { value -> String? in
          guard case .object(let members) = value else { return nil }
          return members.map { "\($0.name) \($0.value.text)" }.joined(separator: ", ")
        }
        say("  defects reported, none repaired: \(defects ?? "none")")
      } else {
        let file = Programs.packageRoot + "/Demo/samples/\(node.region).json"
        let report = try node.json(["publish", file])
        command("tongyuan publish Demo/samples/\(node.region).json --node \(node.directory)")
        count = report["published"]?.list.count ?? 0
        guard count > 0 else { throw ProcessFailure("nothing was published") }
      }
      let seconds = Date().timeIntervalSince(started)
      say(
        "  \(node.region) \(node.name): \(count) entries, signed and durable, in \(format(seconds)) s (\(Int(Double(count) / seconds))/s)"
      )
    }
  }

  private mutating func sync() throws {
    begin("sync over mutual TLS, until every node has processed what its peers hold")
    for node in nodes {
      let started = Date()
      let result = try node.json(["sync", "--wait", "--timeout", "300"], timeoutSeconds: 330)
      guard result["complete"] == .bool(true) else {
        throw ProcessFailure("\(node.region) did not finish: \(result.text)")
      }
      command("tongyuan sync --wait --node \(node.directory)")
      say("  \(node.region) has everything after \(format(Date().timeIntervalSince(started))) s")
    }
  }

  private mutating func agree() throws {
    begin("agree: equal configuration and frontier mean an equal state digest")
    let statuses = try nodes.map { try $0.status() }
    for (node, status) in zip(nodes, statuses) {
      let resources = status["catalog"]?["resources"]?.integer ?? -1
      say(
        "  \(node.region)  resources \(resources)  frontier \(short(status, "frontierDigest"))  state \(short(status, "stateDigest"))  configuration \(short(status, "configDigest"))"
      )
      guard resources > 0 else { throw ProcessFailure("\(node.region) shows no resource") }
    }
    command("tongyuan status --node \(nodes[0].directory)")
    for name in ["configDigest", "frontierDigest", "stateDigest"] {
      guard let first = statuses[0][name]?.string, statuses.allSatisfy({ $0[name]?.string == first }) else {
        throw ProcessFailure("the nodes disagree on \(name)")
      }
    }
    say("  all three agree")
  }

  private mutating func search() throws {
    begin("search the catalog of all regions at one node")
    let text = "企业"
    let result = try nodes[0].json(["search", text, "--limit", "5"])
    command("tongyuan search \(text) --limit 5 --node \(nodes[0].directory)")
    guard let total = result["total"]?.integer, total > 0 else { throw ProcessFailure("\(text) is not found") }
    for hit in result["hits"]?.list ?? [] {
      say("  \(hit["region"]?.string ?? "")  \(hit["title"]?.string ?? "")  \(hit["id"]?.string ?? "")")
    }
    let counts = try nodes.map { try $0.json(["search", text])["total"]?.integer }
    guard counts.allSatisfy({ $0 == total }) else { throw ProcessFailure("the nodes count different hits: \(counts)") }
    say("  \(total) hits, the same number at every node")
  }

  private mutating func refuse() throws {
    begin("refuse a foreign write: Shanghai tries to publish in Jiangsu's namespace")
    let manifest = #"{"id":"320000/demo/foreign","title":"不属于上海的数据"}"#
    let run = try nodes[0].run(["publish", "-"], input: Array(manifest.utf8))
    command("echo '\(manifest)' | tongyuan publish - --node \(nodes[0].directory)")
    guard run.status == 1 else {
      throw ProcessFailure("it ended with \(run.status), not with 1: \(run.output)\(run.errors)")
    }
    say("  exit 1: " + run.errors.trimmingCharacters(in: .whitespacesAndNewlines))
    for node in nodes {
      let shown = try node.run(["show", "320000/demo/foreign"])
      guard shown.status == 1 else { throw ProcessFailure("\(node.region) shows the foreign entry") }
    }
    try forge()
  }

  /// Whoever holds Shanghai's key can sign such an entry all the same: every node mirrors it, as evidence, and refuses it.
  private mutating func forge() throws {
    say("  Now an entry that Shanghai's own key signed, past its program's rules:")
    try nodes[0].stop()
    try ForeignEntry.append(id: "320000/demo/forged", to: nodes[0].directory)
    try nodes[0].start()
    for node in nodes {
      let result = try node.json(["sync", "--wait", "--timeout", "120"], timeoutSeconds: 150)
      guard result["complete"] == .bool(true) else {
        throw ProcessFailure("\(node.region) did not finish: \(result.text)")
      }
      let shown = try node.json(["show", "320000/demo/forged", "--history"])
      let verdict = shown["verdict"]?.string ?? ""
      say("  \(node.region): \(verdict): \(shown["verdictReason"]?.string ?? "")")
      guard verdict == "refused(namespace)" else {
        throw ProcessFailure("\(node.region) did not refuse it: \(verdict)")
      }
    }
  }

  /// A list makes Shanghai the one source of something that lies in Jiangsu's namespace: both sign, and the rules follow.
  private mutating func agreeOnList() throws {
    begin("agree on a list: Jiangsu lets Shanghai be the one source of 320000/shared/, and both sign")
    let file = folder + "/handover.yaml"
    let list = """
      list: demo-handover
      version: 1
      kind: agreed
      title: 演示：企业信用数源移交清单
      parties: ["310000", "320000"]
      valid: {from: 2026-01-01, until: 2036-12-31}
      items:
        - resource: 320000/shared/
          source: {region: "310000", department: 上海市数据局}
          sourceDesignation: 数源认〔2026〕1 号
          share: conditional
          recipients: ["330000"]
          purposes: [credit-review]
          fields: {allow: [name, level], mask: [phone]}
          duties: {updateWorkdays: 10, answerWorkdays: 10, deliverWorkdays: 20, correctWorkdays: 10}

      """
    try list.write(toFile: file, atomically: true, encoding: .utf8)
    let manifest =
      #"{"id":"320000/shared/credit","title":"企业信用评价结果","shareType":"conditional","useConditions":"限信用审查"}"#
    let early = try nodes[0].run(["publish", "-"], input: Array(manifest.utf8))
    guard early.status == 1 else { throw ProcessFailure("Shanghai publishes without a list") }
    let proposed = try nodes[0].json(["list", "propose", file])
    command("tongyuan list propose \(file) --node \(nodes[0].directory)")
    say("  310000: \(proposed["state"]?.string ?? "")")
    try syncAll()
    let signed = try nodes[1].json(["list", "sign", "demo-handover"])
    command("tongyuan list sign demo-handover --node \(nodes[1].directory)")
    say("  320000: \(signed["state"]?.string ?? "")")
    try syncAll()
    for node in nodes {
      let state = try node.json(["list", "show", "demo-handover"])["state"]?.string ?? ""
      guard state == "inForce" else { throw ProcessFailure("\(node.region) says that the list is \(state)") }
    }
    say("  in force at all three")
    let allowed = try nodes[0].run(["publish", "-"], input: Array(manifest.utf8))
    command("echo '\(manifest)' | tongyuan publish - --node \(nodes[0].directory)")
    guard allowed.status == 0 else { throw ProcessFailure("the list does not let Shanghai publish: \(allowed.errors)") }
    let other = #"{"id":"320000/shared/other","title":"江苏不再是数源"}"#
    let refused = try nodes[1].run(["publish", "-"], input: Array(other.utf8))
    command("echo '\(other)' | tongyuan publish - --node \(nodes[1].directory)")
    guard refused.status == 1 else { throw ProcessFailure("Jiangsu publishes what it gave away") }
    say("  exit 1: " + refused.errors.trimmingCharacters(in: .whitespacesAndNewlines))
    try syncAll()
    for purpose in ["credit-review", "marketing"] {
      let answer = try nodes[2].json(["explain", "320000/shared/credit", "--purpose", purpose])
      command("tongyuan explain 320000/shared/credit --purpose \(purpose) --node \(nodes[2].directory)")
      let due = purpose == "credit-review" ? "permit" : "deny"
      guard answer["effect"]?.string == due else { throw ProcessFailure("\(purpose): \(answer.text)") }
      say("  \(due): \(answer["reason"]?.string ?? "")")
      let chain = (answer["chain"]?.list ?? []).map { "\($0["origin"]?.string ?? ""):\($0["index"]?.integer ?? 0)" }
      if due == "permit" { say("  signed by \(chain.joined(separator: " and "))") }
    }
  }

  private mutating func withhold() throws {
    begin("publish to some only: Zhejiang mirrors and proves the entry, and never holds its body")
    let id = "310000/demo/restricted"
    let manifest =
      #"{"id":"\#(id)","title":"只给江苏的目录","shareType":"conditional","useConditions":"限江苏"}"#
    let run = try nodes[0].run(["publish", "-", "--to", "320000"], input: Array(manifest.utf8))
    command("echo '\(manifest)' | tongyuan publish - --to 320000 --node \(nodes[0].directory)")
    guard run.status == 0 else { throw ProcessFailure(run.errors) }
    try syncAll()
    for (node, due) in zip(nodes, ["standing", "standing", "withheld"]) {
      let status = try node.json(["show", id])["status"]?.string ?? ""
      guard status == due else { throw ProcessFailure("\(node.region) shows it as \(status)") }
      say("  \(node.region): \(status)")
    }
    let why = try nodes[2].json(["explain", id])["notes"]?.list.first { $0["code"]?.string == "withheld" }
    command("tongyuan explain \(id) --node \(nodes[2].directory)")
    guard let why else { throw ProcessFailure("nothing says why it is not here") }
    say("  " + (why["reason"]?.string ?? ""))
    let receipts = try nodes[0].json(["audit", "log", "--kind", "disclosed"]).list.count
    command("tongyuan audit log --kind disclosed --node \(nodes[0].directory)")
    guard receipts == 1 else { throw ProcessFailure("\(receipts) receipts of one disclosure") }
    say("  one disclosure, one receipt, written before the body was sent")
  }

  private func syncAll() throws {
    for node in nodes {
      let result = try node.json(["sync", "--wait", "--timeout", "120"], timeoutSeconds: 150)
      guard result["complete"] == .bool(true) else {
        throw ProcessFailure("\(node.region) did not finish: \(result.text)")
      }
    }
  }

  private mutating func prove() throws {
    begin("prove one entry of Zhejiang, held at Shanghai, with no node at hand")
    guard let hit = try nodes[0].json(["search", "数据", "--region", "330000", "--limit", "1"])["hits"]?.list.first,
      let id = hit["id"]?.string
    else { throw ProcessFailure("no entry of 330000 was found") }
    let file = folder + "/entry.tlog-proof"
    let proof = try nodes[0].run(["proof", id, "--out", file])
    command("tongyuan proof \(id) --out \(file) --node \(nodes[0].directory)")
    guard proof.status == 0 else { throw ProcessFailure(proof.errors) }
    let card = try JSONReader.value(Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/330000.card.json"))))
    guard let key = card["keys"]?["catalog"]?.string else { throw ProcessFailure("the card of 330000 has no key") }
    for node in nodes { try node.stop() }
    let check = try Programs.run(Programs.tongyuan, ["check", file, "--key", key])
    command("tongyuan check \(file) --key '\(key)'")
    guard check.status == 0 else { throw ProcessFailure("the proof is refused: \(check.errors)") }
    say(check.output.split(separator: "\n").prefix(6).map { "  " + $0 }.joined(separator: "\n"))
    var entry = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file + ".entry")))
    entry[entry.count / 2] ^= 1
    try Data(entry).write(to: URL(fileURLWithPath: folder + "/false.tlog-proof.entry"))
    try FileManager.default.copyItem(atPath: file, toPath: folder + "/false.tlog-proof")
    let tampered = try Programs.run(Programs.tongyuan, ["check", folder + "/false.tlog-proof", "--key", key])
    guard tampered.status == 1 else { throw ProcessFailure("an entry with one changed bit passes") }
    say("  with one bit changed: " + tampered.errors.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  private mutating func provePersistence() throws {
    begin("check every store: logs, bodies, checkpoints, view and search index")
    for node in nodes {
      let run = try node.run(["fsck"], timeoutSeconds: 600)
      command("tongyuan fsck --node \(node.directory)")
      guard run.status == 0 else { throw ProcessFailure("\(node.region): \(run.output)\(run.errors)") }
      say("  \(node.region): " + (run.output.split(separator: "\n").first.map(String.init) ?? "sound"))
    }
  }

  private func sayFarewell() {
    say(
      "\nEvery step held, in \(format(Date().timeIntervalSince(began))) s. The nodes are stopped, their directories stay. Try next:"
    )
    for node in nodes { say("  tongyuan serve --node \(node.directory) &") }
    say("  export TONGYUAN_NODE=\(nodes[0].directory)")
    say("  tongyuan status\n  tongyuan clock\n  tongyuan search 信用\n  tongyuan peer list")
    say("  (the command is \(Programs.tongyuan))")
  }

  // MARK: Telling

  private mutating func begin(_ title: String) {
    step += 1
    self.title = title
    say("\n\(step). \(title.prefix(1).uppercased() + title.dropFirst())")
  }

  /// Unbuffered: a demo is watched while it runs.
  private func say(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8)) }
  private func command(_ line: String) { say("  $ " + line) }
  private func format(_ seconds: Double) -> String { String(format: "%.1f", seconds) }
  private func short(_ status: JSONValue, _ name: String) -> String { String((status[name]?.string ?? "").prefix(12)) }

  private func isFree(_ port: Int) throws -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
