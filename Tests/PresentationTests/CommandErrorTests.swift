import Presentation
import Testing

struct CommandErrorTests {
  private let stale = CommandError(
    .refused, code: "stale", title: Message(zh: "所编辑的版本已不再有效", en: "The version that was edited no longer stands"),
    detail: Message(zh: "310000/a：\u{1B}[2J 已被替换。\n请重新读取。", en: "310000/a: it was replaced. Read it again."),
    members: [.init("id", "310000/a")])

  @Test("An error is one line that starts with the command's name, whatever it quotes")
  func line() {
    #expect(stale.line(in: .en) == "tongyuan: 310000/a: it was replaced. Read it again.")
    #expect(stale.line(in: .zh) == "tongyuan: 310000/a：\u{FFFD}[2J 已被替换。 请重新读取。")
  }

  @Test("As JSON it is a problem object of RFC 9457, in English, with its own members last")
  func problem() {
    #expect(
      stale.problem.compact
        == #"{"type":"urn:tongyuan:problem:stale","title":"The version that was edited no longer stands","#
        + #""detail":"310000/a: it was replaced. Read it again.","code":"stale","id":"310000/a"}"#)
  }

  @Test("The exit codes are the contract's")
  func exitCodes() {
    #expect([CommandError.ExitCode.refused, .usage, .unreachable, .internal].map(\.rawValue) == [1, 2, 3, 4])
    #expect(CommandError(unexpected: CancellationError()).exitCode == .internal)
  }
}
