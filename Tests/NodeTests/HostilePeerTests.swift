import Catalog
import Foundation
import NodeProcesses
import Testing

/// Regions with real keys, authorities and cards whose nodes do wrong, against real nodes over real mutual TLS.
@Suite("Hostile peers", .serialized)
struct HostilePeerTests {
  /// What a node says of who does this, and how many entries of its log it holds and has processed all the same.
  struct Expected {
    var misdeed: Misdeed
    var state: String
    /// Part of `lastError`; nil: there is none.
    var says: String?
    var processed: Int64 = 0

    init(_ misdeed: Misdeed, _ state: String, _ says: String?, processed: Int64 = 0) {
      self.misdeed = misdeed
      self.state = state
      self.says = says
      self.processed = processed
    }
  }

  static let expected = [
    Expected(.garbageHeads, "faulty", "is not the protobuf message"),
    Expected(.oversizedHeads, "faulty", "an answer of more than 131072 bytes"),
    Expected(.endlessHeads, "faulty", "an answer of more than 131072 bytes"),
    Expected(.bombHeads, "faulty", "an answer of more than 131072 bytes"),
    Expected(.headBeyondCheckpoint, "faulty", "claims more entries than its checkpoint covers"),
    Expected(.foreignSignature, "faulty", "that its key did not sign"),
    Expected(.rolledBack, "faulty", "went back to 3 entries, 6 are held here", processed: 6),
    Expected(.unknownVersion, "neverSynced", "speaks protocol versions 9"),
    Expected(.falseForkFlag, "faulty", "sent no proof of a fork"),
    Expected(.garbageEntries, "faulty", "a leaf of 4294967295 bytes is announced"),
    Expected(.oversizedLeaf, "faulty", "a leaf of 65536 bytes is announced"),
    Expected(.oversizedBody, "faulty", "a body of 16777217 bytes is announced"),
    // The first of them are those that were asked for; the rest is not read.
    Expected(.endlessEntries, "inSync", nil, processed: 6),
    Expected(.bombEntries, "faulty", "false body"),
    Expected(.falseBody, "faulty", "false body"),
    Expected(.falseProof, "faulty", "do not lead to its checkpoint"),
    Expected(.noEntries, "faulty", "sent no entry"),
    Expected(.garbageNudge, "faulty", "the nudge is not the protobuf message", processed: 6),
    Expected(.oversizedNudge, "faulty", "a request of 1048576 bytes", processed: 6),
    Expected(.falseNudge, "faulty", "is not what the publish entry commits to", processed: 3),
    Expected(.undecodableLeaf, "inSync", nil, processed: 6),
    Expected(.unsignedRoot, "catchingUp", nil, processed: 2),
    // Their timers run on while everything else is looked at.
    Expected(.silentHeads, "neverSynced", "did not answer in time"),
    Expected(.drippingHeads, "neverSynced", "did not answer in time"),
    Expected(.silentEntries, "catchingUp", "did not answer in time"),
    Expected(.drippingEntries, "catchingUp", "did not answer in time"),
    Expected(.stalledBody, "catchingUp", "did not answer in time"),
  ]

  @Test(
    "Whatever a peer sends, or does not send, is bounded and named; nothing false is taken in, and nobody else waits")
  func allAtOnce() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path, pollSeconds: 0.5)
    let (victim, other) = (nodes[0], nodes[1])
    for node in nodes { #expect(try node.publish("\(node.region)/before").status == 0) }
    try waitForAgreement(nodes)
    var peers: [(node: NodeProcess, expected: Expected)] = []
    for (index, expected) in Self.expected.enumerated() {
      let peer = try NodeProcess(
        region: "\(410_000 + index * 100)", name: expected.misdeed.rawValue, in: folder.path)
      try victim.writeCard(to: peer.directory + "/peers/\(victim.region).json")
      peers.append((peer, expected))
    }
    let hostile = try HostileProcess(peers.map { ($0.node, $0.expected.misdeed) }, in: folder.path)
    defer { withExtendedLifetime(hostile) {} }
    for (peer, _) in peers {
      let card = peer.directory + "/card.json"
      try peer.writeCard(to: card)
      try victim.json(["peer", "add", card])
      // Their logs reach the other through the victim alone.
      try other.json(["peer", "add", card, "--relayed"])
    }
    // While the silent ones are still waited for, news of the others comes through.
    for number in 0..<3 {
      #expect(try other.publish("320000/during/\(number)").status == 0)
      try Programs.wait(for: "news of the honest peer") {
        try victim.run(["show", "320000/during/\(number)"]).status == 0
      }
    }
    let silent = peers.filter { $0.expected.says?.contains("in time") == true }
    for (peer, expected) in silent {
      let seen = try victim.json(["peer", "show", peer.region])
      #expect(seen["lastError"] == .null, "\(expected.misdeed) was already given up: \(seen.text)")
    }
    for (peer, expected) in peers {
      var seen = JSONValue.null
      do {
        try Programs.wait(for: "\(expected.misdeed)", seconds: 45) {
          seen = try victim.json(["peer", "show", peer.region])
          let error = seen["lastError"]?.string
          return seen["state"]?.string == expected.state
            && (expected.says.map { error?.contains($0) == true } ?? (error == nil))
        }
      } catch { Issue.record("\(expected.misdeed): \(error), but \(seen.text)") }
      #expect(seen["lastError"]?.string?.contains("\n") != true)
    }
    // What was false in a nudge is pulled instead, which may take a moment longer than naming who sent it.
    try Programs.wait(for: "what is sound of each peer", seconds: 45) {
      let frontier = try victim.status()["frontier"]
      return peers.allSatisfy { frontier?[$0.node.region]?.integer ?? 0 >= $0.expected.processed }
    }
    let status = try victim.status()
    for (peer, expected) in peers {
      #expect(status["frontier"]?[peer.region]?.integer ?? 0 == expected.processed, "\(expected.misdeed)")
    }
    // An entry that its own key signed and nobody can read stands in the log; what waits holds up its own log alone.
    #expect(status["catalog"]?["refused"]?.integer == 1 && status["catalog"]?["pending"]?.integer == 4)
    #expect(status["refusals"]?.list.first?["code"]?.string == "refused(malformed)")
    let waiting = try victim.json(["peer", "show", region(of: .unsignedRoot, peers)])["waiting"]
    #expect(waiting?["code"]?.string == "pending(branch)" && waiting?["index"]?.integer == 2)
    #expect(try victim.run(["status", "--lang", "en"]).output.contains("differs from the one held here"))
    // Nobody is accused for what others say, and both nodes show the same.
    #expect(status["forks"]?.list.isEmpty == true)
    for node in nodes {
      let seen = try node.json(["peer", "show", node.region == "310000" ? "320000" : "310000"])
      #expect(seen["state"]?.string != "faulty" && seen["lastError"] == .null, "\(seen.text)")
    }
    try waitForAgreement(nodes)
    #expect(try other.count("refused") == 1)
    let peak = try victim.memory("VmHWM")
    #expect(peak < 320, "\(peak) MiB with \(peers.count) hostile peers at once")
    for node in nodes {
      #expect(try node.stop() == 0)
      #expect(try node.isSound())
    }
  }

  private func region(of misdeed: Misdeed, _ peers: [(node: NodeProcess, expected: Expected)]) throws -> String {
    try #require(peers.first { $0.expected.misdeed == misdeed }).node.region
  }

  @Test(
    "Relays that alter, drop, reorder, trickle or withhold what others wrote are named, never the origin, and hold up nobody"
  )
  func lyingRelays() throws {
    let folder = try ScratchFolder()
    let origin = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    let reader = try NodeProcess(region: "330000", name: "浙江省", in: folder.path)
    for node in [origin, reader] {
      try node.setPollSeconds(0.5)
      try node.start()
    }
    for number in 0..<5 { #expect(try origin.publish("310000/r/\(number)").status == 0) }
    let misdeeds: [Misdeed] = [.alteredFrame, .droppedEntry, .reorderedEntries, .trickledEntries, .oldHead]
    let relays = try misdeeds.enumerated().map { index, misdeed in
      (
        node: try NodeProcess(region: "\(410_000 + index * 100)", name: misdeed.rawValue, in: folder.path),
        misdeed: misdeed
      )
    }
    for (relay, _) in relays {
      for node in [origin, reader] { try node.writeCard(to: relay.directory + "/peers/\(node.region).json") }
    }
    let hostile = try HostileProcess(relays, in: folder.path)
    defer { withExtendedLifetime(hostile) {} }
    func introduce(_ relay: NodeProcess) throws {
      let card = relay.directory + "/card.json"
      try relay.writeCard(to: card)
      for node in [origin, reader] { try node.json(["peer", "add", card]) }
    }
    func seen(_ region: String) throws -> JSONValue { try reader.json(["peer", "show", region]) }

    // The chain: the reader knows the origin by its card, and never speaks to it.
    let card = folder.path + "/origin.json"
    try origin.writeCard(to: card)
    try reader.json(["peer", "add", card, "--relayed"])
    let (liars, trickling, old) = (relays[..<3], relays[3].node, relays[4].node)
    for (relay, _) in liars { try introduce(relay) }
    for (relay, misdeed) in liars {
      try Programs.wait(for: "\(misdeed) to be named") {
        let says = try seen(relay.region)["lastError"]?.string ?? ""
        return try seen(relay.region)["state"]?.string == "faulty" && says.contains("310000.local.tongyuan/catalog")
      }
    }
    #expect(try reader.status()["frontier"]?["310000"] == nil)
    #expect(try seen("310000")["lastError"] == .null && seen("310000")["state"]?.string == "relayed")

    // One that is at it, slowly, is not waited for: another relay outdoes it while it still trickles.
    try introduce(trickling)
    try Programs.wait(for: "the trickling relay to be asked") {
      try seen(trickling.region)["behind"]?.integer ?? 0 >= 5
    }
    try introduce(old)
    try Programs.wait(for: "the five entries") { try reader.status()["frontier"]?["310000"]?.integer == 5 }
    #expect(try seen(trickling.region)["lastError"] == .null)

    // An old head is true: who shows it is behind. News comes through an honest relay.
    let honest = try NodeProcess(region: "320000", name: "江苏省", in: folder.path)
    try honest.setPollSeconds(0.5)
    try honest.start()
    for node in [origin, reader] { try NodeProcess.introduce(node, honest) }
    for number in 0..<3 {
      #expect(try origin.publish("310000/later/\(number)").status == 0)
      try Programs.wait(for: "news through the honest relay") {
        try reader.run(["show", "310000/later/\(number)"]).status == 0
      }
    }
    #expect(try seen(old.region)["state"]?.string == "inSync")
    #expect(try seen(old.region)["frontier"]?["310000"]?.integer == 5)
    // Who stops lying is forgiven.
    for (relay, misdeed) in liars {
      try HostileProcess.become(.none, relay)
      try reader.json(["sync", relay.region])
      try Programs.wait(for: "\(misdeed) to be forgiven") {
        try seen(relay.region)["state"]?.string == "inSync" && seen(relay.region)["lastError"] == .null
      }
    }
    try Programs.wait(for: "the same catalog at both ends") {
      try Set([origin, reader].map { try $0.digest("stateDigest") }).count == 1
    }
  }
}

extension NodeProcess {
  /// A line of /proc/PID/status in MiB.
  func memory(_ name: String) throws -> Int {
    guard let identifier = processIdentifier,
      let line = Programs.text("/proc/\(identifier)/status").split(separator: "\n").first(where: { $0.hasPrefix(name) }
      ),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { throw ProcessFailure("/proc tells nothing of \(region)") }
    return kibibytes >> 10
  }
}
