import Cryptography

/// Who alone may publish an id, as a past tells it.
enum Source: Hashable {
  /// The list that decides it; nil for the id's own region without a list.
  case region(RegionCode, by: Digest?)
  /// It rests on the log of this region, which is not replicated here.
  case unjudged(RegionCode)
}

/// What lists mean in a past at a time: DESIGN.md section 4. Reads leaves and texts inside the past only.
final class ListsInPast {
  enum Answer: Hashable {
    case yes, no
    /// The log that would be needed is not replicated here.
    case unjudged(RegionCode)
  }

  /// A list with a counting item for an id.
  struct Candidate: Hashable {
    let list: Digest
    let source: RegionCode
    /// Bytes of the item's resource: the longest match decides.
    let length: Int
  }

  private let reader: any CatalogReader
  private var records: [Digest: ListRecord?] = [:]
  private var ends: [Digest: [RegionCode: KnownEnd]] = [:]
  private var owners: [Substring: Bool] = [:]
  private var claims: [Substring: [ListItemClaim]] = [:]
  private static let claimsKept = 4096

  init(reading reader: any CatalogReader) { self.reader = reader }

  /// The end that counts for pasts of `sizes` entries of a log.
  private struct KnownEnd {
    let sizes: Range<UInt64>
    let end: ListEnd?
  }

  /// A text was written: what was looked up of lists may have changed.
  func forget() {
    records = [:]
    ends = [:]
    owners = [:]
    claims = [:]
  }

  /// An act was written.
  func note(_ act: ListAct, on list: Digest) {
    ends[list]?[act.region] = nil
    if case .some(.some) = records[list], reader.configuration.replicated.contains(act.region) {
      records[list]??.add(act)
    }
  }

  func record(_ list: Digest) throws -> ListRecord? {
    if let known = records[list] { return known }
    // What logs that are not replicated say about a list is not known here, even where they are held.
    let replicated = reader.configuration.replicated
    var record = try reader.list(list)
    record?.actors.removeAll { !replicated.contains($0.region) }
    records[list] = .some(record)
    return record
  }

  // MARK: - Force

  /// Whether all signatures that the list needs lie in the past. Once yes, it is yes in any larger past.
  func isComplete(_ list: Digest, in past: Past) throws -> Answer {
    guard let record = try record(list) else { return .no }
    var missing: RegionCode?
    for region in record.terms.needed {
      if let signature = record.firstSignature(of: region), try past.size(of: region) > signature { continue }
      if try reader.configuration.replicated.contains(region) || past.size(of: region) == 0 { return .no }
      missing = min(missing ?? region, region)
    }
    return missing.map { .unjudged($0) } ?? .yes
  }

  /// Whether and why a list is over: once it is, it is for good.
  enum Ending: Hashable {
    case notOver, ended, expired
    case replaced(by: Digest)
    /// Whether it was replaced rests on the log of this region, which is not replicated here.
    case unjudged(RegionCode)
  }

  func ending(of list: Digest, in past: Past, at time: Int64) throws -> Ending {
    guard let record = try record(list) else { return .notOver }
    if let end = try end(of: list, record, in: past), end <= time { return .ended }
    let successor = try successor(of: list, record, in: past, at: time)
    if let known = successor.known { return .replaced(by: known) }
    if time >= record.terms.validity.upperBound { return .expired }
    return successor.doubt.map { .unjudged($0) } ?? .notOver
  }

  /// Whether the list has ended, expired or been replaced.
  func isOver(_ list: Digest, in past: Past, at time: Int64) throws -> Answer {
    switch try ending(of: list, in: past, at: time) {
    case .notOver: .no
    case .ended, .expired, .replaced: .yes
    case .unjudged(let region): .unjudged(region)
    }
  }

  /// The text that replaced a list, the smallest digest of several; where there is none, the region on whose log one rests that
  /// cannot be judged.
  func successor(
    of list: Digest, _ record: ListRecord, in past: Past, at time: Int64
  ) throws -> (known: Digest?, doubt: RegionCode?) {
    // Of several successors in doubt the one that the past names last speaks: any would do, all nodes must choose
    // alike.
    var doubt: (named: EntryName, region: RegionCode)?
    for successor in record.successors.sorted() {
      guard let other = try self.record(successor), other.terms.validity.lowerBound <= time,
        other.terms.mayReplace(record.terms, digest: list), let named = try firstAct(of: other, in: past)
      else { continue }
      switch try isComplete(successor, in: past) {
      case .yes: return (successor, nil)
      case .no: continue
      case .unjudged(let region):
        if doubt.map({ $0.named < named }) ?? true { doubt = (named, region) }
      }
    }
    return (nil, doubt?.region)
  }

  /// When the first of the ends that a past knows takes effect; nil if it knows none.
  func end(of list: Digest, in past: Past) throws -> Int64? {
    try record(list).flatMap { try end(of: list, $0, in: past) }
  }

  private func end(of list: Digest, _ record: ListRecord, in past: Past) throws -> Int64? {
    var earliest: Int64?
    for actor in record.actors where actor.hasEnds {
      guard let end = try end(of: list, by: actor.region, in: past) else { continue }
      earliest = min(earliest ?? .max, end.effective)
    }
    return earliest
  }

  private func end(of list: Digest, by region: RegionCode, in past: Past) throws -> ListEnd? {
    let size = try past.size(of: region)
    if let known = ends[list]?[region], known.sizes.contains(size) { return known.end }
    let end = try reader.listEnd(of: list, by: region, below: size)
    // Of a past that has more than the next end another one counts.
    let next = try reader.nextListEnd(of: list, by: region, from: size) ?? UInt64.max - 1
    ends[list, default: [:]][region] = KnownEnd(sizes: (end.map { $0.index + 1 } ?? 0)..<next + 1, end: end)
    return end
  }

  func isInForce(_ list: Digest, in past: Past, at time: Int64) throws -> Answer {
    guard let record = try record(list), time >= record.terms.validity.lowerBound else { return .no }
    let complete = try isComplete(list, in: past)
    if complete == .no { return .no }
    switch try isOver(list, in: past, at: time) {
    case .yes: return .no
    case .no: return complete
    case .unjudged(let region): return complete == .yes ? .unjudged(region) : complete
    }
  }

  private func firstAct(of record: ListRecord, in past: Past) throws -> EntryName? {
    try record.actors.first { try past.size(of: $0.region) > $0.first }.map { EntryName($0.region, $0.first) }
  }

  // MARK: - The source

  /// Who alone may publish the id, judged in a past at a time. `owner` is the region that its first component names.
  func source(of id: ResourceID, owner: RegionCode, in past: Past, at time: Int64) throws -> Source {
    try source(among: candidates(for: id), owner: owner, in: past, at: time)
  }

  func source(among candidates: [Candidate], owner: RegionCode, in past: Past, at time: Int64) throws -> Source {
    var inForce: [Candidate] = []
    var doubt: RegionCode?
    for candidate in candidates {
      switch try isInForce(candidate.list, in: past, at: time) {
      case .yes: inForce.append(candidate)
      case .no: continue
      case .unjudged(let region):
        // A list of which the past holds nothing does not exist for it.
        if let record = try record(candidate.list), try firstAct(of: record, in: past) != nil {
          doubt = min(doubt ?? region, region)
        }
      }
    }
    if let doubt { return .unjudged(doubt) }
    guard let longest = inForce.map(\.length).max() else { return .region(owner, by: nil) }
    let deciding = try deciding(among: inForce.filter { $0.length == longest })
    return .region(deciding.source, by: deciding.list)
  }

  /// Each list's longest counting item for the id, lists in the order of their digests.
  func candidates(for id: ResourceID) throws -> [Candidate] {
    guard try hasItems(owner: id.ownerText) else { return [] }
    var found: [Digest: Candidate] = [:]
    for resource in id.itemResources {
      // They come from the shortest to the longest: the longest stays.
      for claim in try claims(of: resource) {
        found[claim.list] = Candidate(list: claim.list, source: claim.source, length: resource.utf8.count)
      }
    }
    return found.values.sorted { $0.list < $1.list }
  }

  private func hasItems(owner: Substring) throws -> Bool {
    if let known = owners[owner] { return known }
    let answer = try reader.hasListItems(owner: String(owner))
    owners[owner] = answer
    return answer
  }

  private func claims(of resource: Substring) throws -> [ListItemClaim] {
    // Ids come once each: what is kept is for prefixes, which many of them share.
    guard resource.utf8.last == UInt8(ascii: "/") else { return try reader.listItems(resource: String(resource)) }
    if let known = claims[resource] { return known }
    let answer = try reader.listItems(resource: String(resource))
    if claims.count >= Self.claimsKept { claims = [:] }
    claims[resource] = answer
    return answer
  }

  // MARK: - The deciding item

  private func deciding(among rivals: [Candidate]) throws -> Candidate {
    let deciding = try itemThatDecides(among: rivals, list: \.list) { try wasCompleted($0.list, knowing: $1.list) }
    guard let deciding else { preconditionFailure("somebody asks who decides among no lists") }
    return deciding
  }

  /// Whether one of the first signatures of `list` has all first signatures of `other` in its past. Both are complete.
  func wasCompleted(_ list: Digest, knowing other: Digest) throws -> Bool {
    guard let record = try record(list), let old = try self.record(other) else { return false }
    return try record.terms.needed.contains { region in
      guard let signature = record.firstSignature(of: region) else { return false }
      let past = Past(of: region, at: signature, reading: reader)
      return try old.terms.needed.allSatisfy { party in
        guard let known = old.firstSignature(of: party) else { return false }
        return try past.size(of: party) > known
      }
    }
  }
}

/// Of items of lists in force that match equally: of the lists completed last (no other of them was completed in knowledge of
/// them) the smallest digest. If each was completed in knowledge of another (their writers lied, beyond a cut), of all. nil of none.
func itemThatDecides<Item>(
  among rivals: [Item], list: (Item) -> Digest, wasCompletedKnowing: (_ item: Item, _ other: Item) throws -> Bool
) rethrows -> Item? {
  if rivals.count <= 1 { return rivals.first }
  let last = try rivals.filter { rival in
    try !rivals.contains { try list($0) != list(rival) && wasCompletedKnowing($0, rival) }
  }
  return (last.isEmpty ? rivals : last).min { list($0) < list($1) }
}

extension ListRecord {
  func actor(_ region: RegionCode) -> ListActor? { actors.first { $0.region == region } }

  /// The index of a region's first proposal or signature.
  func firstSignature(of region: RegionCode) -> UInt64? { actor(region)?.signature }

  /// First proposals and signatures, ordered by region.
  var signatures: [EntryName] {
    actors.compactMap { actor in actor.signature.map { EntryName(actor.region, $0) } }
  }

  /// Adds the act of an entry behind all that is recorded of its region.
  fileprivate mutating func add(_ act: ListAct) {
    let place = actors.firstIndex { $0.region >= act.region } ?? actors.endIndex
    if place == actors.endIndex || actors[place].region != act.region {
      actors.insert(ListActor(region: act.region, first: act.index), at: place)
    }
    switch act.kind {
    case .signature: actors[place].signature = actors[place].signature ?? act.index
    case .end: actors[place].hasEnds = true
    }
  }
}

extension ResourceID {
  /// What an item that covers this id can name: each prefix that ends in `/`, from the shortest, then the id.
  package var itemResources: [Substring] {
    text.utf8.indices.filter { text.utf8[$0] == 0x2F }.map { text[...$0] } + [text[...]]
  }
}
