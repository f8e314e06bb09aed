import Cryptography

/// The verdict on an entry: a function of leaves and list texts inside its stated past, and of the configuration.
struct Judge {
  let reader: any CatalogReader
  let lists: ListsInPast

  struct Judgement: Hashable {
    let verdict: Verdict
    /// The list that gives a foreign version its right.
    var restsOn: Digest?

    init(_ verdict: Verdict, restsOn: Digest? = nil) {
      self.verdict = verdict
      self.restsOn = restsOn
    }

    static func refused(_ code: Refusal.Code, _ reason: String) -> Judgement {
      Judgement(.refused(Refusal(code, reason)))
    }
  }

  func judge(_ entry: HeldEntry, in past: Past) throws -> Judgement {
    if let leaf = entry.leaf, case .unknown = leaf.kind { return Judgement(.unknown) }
    if let fault = entry.fault { return Judgement(.refused(fault)) }
    guard let leaf = entry.leaf else { preconditionFailure("a malformed leaf is a fault") }
    return try judge(leaf, named: entry.name, in: past)
  }

  /// Of a leaf without fault that has, or would get, this name.
  func judge(_ leaf: Leaf, named name: EntryName, in past: Past) throws -> Judgement {
    for other in leaf.supersedes + leaf.entries where try other == name || !past.contains(other) {
      return .refused(.supersedes, "it names entry \(other), which does not lie in its past")
    }
    switch leaf.kind {
    case .publish, .withdraw: return try judgeVersion(leaf, by: name.region, in: past)
    case .recall: return try judgeRecall(leaf, by: name.region)
    case .grant: return try judgeGrant(leaf, by: name.region)
    default: return Judgement(.applied)
    }
  }

  private func judgeVersion(_ leaf: Leaf, by writer: RegionCode, in past: Past) throws -> Judgement {
    guard let id = leaf.resource else { preconditionFailure("a version without an id is a fault") }
    let isForeign = id.ownerText != writer.text
    if isForeign && leaf.cites == nil {
      return .refused(.namespace, "\(id) lies outside region \(writer), and no list is cited that gives the right")
    }
    guard !isForeign || id.owner.map(reader.configuration.replicated.contains) == true, let owner = id.owner else {
      return Judgement(.unjudged(String(id.ownerText)))
    }
    switch try lists.source(of: id, owner: owner, in: past, at: leaf.time) {
    case .unjudged(let region): return Judgement(.unjudged(region.text))
    case .region(let source, let list):
      guard source == writer else { return .refused(.namespace, try notTheSource(id, writer, source, list)) }
      guard isForeign, let list else { return Judgement(.applied) }
      guard let cited = leaf.cites, try isCitation(cited, of: list, in: past) else {
        return .refused(.cite, "it does not cite a proposal or signature of the list that decides, “\(try name(list))”")
      }
      return Judgement(.applied, restsOn: list)
    }
  }

  /// A citation names a proposal or signature of exactly that list, in the past.
  private func isCitation(_ cited: EntryName, of list: Digest, in past: Past) throws -> Bool {
    guard reader.configuration.replicated.contains(cited.region), try past.contains(cited),
      let entry = try reader.heldEntry(cited.region, cited.index), entry.fault == nil, let leaf = entry.leaf
    else { return false }
    return (leaf.kind == .propose || leaf.kind == .sign) && leaf.list == list
  }

  /// Entries are recalled by the log that holds them; versions also by the id's own region.
  private func judgeRecall(_ leaf: Leaf, by writer: RegionCode) throws -> Judgement {
    for other in leaf.entries where other.region != writer {
      guard reader.configuration.replicated.contains(other.region) else {
        return Judgement(.unjudged(other.region.text))
      }
      let recalled = try reader.heldEntry(other.region, other.index)?.leaf
      guard let recalled, recalled.kind.isVersion, recalled.resource?.owner == writer else {
        return .refused(
          .namespace,
          "it recalls entry \(other), which is neither region \(writer)'s own nor a version of one of its ids")
      }
    }
    return Judgement(.applied)
  }

  private func judgeGrant(_ leaf: Leaf, by writer: RegionCode) throws -> Judgement {
    for other in leaf.entries {
      let granted = other.region == writer ? try reader.heldEntry(other.region, other.index)?.leaf : nil
      guard granted?.body?.bodyClass == .restricted else {
        return .refused(.namespace, "it grants entry \(other), which is not a restricted one of region \(writer)")
      }
    }
    return Judgement(.applied)
  }

  private func notTheSource(
    _ id: ResourceID, _ writer: RegionCode, _ source: RegionCode, _ list: Digest?
  ) throws -> String {
    guard let list else { return "\(id) belongs to region \(source), and no list in force lets \(writer) publish it" }
    return "by list “\(try name(list))” region \(source) alone publishes \(id), \(writer) does not"
  }

  private func name(_ list: Digest) throws -> String { try lists.record(list)?.terms.name ?? list.hex }
}
