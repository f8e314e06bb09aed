import Catalog

extension ModelHistory {
  /// Runs every state in the given order of arrival and in as many others, and returns a line for each difference.
  package func differences(orders: Int) throws -> [String] {
    let logs = try ModelLogs(self)
    return try states.flatMap { state in
      var run = try ModelRun(state, logs)
      try run.deliverInOrder()
      let facts = try run.facts()
      var lines = try run.outcome().differences(from: state.expected).map { "\(state.state): \($0)" }
      for seed in 0..<UInt64(orders) {
        var shuffled = try ModelRun(state, logs)
        try shuffled.deliver(seed: seed)
        lines += try shuffled.outcome().differences(from: state.expected).map { "\(state.state), order \(seed): \($0)" }
        if try shuffled.facts() != facts {
          lines.append("\(state.state), order \(seed): another digest, or other facts")
        }
      }
      return lines
    }
  }
}

/// One node that a history's entries arrive at.
struct ModelRun {
  private let logs: ModelLogs
  private let held: [RegionCode: UInt64]
  private let now: Int64
  private let store: MemoryCatalogStore
  private var waiting: [RegionCode: Wait] = [:]

  init(_ state: ModelHistory.State, _ logs: ModelLogs) throws {
    self.logs = logs
    let replicated = try Set(state.replicated.map(ModelLogs.region))
    var cuts: [RegionCode: LogHead] = [:]
    for (name, size) in state.cuts ?? [:] {
      let region = try ModelLogs.region(name)
      let length = UInt64(logs.entries[region]?.count ?? 0)
      cuts[region] = LogHead(size: size, root: try logs.root(of: region, at: min(size, length)))
    }
    var held: [RegionCode: UInt64] = [:]
    for (name, size) in state.held { held[try ModelLogs.region(name)] = size }
    self.held = held.filter { replicated.contains($0.key) }
    // A history says the latest time that is judged.
    now = (state.now ?? 1 << 60) - Admission.clockToleranceMilliseconds
    store = MemoryCatalogStore(
      CatalogConfiguration(federation: logs.federation, replicated: replicated, cuts: cuts))
  }

  mutating func deliverInOrder() throws {
    for (region, size) in held.sorted(by: { $0.key < $1.key }) { try commit(region, 0..<size, judgingMax: .max) }
  }

  /// Bursts of random length, in order per log and in any order across logs; judged at once, or a few entries at a
  /// time.
  mutating func deliver(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var open = held.filter { $0.value > 0 }.keys.sorted()
    var sizes: [RegionCode: UInt64] = [:]
    while let region = open.randomElement(using: &random) {
      let (begin, end) = (sizes[region] ?? 0, held[region] ?? 0)
      let next = min(end, begin + UInt64.random(in: 1...5, using: &random))
      try commit(
        region, begin..<next, judgingMax: Bool.random(using: &random) ? .max : Int.random(in: 0...3, using: &random))
      sizes[region] = next
      if next == end { open.removeAll { $0 == region } }
    }
    while true {
      let outcome = try Admission(store, now: now).proceed(judgingMax: Int.random(in: 1...9, using: &random))
      waiting = outcome.waiting
      if !outcome.isExhausted { return }
    }
  }

  private mutating func commit(_ region: RegionCode, _ range: Range<UInt64>, judgingMax: Int) throws {
    let entries = try logs.provenEntries(of: region, range)
    let outcome = try Admission(store, now: now).commit(entries, of: region, texts: logs.texts, judgingMax: judgingMax)
    waiting = outcome.waiting
  }

  /// What must be equal in every order of arrival, beside the outcome.
  func facts() throws -> [String] {
    let digests = [try store.frontier().digest.hex, store.stateDigest().description, store.configuration.digest.hex]
    return digests + store.versionFacts
  }

  func outcome() throws -> ModelHistory.Outcome {
    var verdicts: [String: [String]] = [:]
    for region in store.configuration.replicated {
      let state = store.logState(region)
      if state.held == 0 { continue }
      verdicts[region.text] = (0..<state.held).map { index in
        if let verdict = store.verdict(region, index) { return verdict.code }
        return (index == state.processed ? waiting[region] ?? .predecessor : .predecessor).code
      }
    }
    var restsOn: [String: String] = [:]
    for version in store.allVersions {
      if let list = version.restsOn { restsOn[version.name.description] = logs.listNames[list] }
    }
    let frontier = try store.frontier().components.map { ($0.key.text, $0.value.size) }
    return ModelHistory.Outcome(
      frontier: Dictionary(uniqueKeysWithValues: frontier), verdicts: verdicts, restsOn: restsOn,
      standing: Dictionary(uniqueKeysWithValues: store.allStanding.map { ($0.key.text, .init($0.value)) }))
  }
}

extension ModelHistory.Outcome.Standing {
  init(_ standing: Standing) {
    self.init(
      status: standing.status.rawValue, shown: standing.shown.map(ModelHistory.Name.init),
      versions: standing.versions.map(ModelHistory.Name.init), contested: standing.contested.map(ModelHistory.Name.init)
    )
  }
}

extension ModelHistory.Outcome {
  /// A line for each thing that is not as expected.
  func differences(from expected: Self) -> [String] {
    func compare<Value: Equatable>(_ what: String, _ mine: [String: Value], _ theirs: [String: Value]) -> [String] {
      Set(mine.keys).union(theirs.keys).sorted().compactMap { key in
        if mine[key] == theirs[key] { return nil }
        let (found, due) = (mine[key].map { "\($0)" } ?? "nothing", theirs[key].map { "\($0)" } ?? "nothing")
        return "\(what) of \(key) is \(found), expected is \(due)"
      }
    }
    return compare("frontier", frontier, expected.frontier) + compare("verdicts", verdicts, expected.verdicts)
      + compare("the list behind", restsOn, expected.restsOn) + compare("what stands", standing, expected.standing)
  }
}
