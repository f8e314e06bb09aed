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
  /// The suspensions of a list that nobody resumed, in the order of their entries. Of a suspension and a resumption that do not
  /// know each other the suspension holds: a resumption ends what its writer knew of, and its writer must be who suspended or
  /// the authority.
  package func suspensions(among stops: [ListStop], of terms: ListTerms) throws -> [Suspension] {
    try stops.filter { !$0.resumes }.sorted { $0.entry < $1.entry }.filter { stop in
      try !stops.contains { try $0.resumes && ends($0, stop, terms) }
    }.map { Suspension(by: $0.entry.region, item: $0.item, recipient: $0.recipient) }
  }

  private func ends(_ resumption: ListStop, _ stop: ListStop, _ terms: ListTerms) throws -> Bool {
    let (writer, other) = (resumption.entry.region, stop.entry.region)
    guard writer == other || writer == terms.authority else { return false }
    guard resumption.item == nil || resumption.item == stop.item,
      resumption.recipient == nil || resumption.recipient == stop.recipient
    else { return false }
    return try Past(of: writer, at: resumption.entry.index, reading: self).contains(stop.entry)
  }

  /// All lists that are held, as a decision about access sees them.
  package func accessLists(
    _ digests: [Digest], own: RegionCode, at time: Int64, text: (Digest) throws -> ListText?,
    stops: (Digest) throws -> [ListStop]
  ) throws -> AccessLists {
    let lists = ListsInPast(reading: self)
    var complete: [Digest] = []
    var views: [(ListText, ListView)] = []
    for digest in digests {
      guard let text = try text(digest), let view = try listView(digest, own: own, at: time) else { continue }
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
      })
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
