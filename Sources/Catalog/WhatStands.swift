import Cryptography

/// Keeps what stands for each id, and the state digest, as versions come, are accepted or become contested.
///
/// A version replaces the earlier ones of its log and those that it supersedes, as long as it counts: firm and open
/// versions do, contested ones do not. What a firm version replaces is replaced for good, so that an id's open versions
/// stay few, however long its history is.
final class WhatStands {
  private let store: any CatalogStore
  private let lists: ListsInPast
  private let boundaries: Boundaries
  /// Whether a region's ids have unseen versions: asked once, kept up to date here.
  private var haveUnseen: [RegionCode: Bool] = [:]
  /// Ids whose standing is due.
  private var due: [ResourceID: Due] = [:]

  private struct Due {
    /// Firm versions that are not written yet: nothing asks for them before `settle`, which writes each of them once, as
    /// it will be, in the order of the ids.
    var unwritten: [Version] = []
    /// Others of its versions were written meanwhile.
    var isWritten = false
  }

  init(_ store: any CatalogStore, lists: ListsInPast) {
    self.store = store
    self.lists = lists
    boundaries = Boundaries(reader: store, lists: lists)
  }

  // MARK: - Applied entries

  /// An applied publish or withdraw.
  func apply(_ leaf: Leaf, named name: EntryName, restsOn: Digest?) throws {
    guard let id = leaf.resource else { preconditionFailure("a version without an id is not applied") }
    var version = Version(
      name: name, id: id, isWithdrawal: leaf.kind == .withdraw, time: leaf.time, supersedes: leaf.supersedes,
      restsOn: restsOn, right: .firm, isReplaced: try store.isMarked(.replaced, name, of: id))
    if restsOn != nil, let owner = id.owner, try !store.isMarked(.accepted, name, of: id) {
      let processed = try store.logState(owner).processed
      let seen = try boundaries.firstEntry(of: owner, knowing: name.region, at: name.index) ?? .max
      if try boundaries.isContested(version, owner: owner, before: min(seen, processed)) {
        version.right = .contested
      } else if seen >= processed {
        version.right = .open
        haveUnseen[owner] = true
      }
    }
    guard version.right == .firm else { return try put(version) }
    due[id, default: Due()].unwritten.append(version)
    try markReplaced(by: version)
  }

  /// An applied accept.
  func accept(_ names: [EntryName], of id: ResourceID) throws {
    for name in names { try store.mark(.accepted, name, of: id) }
    for version in try store.openVersions(of: id) where names.contains(version.name) { try put(version, as: .firm) }
  }

  /// Any entry of a log that was processed, whatever its verdict: it may have seen versions of its region's ids that
  /// others wrote, or be a boundary for those that it has not seen.
  func see(_ entry: HeldEntry) throws {
    let owner = entry.name.region
    guard try hasUnseen(owner) else { return }
    for change in entry.clockChanges {
      let size = min(change.head.size, store.configuration.cuts[change.region]?.size ?? .max)
      for version in try store.unseenVersions(owner: owner, writer: change.region, below: size) {
        try put(version, as: .firm)
      }
    }
    if try mayTurn(entry) {
      let past = Past(of: owner, at: entry.name.index, reading: store)
      for version in try store.unseenVersions(owner: owner)
      where try boundaries.isBoundary(past, at: entry.latestTime, owner: owner, for: version) {
        try put(version, as: .contested)
      }
    }
    haveUnseen[owner] = nil
  }

  private func hasUnseen(_ owner: RegionCode) throws -> Bool {
    if let known = haveUnseen[owner] { return known }
    let answer = try store.hasUnseenVersions(owner: owner)
    haveUnseen[owner] = answer
    return answer
  }

  /// Whether what lists mean along the log may change at this entry.
  private func mayTurn(_ entry: HeldEntry) throws -> Bool {
    let (log, index) = (entry.name.region, entry.name.index)
    let latest = index == 0 ? -1 : try store.latestTime(of: log, at: index - 1)
    if let moment = try store.nextListMoment(after: latest), moment <= entry.latestTime { return true }
    if try store.hasListActs(in: log, index..<index + 1) { return true }
    let before = StatedClock(of: log, size: index, reading: store)
    return try entry.clockChanges.contains { change in
      let old = try before.head(of: change.region)?.size ?? 0
      if !store.configuration.replicated.contains(change.region) { return old == 0 }
      return try store.hasListActs(in: change.region, old..<change.head.size)
    }
  }

  private func put(_ version: Version, as right: Version.Right) throws {
    if version.right == right { return }
    var version = version
    version.right = right
    try put(version)
  }

  private func put(_ version: Version) throws {
    try store.put(version)
    due[version.id, default: Due()].isWritten = true
    if version.right == .firm { try markReplaced(by: version) }
  }

  /// What is superseded may be held and not judged yet. All are marked, so that no order of arrival shows in the marks.
  private func markReplaced(by version: Version) throws {
    for name in version.supersedes { try store.mark(.replaced, name, of: version.id) }
  }

  // MARK: - Standing

  /// Brings standing and state digest up to date; returns the ids whose standing changed, sorted.
  func settle() throws -> [ResourceID] {
    if due.isEmpty { return [] }
    var state = try store.stateDigest()
    var changed: [ResourceID] = []
    for (id, due) in due.sorted(by: { $0.key < $1.key }) {
      let old = try store.standing(of: id)
      // Some version of an id always stands or is contested, once there is any: where nothing stands, none is written.
      let written = old == nil && !due.isWritten ? [] : try store.openVersions(of: id)
      let new = try standing(of: id, written: written, due.unwritten)
      if new == old { continue }
      if let old { state.remove(old.digest(of: id)) }
      if let new { state.add(new.digest(of: id)) }
      try store.setStanding(new, of: id)
      changed.append(id)
    }
    due = [:]
    try store.setStateDigest(state)
    return changed
  }

  private func standing(of id: ResourceID, written: [Version], _ unwritten: [Version]) throws -> Standing? {
    if written.isEmpty, unwritten.count == 1, let only = unwritten.first, !only.isReplaced {
      // What nearly every entry of a new catalog is.
      try store.put(only)
      return Standing(
        status: only.isWithdrawal ? .withdrawn : .standing, shown: only.name, versions: [only.name], contested: [])
    }
    let open = (written + unwritten).sorted { $0.name < $1.name }
    let counting = Replacement(by: open.filter { $0.right != .contested })
    let forGood = Replacement(by: open.filter { $0.right == .firm })
    for var version in open {
      if version.isReplaced || forGood.replaces(version) {
        version.isReplaced = true
        version.isClosed = version.right == .firm
        try store.put(version)
      } else if unwritten.contains(where: { $0.name == version.name }) {
        try store.put(version)
      }
    }
    let kept = open.filter { !$0.isReplaced && !counting.replaces($0) && !forGood.replaces($0) }
    if kept.isEmpty { return nil }
    let stand = kept.filter { $0.right != .contested }
    let shown = try shown(among: stand, of: id)
    let status: Standing.Status =
      switch shown {
      case nil: .contested
      case _ where stand.count > 1: .disputed
      case let shown?: shown.isWithdrawal ? .withdrawn : .standing
      }
    return Standing(
      status: status, shown: shown?.name, versions: stand.map(\.name),
      contested: kept.filter { $0.right == .contested }.map(\.name))
  }

  /// In a dispute the version of who may publish (in the union of the pasts, at the latest time), else the smaller
  /// origin.
  private func shown(among stand: [Version], of id: ResourceID) throws -> Version? {
    guard stand.count > 1, let owner = id.owner, let latest = stand.map(\.time).max() else { return stand.first }
    let past = Past.union(stand.map(boundaries.past), reading: store)
    if case .region(let source, _) = try lists.source(of: id, owner: owner, in: past, at: latest),
      let version = stand.first(where: { $0.name.region == source })
    {
      return version
    }
    let federation = store.configuration.federation
    return stand.min { $0.name.origin(in: federation) < $1.name.origin(in: federation) }
  }
}

/// What a set of counting versions of one id replaces.
private struct Replacement {
  private var superseded: Set<EntryName> = []
  private var last: [RegionCode: UInt64] = [:]

  init(by versions: [Version]) {
    for version in versions {
      superseded.formUnion(version.supersedes)
      last[version.name.region] = max(last[version.name.region] ?? 0, version.name.index)
    }
  }

  func replaces(_ version: Version) -> Bool {
    superseded.contains(version.name) || version.name.index < last[version.name.region] ?? 0
  }
}
