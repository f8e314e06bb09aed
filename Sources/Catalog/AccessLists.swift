import Cryptography

/// A list as a decision about access sees it.
package struct AccessList: Sendable {
  package enum State: Hashable, Sendable {
    /// All signatures that it needs are there, and nothing ended or replaced it; its validity is looked at beside this.
    case complete
    /// Regions whose signature is missing.
    case proposed(missing: [RegionCode])
    case replaced
    case ended
  }

  package let text: ListText
  package var state: State
  /// Those that nobody resumed.
  package var suspensions: [Suspension]
  /// Other lists that were complete when this one became so, as its signers knew: it decides before them.
  package var completedKnowing: Set<Digest>

  package init(
    _ text: ListText, state: State = .complete, suspensions: [Suspension] = [], completedKnowing: Set<Digest> = []
  ) {
    self.text = text
    self.state = state
    self.suspensions = suspensions
    self.completedKnowing = completedKnowing
  }
}

/// Access stopped at once, by one side, with grounds (809 art. 27).
package struct Suspension: Hashable, Sendable {
  package let by: RegionCode
  /// A place in the list's items, from 0; nil: all whose source or region it may speak for.
  package let item: Int?
  /// nil: every recipient.
  package let recipient: RegionCode?

  package init(by: RegionCode, item: Int?, recipient: RegionCode?) {
    self.by = by
    self.item = item
    self.recipient = recipient
  }

  /// Only an item's source, the region of its id and the list's authority can suspend it.
  func stops(_ item: ListItem, at place: Int, of terms: ListTerms, for region: RegionCode) -> Bool {
    (self.item == nil || self.item == place) && (recipient == nil || recipient == region)
      && (by == terms.authority || by == item.source || by == item.owner)
  }
}

/// Lists by what their items name: finding the item that decides an id costs one look-up for each of its components,
/// however many items there are.
package struct AccessLists: Sendable {
  /// An item of one of the lists.
  struct Match {
    let list: AccessList
    let place: Int
    var item: ListItem { list.text.items[place] }
    var terms: ListTerms { list.text.terms }

    /// Whether it counts at a time, in milliseconds since the epoch.
    func isInForce(at time: Int64) -> Bool { list.state == .complete && terms.validity.contains(time) }
  }

  private let lists: [AccessList]
  /// By resource: the counting items that name it, at most one a list, the first in its text.
  private let places: [ResourceKey: [Place]]

  private struct Place {
    let list: Int
    let item: Int
  }

  /// `naming`: only items that name one of these, ids or prefixes, are looked at; nil: all.
  package init(_ lists: [AccessList] = [], naming: Set<String>? = nil) {
    self.lists = lists
    var places: [ResourceKey: [Place]] = [:]
    for (number, list) in lists.enumerated() {
      for (place, item) in list.text.items.enumerated()
      where naming?.contains(item.resource) != false && list.text.terms.counts(item) {
        let key = ResourceKey(item.resource.utf8)
        if places[key]?.last?.list != number { places[key, default: []].append(Place(list: number, item: place)) }
      }
    }
    self.places = places
  }

  /// The deciding item for an id: of lists in force the longest match; then the list that was completed in knowledge of
  /// the other; then the smaller digest. Where none is in force, the longest match among the others, to say why.
  func deciding(_ id: ResourceID, at time: Int64) -> (inForce: Match?, other: Match?) {
    var other: Match?
    for resource in id.itemResources.reversed() {
      guard let found = places[ResourceKey(resource.utf8)] else { continue }
      let matches = found.map { Match(list: lists[$0.list], place: $0.item) }
      if let inForce = Self.deciding(among: matches.filter { $0.isInForce(at: time) }) { return (inForce, nil) }
      other = other ?? Self.deciding(among: matches)
    }
    return (nil, other)
  }

  private static func deciding(among rivals: [Match]) -> Match? {
    itemThatDecides(among: rivals, list: \.list.text.digest) {
      $0.list.completedKnowing.contains($1.list.text.digest)
    }
  }
}

/// A resource as a key: hashed and compared as bytes.
private struct ResourceKey: Hashable {
  private let bytes: Substring.UTF8View

  init(_ bytes: Substring.UTF8View) { self.bytes = bytes }
  init(_ bytes: String.UTF8View) { self.bytes = bytes[...] }

  static func == (a: ResourceKey, b: ResourceKey) -> Bool { a.bytes.elementsEqual(b.bytes) }

  func hash(into hasher: inout Hasher) {
    let hashed: Void? = bytes.withContiguousStorageIfAvailable { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    if hashed == nil { preconditionFailure("a Swift string's UTF-8 is contiguous") }
  }
}
