import Catalog
import Foundation
import Persistence

/// Restricted manifests, recalls and disputes.
extension Node {
  private func own(_ entries: [EntryName]) -> JSONValue {
    .array(
      entries.map {
        .members(
          ("region", .string($0.region.text)), ("origin", .string($0.origin(in: configuration.federation).text)),
          ("index", .count($0.index)))
      })
  }

  // MARK: Grant, recall

  /// Names more recipients of what this region published of an id for some only.
  package func grant(_ id: ResourceID, to regions: [RegionCode], actor: String) async throws -> JSONValue {
    let origin = configuration.catalogOrigin
    try await mayWrite()
    let now = Self.now
    let name = try await write { [ownLog] transaction -> EntryName in
      let restricted = try (transaction.standing(of: id)?.versions ?? []).filter { name in
        try name.region == origin.region
          && transaction.heldEntry(name.region, name.index)?.leaf?.body?.bodyClass == .restricted
          && !transaction.isBodyRecalled(name)
      }
      guard !restricted.isEmpty else {
        throw NodeError.refused(
          "notRestricted",
          "no version of \(id) stands that this region published for some only (publish --to), its body not recalled")
      }
      let fresh = try regions.filter { region in
        try !restricted.allSatisfy { try transaction.isRecipient(region, of: $0) }
      }
      guard !fresh.isEmpty else {
        throw NodeError.refused("recipients", "all of these are recipients of \(id) already")
      }
      var intent = Leaf(.grant, time: 0)
      intent.entries = restricted
      intent.recipients = fresh
      return try OwnWriting(transaction, origin: origin, ownLog: ownLog, actor: actor, now: now).append(intent)
    }
    return .members(
      ("id", .string(id.text)), ("to", .array(regions.map { .string($0.text) })), ("origin", .string(origin.text)),
      ("index", .count(name.index)))
  }

  /// Entries that one recall names, at most.
  private static let recalledMax = 500

  /// Purges the bodies of all versions of an id that this region may recall: its own, and for its own ids everybody's. Of what is
  /// here nothing is left when it returns, unless `status` says that something is.
  package func recall(_ id: ResourceID, reason: String, actor: String) async throws -> JSONValue {
    let origin = configuration.catalogOrigin
    try await mayWrite()
    let now = Self.now
    let (recalled, written) = try await write { [ownLog] transaction -> ([EntryName], [EntryName]) in
      let names = try transaction.versionNames(of: id).filter { name in
        try (name.region == origin.region || id.owner == origin.region) && !transaction.isBodyRecalled(name)
      }.sorted()
      guard !names.isEmpty else {
        throw NodeError.refused(
          "nothingToRecall",
          "no version of \(id) is here whose body this region may recall, or all are recalled already")
      }
      let writing = OwnWriting(transaction, origin: origin, ownLog: ownLog, actor: actor, now: now)
      var written: [EntryName] = []
      for start in stride(from: 0, to: names.count, by: Self.recalledMax) {
        var intent = Leaf(.recall, time: 0)
        intent.entries = Array(names[start..<min(start + Self.recalledMax, names.count)])
        written.append(
          try writing.append(intent, content: Grounds(actor: actor, reason: reason).encoded()))
      }
      return (names, written)
    }
    await erase()
    return .members(
      ("id", .string(id.text)), ("recalled", own(recalled)), ("origin", .string(origin.text)),
      ("index", .count(written.last?.index ?? 0)))
  }

  // MARK: Disputes

  /// Publishes a region's manifest anew, superseding all that stand and all that is contested: at the source alone, which the rules
  /// see to.
  package func keep(_ id: ResourceID, of region: RegionCode, actor: String) async throws -> JSONValue {
    let origin = configuration.catalogOrigin
    try await mayWrite()
    let now = Self.now
    let published = try await write { [ownLog] transaction -> PublishedEntry in
      guard let standing = try transaction.standing(of: id),
        standing.status == .disputed || !standing.contested.isEmpty
      else {
        throw NodeError.refused(
          "notDisputed", "\(id) is not in dispute, and nothing of it is contested: see `tongyuan conflicts`")
      }
      guard let name = standing.versions.filter({ $0.region == region }).last else {
        throw NodeError.refused("noVersion", "no version of \(region) stands for \(id): see `tongyuan conflicts`")
      }
      guard let kept = try transaction.versionRecord(name, of: id, standing), var manifest = kept.publication?.manifest
      else {
        throw NodeError.refused(
          "noBody", "the version of \(region) is a withdrawal, or its body is not here: withdraw or publish instead")
      }
      // What the other region may say of its provider this one may not, unless it lies at or above it.
      let provider = manifest.provider.region
      if !origin.region.isAtOrAbove(provider), id.owner?.isAtOrAbove(provider) != true {
        manifest.provider.region = origin.region
      }
      // Whoever wrote it goes on to have it.
      var recipients = try transaction.recipients(of: name)
      if !recipients.isEmpty, region != origin.region { recipients = Set(recipients + [region]).sorted() }
      return try OwnWriting(transaction, origin: origin, ownLog: ownLog, actor: actor, now: now).publish(
        manifest, superseding: .exactly(standing.versions + standing.contested),
        audience: recipients.isEmpty ? .everybody : .these(recipients))
    }
    return .members(
      ("id", .string(id.text)), ("kept", .string(region.text)), ("origin", .string(origin.text)),
      ("index", .count(published.name.index)))
  }

  /// Accepts a contested version of an id of this region.
  package func accept(_ name: EntryName, of id: ResourceID, actor: String) async throws -> JSONValue {
    let origin = configuration.catalogOrigin
    try await mayWrite()
    let now = Self.now
    let entry = try await write { [ownLog] transaction -> EntryName in
      guard try transaction.standing(of: id)?.contested.contains(name) == true else {
        throw NodeError.refused(
          "notContested", "\(name) is no contested version of \(id): see `tongyuan conflicts`")
      }
      var intent = Leaf(.accept, time: 0)
      intent.id = id.bytes
      intent.entries = [name]
      return try OwnWriting(transaction, origin: origin, ownLog: ownLog, actor: actor, now: now).append(intent)
    }
    return .members(
      ("id", .string(id.text)), ("accepted", .string("\(name.origin(in: configuration.federation)):\(name.index)")),
      ("origin", .string(origin.text)), ("index", .count(entry.index)))
  }
}
