import Catalog
import Cryptography
import Replication
import Simulator
import Testing
import TransparencyLog

@Suite("Recorded events")
struct RecordingTests {
  let own: SimulatedLog
  let jiangsu: SimulatedLog
  let head: Head

  init() throws {
    own = try Place.log(Place.shanghai, entries: 3)
    jiangsu = try Place.log(Place.jiangsu, entries: 10)
    var head = try jiangsu.head(held: 7, of: 10)
    head.stamp = try jiangsu.keys.stamp(try jiangsu.checkpoint(at: 10), time: 1_800_000_000)
    self.head = head
  }

  /// Each case at least once; together a run that has effects of most kinds.
  private func events() throws -> [Replication.Event] {
    let failure = PeerFailure(code: "timedOut", reason: "没有回答", isFault: false)
    var answer = HeadsAnswer(cursor: "7-1f", heads: [head], more: false)
    answer.versions = [1, 2, .max]
    var held = try jiangsu.held(4, of: 10)
    held.stamp = head.stamp
    let fork = ForkProof(try jiangsu.checkpoint(at: 10), try jiangsu.keys.checkpoint(size: 10, root: .zero))
    var forked = try Place.log(Place.zhejiang, entries: 2).held(2)
    forked.fork = fork
    var cut = try Place.log(Place.zhejiang, entries: 0).keys.identity
    cut.cut = 1
    var wanted = WantedBodies()
    wanted.open = 3
    wanted.origins = [Place.jiangsu, Place.zhejiang]
    return [
      .logOpened(own.keys.identity, try own.held(3)), .logOpened(jiangsu.keys.identity, held),
      .logOpened(try Place.log(Place.zhejiang, entries: 0).keys.identity, HeldLog()),
      .logOpened(cut, forked),
      .peerConfigured(PeerSettings(region: Place.jiangsu)),
      .peerConfigured(PeerSettings(region: Place.zhejiang, dialled: false, standing: .suspended(reason: "dispute"))),
      .peerConfigured(PeerSettings(region: Place.zhejiang, standing: .retired)),
      .timerFired(Place.jiangsu), .contacted(Place.jiangsu), .syncRequested([]),
      .syncRequested([Place.zhejiang, Place.jiangsu]),
      .headsReceived(Place.jiangsu, answer),
      .entriesReceived(Place.jiangsu, pull: 1, try jiangsu.entries(4..<6, treeSize: 7)),
      .committed(jiangsu.origin, size: 6, processed: [jiangsu.origin: 5, own.origin: 3]),
      .entriesFailed(Place.jiangsu, pull: 2, failure), .headsFailed(Place.jiangsu, failure),
      .nudgeReceived(Place.jiangsu, [try jiangsu.head(held: 10)], try jiangsu.entries(5..<10, treeSize: 10)),
      .nudgeReceived(Place.jiangsu, [], nil),
      .commitFailed(jiangsu.origin, reason: "the disk is full"),
      .appended(
        own.origin, edge: try own.edge(at: 3), checkpoint: try own.checkpoint(at: 3), processed: [own.origin: 3]),
      .nudgeAnswered(Place.jiangsu, [try own.head(held: 2)]), .nudgeFailed(Place.jiangsu, failure),
      .messageRefused(Place.jiangsu, failure),
      .stamped(own.origin, try own.keys.stamp(try own.checkpoint(at: 3), time: 5)),
      .processed([jiangsu.origin: 6]), .reprocessed([:]),
      .branchRead(Place.jiangsu, jiangsu.origin, size: 4, nil),
      .branchRead(Place.jiangsu, jiangsu.origin, size: 4, try jiangsu.branch(from: 4, to: 7)),
      .branchReceived(Place.jiangsu, jiangsu.origin, try jiangsu.branch(from: 4, to: 7)),
      .branchFailed(Place.jiangsu, jiangsu.origin, failure),
      .forkReceived(Place.jiangsu, jiangsu.origin, fork), .forkFailed(Place.jiangsu, jiangsu.origin, failure),
      .bodiesWanted(wanted),
      .bodiesReceived(Place.jiangsu, found: 2, next: EntryName(Place.jiangsu, 6)),
      .bodiesReceived(Place.jiangsu, found: 0, next: nil), .bodiesFailed(Place.jiangsu, failure),
      .peerRemoved(Place.jiangsu),
    ]
  }

  private func record(_ events: [Replication.Event]) -> [UInt8] {
    let recorder = EventRecorder(own: own.origin, incarnation: 7, seed: 3, groupEntries: 4)
    var core = recorder.fresh
    var bytes = recorder.start
    for (number, event) in events.enumerated() {
      let time = 1_800_000_000_000 + Int64(number)
      bytes += recorder.record(event, at: time, core.handle(event, at: time))
    }
    return bytes
  }

  @Test("Every kind of event is written and read back as it was")
  func roundTrip() throws {
    let events = try events()
    #expect(Set(events.map(RecordedEvent.init)) == Set(RecordedEvent.allCases))
    let recorder = EventRecorder(own: own.origin, incarnation: 7, seed: 3)
    for event in events {
      #expect(try EventRecorder.event(in: recorder.record(event, at: 5, [])) == event)
    }
  }

  @Test("A run replays with the same effects, given at once or in pieces")
  func sameEffects() throws {
    let events = try events()
    let bytes = record(events)
    let outcome = try EventReplay.run(bytes)
    #expect(outcome.firstDifference == nil)
    #expect(outcome.events == events.count)
    #expect(outcome.effects > 10)
    #expect(outcome.starts == 1)
    var replay = EventReplay()
    for start in stride(from: 0, to: bytes.count, by: 7) {
      try replay.feed(Array(bytes[start..<min(start + 7, bytes.count)]))
    }
    #expect(replay.finish() == outcome)
  }

  @Test("A node that starts anew starts anew in the recording")
  func restarts() throws {
    let outcome = try EventReplay.run(record(try events()) + record(try events()))
    #expect(outcome.starts == 2)
    #expect(outcome.firstDifference == nil)
  }

  @Test("The first event that is answered otherwise is named, with what was answered and what is")
  func difference() throws {
    let recorder = EventRecorder(own: own.origin, incarnation: 7, seed: 3)
    let peer = Replication.Event.peerConfigured(PeerSettings(region: Place.jiangsu))
    let bytes =
      recorder.start + recorder.record(.syncRequested([]), at: 1, [])
      + recorder.record(peer, at: 2, [.requestHeads(Place.zhejiang, since: nil)])
    let difference = try #require(try EventReplay.run(bytes).firstDifference)
    #expect(difference.event == 1)
    #expect(difference.time == 2)
    #expect(difference.kind == .peerConfigured)
    #expect(difference.recorded == ["requestHeads 330000 since -"])
    #expect(difference.replayed == ["requestHeads 320000 since -"])
  }

  @Test("What was cut off by a kill counts as cut; what is no recording is refused")
  func damaged() throws {
    let bytes = record(try events())
    let cut = try EventReplay.run(Array(bytes.dropLast(3)))
    #expect(cut.events == (try events().count) - 1)
    #expect(cut.cutBytes > 0)
    #expect(throws: MalformedRecording.self) { try EventReplay.run(Array("#!/bin/sh\necho no recording\n".utf8)) }
    #expect(throws: MalformedRecording.self) {
      try EventReplay.run(Array(bytes[EventRecorder(own: own.origin, incarnation: 7, seed: 3).start.count...]))
    }
  }

  @Test("Equal events have equal bytes, in whatever order their dictionaries are")
  func dictionaries() throws {
    let recorder = EventRecorder(own: own.origin, incarnation: 7, seed: 3)
    let sizes = try (0..<40).compactMap { RegionCode("\(400_000 + $0)") }.map {
      (try Place.log($0, entries: 0).origin, UInt64(9))
    }
    let one = Dictionary(uniqueKeysWithValues: sizes)
    var other = Dictionary(uniqueKeysWithValues: sizes.reversed())
    other.reserveCapacity(5_000)
    #expect(recorder.record(.processed(one), at: 1, []) == recorder.record(.processed(other), at: 1, []))
  }

  @Test("The same events have the same effects, in whatever order dictionaries are")
  func deterministic() throws {
    let bytes = record(try events())
    for _ in 0..<5 { #expect(record(try events()) == bytes) }
    // Logs and peers enter the core's dictionaries in another order, and its answers stay.
    let logs = try (0..<30).compactMap { RegionCode("\(400_000 + $0)") }.map { try Place.log($0, entries: 1) }
    func effects(_ logs: [SimulatedLog]) throws -> [[Replication.Effect]] {
      var node = try TestCore(own, logs, dialling: [], seed: 4)
      for log in logs { node.tell(.peerConfigured(PeerSettings(region: log.keys.region, dialled: false))) }
      let heads = try logs.map { try $0.head(held: 1) }.sorted { $0.origin < $1.origin }
      return [
        node.tell(.peerConfigured(PeerSettings(region: Place.jiangsu))),
        node.tell(.headsReceived(Place.jiangsu, HeadsAnswer(cursor: "1-1", heads: heads))),
        node.tell(.syncRequested([])),
        node.tell(.entriesFailed(Place.jiangsu, pull: 1, PeerFailure(code: "timedOut", reason: "did not answer"))),
      ]
    }
    #expect(try effects(logs) == effects(logs.reversed()))
  }
}
