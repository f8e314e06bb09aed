import Catalog

/// Which event a record holds. The numbers are part of the format.
package enum RecordedEvent: UInt8, CaseIterable, Sendable {
  case logOpened = 1
  case peerConfigured, peerRemoved, timerFired, contacted, syncRequested
  case headsReceived, headsFailed, nudgeReceived, nudgeAnswered, nudgeFailed, entriesReceived, entriesFailed
  case committed, commitFailed, appended, stamped, reprocessed, processed
  case branchRead, branchReceived, branchFailed, forkReceived, forkFailed
  case bodiesWanted, bodiesReceived, bodiesFailed
  case messageRefused

  package init(_ event: Replication.Event) {
    self =
      switch event {
      case .logOpened: .logOpened
      case .peerConfigured: .peerConfigured
      case .peerRemoved: .peerRemoved
      case .timerFired: .timerFired
      case .contacted: .contacted
      case .syncRequested: .syncRequested
      case .headsReceived: .headsReceived
      case .headsFailed: .headsFailed
      case .nudgeReceived: .nudgeReceived
      case .nudgeAnswered: .nudgeAnswered
      case .nudgeFailed: .nudgeFailed
      case .messageRefused: .messageRefused
      case .entriesReceived: .entriesReceived
      case .entriesFailed: .entriesFailed
      case .committed: .committed
      case .commitFailed: .commitFailed
      case .appended: .appended
      case .stamped: .stamped
      case .reprocessed: .reprocessed
      case .processed: .processed
      case .branchRead: .branchRead
      case .branchReceived: .branchReceived
      case .branchFailed: .branchFailed
      case .forkReceived: .forkReceived
      case .forkFailed: .forkFailed
      case .bodiesWanted: .bodiesWanted
      case .bodiesReceived: .bodiesReceived
      case .bodiesFailed: .bodiesFailed
      }
  }
}

extension RecordWriter {
  mutating func put(_ event: Replication.Event) {
    put(RecordedEvent(event).rawValue)
    switch event {
    case .logOpened(let identity, let held):
      put(identity)
      put(held)
    case .peerConfigured(let settings): put(settings)
    case .peerRemoved(let region), .timerFired(let region), .contacted(let region): put(region)
    case .syncRequested(let regions): put(each: regions) { $0.put($1) }
    case .headsReceived(let region, let answer):
      put(region)
      put(answer)
    case .bodiesWanted(let wanted):
      put(wanted.open)
      put(each: wanted.origins.sorted()) { $0.put($1) }
    case .bodiesReceived(let region, let found, let next):
      put(region)
      put(found)
      put(next) { $0.put($1.description) }
    case .headsFailed(let region, let failure), .nudgeFailed(let region, let failure),
      .bodiesFailed(let region, let failure), .messageRefused(let region, let failure):
      put(region)
      put(failure)
    case .nudgeReceived(let region, let heads, let entries):
      put(region)
      put(each: heads) { $0.put($1) }
      put(entries) { $0.put($1) }
    case .nudgeAnswered(let region, let heads):
      put(region)
      put(each: heads) { $0.put($1) }
    case .entriesReceived(let region, let pull, let entries):
      put(region)
      put(pull)
      put(entries)
    case .entriesFailed(let region, let pull, let failure):
      put(region)
      put(pull)
      put(failure)
    case .committed(let origin, let size, let processed):
      put(origin)
      put(size)
      put(processed)
    case .commitFailed(let origin, let reason):
      put(origin)
      put(reason)
    case .appended(let origin, let edge, let checkpoint, let processed):
      put(origin)
      put(edge)
      put(checkpoint)
      put(processed)
    case .stamped(let origin, let stamp):
      put(origin)
      put(stamp)
    case .reprocessed(let processed), .processed(let processed): put(processed)
    case .branchRead(let region, let origin, let size, let branch):
      put(region)
      put(origin)
      put(size)
      put(branch) { $0.put($1) }
    case .branchReceived(let region, let origin, let branch):
      put(region)
      put(origin)
      put(branch)
    case .branchFailed(let region, let origin, let failure), .forkFailed(let region, let origin, let failure):
      put(region)
      put(origin)
      put(failure)
    case .forkReceived(let region, let origin, let proof):
      put(region)
      put(origin)
      put(proof.bytes)
    }
  }
}

extension RecordReader {
  mutating func event() throws(MalformedRecording) -> Replication.Event {
    guard let kind = RecordedEvent(rawValue: try byte()) else { throw failure("an event that this version knows") }
    switch kind {
    case .logOpened: return .logOpened(try identity(), try heldLog())
    case .peerConfigured: return .peerConfigured(try settings())
    case .peerRemoved: return .peerRemoved(try region())
    case .timerFired: return .timerFired(try region())
    case .contacted: return .contacted(try region())
    case .syncRequested:
      return .syncRequested(try list { reader throws(MalformedRecording) in try reader.region() })
    case .headsReceived: return .headsReceived(try region(), try headsAnswer())
    case .headsFailed: return .headsFailed(try region(), try peerFailure())
    case .nudgeReceived:
      return .nudgeReceived(
        try region(), try heads(), try optional { reader throws(MalformedRecording) in try reader.servedEntries() })
    case .nudgeAnswered: return .nudgeAnswered(try region(), try heads())
    case .nudgeFailed: return .nudgeFailed(try region(), try peerFailure())
    case .messageRefused: return .messageRefused(try region(), try peerFailure())
    case .entriesReceived: return .entriesReceived(try region(), pull: try number(), try servedEntries())
    case .entriesFailed: return .entriesFailed(try region(), pull: try number(), try peerFailure())
    case .committed: return .committed(try origin(), size: try number(), processed: try sizes())
    case .commitFailed: return .commitFailed(try origin(), reason: try text())
    case .appended:
      return .appended(try origin(), edge: try edge(), checkpoint: try checkpoint(), processed: try sizes())
    case .stamped: return .stamped(try origin(), try checkpoint())
    case .reprocessed: return .reprocessed(try sizes())
    case .processed: return .processed(try sizes())
    case .branchRead:
      return .branchRead(
        try region(), try origin(), size: try number(),
        try optional { reader throws(MalformedRecording) in try reader.branch() })
    case .branchReceived: return .branchReceived(try region(), try origin(), try branch())
    case .branchFailed: return .branchFailed(try region(), try origin(), try peerFailure())
    case .forkReceived: return .forkReceived(try region(), try origin(), try forkProof())
    case .forkFailed: return .forkFailed(try region(), try origin(), try peerFailure())
    case .bodiesWanted:
      var wanted = WantedBodies()
      wanted.open = try number()
      wanted.origins = Set(try list { reader throws(MalformedRecording) in try reader.region() })
      return .bodiesWanted(wanted)
    case .bodiesReceived:
      return .bodiesReceived(
        try region(), found: try number(),
        next: try optional { reader throws(MalformedRecording) in
          try reader.value("an entry's name") { EntryName(try $0.text()) }
        })
    case .bodiesFailed: return .bodiesFailed(try region(), try peerFailure())
    }
  }
}
