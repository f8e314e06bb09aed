import Catalog
import Persistence
import Replication

/// Which configuration judges. One that is new judges all anew beside the old view, and replaces it in one step, once it comes
/// as far as the old one; until then the old one judges, writes and is printed.
extension Node {
  /// The logs that the present cards make this node replicate, and where operators end them. A log that judges stays though
  /// its card cannot be read.
  var wantedConfiguration: CatalogConfiguration {
    configuration.catalog(replicating: cards.keys, cuts: standings.compactMapValues { $0.cut?.head })
  }

  /// Brings the store's view as near to the present cards as it can come. Where nothing that was judged depends on what is new,
  /// nothing needs to be judged again.
  ///
  /// Who calls while a pass is under way leaves its wish to whoever makes that pass, and is told nothing of how it ends. So a
  /// pass that fails leaves the configuration stale, and the minute makes the next (`finishDue`).
  func configureCatalog() async throws {
    isConfigurationStale = true
    if isConfiguring { return }
    isConfiguring = true
    defer { isConfiguring = false }
    var failure: (any Error)?
    while isConfigurationStale {
      isConfigurationStale = false
      do {
        let reconfiguration = try await writer.reconfigure(to: wantedConfiguration, now: Self.now)
        failure = nil
        note(reconfiguration)
        if reconfiguration.change == .anew { await erase() }
      } catch { failure = error }
    }
    if let failure {
      isConfigurationStale = true
      throw failure
    }
  }

  private func note(_ reconfiguration: Reconfiguration) {
    for entry in reconfiguration.blocked where !blocked.contains(entry) {
      logger.notice("the log of \(entry.region) does not count yet: \(entry.wait.reason)")
    }
    blocked = reconfiguration.blocked
    if reconfiguration.change == .anew {
      logger.info("all entries were judged anew: the configuration \(reconfiguration.configuration.digest) judges now")
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
