/// What changed from one text of a list to another, item by item and field by field: both as `ListText.json` tells them.
package struct ListDifference: Hashable, Sendable {
  package struct Field: Hashable, Sendable {
    /// A path such as `source.region`.
    package let name: String
    /// nil: not stated.
    package let old: JSONValue?
    package let new: JSONValue?

    package init(name: String, old: JSONValue?, new: JSONValue?) {
      self.name = name
      self.old = old
      self.new = new
    }
  }

  package struct Item: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable { case added, removed, changed, moved }

    package let kind: Kind
    package let resource: String
    /// The place in the old and in the new text, from 0; nil: not in it.
    package let oldPlace: Int?
    package let newPlace: Int?
    /// Of a changed item what differs; of an added or removed one all that it says.
    package let fields: [Field]
  }

  /// Of the list without its items.
  package let terms: [Field]
  /// In the order of the new text; what was removed comes last.
  package let items: [Item]

  package var isEmpty: Bool { terms.isEmpty && items.isEmpty }

  package init(from old: ListText, to new: ListText) {
    let (old, new) = (Self.parts(old.json), Self.parts(new.json))
    terms = Self.fields(from: old.terms, to: new.terms)
    items = Self.items(from: old.items, to: new.items)
  }

  private static func parts(_ list: JSONValue) -> (terms: [JSONValue.Member], items: [[JSONValue.Member]]) {
    guard case .object(let members) = list else { return ([], []) }
    var items: [[JSONValue.Member]] = []
    if case .array(let values)? = members.first(where: { $0.name == "items" })?.value {
      for case .object(let members) in values { items.append(members) }
    }
    return (members.filter { $0.name != "items" }, items)
  }

  // MARK: Fields

  private static func fields(from old: [JSONValue.Member], to new: [JSONValue.Member]) -> [Field] {
    let (old, new) = (flat(old), flat(new))
    let theirs = Dictionary(old.map { ($0.name, $0.value) }) { first, _ in first }
    let ours = Dictionary(new.map { ($0.name, $0.value) }) { first, _ in first }
    let changed = new.filter { theirs[$0.name] != $0.value }
    let gone = old.filter { ours[$0.name] == nil }
    return changed.map { Field(name: $0.name, old: theirs[$0.name], new: $0.value) }
      + gone.map { Field(name: $0.name, old: $0.value, new: nil) }
  }

  /// Objects become paths.
  private static func flat(_ members: [JSONValue.Member], _ path: String = "") -> [JSONValue.Member] {
    members.flatMap { member in
      if case .object(let inner) = member.value { return flat(inner, path + member.name + ".") }
      return [JSONValue.Member(path + member.name, member.value)]
    }
  }

  // MARK: Items

  private struct Key: Hashable {
    let resource: String
    /// The how-manieth item with this resource: only the first counts, but what is signed is shown.
    let number: Int
  }

  private static func keyed(_ items: [[JSONValue.Member]]) -> [Key] {
    var seen: [String: Int] = [:]
    return items.map { item in
      guard case .string(let resource)? = item.first(where: { $0.name == "resource" })?.value else {
        return Key(resource: "", number: 0)
      }
      defer { seen[resource, default: 0] += 1 }
      return Key(resource: resource, number: seen[resource, default: 0])
    }
  }

  private static func items(from old: [[JSONValue.Member]], to new: [[JSONValue.Member]]) -> [Item] {
    let (oldKeys, newKeys) = (keyed(old), keyed(new))
    let oldPlaces = Dictionary(zip(oldKeys, oldKeys.indices)) { first, _ in first }
    let newKeySet = Set(newKeys)
    // Places among those that both texts have: an item before it that came or went moves nothing.
    let kept = Dictionary(zip(oldKeys.filter(newKeySet.contains), 0...)) { first, _ in first }
    var keptSoFar = 0
    var items: [Item] = []
    for (place, key) in newKeys.enumerated() {
      guard let oldPlace = oldPlaces[key] else {
        items.append(
          Item(
            kind: .added, resource: key.resource, oldPlace: nil, newPlace: place,
            fields: fields(from: [], to: new[place])))
        continue
      }
      let changed = fields(from: old[oldPlace], to: new[place])
      let isMoved = kept[key] != keptSoFar
      keptSoFar += 1
      if changed.isEmpty, !isMoved { continue }
      items.append(
        Item(
          kind: changed.isEmpty ? .moved : .changed, resource: key.resource, oldPlace: oldPlace, newPlace: place,
          fields: changed))
    }
    for (place, key) in oldKeys.enumerated() where !newKeySet.contains(key) {
      items.append(
        Item(
          kind: .removed, resource: key.resource, oldPlace: place, newPlace: nil,
          fields: fields(from: old[place], to: [])))
    }
    return items
  }

  // MARK: As JSON

  /// `{"terms":[{"field","old","new"}],"items":[{"change","resource","oldItem","newItem","fields":[…]}]}`; items count
  /// from 0.
  package var json: JSONValue {
    func number(_ place: Int?) -> JSONValue { place.map { .number("\($0)") } ?? .null }
    func list(_ fields: [Field]) -> JSONValue {
      .array(
        fields.map {
          .object([
            .init("field", .string($0.name)), .init("old", $0.old ?? .null), .init("new", $0.new ?? .null),
          ])
        })
    }
    return .object([
      .init("terms", list(terms)),
      .init(
        "items",
        .array(
          items.map {
            .object([
              .init("change", .string($0.kind.rawValue)), .init("resource", .string($0.resource)),
              .init("oldItem", number($0.oldPlace)), .init("newItem", number($0.newPlace)),
              .init("fields", list($0.fields)),
            ])
          })),
    ])
  }
}
