import Cryptography

/// Whether somebody may have a resource's data, on which ground, and what comes with it.
package struct Decision: Hashable, Sendable {
  package enum Effect: String, Hashable, Sendable { case permit, deny }

  /// The item that decided, of which list.
  package struct Citation: Hashable, Sendable {
    package let list: String
    package let version: UInt32
    package let digest: Digest
    /// A place in the list's items, from 0.
    package let item: Int
    /// The item's own number, where it states one.
    package let number: String
    package let resource: String

    /// As people count, from 1: what reasons say, and what commands take.
    package var position: Int { item + 1 }
  }

  /// Why: each has a stable code and its words.
  package enum Ground: Hashable, Sendable {
    // Permitted.
    case ownData
    case unconditional
    case listItem
    case agreedRequest(String)
    case named, granted
    // Denied.
    case unknownResource
    /// It stands, and what it says is not known here: withheld, recalled, missing or invalid; or nothing of it stands,
    /// `contested`.
    case notHere(String)
    case noShareType
    case notShared(reason: String?, basis: String?)
    case notGovernment
    case crossBorder
    case coreGrade
    case noItem
    case notInForce(NotInForce)
    case shareConflict(list: String)
    case recipient([String])
    case department([String])
    case purpose([String])
    case accessForm([String])
    case field([String])
    case suspended
    case requestOver(String)
    case notNamed
  }

  package enum NotInForce: Hashable, Sendable {
    case proposed(missing: [RegionCode])
    case notBegun(CalendarDate?)
    case expired(CalendarDate?)
    case replaced, ended
  }

  package let effect: Effect
  package let ground: Ground
  package let request: AccessRequest
  package let citation: Citation?
  package let obligations: [Obligation]
  /// The articles that it rests on: `809 art. 15`.
  package let law: String?

  /// Stable, for programs.
  package var code: String {
    switch ground {
    case .ownData: "ownData"
    case .unconditional: "unconditional"
    case .listItem: "listItem"
    case .agreedRequest: "agreedRequest"
    case .named: "named"
    case .granted: "granted"
    case .unknownResource: "unknownResource"
    case .notHere: "notHere"
    case .noShareType: "noShareType"
    case .notShared: "notShared"
    case .notGovernment: "notGovernment"
    case .crossBorder: "crossBorder"
    case .coreGrade: "coreGrade"
    case .noItem: "noItem"
    case .notInForce: "notInForce"
    case .shareConflict: "shareConflict"
    case .recipient: "recipient"
    case .department: "department"
    case .purpose: "purpose"
    case .accessForm: "accessForm"
    case .field: "field"
    case .suspended: "suspended"
    case .requestOver: "requestOver"
    case .notNamed: "notNamed"
    }
  }
}

extension Decision.Citation {
  init(_ match: AccessLists.Match) {
    list = match.terms.name
    version = match.terms.version
    digest = match.list.text.digest
    item = match.place
    number = match.item.wire.number
    resource = match.item.resource
  }
}

extension Decision {
  /// `{"id","effect","code","reason","list","version","item","law","obligations":[…]}`: the item as people count, from 1;
  /// null where no list decided. The reason is English, as JSON is.
  package var json: JSONValue {
    .object([
      .init("id", .string(request.resource.text)), .init("effect", .string(effect.rawValue)),
      .init("code", .string(code)), .init("reason", .string(reason.en)),
      .init("list", citation.map { .string($0.list) } ?? .null),
      .init("version", citation.map { .number("\($0.version)") } ?? .null),
      .init("item", citation.map { .number("\($0.position)") } ?? .null),
      .init("law", law.map { .string($0) } ?? .null), .init("obligations", .array(obligations.map(\.json))),
    ])
  }
}
