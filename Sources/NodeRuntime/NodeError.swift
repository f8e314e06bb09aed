/// An operating failure or a refusal that a person must act on: a stable code, one line that says what was wrong, with what,
/// and what to do.
package struct NodeError: Error, Sendable, CustomStringConvertible {
  /// What the caller can do about it; the command maps it to its exit code.
  package enum Kind: String, Sendable, Codable {
    /// Refused, a check failed, or the machine forbids it.
    case refused
    /// Wrong usage.
    case usage
    /// The node cannot be reached.
    case unreachable
    /// A fault of the program.
    case fault
  }

  package let kind: Kind
  /// Stable, for programs: `portInUse`, `locked`, `stale` …
  package let code: String
  /// For people.
  package let reason: String

  package init(_ kind: Kind, code: String, _ reason: String) {
    self.kind = kind
    self.code = code
    self.reason = reason
  }

  package static func refused(_ code: String, _ reason: String) -> NodeError { .init(.refused, code: code, reason) }
  package static func usage(_ code: String, _ reason: String) -> NodeError { .init(.usage, code: code, reason) }

  package var description: String { reason }
}
