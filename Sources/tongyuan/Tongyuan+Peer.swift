import ArgumentParser
import Catalog
import NodeRuntime
import Presentation

extension Tongyuan {
  struct Peer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "其他地区的节点；改动即时生效，无需重启。", en: "The other regions' nodes; changes take effect without a restart."),
      subcommands: [Add.self, List.self, Show.self, Suspend.self, Resume.self, Retire.self])
  }
}

/// A region that a command is about.
private func regionCode(_ text: String) throws -> RegionCode {
  guard let region = RegionCode(text) else {
    throw CommandError(
      usage: "region",
      Message(zh: "“\(text)” 不是地区代码：应为六位数字，如 310000", en: "“\(text)” is no region code: give six digits such as 310000")
    )
  }
  return region
}

private func stated(_ reason: String) throws -> String {
  guard reason.contains(where: { !$0.isWhitespace }) else {
    throw CommandError(usage: "reason", Message(zh: "--reason 不能为空", en: "--reason is empty: say why"))
  }
  return reason
}

extension Tongyuan.Peer {
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "加入或更新一个地区的名片。", en: "Add a region by its card, or update its card."))

    @Argument(help: help(zh: "名片文件，- 为标准输入。", en: "The card, - for the standard input.", value: "file"))
    var file: String

    @Flag(help: help(zh: "从其他节点镜像其日志，从不直接连接。", en: "Mirror that region's logs from others, never dial it."))
    var relayed = false

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let card = try Input(
        file, atMost: PeerCard.maximumBytes, advice: Message(zh: "这不是名片", en: "that is no peer card"))
      let call = try node.call()
      let answer = try NodeCall.success(
        try await call.exchange(
          "POST", RequestTarget("/v1/peers", [("relayed", relayed ? "1" : "0")]), body: card.bytes,
          contentType: "application/json", timeout: .seconds(60)))
      let console = node.console
      if console.isJSON { return console.print(answer) }
      let named = "\(answer["region"].plain) \(answer["name"].plain)"
      console.say(
        answer["updated"]?.isTrue == true
          ? Message(zh: "已更新 \(named)", en: "updated \(named)") : Message(zh: "已加入 \(named)", en: "added \(named)"))
      if answer["relayed"]?.isTrue == true {
        console.say(Message(zh: "其日志经由其他节点取得", en: "its logs are taken from other nodes"))
      }
      console.say(
        Message(zh: "CA 指纹 \(answer["fingerprint"].plain)", en: "CA fingerprint \(answer["fingerprint"].plain)"))
      console.say(
        Message(
          zh: "请用电话与对方核对：对方 `tongyuan init` 和 `peer show` 显示的指纹须与此相同",
          en: "compare it by telephone: theirs must be the same"))
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: words(zh: "列出各地区。", en: "List the peers."))

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let answer = try await node.call().get(RequestTarget("/v1/peers"))
      let console = node.console
      if console.isJSON { return console.print(answer) }
      let peers = answer["peers"].elements
      if peers.isEmpty {
        return console.say(
          Message(
            zh: "还没有其他地区：用 `tongyuan peer add FILE` 加入名片", en: "no peers yet: add a card with `tongyuan peer add FILE`")
        )
      }
      console.print(PeerReport(language: console.language).table(peers))
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: words(zh: "一个地区的情况。", en: "One peer."))

    @Argument(help: help(zh: "地区代码。", en: "A region's code."))
    var region: String

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let target = RequestTarget("/v1/peers/\(try regionCode(region))")
      let answer = try await node.call().get(target)
      let console = node.console
      if console.isJSON { return console.print(answer) }
      console.print(PeerReport(language: console.language).fields(answer))
    }
  }

  /// What `suspend` and `resume` take.
  struct GroundsOptions: ParsableArguments {
    @Argument(help: help(zh: "地区代码。", en: "A region's code."))
    var region: String

    @Option(help: help(zh: "理由。", en: "The grounds.", value: "text"))
    var reason: String

    @OptionGroup var actor: ActorOption
    @OptionGroup var node: NodeOptions

    /// Has the node do it, and says so.
    func act(_ name: String, done: (RegionCode) -> Message) async throws {
      let code = try regionCode(region)
      let grounds = JSONValue.object([.init("reason", .string(try stated(reason)))] + actor.member)
      let answer = try await node.call().post(RequestTarget("/v1/peers/\(code)/\(name)"), grounds)
      let console = node.console
      if console.isJSON { return console.print(answer) }
      console.say(done(code))
    }
  }

  struct Suspend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "暂停：不再与其往来；其日志仍经由其他节点镜像。", en: "Deal with it no more; its log is still mirrored through others."))

    @OptionGroup var grounds: GroundsOptions

    func run() async throws {
      try await grounds.act("suspend") {
        Message(
          zh: "已暂停 \($0)；用 `tongyuan peer resume \($0) --reason …` 恢复",
          en: "suspended \($0); `tongyuan peer resume \($0) --reason …` takes it back")
      }
    }
  }

  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: words(zh: "恢复已暂停的地区。", en: "Take a suspension back."))

    @OptionGroup var grounds: GroundsOptions

    func run() async throws {
      try await grounds.act("resume") { Message(zh: "已恢复 \($0)", en: "resumed \($0)") }
    }
  }

  struct Retire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "停用一个地区；--at 在此处截断其日志，之后的条目不算数。",
        en: "Retire a region; --at cuts its log there: entries past it do not count."))

    @Argument(help: help(zh: "地区代码。", en: "A region's code."))
    var region: String

    @Option(
      help: help(
        zh: "日志在何处截断；各节点须给出相同的值。", en: "Where its log is cut; every node must be given the same.", value: "size:root"))
    var at: String?

    @OptionGroup var actor: ActorOption
    @OptionGroup var node: NodeOptions

    func run() async throws {
      let region = try regionCode(region)
      if let at { try Self.check(at) }
      let body = JSONValue.object([.init("at", at.map(JSONValue.string) ?? .null)] + actor.member)
      let answer = try await node.call().post(RequestTarget("/v1/peers/\(region)/retire"), body, timeout: .seconds(600))
      let console = node.console
      if console.isJSON { return console.print(answer) }
      console.say(
        at.map { Message(zh: "已停用 \(region)，日志截断于 \($0)", en: "retired \(region), its log cut at \($0)") }
          ?? Message(zh: "已停用 \(region)", en: "retired \(region)"))
    }

    /// The root in either spelling that the product prints: 64 hexadecimal digits, or base64 as in checkpoints.
    private static func check(_ at: String) throws {
      let parts = at.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, UInt64(parts[0]) != nil, [64, 44].contains(parts[1].utf8.count) else {
        throw CommandError(
          usage: "at",
          Message(
            zh: "--at “\(at)” 不是 SIZE:ROOT：取 `tongyuan status --json` 中的 size 和 root",
            en: "--at “\(at)” is not SIZE:ROOT: take size and root from `tongyuan status --json`"))
      }
    }
  }
}
