/// What the rules say of an entry. While the configuration stays, it never changes, and it is the same on every node.
package enum Verdict: Hashable, Sendable, CustomStringConvertible {
  case applied
  case refused(Refusal)
  /// A kind that this version does not know.
  case unknown
  /// The right rests on a log that is not replicated here: that of this region, or what an id has in a region's place.
  case unjudged(String)

  /// Stable: `applied`, `refused(CODE)`, `unknown`, `unjudged(REGION)`.
  package var code: String {
    switch self {
    case .applied: "applied"
    case .refused(let refusal): "refused(\(refusal.code.rawValue))"
    case .unknown: "unknown"
    case .unjudged(let region): "unjudged(\(region))"
    }
  }

  package var description: String { code }
}

/// Why an entry does not count. It stays in its log, as evidence.
package struct Refusal: Error, Hashable, Sendable {
  package enum Code: String, Hashable, Sendable, CaseIterable {
    /// The leaf cannot be decoded, or has a body that its kind does not have.
    case malformed
    /// The clock names its own log, or what an earlier entry of the log named already is stated smaller or otherwise.
    case clock
    /// The time lies before that of an earlier entry of the log.
    case time
    /// What should be a resource's id is none.
    case id
    /// The writer has no right there.
    case namespace
    /// The list's text is none, or is for another federation.
    case list
    /// The writer has no part in the list.
    case party
    /// An end states no time from when, or one before its own.
    case effective
    /// An entry that is named does not lie in the past.
    case supersedes
    /// The cited entry is no proposal or signature of the list that decides.
    case cite
  }

  package let code: Code
  /// For a data steward: what is wrong, with what.
  package let reason: String

  package init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }
}

/// Why a held entry cannot be judged yet. Waiting delays a verdict and never changes it.
package enum Wait: Hashable, Sendable, CustomStringConvertible {
  /// Its log's key signed two histories: an operator must say where the log ends.
  case fork
  /// The clock names another root than the one held: a fork, or a lie of the writer.
  case branch(ClockChange)
  /// A log that binds regions here is not replicated: its card is missing.
  case region(RegionCode)
  /// The clock names more of a log than is held.
  case dependency(RegionCode, size: UInt64)
  /// Milliseconds since the epoch: further ahead than this node's clock may be behind.
  case time(Int64)
  /// An earlier entry of the log waits.
  case predecessor

  /// Stable: `pending(fork)`, `pending(branch)`, `pending(region)`, `pending(dependency)`, `pending(time)`, `pending(predecessor)`.
  package var code: String {
    switch self {
    case .fork: "pending(fork)"
    case .branch: "pending(branch)"
    case .region: "pending(region)"
    case .dependency: "pending(dependency)"
    case .time: "pending(time)"
    case .predecessor: "pending(predecessor)"
    }
  }

  package var description: String { code }

  package var reason: String {
    switch self {
    case .fork:
      "its log signed two histories: cut it with `tongyuan peer retire` --at where all regions do, see `tongyuan status`"
    case .branch(let change):
      "it names a history of region \(change.region) at size \(change.head.size) that differs from the one held here: "
        + "either log may be forked"
    case .region(let region):
      "it rests on the log of region \(region), which binds regions here and is not replicated: add that region's card"
    case .dependency(let region, let size): "it waits for \(size) entries of region \(region) to arrive"
    case .time: "its time lies in the future"
    case .predecessor: "an earlier entry of its log waits"
    }
  }
}
