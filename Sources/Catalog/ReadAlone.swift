import Cryptography

/// What follows from a log's own bytes: the clock that it states, its latest time, and the refusals that need nothing
/// else but the text of the list that an entry names. Computed once, when the entry is held.
struct ReadAlone {
  let reader: any CatalogReader
  let lists: ListsInPast

  /// Reads the next entry of a log. `clock` stands before it, `latest` is the latest time so far.
  func read(_ entry: LogEntry, after clock: StatedClock, latest: Int64) throws -> HeldEntry {
    let name = EntryName(clock.log, clock.size)
    guard case .success(let leaf) = entry.leaf else {
      guard case .failure(let defect) = entry.leaf else { preconditionFailure("a result has two cases") }
      return HeldEntry(
        name: name, leaf: nil, latestTime: latest, fault: Refusal(.malformed, defect.reason), clockChanges: [])
    }
    let (changes, clockFault) = try changes(leaf.clock, after: clock)
    var fault = clockFault
    if leaf.time < latest {
      fault = Refusal(.time, "its time lies \(latest - leaf.time) ms before that of an earlier entry of its log")
    }
    return HeldEntry(
      name: name, leaf: leaf, latestTime: max(latest, leaf.time),
      fault: try fault ?? contentFault(of: leaf, by: clock.log), clockChanges: changes)
  }

  /// The changes that are taken over, and what is wrong with the others: these are read as unchanged.
  private func changes(
    _ stated: [ClockChange], after clock: StatedClock
  ) throws -> (changes: [ClockChange], fault: Refusal?) {
    var taken: [RegionCode: LogHead] = [:]
    var fault: Refusal?
    for change in stated {
      let (region, head) = (change.region, change.head)
      if region == clock.log {
        fault = Refusal(.clock, "its clock names its own log, which every entry implies")
        continue
      }
      let old = try taken[region] ?? clock.head(of: region)
      let oldSize = old?.size ?? 0
      if head.size > oldSize {
        taken[region] = head
      } else if head != old {
        let what = head.size < oldSize ? "\(head.size) entries" : "another root at \(head.size) entries"
        fault = Refusal(.clock, "its clock names \(what) of region \(region), after an earlier entry named \(oldSize)")
      }
    }
    return (taken.sorted { $0.key < $1.key }.map { ClockChange($0.key, $0.value) }, fault)
  }

  /// Refusals that need nothing but the leaf and the list's text that it names.
  func contentFault(of leaf: Leaf, by writer: RegionCode) throws -> Refusal? {
    switch leaf.kind {
    case .publish, .withdraw: return idFault(of: leaf)
    case .accept: return idFault(of: leaf) ?? acceptFault(of: leaf, by: writer)
    case .recall, .grant:
      return leaf.entries.isEmpty
        ? Refusal(.supersedes, "a \(leaf.kind.name) entry names the entries that it is about") : nil
    case .propose, .sign, .end, .suspend, .resume: return try listFault(of: leaf, by: writer)
    case .key, .card, .clock, .unknown: return nil
    }
  }

  private func idFault(of leaf: Leaf) -> Refusal? {
    if leaf.resource != nil { return nil }
    let defect = leaf.id.isEmpty ? "it is missing" : ResourceID.defect(of: String(decoding: leaf.id, as: UTF8.self))
    return Refusal(.id, "the resource's id is none: \(defect ?? "it is not UTF-8")")
  }

  private func acceptFault(of leaf: Leaf, by writer: RegionCode) -> Refusal? {
    guard leaf.resource?.owner == writer else {
      return Refusal(.namespace, "only the region that an id begins with accepts versions of it, \(writer) does not")
    }
    return leaf.entries.isEmpty ? Refusal(.namespace, "it names no version that it accepts") : nil
  }

  private func listFault(of leaf: Leaf, by writer: RegionCode) throws -> Refusal? {
    guard let digest = leaf.list else { return Refusal(.list, "it names no list") }
    guard let terms = try lists.record(digest)?.terms else {
      return Refusal(.list, "the text of list \(digest) is not one that a list may have")
    }
    guard terms.federation == reader.configuration.federation else {
      return Refusal(.list, "list “\(terms.name)” is of federation \(terms.federation), not of this one")
    }
    guard try mayAct(leaf, by: writer, on: digest, terms) else {
      return Refusal(
        .party, "region \(writer) may not \(leaf.kind.name) list “\(terms.name)”: \(Self.who(leaf.kind)) may")
    }
    if leaf.kind == .end {
      guard let effective = leaf.effective else {
        return Refusal(.effective, "it does not say from when the list is over")
      }
      guard effective >= leaf.time else {
        return Refusal(.effective, "it ends list “\(terms.name)” \(leaf.time - effective) ms before its own time")
      }
    }
    return nil
  }

  /// Who may write an entry about a list. The signature of a party of an issued or decided list is an acknowledgement
  /// without effect. A resumption of what its writer did not suspend resumes nothing, unless the authority writes it.
  private func mayAct(_ leaf: Leaf, by writer: RegionCode, on list: Digest, _ terms: ListTerms) throws -> Bool {
    switch leaf.kind {
    case .propose, .end: return terms.needed.contains(writer)
    case .suspend, .resume:
      if terms.authority == writer { return true }
      guard let place = leaf.item else { return terms.isMember(writer) }
      let item = try reader.listItem(list, at: place)
      return item?.source == writer || item?.owner == writer
    default: return terms.isMember(writer)
    }
  }

  private static func who(_ kind: EntryKind) -> String {
    switch kind {
    case .propose, .end: "those who must sign it"
    case .suspend, .resume: "an item's source, the region of its id and the list's authority"
    default: "its parties and its authority"
    }
  }
}
