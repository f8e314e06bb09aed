import Catalog
import Foundation
import Persistence

/// What an import did so far, and at its end.
package struct ImportReport: Sendable, Equatable {
  package var lines = 0
  package var published = 0
  package var unchanged = 0
  package var refused = 0
  /// By kind, as the names of `PortalDefect` say.
  package var defects: [String: Int] = [:]
  package var refusals: [Refusal] = []

  package struct Refusal: Sendable, Equatable {
    package var line: Int
    package var id: String?
    package var code: String
    package var reason: String
  }

  /// Refusals beyond these are counted, not listed.
  static let refusalsMax = 1000

  mutating func refuse(line: Int, id: String?, code: String, reason: String) {
    refused += 1
    if refusals.count < Self.refusalsMax {
      refusals.append(Refusal(line: line, id: id, code: code, reason: reason))
    }
  }
}

extension Node {
  /// Records per transaction: enough to spread the cost of the flush, few enough to stop soon.
  private static let importBatch = 2000

  /// A step of progress is told after so many lines at the latest, whatever became of them.
  private static let progressLines = 20_000

  /// Not on the actor: reading and judging a file must not keep the node from anything else.
  ///
  /// Reads a portal's file (JSON lines, plain or gzip) and publishes what is new or changed. It commits in batches: killed and
  /// run again, it goes on. `progress` is called after each batch.
  nonisolated package func importPortal(
    path: String, actor: String, progress: @Sendable (ImportReport) async throws -> Void
  ) async throws -> ImportReport {
    try await mayWrite()
    var report = ImportReport()
    var batch: [(line: Int, manifest: Manifest)] = []
    var reader = PortalReader(node: configuration.region)
    var reported = 0
    var lines: GzipLines
    var information = stat()
    guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
      throw NodeError.refused("unreadable", "\(path) is no file that can be read")
    }
    do { lines = try GzipLines(path: path) } catch { throw NodeError.refused(error.code.rawValue, error.description) }
    while true {
      guard !isStopping else {
        throw NodeError.refused(
          "stopping", "the node is stopping; \(report.published) records are published, run the import again")
      }
      if lines.lineNumber - reported >= Self.progressLines {
        reported = lines.lineNumber
        try await progress(report)
      }
      let line: [UInt8]?
      do { line = try lines.next() } catch  where error.code == .lineTooLong {
        report.refuse(line: lines.lineNumber, id: nil, code: "tooLarge", reason: error.reason)
        continue
      } catch {
        // What came before the damage is published: a second run with a whole file goes on from there.
        if !batch.isEmpty { try await commit(batch, actor, &report) }
        throw NodeError.refused(
          error.code.rawValue, "\(report.published) records are published, then \(error.description)")
      }
      guard let line else { break }
      report.lines = lines.lineNumber
      switch reader.read(line, number: lines.lineNumber) {
      case nil: continue
      case .refused(let refusal):
        report.refuse(line: refusal.line, id: refusal.id, code: refusal.code.rawValue, reason: refusal.reason)
      case .manifest(let manifest, let defects):
        for defect in defects { report.defects[defect.rawValue, default: 0] += 1 }
        if defects.contains(.duplicateID) {
          report.refuse(
            line: lines.lineNumber, id: manifest.id.text, code: "duplicateID",
            reason: "the id stands on an earlier line already: the first one counts")
        } else {
          batch.append((lines.lineNumber, manifest))
        }
      }
      if batch.count == Self.importBatch {
        try await commit(batch, actor, &report)
        batch.removeAll(keepingCapacity: true)
        try await progress(report)
      }
    }
    if !batch.isEmpty { try await commit(batch, actor, &report) }
    return report
  }

  nonisolated private func commit(
    _ batch: [(line: Int, manifest: Manifest)], _ actor: String, _ report: inout ImportReport
  ) async throws {
    let origin = configuration.catalogOrigin
    let now = Self.now
    let (published, unchanged, refused) = try await write { [ownLog] transaction in
      let writing = OwnWriting(transaction, origin: origin, ownLog: ownLog, actor: actor, now: now)
      var published = 0
      var unchanged = 0
      var refused: [(line: Int, refusal: WriteRefusal)] = []
      for (line, manifest) in batch {
        do {
          // Who withdrew a resource, or recalled what was published of it, meant it: a file that still has it does not bring it
          // back.
          let standing = try transaction.standing(of: manifest.id)
          if let own = standing?.versions.last(where: { $0.region == origin.region }),
            try transaction.isBodyRecalled(own)
          {
            throw WriteRefusal(
              id: manifest.id.text, code: "recalled",
              reason: "it was recalled: correct the record at the portal, then `tongyuan publish` it anew")
          }
          if standing?.status == .withdrawn {
            throw WriteRefusal(
              id: manifest.id.text, code: "withdrawn",
              reason: "it was withdrawn here: `tongyuan publish` brings it back")
          }
          // An import states the source's own data; it never settles a dispute.
          let entry = try writing.publish(manifest, superseding: .standingUnlessDisputed)
          if entry.isNew { published += 1 } else { unchanged += 1 }
        } catch let refusal as WriteRefusal { refused.append((line, refusal)) }
      }
      return (published, unchanged, refused)
    }
    report.published += published
    report.unchanged += unchanged
    for (line, refusal) in refused {
      report.refuse(line: line, id: refusal.id, code: refusal.code, reason: refusal.reason)
    }
  }
}
