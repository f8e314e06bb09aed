import Catalog
import Persistence
import Replication

/// Which configuration judges. One that is new judges all anew beside the old view, and replaces it in one step, once it comes
/// as far as the old one; until then the old one judges, writes and is printed.
extension Node {
  /// The logs that the present cards make this node replicate.
  var wantedConfiguration: CatalogConfiguration {
    configuration.catalog(replicating: cards.keys, cuts: standings.cuts(of: cards.keys))
  }

  /// Brings the store's view as near to the present cards as it can come. Where nothing that was judged depends on what is new,
  /// nothing needs to be judged again.
  func configureCatalog() async throws {
    if isConfiguring {
      isConfigurationStale = true
      return
    }
    isConfiguring = true
    defer { isConfiguring = false }
    repeat {
      isConfigurationStale = false
      try await configureOnce()
    } while isConfigurationStale
  }

  private func configureOnce() async throws {
    let wanted = wantedConfiguration
    let (present, reachable, blocked) = try store.read(wanted) { transaction in
      let (reachable, blocked) = try transaction.reachable(wanted)
      return (try transaction.viewConfiguration(), reachable, blocked)
    }
    for entry in blocked where !self.blocked.contains(entry) {
      logger.notice("the log of \(entry.region) does not count yet: \(entry.wait.reason)")
    }
    self.blocked = blocked
    writer.adopt(present)
    switch try store.read(present, { try $0.relation(ofViewTo: reachable) }) {
    case .same: return
    case .untouched:
      try await write { try $0.setViewConfiguration(reachable) }
      writer.adopt(reachable)
    case .other:
      let now = Self.now
      logger.info("the configuration changed: judging all entries anew")
      try await writer.reconfigure(reachable) { transaction in
        try transaction.judgeAnew(now: now)
        try transaction.setViewConfiguration(reachable)
      }
      logger.info("the configuration \(reachable.digest) judges now")
    }
  }

  /// More of a log is held that did not count: perhaps it can now.
  func reconsider(_ origin: Origin) {
    guard blocked.contains(where: { $0.region == origin.region }) else { return }
    Task {
      do { try await configureCatalog() } catch { note(storeFailure: error) }
    }
  }

  /// For `status`: configured logs that do not count yet, and why.
  var stagedJSON: JSONValue {
    .array(
      blocked.map {
        .members(
          ("region", .string($0.region.text)), ("code", .string($0.wait.code)), ("reason", .string($0.wait.reason)))
      })
  }
}
