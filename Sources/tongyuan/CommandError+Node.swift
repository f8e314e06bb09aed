import Catalog
import NodeRuntime
import PeerTransport
import Presentation

extension CommandError {
  /// Wrong usage that the parser of arguments cannot see.
  init(usage code: String, _ detail: Message) {
    self.init(.usage, code: code, title: ProblemTitle.of(code, .usage), detail: detail)
  }

  /// Refused, in words of the command's own.
  init(refused code: String, _ detail: Message, members: [JSONOutput.Member] = []) {
    self.init(.refused, code: code, title: ProblemTitle.of(code, .refused), detail: detail, members: members)
  }

  /// The node's words are English. Where they have no Chinese, a reader of Chinese gets the kind of failure before them.
  private init(_ exitCode: ExitCode, code: String, words: String, members: [JSONOutput.Member] = []) {
    let title = ProblemTitle.of(code, exitCode)
    var detail = Message(reason: words)
    if detail.zh == words { detail.zh = "\(title.zh)：\(words)" }
    self.init(exitCode, code: code, title: title, detail: detail, members: members)
  }

  /// An RFC 9457 problem object of the node. The status says who has to act.
  init(problem: JSONValue, status: Int) {
    let exitCode: ExitCode =
      switch status {
      case 400: .usage
      case 401..<500, 503: .refused
      default: .internal
      }
    let words =
      problem["detail"]?.string ?? problem["title"]?.string ?? "the node answered HTTP \(status) without a reason"
    let known: Set = ["type", "title", "status", "detail", "code"]
    let members = problem.members.filter { !known.contains($0.name) }.map {
      JSONOutput.Member($0.name, $0.value.output)
    }
    self.init(exitCode, code: problem["code"]?.string ?? "http\(status)", words: words, members: members)
  }

  init(_ error: NodeError) {
    let exitCode: ExitCode =
      switch error.kind {
      case .refused: .refused
      case .usage: .usage
      case .unreachable: .unreachable
      case .fault: .internal
      }
    self.init(exitCode, code: error.code, words: error.reason)
  }

  init(_ error: ProofCheckError) {
    self.init(.refused, code: error.code.rawValue, words: error.reason)
  }

  init(_ error: TransportError, directory: DataDirectory) {
    let path = directory.path
    switch error.code {
    case .noNode where error.reason.contains("another user"):
      self.init(.unreachable, code: "otherUser", words: error.reason)
    case .noNode:
      if let denial = directory.denial {
        self.init(denial)
        return
      }
      self.init(
        .unreachable, code: "noNode", title: ProblemTitle.of("noNode", .unreachable),
        detail: directory.isThere
          ? Message(
            zh: "\(path) 中没有节点在运行：用 `tongyuan serve --node \(path)` 启动",
            en: "no node runs in \(path): start it with `tongyuan serve --node \(path)`")
          : Message(
            zh: "\(path) 中没有节点：用 `tongyuan init \(path)` 新建，或用 --node 指明其他目录",
            en: "\(path) holds no node: make one with `tongyuan init \(path)`, or name another directory with --node"))
    case .unreachable, .timedOut, .connectionLost:
      self.init(
        .unreachable, code: error.code.rawValue, title: ProblemTitle.of(error.code.rawValue, .unreachable),
        detail: Message(
          zh: "\(path) 的节点没有答完（\(Reason.chinese(error.description))）：请求可能已执行；看节点日志，再查 `tongyuan status`",
          en: """
            the node of \(path) did not finish its answer (\(error.description)): what was asked may be done or \
            not; look at the node's log and at `tongyuan status`
            """))
    case .badConfiguration: self.init(.refused, code: error.code.rawValue, words: error.description)
    default: self.init(.internal, code: error.code.rawValue, words: error.description)
    }
  }

  /// What kept a node from starting: the machine forbids it, or its configuration is wrong.
  private init(serving error: TransportError) {
    switch error.code {
    // The reason says all that the system's words do.
    case .addressInUse: self.init(.refused, code: "portInUse", words: error.reason)
    case .addressUnavailable, .badConfiguration:
      self.init(.refused, code: error.code.rawValue, words: error.description)
    default: self.init(.internal, code: error.code.rawValue, words: error.description)
    }
  }

  /// Whatever a command threw.
  init(any error: any Error) {
    switch error {
    case let error as CommandError: self = error
    case let error as NodeError: self.init(error)
    case let error as ProofCheckError: self.init(error)
    case let error as TransportError: self.init(serving: error)
    default: self.init(unexpected: error)
    }
  }
}
