import Logging
import NIOCore
import Synchronization

/// Counts refusals and logs each in one line, but never more lines than an operator can read: whoever is refused
/// decides how often it tries again.
package final class RefusalLog: Sendable {
  package struct Entry: Sendable {
    package let refusal: Refusal
    /// Address and port.
    package let from: String
  }

  package struct Report: Sendable {
    package var counts: [Refusal.Code: Int] = [:]
    /// The last ones, oldest first.
    package var recent: [Entry] = []
  }

  private struct State {
    var report = Report()
    var lines = burst
    var refilled: NIODeadline
    var unlogged = 0
  }

  /// Lines at once; one more every second.
  private static let burst = 20
  private static let remembered = 32

  private let state: Mutex<State>
  private let logger: Logger

  init(logger: Logger) {
    self.logger = logger
    state = Mutex(State(refilled: .now()))
  }

  package var report: Report { state.withLock { $0.report } }

  func record(_ refusal: Refusal, from: String) {
    let line: String? = state.withLock { state in
      state.report.counts[refusal.code, default: 0] += 1
      state.report.recent.append(Entry(refusal: refusal, from: from))
      if state.report.recent.count > Self.remembered { state.report.recent.removeFirst() }
      let seconds = Int((NIODeadline.now() - state.refilled).nanoseconds / 1_000_000_000)
      if seconds > 0 {
        state.lines = min(Self.burst, state.lines + seconds)
        state.refilled = .now()
      }
      guard state.lines > 0 else {
        state.unlogged += 1
        return nil
      }
      state.lines -= 1
      let before = state.unlogged > 0 ? " (\(state.unlogged) refusals before it were not logged)" : ""
      state.unlogged = 0
      return "refused \(from): \(refusal.code.rawValue): \(Self.oneLine(refusal.reason))\(before)"
    }
    if let line { logger.notice("\(line)") }
  }

  /// What a stranger wrote into a certificate must neither break the line nor fill the disk.
  static func oneLine(_ text: String, limit: Int = 300) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) {
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
        line.append("?")
      default: line.append(scalar)
      }
    }
    return String(line)
  }
}
