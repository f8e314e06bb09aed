import Catalog
import Foundation
import Persistence

/// What is left of recalled bodies in the search index and the write-ahead log, and when it goes (docs/decisions/0027).
struct Erasing {
  /// Of the search index.
  var isMergeDue = false
  /// Of the write-ahead log.
  var isCutDue = false
  /// What went wrong last, in words; nil once all is gone.
  var problem: String?
  /// Others recall as often as they like, and each merge rewrites the index: not before these.
  var nextMerge = ContinuousClock.now
  var nextCut = ContinuousClock.now
  /// Under way.
  var pass: Task<Void, Never>?

  /// Between merges that others cause; no merges take more than a tenth of the time either.
  static let pause = Duration.seconds(60)
  static let busyPause = Duration.seconds(1)
  static let failurePause = Duration.seconds(5)
}

extension Node {
  /// Ends what was left of bodies when this was called, as far as it can be ended now; what cannot waits, and `status` says why.
  func erase() async {
    while let pass = erasing.pass { await pass.value }
    let pass = Task {
      await self.eraseOnce()
      self.erasing.pass = nil
    }
    erasing.pass = pass
    await pass.value
  }

  private func eraseOnce() async {
    let begin = ContinuousClock.now
    do {
      erasing.isMergeDue = false
      if try await writer.mergeErased() {
        erasing.nextMerge = .now + max(Erasing.pause, begin.duration(to: .now) * 10)
      }
      try await cut()
    } catch {
      erasing.isMergeDue = true
      erasing.nextMerge = .now + Erasing.failurePause
      note(erasureFailure: error)
    }
    // Whoever called does not try again: `eraseInTime` does.
    if erasing.isMergeDue || erasing.isCutDue { erasures.signal.yield() }
  }

  private func cut() async throws {
    erasing.isCutDue = true
    erasing.nextCut = .now + Erasing.busyPause
    guard try await writer.cutLog() else { return }
    erasing.isCutDue = false
    if !erasing.isMergeDue { erasing.problem = nil }
  }

  /// What others recall, what a node that was killed left, and what could not be ended at once.
  func eraseInTime() async {
    erasing.isCutDue = true
    erasures.signal.yield()
    for await _ in erasures.seen {
      erasing.isMergeDue = true
      while !Task.isCancelled, erasing.isMergeDue || erasing.isCutDue {
        if erasing.isMergeDue, erasing.nextMerge <= .now {
          await erase()
        } else if erasing.isCutDue, erasing.nextCut <= .now {
          do { try await cut() } catch {
            erasing.nextCut = .now + Erasing.failurePause
            note(erasureFailure: error)
          }
        } else {
          let due = [
            erasing.isMergeDue ? erasing.nextMerge : nil, erasing.isCutDue ? erasing.nextCut : nil,
          ].compactMap(\.self).min()
          try? await Task.sleep(until: due ?? .now, clock: .continuous)
        }
      }
    }
  }

  private func note(erasureFailure error: any Error) {
    let reason = (error as? StoreError)?.reason ?? "\(error)"
    let problem = "what was recalled is not erased to the last byte yet: \(reason)"
    if erasing.problem != problem { logger.error("store: \(problem)") }
    erasing.problem = problem
  }
}
