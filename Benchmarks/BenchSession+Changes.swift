import Catalog
import Foundation
import NodeProcesses

/// What small news costs.
extension BenchSession {
  private static let changeCount = 200
  private static let pollCount = 5

  // MARK: One change

  /// Publish to visible, each followed by its floor, so that what else the machine does meets both.
  mutating func change(_ pair: NodePair) async throws {
    Self.say("one change, \(Self.changeCount) times")
    // Directly, and with every connection open.
    try await pair.introduce()
    try await pair.receiverClient.sync(with: pair.sender.region)
    let floor = try ChangeFloor(pair, in: folder)
    var changes: [Double] = []
    var acknowledged: [Double] = []
    var floors: [Double] = []
    for round in -10..<Self.changeCount {
      let (id, manifest) = try freshEntry()
      let began = ContinuousClock.now
      try await pair.senderClient.publish([manifest])
      let acknowledgedSeconds = began.elapsedSeconds
      try await pair.awaitShown(id, seconds: 60)
      let seconds = began.elapsedSeconds
      let floorSeconds = try await floor.run()
      guard round >= 0 else { continue }
      changes.append(seconds * 1000)
      acknowledged.append(acknowledgedSeconds * 1000)
      floors.append(floorSeconds * 1000)
    }
    report.oneChange = Report.OneChange(
      milliseconds: changes, acknowledgedMilliseconds: acknowledged, floorMilliseconds: floors)
  }

  // MARK: On the wire

  /// A second pair with 1,000 entries, for an idle poll's bytes alone.
  mutating func measureSmallPair() async throws {
    Self.say("an idle poll at 1000 entries")
    let pair = try NodePair(sender: Self.senderRegion, receiver: "330000", in: folder + "/1000")
    defer {
      pair.sender.kill9()
      pair.receiver.kill9()
    }
    _ = try await Self.fill(pair.senderClient, entries, 1000, in: folder)
    let wire = try await Wire(pair)
    defer { wire.close() }
    try await pair.awaitShown(entries.id(999), pauseMilliseconds: 5, seconds: 120)
    report.idlePollAt1000 = try await Self.idlePoll(pair, wire)
  }

  mutating func exchange(_ pair: NodePair) async throws {
    let wire = try await Wire(pair)
    defer { wire.close() }
    if options.parts.contains(.idle) {
      Self.say("an idle poll at \(options.size) entries")
      report.idlePoll = try await Self.idlePoll(pair, wire)
    }
    guard options.parts.contains(.ten) else { return }
    Self.say("ten changes")
    try await pair.receiverClient.sync(with: pair.sender.region)
    // The first one opens the connections that stay.
    let first = try freshEntry()
    try await pair.senderClient.publish([first.manifest])
    try await pair.awaitShown(first.id, seconds: 60)
    report.tenChanges = try await tenChanges(pair, wire) { (pair, _) in }
    report.tenChangesMissed = try await tenChanges(pair, wire, missed: true) { (pair, wire) in
      wire.cut(false)
      wire.reset()
      try await pair.receiverClient.sync(with: pair.sender.region)
    }
  }

  /// The median of a few polls: what is due once a minute may ride on one of them.
  private static func idlePoll(_ pair: NodePair, _ wire: Wire) async throws -> Report.Exchange {
    try await pair.receiverClient.sync(with: pair.sender.region)
    var polls: [Report.Exchange] = []
    for _ in 0..<pollCount {
      try await wire.awaitQuiet()
      wire.reset()
      let began = ContinuousClock.now
      try await pair.receiverClient.sync(with: pair.sender.region)
      let seconds = began.elapsedSeconds
      try await wire.awaitQuiet()
      let count = wire.toSender.count
      polls.append(.init(bytes: count.bytes, roundTrips: count.roundTrips, milliseconds: seconds * 1000))
    }
    return polls.sorted { $0.bytes < $1.bytes }[pollCount / 2]
  }

  /// Ten entries published in one call; `fetch` brings them where the link was cut meanwhile.
  private mutating func tenChanges(
    _ pair: NodePair, _ wire: Wire, missed: Bool = false, _ fetch: (NodePair, Wire) async throws -> Void
  ) async throws -> Report.Exchange {
    var changes: [(id: String, manifest: JSONValue)] = []
    for _ in 0..<10 { changes.append(try freshEntry()) }
    try await wire.awaitQuiet()
    if missed {
      wire.cut(true)
      try await pair.senderClient.publish(changes.map(\.manifest))
    }
    wire.reset()
    let began = ContinuousClock.now
    if !missed { try await pair.senderClient.publish(changes.map(\.manifest)) }
    try await fetch(pair, wire)
    for change in changes { try await pair.awaitShown(change.id, seconds: 60) }
    let seconds = began.elapsedSeconds
    try await wire.awaitQuiet()
    let (one, other) = (wire.toSender.count, wire.toReceiver.count)
    return Report.Exchange(
      bytes: one.bytes + other.bytes, roundTrips: one.roundTrips + other.roundTrips, milliseconds: seconds * 1000)
  }
}

/// Both directions between two nodes, counted.
struct Wire {
  /// What the receiver dials.
  let toSender: CountingProxy
  let toReceiver: CountingProxy

  /// From now on the two dial each other through the proxies.
  init(_ pair: NodePair) async throws {
    toSender = try CountingProxy(to: pair.sender.port)
    toReceiver = try CountingProxy(to: pair.receiver.port)
    try await pair.introduce(senderPort: toSender.port, receiverPort: toReceiver.port)
  }

  func reset() {
    toSender.reset()
    toReceiver.reset()
  }

  func cut(_ isCut: Bool) {
    toSender.cut(isCut)
    toReceiver.cut(isCut)
  }

  func close() {
    toSender.close()
    toReceiver.close()
  }

  /// Returns once nothing passed for 300 ms.
  func awaitQuiet() async throws {
    while min(toSender.last.elapsedSeconds, toReceiver.last.elapsedSeconds) < 0.3 {
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}

/// What no change can be faster than: two durable commits of one row, and two small requests on kept connections.
struct ChangeFloor {
  private let pair: NodePair
  private let databases: [Database]
  private let inserts: [Database.Statement]

  init(_ pair: NodePair, in folder: String) throws {
    self.pair = pair
    databases = try ["sent", "received"].map { name in
      let database = try Database("\(folder)/floor-\(name).sqlite")
      try database.execute("PRAGMA journal_mode = WAL")
      try database.execute("PRAGMA synchronous = FULL")
      try database.execute("CREATE TABLE entry (key INTEGER PRIMARY KEY, frame BLOB NOT NULL)")
      return database
    }
    // As long as the frame of an entry is.
    inserts = try databases.map { try $0.prepare("INSERT INTO entry (frame) VALUES (randomblob(600))") }
  }

  func run() async throws -> Double {
    let began = ContinuousClock.now
    _ = try inserts[0].step()
    try await pair.senderClient.idle()
    _ = try inserts[1].step()
    try await pair.receiverClient.idle()
    return began.elapsedSeconds
  }
}
