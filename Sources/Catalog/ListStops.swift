import Cryptography

/// An applied suspension or resumption of a list's terms.
package struct ListStop: Hashable, Sendable {
  package let entry: EntryName
  package let resumes: Bool
  /// A place in the list's items, from 0; nil: every item.
  package let item: Int?
  /// nil: every recipient.
  package let recipient: RegionCode?

  package init(entry: EntryName, resumes: Bool, item: Int?, recipient: RegionCode?) {
    self.entry = entry
    self.resumes = resumes
    self.item = item
    self.recipient = recipient
  }
}

extension CatalogReader {
  /// The suspensions of a list that nobody resumed, in the order of their entries, each kind of a writer once. Of a suspension
  /// and a resumption that do not know each other the suspension holds: a resumption ends what its writer knew of, and its writer
  /// must be who suspended or the authority.
  ///
  /// What a log knows only grows, so of equal acts of one log the last decides: this costs a few look-ups for each, however often
  /// somebody suspends and resumes.
  package func suspensions(among stops: [ListStop], of terms: ListTerms) throws -> [Suspension] {
    var suspended: [StopKey: EntryName] = [:]
    var resumed: [StopKey: EntryName] = [:]
    for stop in stops {
      let key = StopKey(by: stop.entry.region, item: stop.item, recipient: stop.recipient)
      if stop.resumes {
        resumed[key] = max(resumed[key] ?? stop.entry, stop.entry)
      } else {
        suspended[key] = max(suspended[key] ?? stop.entry, stop.entry)
      }
    }
    return try suspended.sorted { $0.value < $1.value }.filter { key, entry in
      try !key.resumptions(authority: terms.authority).contains { resumption in
        guard let last = resumed[resumption] else { return false }
        return try Past(of: last.region, at: last.index, reading: self).contains(entry)
      }
    }.map { key, _ in Suspension(by: key.by, item: key.item, recipient: key.recipient) }
  }

  /// Lists that are held, as a decision about access sees them: all, or of those in force what names one of the given resources.
  package func accessLists(
    _ digests: [Digest], own: RegionCode, at time: Int64, naming resources: Set<String>? = nil,
    text: (Digest) throws -> ListText?, stops: (Digest) throws -> [ListStop]
  ) throws -> AccessLists {
    let lists = ListsInPast(reading: self)
    var complete: [Digest] = []
    var views: [(ListText, ListView)] = []
    for digest in digests {
      guard let view = try listView(digest, own: own, at: time), resources == nil || view.state == .inForce,
        let text = try text(digest)
      else { continue }
      views.append((text, view))
      if view.state != .proposed { complete.append(digest) }
    }
    return AccessLists(
      try views.map { text, view in
        var list = AccessList(text)
        list.state = state(view)
        list.suspensions = try suspensions(among: stops(view.digest), of: view.terms)
        if complete.contains(view.digest) {
          list.completedKnowing = Set(
            try complete.filter { try $0 != view.digest && lists.wasCompleted(view.digest, knowing: $0) })
        }
        return list
      }, naming: resources)
  }

  private func state(_ view: ListView) -> AccessList.State {
    switch view.state {
    case .proposed, .refused:
      .proposed(missing: view.terms.needed.filter { region in !view.signatures.contains { $0.region == region } })
    case .replaced: .replaced
    case .ended: .ended
    case .scheduled, .inForce, .expired: .complete
    }
  }

  /// Whether an entry of this region's own log, written now, would contest what other regions wrote under a list that is over:
  /// then that entry is due.
  package func isBoundaryDue(own: RegionCode, at time: Int64) throws -> Bool {
    guard try hasUnseenVersions(owner: own) else { return false }
    let lists = ListsInPast(reading: self)
    let boundaries = Boundaries(reader: self, lists: lists)
    let size = try logState(own).held
    let past = Past.frontier(
      after: StatedClock(of: own, size: size, reading: self), ownSize: size + 1, reading: self)
    return try unseenVersions(owner: own).contains {
      try !past.contains($0.name) && boundaries.isBoundary(past, at: time, owner: own, for: $0)
    }
  }
}

/// What an act of one log suspends or resumes.
private struct StopKey: Hashable {
  let by: RegionCode
  let item: Int?
  let recipient: RegionCode?

  /// What would end such a suspension: of who wrote it or the authority, for the item or all, for the recipient or all.
  func resumptions(authority: RegionCode?) -> Set<StopKey> {
    var keys: Set<StopKey> = []
    for by in [by, authority].compactMap(\.self) {
      for item in [item, nil] {
        for recipient in [recipient, nil] { keys.insert(StopKey(by: by, item: item, recipient: recipient)) }
      }
    }
    return keys
  }
}
