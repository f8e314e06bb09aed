import Catalog
import Cryptography
import TransparencyLog

/// Heads asked for, answered, and judged; nudges.
extension Replication {
  // MARK: Asking

  mutating func ask(_ region: RegionCode, _ effects: inout [Effect]) {
    guard var peer = peers[region], peer.isDialled else { return }
    if peer.askedAt != nil {
      peer.askAgain = true
    } else {
      peer.askedAt = sequence
      peer.askedSince = peer.cursor
      effects.append(.requestHeads(region, since: peer.cursor))
    }
    peers[region] = peer
  }

  mutating func askAgainIfWanted(_ region: RegionCode, _ effects: inout [Effect]) {
    guard peers[region]?.askAgain == true else { return }
    peers[region]?.askAgain = false
    ask(region, &effects)
  }

  mutating func contacted(_ region: RegionCode, at now: Int64, _ effects: inout [Effect]) {
    // A peer that speaks to us can be reached again, most likely: do not sit out the back-off.
    guard let peer = peers[region], peer.failures > 0, peer.askedAt == nil, peer.lastError?.isFault != true else {
      return
    }
    ask(region, &effects)
  }

  // MARK: Judging

  mutating func headsReceived(
    _ region: RegionCode, _ answer: HeadsAnswer, at now: Int64, _ effects: inout [Effect]
  ) {
    guard let askedAt = peers[region]?.askedAt else { return }
    peers[region]?.askedAt = nil
    guard answer.versions.contains(HeadsAnswer.version) else {
      let spoken = answer.versions.map(String.init).joined(separator: ", ")
      failed(
        region,
        PeerFailure(
          code: "version",
          reason: "speaks protocol versions \(spoken), this node \(HeadsAnswer.version): update the older"),
        at: now, &effects)
      return
    }
    do {
      for head in answer.heads { try take(head, from: region, askedAt: askedAt, at: now, &effects) }
    } catch {
      failed(region, error, at: now, &effects)
      return
    }
    // Nothing more to fetch, unless what it offered was dropped while it answered.
    if !answer.more, let peer = peers[region], peer.ahead.isEmpty, peer.cursor == peer.askedSince {
      peers[region]?.pullFailures = 0
      peers[region]?.lastError = nil
    }
    succeeded(region, at: now, &effects)
    considerBodies(region)
    turnPage(region, answer, &effects)
    // It has less of our log than we do, and a nudge may have been lost.
    if let log = logs[own], peers[region]?.offers[own]?.held ?? 0 < log.held.edge.size { nudge(region, &effects) }
  }

  private mutating func turnPage(_ region: RegionCode, _ answer: HeadsAnswer, _ effects: inout [Effect]) {
    guard var peer = peers[region] else { return }
    // What it offered was dropped while it answered: everything is asked for anew, after the back-off if there is one.
    let isDropped = peer.cursor != peer.askedSince
    if !isDropped { peer.cursor = answer.cursor }
    let goesOn = isDropped ? peer.pullFailures == 0 : answer.more
    peer.pages = goesOn && peer.pages < HeadsAnswer.pagesMax ? peer.pages + 1 : 0
    peers[region] = peer
    if peer.pages > 0 { return ask(region, &effects) }
    peers[region]?.hasAnswered = true
    askAgainIfWanted(region, &effects)
  }

  /// `askedAt`: where the node's sequence stood when the peer spoke, at the earliest; nil if that is not known.
  private mutating func take(
    _ head: Head, from region: RegionCode, askedAt: UInt64?, at now: Int64, _ effects: inout [Effect]
  ) throws(PeerFailure) {
    // A log that is not replicated here: no card, or another federation.
    guard let log = logs[head.origin] else { return }
    if peers[region]?.offers[head.origin]?.checkpoint != head.checkpoint { try log.verify(head.checkpoint) }
    if let stamp = head.stamp { take(stamp, of: head.origin, &effects) }
    if head.forked, !log.isForked { peers[region]?.flagged.insert(head.origin) }
    let size = head.checkpoint.checkpoint.size
    if head.origin == own, size > log.provenEdge.size {
      throw show(LogHead(size: size, root: head.checkpoint.checkpoint.root), region, held: log.provenEdge.size)
    }
    if head.origin.region == region, let askedAt, log.movedAt <= askedAt, size < log.held.edge.size, !log.isForked {
      compare(region, head.origin, head.checkpoint, &effects)
      throw PeerFailure(
        code: "rolledBack",
        reason:
          "its log went back to \(size) entries, \(log.held.edge.size) are held here: it was restored from an old copy",
        isFault: true)
    }
    var offer = PeerState.Offer(
      checkpoint: head.checkpoint, held: head.held, consistency: head.consistency, processed: head.processed)
    if let before = peers[region]?.offers[head.origin], before.checkpoint == head.checkpoint {
      offer.branch = before.branch
    }
    peers[region]?.offers[head.origin] = offer
    if head.held > log.provenEdge.size { peers[region]?.ahead.insert(head.origin) }
    if offer.branch == .unknown { compare(region, head.origin, head.checkpoint, &effects) }
  }

  /// Keeps the newest timestamped signature of a region's own witness key.
  mutating func take(_ stamp: SignedCheckpoint, of origin: Origin, _ effects: inout [Effect]) {
    guard let log = logs[origin], stamp != log.held.stamp, let time = log.time(of: stamp), time > log.stampTime ?? 0
    else {
      return
    }
    let position = nextSequence()
    logs[origin]?.held.stamp = stamp
    logs[origin]?.stampedAt = position
    effects.append(.storeStamp(origin, stamp))
  }

  // MARK: Answering

  /// The answer to `GET /sync/v1/heads?since=cursor`: everything that changed behind the cursor, oldest change first,
  /// up to a page. A cursor of another incarnation, or none, gets everything.
  package func heads(since cursor: String?) -> HeadsAnswer {
    let from = position(of: cursor)
    let changed = logs.values.filter { $0.changedAt > from }.sorted { $0.changedAt < $1.changedAt }
    var heads: [Head] = []
    var bytes = 0
    var last = from
    for log in changed {
      guard let head = log.head else { continue }
      bytes += head.approximateBytes
      if bytes > HeadsAnswer.pageBytes, !heads.isEmpty {
        return HeadsAnswer(cursor: self.cursor(at: last), heads: heads, more: true)
      }
      heads.append(head)
      last = log.changedAt
    }
    return HeadsAnswer(cursor: self.cursor(at: sequence), heads: heads)
  }

  /// The heads of some logs, as a nudge and its answer carry them.
  package func heads(of origins: [Origin]) -> [Head] { origins.compactMap { logs[$0]?.head } }

  private func cursor(at position: UInt64) -> String {
    Self.digits(incarnation) + "-" + Self.digits(position)
  }

  /// 16 hexadecimal digits, so that a poll costs the same whatever has happened before.
  private static func digits(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  private func position(of cursor: String?) -> UInt64 {
    guard let parts = cursor?.split(separator: "-"), parts.count == 2, UInt64(parts[0], radix: 16) == incarnation,
      let position = UInt64(parts[1], radix: 16), position <= sequence
    else { return 0 }
    return position
  }

  // MARK: Nudges

  mutating func nudge(_ region: RegionCode, _ effects: inout [Effect]) {
    guard var peer = peers[region], peer.isDialled, peer.failures == 0 else { return }
    switch peer.nudge {
    case .idle:
      peer.nudge = .underWay(again: false)
      effects.append(.nudge(region, own, from: peer.offers[own]?.held))
    case .underWay: peer.nudge = .underWay(again: true)
    }
    peers[region] = peer
  }

  mutating func nudgeReceived(
    _ region: RegionCode, _ heads: [Head], _ entries: ServedEntries?, at now: Int64, _ effects: inout [Effect]
  ) {
    guard let peer = peers[region], peer.settings.standing == .active else { return }
    do {
      for head in heads { try take(head, from: region, askedAt: nil, at: now, &effects) }
      if let head = heads.first, let entries, let log = logs[head.origin], log.canProve, head.origin != own {
        do {
          if quota.allowance(log, at: now) >= entries.frames.count {
            try takeNudged(entries, of: head, log.provenEdge.size, at: now, &effects)
          }
        } catch  where error.code == "falseProof" && peer.isDialled && log.provenCheckpoint != nil {
          // Another history, or false: what is pulled from it after this head tells.
        }
      }
    } catch {
      failed(region, error, at: now, &effects)
    }
    contacted(region, at: now, &effects)
  }

  private mutating func takeNudged(
    _ entries: ServedEntries, of head: Head, _ proven: UInt64, at now: Int64, _ effects: inout [Effect]
  ) throws(PeerFailure) {
    let (end, overflow) = entries.first.addingReportingOverflow(UInt64(entries.frames.count))
    // What does not join is pulled, and what is known is not news.
    guard !overflow, entries.first <= proven, end > proven, end == head.checkpoint.checkpoint.size else { return }
    let fresh = entries.dropFirst(Int(proven - entries.first))
    try prove(fresh, of: head.origin, head.checkpoint, consistency: [], at: now, &effects)
  }

  mutating func nudgeAnswered(_ region: RegionCode, _ heads: [Head], at now: Int64, _ effects: inout [Effect]) {
    guard let peer = peers[region], case .underWay(let again) = peer.nudge else { return }
    peers[region]?.nudge = .idle
    do {
      for head in heads { try take(head, from: region, askedAt: nil, at: now, &effects) }
    } catch {
      failed(region, error, at: now, &effects)
      return
    }
    peers[region]?.lastContact = now
    if again { nudge(region, &effects) }
  }

  mutating func nudgeFailed(_ region: RegionCode, _ failure: PeerFailure, at now: Int64, _ effects: inout [Effect]) {
    guard let peer = peers[region], case .underWay = peer.nudge else { return }
    peers[region]?.nudge = .idle
    if peer.failures == 0 { failed(region, failure, at: now, &effects) }
  }
}

extension Head {
  /// An upper bound of its bytes on the wire, for paging.
  var approximateBytes: Int {
    64 + origin.text.utf8.count + checkpoint.bytes.count + consistency.count * 34 + (stamp?.bytes.count ?? 0)
  }
}
