/// Why a command did not do what it was asked, and how it exits. Printed once, on stderr.
package struct CommandError: Error, Sendable, Hashable {
  package enum ExitCode: Int32, Sendable {
    /// Refused, a check failed, or the machine forbids it (port in use, directory locked, disk full).
    case refused = 1
    /// Wrong usage.
    case usage = 2
    /// The node cannot be reached.
    case unreachable = 3
    /// An error of ours.
    case `internal` = 4
  }

  package var exitCode: ExitCode
  /// Stable, for programs: `stale`, `portInUse`. English letters and digits.
  package var code: String
  /// The kind of failure, the same for every occurrence of a code.
  package var title: Message
  /// What was wrong, with what, and what to do.
  package var detail: Message
  /// Further members of the problem object (RFC 9457 section 3.2), such as `refused` with one object a manifest.
  package var members: [JSONOutput.Member]

  package init(
    _ exitCode: ExitCode, code: String, title: Message, detail: Message, members: [JSONOutput.Member] = []
  ) {
    self.exitCode = exitCode
    self.code = code
    self.title = title
    self.detail = detail
    self.members = members
  }

  /// An error that nobody foresaw. Its own words are kept: they are what a report of the fault needs.
  package init(unexpected error: any Error) {
    self.init(
      .internal, code: "internal", title: Message(zh: "内部错误", en: "Internal error"),
      detail: Message(
        zh: "出现未预料的错误：\(error)。请连同命令一起报告。", en: "an unforeseen error: \(error). Please report it with the command."))
  }

  /// One line, without its line feed: `tongyuan: …`. What it quotes of files and peers is neutralised.
  package func line(in language: Language) -> String { "tongyuan: \(detail.in(language).neutralised)" }

  /// An RFC 9457 problem object, in English. The type is a name, not an address.
  package var problem: JSONOutput {
    .object(
      [
        .init("type", .string("urn:tongyuan:problem:\(code)")),
        .init("title", .string(title.en)),
        .init("detail", .string(detail.en)),
        .init("code", .string(code)),
      ] + members)
  }
}
