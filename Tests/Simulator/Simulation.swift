import Catalog
import Cryptography
import Replication
import TransparencyLog

/// A federation in one process on virtual time: the real cores over a network that delays, reorders, repeats, loses and
/// divides, and disks that fail or lose power at any write. All of it follows from the seed.
package final class Simulation {
  let seed: UInt64
  let settings: SimulationSettings
  var random: SeededGenerator
  private(set) var now: Int64 = 1_800_000_000_000
  private var schedule = SimulatedSchedule()
  private(set) var nodes: [SimulatedNode] = []
  /// False once the network heals.
  private(set) var isTroubled = true
  /// The side of each node while the network is divided.
  private(set) var sides: [Int]
  package internal(set) var figures = SimulationFigures()
  var violations: [String] = []
  private var timerCount: UInt64 = 0

  package init(seed: UInt64, settings: SimulationSettings? = nil) throws {
    self.seed = seed
    self.settings = settings ?? .drawn(seed: seed)
    random = SeededGenerator(seed: seed)
    sides = Array(repeating: 0, count: self.settings.regions)
    try makeNodes()
  }

  /// Runs to the end; what the outcome holds is empty if all is well.
  package func run() throws -> SimulationOutcome {
    for node in nodes { start(node) }
    planTrouble()
    let end = now + settings.troubleMilliseconds
    plan(at: end) { [unowned self] in self.heal() }
    let limit = end + settings.healingMilliseconds
    var nextLook = end
    while let (time, action) = schedule.next() {
      now = max(now, time)
      action()
      if !violations.isEmpty || now > limit { break }
      if !isTroubled, now >= nextLook {
        nextLook = now + 1_000
        if isConverged { break }
      }
    }
    figures.milliseconds = now - 1_800_000_000_000
    check()
    return SimulationOutcome(seed: seed, violations: violations, trace: trace(), figures: figures)
  }

  // MARK: Time

  func plan(after milliseconds: Int64, _ action: @escaping () -> Void) { plan(at: now + milliseconds, action) }
  private func plan(at time: Int64, _ action: @escaping () -> Void) { schedule.plan(at: time, action) }

  /// Only if the node has not restarted meanwhile.
  func plan(after milliseconds: Int64, in node: SimulatedNode, _ action: @escaping () -> Void) {
    let life = node.life
    plan(after: milliseconds) { if node.isUp, node.life == life { action() } }
  }

  func setTimer(_ node: SimulatedNode, _ region: RegionCode, at time: Int64) {
    timerCount += 1
    let timer = timerCount
    node.timers[region] = timer
    plan(after: max(0, time - node.skew - now), in: node) { [unowned self] in
      guard node.timers[region] == timer else { return }
      node.timers[region] = nil
      self.deliver(.timerFired(region), to: node)
    }
  }

  // MARK: Chance

  func happens(_ chance: Int) -> Bool { isTroubled && chance > 0 && Int.random(in: 0..<1000, using: &random) < chance }
  func draw(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
  func isDivided(_ one: SimulatedNode, _ other: SimulatedNode) -> Bool { sides[one.number] != sides[other.number] }

  // MARK: Nodes

  private func makeNodes() throws {
    let codes = ["310000", "320000", "330000", "340000", "350000", "360000", "370000", "410000", "420000", "430000"]
    precondition(settings.regions <= codes.count, "a simulation has at most \(codes.count) regions")
    guard let federation = FederationName("simulated") else { preconditionFailure("a federation's name") }
    let keys = try codes.prefix(settings.regions).compactMap(RegionCode.init).map {
      try SimulatedKeys($0, federation: federation, seed: seed)
    }
    let identities = keys.map(\.identity)
    let late = lateCards()
    for number in keys.indices {
      let here = keys.indices.filter { late[number]?.contains($0) != true }
      let configuration = CatalogConfiguration(federation: federation, replicated: Set(here.map { keys[$0].region }))
      let dialled = dialledPeers(of: number, count: keys.count)
      func peer(_ other: Int) -> PeerSettings {
        PeerSettings(region: keys[other].region, dialled: dialled.contains(other))
      }
      let skew = draw(-settings.skewMillisecondsMax...settings.skewMillisecondsMax)
      let node = SimulatedNode(
        number: number, keys: keys[number], settings: here.filter { $0 != number }.map(peer),
        identities: here.map { identities[$0] }, configuration: configuration,
        skew: number == keys.count - 1 ? skew + settings.largeSkewMilliseconds : skew)
      nodes.append(node)
      for other in (late[number] ?? []).sorted() {
        let (identity, settings) = (identities[other], peer(other))
        plan(after: draw(0...self.settings.troubleMilliseconds)) { [unowned self] in
          self.addCard(identity, settings, to: node)
        }
      }
    }
  }

  /// By node, the peers whose cards it does not have from the start. Drawn apart: other seeds stay what they were.
  private func lateCards() -> [Int: Set<Int>] {
    var random = SeededGenerator(seed: seed ^ 0x6C61_7465)
    var late: [Int: Set<Int>] = [:]
    for _ in 0..<settings.lateCards {
      let node = Int.random(in: 0..<settings.regions, using: &random)
      let other = Int.random(in: 0..<settings.regions, using: &random)
      if other != node { late[node, default: []].insert(other) }
    }
    return late
  }

  private func addCard(_ identity: LogIdentity, _ settings: PeerSettings, to node: SimulatedNode) {
    node.add(identity, settings)
    guard node.isUp else { return }
    enqueue(.reconfigure, on: node)
    do { deliver(.logOpened(identity, try node.heldLog(identity.origin)), to: node) } catch {
      violations.append("node \(node.region) cannot read what it holds: \(error)")
    }
    deliver(.peerConfigured(settings), to: node)
  }

  private func dialledPeers(of number: Int, count: Int) -> Set<Int> {
    var peers: Set<Int> = [(number + 1) % count, (number + count - 1) % count]
    for _ in 0..<settings.chords { peers.insert(Int.random(in: 0..<count, using: &random)) }
    return peers.subtracting([number])
  }

  func start(_ node: SimulatedNode) {
    node.isUp = true
    var backOff = BackOff()
    backOff.restMilliseconds = 5_000
    backOff.longestMilliseconds = 10_000
    let recorder = EventRecorder(
      own: node.keys.origin, incarnation: random.next(), seed: random.next(), backOff: backOff,
      groupEntries: settings.groupEntries)
    node.recorder = recorder
    node.recording += recorder.start
    node.core = recorder.fresh
    do {
      for identity in node.identities { deliver(.logOpened(identity, try node.heldLog(identity.origin)), to: node) }
    } catch { violations.append("node \(node.region) cannot read what it holds: \(error)") }
    for settings in node.settings { deliver(.peerConfigured(settings), to: node) }
    tellWanted(node)
    if node.store.configuration != node.wanted { enqueue(.reconfigure, on: node) }
    plan(after: 1_000, in: node) { [unowned self] in self.tick(node) }
  }

  func crash(_ node: SimulatedNode) {
    figures.crashes += 1
    node.crash()
    plan(after: draw(500...settings.downMillisecondsMax)) { [unowned self] in if !node.isUp { self.start(node) } }
  }

  // MARK: Trouble

  private func planTrouble() {
    for burst in 0..<settings.bursts {
      let node = nodes[Int.random(in: 0..<nodes.count, using: &random)]
      plan(after: draw(0...settings.troubleMilliseconds)) { [unowned self] in self.write(node, burst) }
    }
    for _ in 0..<settings.partitions {
      plan(after: draw(0...settings.troubleMilliseconds)) { [unowned self] in
        guard self.isTroubled else { return }
        self.sides = self.nodes.map { _ in Int.random(in: 0...1, using: &self.random) }
        self.plan(after: self.draw(1...self.settings.partitionMillisecondsMax)) { [unowned self] in self.unite() }
      }
    }
  }

  private func unite() { sides = nodes.map { _ in 0 } }

  private func heal() {
    isTroubled = false
    unite()
    for node in nodes where !node.isUp { start(node) }
  }

  private func write(_ node: SimulatedNode, _ burst: Int) {
    guard node.isUp else { return }
    let others = nodes.filter { $0 !== node }
    let intents = (0..<Int.random(in: 1...settings.burstEntriesMax, using: &random)).map { _ in
      let trespasses = node.number < settings.trespassers && Int.random(in: 0..<5, using: &random) == 0
      let owner = trespasses ? others[Int.random(in: 0..<others.count, using: &random)] : node
      return SimulatedIntent(
        owner: owner.region, number: Int.random(in: 0..<12, using: &random),
        isWithdrawal: Int.random(in: 0..<6, using: &random) == 0)
    }
    enqueue(.append(intents), on: node)
  }
}

/// How much happened: a simulation in which nothing does proves nothing.
package struct SimulationFigures: Sendable, Equatable {
  package var milliseconds: Int64 = 0
  package var events = 0
  package var entries = 0
  package var commits = 0
  package var crashes = 0
  package var lost = 0
  package var repeated = 0
  package var lies = 0
  package var accusations = 0
  package var refused = 0
  /// Bodies that a relay left out, and bodies that came when they were asked for.
  package var stripped = 0
  package var filled = 0
  /// Times that a log did not count at once, and that everything was judged anew.
  package var blocked = 0
  package var judgedAnew = 0

  package init() {}

  package mutating func add(_ other: SimulationFigures) {
    milliseconds += other.milliseconds
    for figure in [
      \SimulationFigures.events, \.entries, \.commits, \.crashes, \.lost, \.repeated, \.lies, \.accusations, \.refused,
      \.stripped, \.filled, \.blocked, \.judgedAnew,
    ] {
      self[keyPath: figure] += other[keyPath: figure]
    }
  }
}

package struct SimulationOutcome: Sendable {
  package let seed: UInt64
  /// In words; empty if all is well.
  package let violations: [String]
  /// Of everything that every core was told and answered.
  package let trace: Digest
  package let figures: SimulationFigures
}
