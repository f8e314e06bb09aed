import Catalog
import Replication
import Simulator
import TransparencyLog

/// What peers say to each other, and the core that hears it.
extension FuzzTarget {
  static let peerTargets = [heads, nudge, bodiesRequest, cursor, recording, names]

  private static let heads = FuzzTarget(
    name: "heads", lengthMax: 4096,
    seeds: {
      var stamped = try Examples.otherLog.head(held: 3, of: 5)
      stamped.stamp = try Examples.otherLog.keys.stamp(try Examples.otherLog.checkpoint(at: 5), time: 1_800_000_000)
      let heads = [stamped, try Examples.log.head(held: 11)]
      return [try HeadsAnswer(cursor: "7-1f", heads: heads, more: true).bytes]
    }
  ) { bytes in
    guard let answer = try? HeadsAnswer(parsing: bytes) else { return }
    claim(try HeadsAnswer(parsing: answer.bytes) == answer, "an answer is read again from what is written of it")
    var core = core
    _ = core.handle(.headsReceived(Examples.other, answer), at: now)
    checkServed(&core)
  }

  private static let nudge = FuzzTarget(
    name: "nudge", lengthMax: 4096,
    seeds: {
      let frames = Examples.otherLog.frames.dropFirst(3).flatMap(\.bytes)
      return [try Nudge(heads: [Examples.otherLog.head(held: 5)], first: 3, frames: frames).bytes]
    }
  ) { bytes in
    guard let nudge = try? Nudge(parsing: bytes) else { return }
    claim(try Nudge(parsing: nudge.bytes) == nudge, "a nudge is read again from what is written of it")
    var decoder = FrameDecoder()
    decoder.feed(nudge.frames)
    var frames: [Frame] = []
    do { while let frame = try decoder.next() { frames.append(frame) } } catch { return }
    var core = core
    let entries = frames.isEmpty ? nil : ServedEntries(first: nudge.first, frames: frames)
    _ = core.handle(.nudgeReceived(Examples.other, nudge.heads, entries), at: now)
    checkServed(&core)
  }

  private static let bodiesRequest = FuzzTarget(
    name: "bodies-request", lengthMax: 1024,
    seeds: { [try BodiesRequest([EntryName(Examples.region, 3), EntryName(Examples.other, 2, generation: 1)]).bytes] }
  ) { bytes in
    guard let request = try? BodiesRequest(parsing: bytes) else { return }
    claim(try BodiesRequest(parsing: request.bytes) == request, "a request is read again from what is written of it")
  }

  private static let cursor = FuzzTarget(
    name: "cursor", lengthMax: 100, seeds: { ["", "7-1f", "7-ffffffffffffffff", "-"].map { Array($0.utf8) } }
  ) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let answer = core.heads(since: text)
    claim(try HeadsAnswer(parsing: answer.bytes) == answer, "what is answered can be read")
    let next = core.heads(since: answer.cursor)
    claim(next.heads.isEmpty || answer.more, "from its own cursor on, nothing new")
  }

  private static let recording = FuzzTarget(
    name: "recording", lengthMax: 8192,
    seeds: {
      let recorder = EventRecorder(own: Examples.origin, incarnation: 7, seed: 3, groupEntries: 4)
      var (core, bytes) = (recorder.fresh, recorder.start)
      let failure = PeerFailure(code: "timedOut", reason: "没有回答", isFault: false)
      let log = Examples.otherLog
      let events: [Replication.Event] = [
        .logOpened(Examples.log.keys.identity, try Examples.log.held(11)),
        .logOpened(log.keys.identity, try log.held(2)), .peerConfigured(PeerSettings(region: Examples.other)),
        .headsReceived(Examples.other, HeadsAnswer(cursor: "1-1", heads: [try log.head(held: 5)])),
        .entriesReceived(Examples.other, pull: 1, try log.entries(2..<5, treeSize: 5)),
        .committed(log.origin, size: 5, processed: [log.origin: 5]), .headsFailed(Examples.other, failure),
        .forkReceived(Examples.other, Examples.origin, try Examples.fork()), .syncRequested([]),
      ]
      for (number, event) in events.enumerated() {
        bytes += recorder.record(event, at: now + Int64(number), core.handle(event, at: now + Int64(number)))
      }
      return [[255] + bytes, [3] + bytes.prefix(bytes.count / 2)]
    }
  ) { bytes in
    let step = Int(bytes.first ?? 0) + 1
    let recording = Array(bytes.dropFirst())
    let whole = try? EventReplay.run(recording)
    var replay = EventReplay()
    var isRefused = false
    for start in stride(from: 0, to: recording.count, by: step) where !isRefused {
      do { try replay.feed(Array(recording[start..<min(start + step, recording.count)])) } catch { isRefused = true }
    }
    claim(isRefused == (whole == nil), "how a recording is cut does not matter")
    if let whole { claim(replay.finish() == whole, "nor for what comes of it") }
  }

  /// Names as they stand in addresses, leaves and lines of a store.
  private static let names = FuzzTarget(
    name: "names", lengthMax: 300,
    seeds: {
      ["310000", "310000/credit/penalties", "310000:7", "310000/2:7", Examples.origin.text, "2026-11-24", "fuzz"].map {
        Array($0.utf8)
      }
    }
  ) { bytes in
    guard let text = String(validating: bytes, as: UTF8.self) else {
      claim(ResourceID(bytes: bytes) == nil && RegionCode(bytes: bytes) == nil, "a name is text")
      return
    }
    if let id = ResourceID(text) {
      claim(id.text.utf8.elementsEqual(bytes) && id.bytes == bytes, "an id has one spelling")
      claim(ResourceID(bytes: bytes) == id && ResourceID.defect(of: text) == nil, "an id is one, however it is read")
    } else {
      claim(ResourceID.defect(of: text) != nil, "what is no id has a defect")
    }
    if let region = RegionCode(text) {
      claim(region.text.utf8.elementsEqual(bytes) && region.isAtOrAbove(region), "a region stands at itself")
      claim(
        !(region.isAtOrAbove(Examples.region) && Examples.region.isAtOrAbove(region)) || region == Examples.region,
        "no two regions stand above each other")
    }
    if let name = EntryName(text) { claim(name.description.utf8.elementsEqual(bytes), "an entry has one name") }
    if let origin = Origin(text) { claim(origin.text.utf8.elementsEqual(bytes), "an origin has one line") }
    if let date = CalendarDate(text) { claim(CalendarDate(date.description) == date, "a date is read again") }
    _ = SocialCreditCode(text)
    _ = FederationName(text)
  }

  /// Milliseconds since the epoch.
  private static let now: Int64 = 1_800_000_000_000

  /// The core of a node that has just asked its one peer.
  private static let core: Replication = {
    do {
      var core = Replication(own: Examples.origin, incarnation: 7, seed: 1, groupEntries: 4)
      _ = core.handle(.logOpened(Examples.log.keys.identity, try Examples.log.held(11)), at: now)
      _ = core.handle(.logOpened(Examples.otherLog.keys.identity, try Examples.otherLog.held(2)), at: now)
      _ = core.handle(.peerConfigured(PeerSettings(region: Examples.other)), at: now)
      _ = core.handle(.timerFired(Examples.other), at: now)
      return core
    } catch { fatalError("\(error)") }
  }()

  /// Whatever was heard: the own log stands, and what is served can be read.
  private static func checkServed(_ core: inout Replication) {
    claim(core.held(Examples.origin)?.edge.size == 11, "a peer changes nothing of this region's log")
    let answer = core.heads(since: nil)
    claim((try? HeadsAnswer(parsing: answer.bytes)) == answer, "what is answered can be read")
    _ = core.handle(.timerFired(Examples.other), at: now + 60_000)
    _ = core.reports()
  }
}
