import Cryptography

/// Takes proven entries into the catalog: holds them, judges each log that can proceed, in order, and keeps what
/// stands.
///
/// One value serves one transaction of a store: commit what it wrote together, or nothing. For a given configuration
/// and given logs the result is the same in whatever order and groups entries arrive.
package final class Admission {
  /// How far an entry's time may lie ahead of this node's clock.
  package static let clockToleranceMilliseconds: Int64 = 10 * 60 * 1000

  private let store: any CatalogStore
  /// The latest time that is judged.
  private let timeMax: Int64
  /// Where judging ends, by log.
  private let ends: [RegionCode: UInt64]
  private let lists: ListsInPast
  private let judge: Judge
  private let whatStands: WhatStands
  /// Of logs that move in this transaction, what they state after their last held and last processed entry.
  private var heldClocks: [RegionCode: StatedClock] = [:]
  private var processedClocks: [RegionCode: StatedClock] = [:]

  /// `now` is this node's clock, milliseconds since the epoch. `ends`: logs that are not judged further than to these sizes.
  package init(_ store: any CatalogStore, now: Int64, ends: [RegionCode: UInt64] = [:]) {
    self.store = store
    self.ends = ends
    let (sum, overflow) = now.addingReportingOverflow(Self.clockToleranceMilliseconds)
    timeMax = overflow ? .max : sum
    lists = ListsInPast(reading: store)
    judge = Judge(reader: store, lists: lists)
    whatStands = WhatStands(store, lists: lists)
  }

  /// Holds entries of a log, proven to follow those that are held, and judges what can be judged: at most `judgingMax`
  /// entries, those of this log first (a log that waited long is judged over several transactions).
  ///
  /// `texts` are the bytes of lists by digest; of an entry that names a list whose text is neither there nor held, its
  /// log is held only up to there. Entries at or past a cut of the log are passed over.
  package func commit(
    _ entries: [LogEntry], of region: RegionCode, texts: [Digest: [UInt8]] = [:], judgingMax: Int = .max
  ) throws -> AdmissionOutcome {
    precondition(store.configuration.replicated.contains(region), "only logs that are replicated are held")
    var outcome = AdmissionOutcome()
    let taken = try hold(entries, of: region, texts: texts, &outcome)
    try proceed(judgingMax, fresh: taken, &outcome)
    return outcome
  }

  /// Holds a list's text before the entries that name it, and returns its digest.
  @discardableResult package func hold(listText bytes: [UInt8]) throws -> Digest {
    let digest = ListText.digest(of: bytes)
    if try store.isListTextHeld(digest) { return digest }
    try store.hold(listText: bytes, digest: digest, list: try? ListText(bytes: bytes))
    lists.forget()
    return digest
  }

  /// Judges what waits and no longer need: after a look at the clock, or when a configuration is new.
  package func proceed(judgingMax: Int = .max) throws -> AdmissionOutcome {
    var outcome = AdmissionOutcome()
    try proceed(judgingMax, fresh: [], &outcome)
    return outcome
  }

  // MARK: - Holding

  private func hold(
    _ entries: [LogEntry], of region: RegionCode, texts: [Digest: [UInt8]], _ outcome: inout AdmissionOutcome
  ) throws -> [HeldEntry] {
    let state = try store.logState(region)
    let clock = Self.clock(of: region, after: state.held, from: &heldClocks, reading: store)
    let end = store.configuration.cuts[region]?.size ?? .max
    let readAlone = ReadAlone(reader: store, lists: lists)
    var latest = state.latestTime
    var taken: [HeldEntry] = []
    for entry in entries where clock.size < end {
      if let missing = try holdText(of: entry, from: texts) {
        outcome.missingText = missing
        break
      }
      let held = try readAlone.read(entry, after: clock, latest: latest)
      try store.hold(held, entry)
      try record(held)
      clock.advance(over: held)
      latest = held.latestTime
      taken.append(held)
    }
    outcome.heldCount = taken.count
    return taken
  }

  private static func clock(
    of region: RegionCode, after size: UInt64, from clocks: inout [RegionCode: StatedClock],
    reading store: any CatalogStore
  ) -> StatedClock {
    if let known = clocks[region], known.size == size { return known }
    let clock = StatedClock(of: region, size: size, reading: store)
    clocks[region] = clock
    return clock
  }

  /// Holds the text that an entry names; returns its digest if it is missing.
  private func holdText(of entry: LogEntry, from texts: [Digest: [UInt8]]) throws -> Digest? {
    guard let digest = entry.namedList, try !store.isListTextHeld(digest) else { return nil }
    guard let bytes = texts[digest], ListText.digest(of: bytes) == digest else { return digest }
    try hold(listText: bytes)
    return nil
  }

  /// Records what an entry without fault does about a list, unless an earlier one of its log did it already.
  private func record(_ entry: HeldEntry) throws {
    guard entry.fault == nil, let leaf = entry.leaf, let list = leaf.list else { return }
    let region = entry.name.region
    let kind: ListAct.Kind
    switch (leaf.kind, leaf.effective) {
    case (.propose, _), (.sign, _):
      if try lists.record(list)?.actor(region)?.signature != nil { return }
      kind = .signature
    case (.end, let effective?):
      if let earlier = try store.listEnd(of: list, by: region, below: .max), earlier.effective <= effective { return }
      kind = .end(effective: effective)
    default: return
    }
    let act = ListAct(region: region, index: entry.name.index, kind: kind)
    try store.record(act, on: list)
    lists.note(act, on: list)
  }

  // MARK: - Judging

  /// `fresh` are the entries just held, in order: they need not be read back.
  private func proceed(_ judgingMax: Int, fresh: [HeldEntry], _ outcome: inout AdmissionOutcome) throws {
    let given = fresh.first?.name.region
    for region in try store.waitingLogs().sorted(by: { ($0 == given ? 0 : 1, $0) < ($1 == given ? 0 : 1, $1) }) {
      let state = try store.logState(region)
      let clock = Self.clock(of: region, after: state.processed, from: &processedClocks, reading: store)
      let own = region == given ? fresh : []
      let end = min(state.held, ends[region] ?? .max)
      while clock.size < end {
        let entry = try entry(of: region, at: clock.size, fresh: own)
        if let wait = try wait(of: entry) {
          outcome.waiting[region] = wait
          break
        }
        if outcome.judgedCount == judgingMax {
          outcome.isExhausted = true
          break
        }
        clock.advance(over: entry)
        try process(entry, in: Past(clock, reading: store), &outcome)
      }
      if clock.size > state.processed { outcome.processed[region] = clock.size }
    }
    outcome.changed = try whatStands.settle()
  }

  private func entry(of region: RegionCode, at index: UInt64, fresh: [HeldEntry]) throws -> HeldEntry {
    if let first = fresh.first?.name.index, index >= first { return fresh[Int(index - first)] }
    guard let entry = try store.heldEntry(region, index) else {
      preconditionFailure("the store lost entry \(index) of region \(region)")
    }
    return entry
  }

  /// Why an entry cannot be judged yet, if all earlier ones of its log are.
  package func wait(of entry: HeldEntry) throws -> Wait? {
    if let processedMax = try store.quarantine(of: entry.name.region), entry.name.index >= processedMax { return .fork }
    let configuration = store.configuration
    var later: Wait?
    for change in entry.clockChanges {
      let (region, head) = (change.region, change.head)
      guard configuration.replicated.contains(region) else {
        if configuration.isAboveReplicated(region) { later = .region(region) }
        continue
      }
      // Of a cut log the roots are unseen, and what lies beyond reads as the cut.
      let cut = configuration.cuts[region]
      let size = min(head.size, cut?.size ?? head.size)
      if try store.logState(region).held < size {
        if later == nil { later = .dependency(region, size: size) }
      } else if cut == nil, try store.root(of: region, at: head.size) != head.root {
        return .branch(change)
      }
    }
    if let later { return later }
    guard let leaf = entry.leaf, leaf.time > timeMax else { return nil }
    return .time(leaf.time)
  }

  private func process(_ entry: HeldEntry, in past: Past, _ outcome: inout AdmissionOutcome) throws {
    let judgement = try judge.judge(entry, in: past)
    try store.process(entry, verdict: judgement.verdict)
    outcome.judgedCount += 1
    if case .refused(let refusal) = judgement.verdict { outcome.refused.append((entry.name, refusal)) }
    if judgement.verdict == .applied, let leaf = entry.leaf {
      if leaf.kind.isVersion { try whatStands.apply(leaf, named: entry.name, restsOn: judgement.restsOn) }
      switch leaf.kind {
      case .accept: if let id = leaf.resource { try whatStands.accept(leaf.entries, of: id) }
      case .recall: for other in leaf.entries { try store.recall(other, by: entry.name) }
      case .grant: for other in leaf.entries { try store.grant(other, to: leaf.recipients) }
      case .suspend, .resume:
        if let list = leaf.list {
          let stop = ListStop(
            entry: entry.name, resumes: leaf.kind == .resume, item: leaf.item, recipient: leaf.recipient)
          try store.keep(stop, of: list)
        }
      default: break
      }
    }
    try whatStands.see(entry)
  }
}

/// What a commit did. Nothing of it is durable before the transaction is.
package struct AdmissionOutcome: Sendable {
  /// Entries taken, from the first given on.
  package var heldCount = 0
  /// The text that the next entry names and that is not here: ask for it, and give the rest again.
  package var missingText: Digest?
  package var judgedCount = 0
  /// The new processed size of each log that moved: the part of the frontier that is new.
  package var processed: [RegionCode: UInt64] = [:]
  /// Ids whose standing changed, sorted.
  package var changed: [ResourceID] = []
  package var refused: [(name: EntryName, refusal: Refusal)] = []
  /// Each log that waits, and what its next entry waits for.
  package var waiting: [RegionCode: Wait] = [:]
  /// `judgingMax` was reached: `proceed` goes on.
  package var isExhausted = false

  package init() {}
}

extension CatalogReader {
  /// This node's own clock: what it has processed of each log.
  package func frontier() throws -> VectorClock {
    var frontier = VectorClock()
    for region in configuration.replicated {
      let size = try logState(region).processed
      frontier[region] = try root(of: region, at: size).map { LogHead(size: size, root: $0) }
    }
    return frontier
  }
}
