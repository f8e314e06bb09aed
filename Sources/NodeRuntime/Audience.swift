import Catalog
import Persistence

/// For whom a manifest is published.
package enum Audience: Sendable, Hashable {
  case everybody
  /// Regions, sorted.
  case these([RegionCode])

  var recipients: [RegionCode] {
    switch self {
    case .everybody: []
    case .these(let regions): regions
    }
  }
}

extension OwnWriting {
  /// Withdrawals that are looked through, at most: others may write any number.
  private static let lookedAtMax = 1000

  /// Whom every version is for that a publication replaces, through withdrawals the versions before them: its leaf and later
  /// grants say so, and who wrote it goes on to have it. Empty: everybody. Throws where these differ: which one the new text was
  /// made of nobody knows.
  func inheritedRecipients(of id: ResourceID, _ superseding: Drafting.Superseding) throws -> [RegionCode] {
    let audiences = try replacedVersions(of: id, superseding).map { try (name: $0, regions: audience(of: $0)) }
    let kinds = Set(audiences.map { $0.regions.isEmpty ? nil : Set($0.regions).subtracting([origin.region]) })
    guard kinds.count <= 1 else {
      let list = audiences.map { name, regions in
        "\(name) for \(regions.isEmpty ? "everybody" : regions.map(\.text).joined(separator: ", "))"
      }
      throw Self.undecided(id, "what it replaces was not for the same regions (\(list.joined(separator: "; ")))")
    }
    // An own version's own recipients, as they stand there: an equal manifest is then found to be equal.
    return (audiences.first { $0.name.region == origin.region } ?? audiences.first)?.regions ?? []
  }

  private static func undecided(_ id: ResourceID, _ why: String) -> WriteRefusal {
    WriteRefusal(
      id: id.text, code: "audience", reason: "\(why): publish it with --to REGION for some only, or with --to-all")
  }

  /// In the order of their names.
  private func replacedVersions(of id: ResourceID, _ superseding: Drafting.Superseding) throws -> [EntryName] {
    let standing = try transaction.standing(of: id)
    let versions = standing?.versions ?? []
    // Its own earlier ones it replaces in any case, contested ones too.
    var waiting = (versions + (standing?.contested ?? [])).filter { $0.region == origin.region }
    if case .exactly(let names) = superseding {
      waiting += names
    } else if standing?.status != .disputed {
      waiting += versions
    }
    var seen: Set<EntryName> = []
    var found: [EntryName] = []
    while let name = waiting.popLast() {
      guard seen.insert(name).inserted, let leaf = try transaction.heldEntry(name.region, name.index)?.leaf else {
        continue
      }
      guard seen.count <= Self.lookedAtMax else {
        throw Self.undecided(id, "what it replaces was withdrawn more often than can be looked through")
      }
      if leaf.kind == .withdraw {
        waiting += try transaction.versions(replacedBy: name, of: id)
      } else {
        found.append(name)
      }
    }
    return found.sorted()
  }

  private func audience(of name: EntryName) throws -> [RegionCode] {
    let recipients = try transaction.recipients(of: name)
    if recipients.isEmpty || name.region == origin.region { return recipients }
    return Set(recipients + [name.region]).subtracting([origin.region]).sorted()
  }
}
