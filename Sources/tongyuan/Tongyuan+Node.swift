import ArgumentParser
import Catalog
import Cryptography
import Foundation
import Logging
import NodeRuntime
import Presentation

extension Tongyuan {
  struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "新建一个节点：密钥、证书、配置和两本日志。", en: "Make a node: keys, certificate, configuration and both logs."))

    @Argument(help: help(zh: "新目录。", en: "A new directory.", value: "dir"))
    var directory: String

    @Option(
      help: help(zh: "地区代码（GB/T 2260），如 310000。", en: "The region's code (GB/T 2260), such as 310000.", value: "code"))
    var region: String

    @Option(help: help(zh: "地区名称，如 上海市。", en: "The region's name.", value: "name"))
    var name: String

    @Option(
      help: help(
        zh: "监听地址，如 127.0.0.1:7301。", en: "Where peers connect to, such as 127.0.0.1:7301.", value: "host:port"))
    var listen: String

    @Option(
      help: help(
        zh: "告知其他地区的地址；默认 https://<listen>。", en: "The endpoint that peers are told; by default https://<listen>.",
        value: "url"))
    var advertise: String?

    @Option(
      help: help(
        zh: "联邦名称，此后不可更改。", en: "The federation's name; it cannot be changed later.", value: "name"))
    var federation = "local"

    @OptionGroup var output: OutputOptions

    func run() throws {
      let configuration = try NodeConfiguration(
        region: region, name: name, federation: federation, listen: listen, advertise: advertise)
      let made = DataDirectory(directory)
      try made.create(configuration, nowSeconds: Int(Date().timeIntervalSince1970))
      let fingerprint = try Certificate(pem: try made.authority()).fingerprintText
      let console = output.console
      if console.isJSON {
        console.print([
          "region": .string(configuration.region.text), "name": .string(configuration.name),
          "federation": .string(configuration.federation.text), "directory": .string(made.path),
          "endpoint": .string(configuration.endpoint), "fingerprint": .string(fingerprint),
        ])
        return
      }
      console.say(
        Message(
          zh: "已建立节点 \(configuration.region) \(configuration.name)，目录 \(made.path)",
          en: "made the node \(configuration.region) \(configuration.name) in \(made.path)"))
      let language = console.language
      console.print(
        .fields([
          (language(zh: "端点", en: "endpoint"), Table.Cell(configuration.endpoint)),
          (language(zh: "联邦", en: "federation"), Table.Cell(configuration.federation.text)),
          (language(zh: "日志", en: "logs"), Table.Cell("\(configuration.catalogOrigin)\n\(configuration.auditOrigin)")),
          (language(zh: "CA 指纹", en: "CA fingerprint"), Table.Cell(fingerprint)),
        ]))
      let path = shellWord(made.path)
      console.say(Message(zh: "接下来：", en: "next:"))
      console.say(Message(verbatim: "  tongyuan serve --node \(path)"))
      console.say(Message(verbatim: "  tongyuan card --node \(path) > \(configuration.region).json"))
      console.say(
        Message(
          zh: "把名片交给其他地区，并用电话核对指纹；对方的名片用 `tongyuan peer add FILE --node \(path)` 加入",
          en: "give the card to the other regions and compare the fingerprint by telephone; add theirs with "
            + "`tongyuan peer add FILE --node \(path)`"))
    }
  }

  struct Card: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "输出本节点的名片（JSON），节点运行与否皆可。", en: "Print this node's peer card (JSON); works running or stopped."))

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let directory = try node.directory()
      let card: JSONValue
      do {
        card = try await NodeCall(directory).get(RequestTarget("/v1/card"))
      } catch let error as CommandError where error.code == "noNode" {
        card = try OfflineNode.card(directory).json
      }
      node.console.print(card)
    }
  }

  struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "运行节点，直到 SIGTERM 或 SIGINT；就绪时输出 ready <地区> <端点>。",
        en: "Run the node until SIGTERM or SIGINT; prints ready <region> <endpoint> once it answers."))

    @Option(
      help: help(
        zh: "把核心收到的事件记入此文件，供重放。", en: "Record the events that the core takes in, to replay them.", value: "file"))
    var record: String?

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let console = node.console
      let directory = try node.directory()
      // Libraries' loggers too: stdout is for the one line below.
      LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
      // Written at once, whatever stdout is: whoever started the node waits for this line.
      try await NodeService.run(
        directory: directory, recording: record, logger: Logger(label: "tongyuan")
      ) { region, endpoint in
        console.print("ready \(region) \(endpoint)")
      }
    }
  }
}
