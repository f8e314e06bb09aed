import ArgumentParser
import Catalog
import Foundation
import NodeRuntime
import Presentation
import TransparencyLog

extension Tongyuan {
  struct Proof: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "写出现行版本的证明（.tlog-proof）及其条目。", en: "Write the proof of the standing version (.tlog-proof), and its entry."))

    @Argument(help: help(zh: "资源标识。", en: "The resource's id."))
    var id: String

    @Option(
      help: help(
        zh: "证明文件；条目写入 <file>.entry。", en: "The proof's file; the entry goes to <file>.entry.", value: "file"))
    var out: String?

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let path = try out ?? Self.fileName(id)
      let absolute = try node.directory().absolute(path)
      for target in [absolute, absolute + ".entry"] { try DataDirectory.checkReplaceable(target) }
      let answer = try await node.call().get(RequestTarget("/v1/proof", [("id", id)]))
      guard let proof = answer["proof"]?.string, let entry = answer["entry"]?.string.flatMap({ Base64.decode($0) })
      else {
        throw CommandError(
          .internal, code: "badAnswer", title: Message(zh: "节点的应答无法读取", en: "The node's answer cannot be read"),
          detail: Message(zh: "节点没有给出证明和条目：请报告", en: "the node gave no proof and entry: please report it"))
      }
      try DataDirectory.write(Array(proof.utf8), to: absolute, mode: 0o644)
      do { try DataDirectory.write(entry, to: absolute + ".entry", mode: 0o644) } catch {
        unlink(absolute)
        throw error
      }
      let console = node.console
      let key = answer["vkey"]?.string
      if console.isJSON {
        var members = answer.members.filter { $0.name != "proof" && $0.name != "entry" }
        members.append(.init("files", .array([.string(path), .string(path + ".entry")])))
        return console.print(.object(members))
      }
      let (index, origin, size) = (answer["index"].plain, answer["origin"].plain, answer["size"].plain)
      console.say(
        Message(
          zh: "\(id)：\(origin) 第 \(index) 条（共 \(size) 条）的证明",
          en: "\(id): proof of entry \(index) of \(size) in \(origin)"))
      console.say(
        Message(
          zh: "已写入 \(path) 和 \(path).entry；无需节点即可检验：", en: "wrote \(path) and \(path).entry; check them with no node:"))
      console.say(Message(verbatim: "  tongyuan check \(shellWord(path)) --key \(shellWord(key ?? "VKEY"))"))
    }

    private static func fileName(_ id: String) throws -> String {
      let name = id.replacing("/", with: "_") + ".tlog-proof"
      // With `.entry` and the draft's ending it has to fit into the 255 bytes of a file's name.
      guard name.utf8.count <= 240, !name.hasPrefix(".") else {
        throw CommandError(
          usage: "out",
          Message(
            zh: "标识 \(id) 不宜作文件名：用 --out FILE 指定", en: "the id \(id) makes no good file name: give one with --out FILE")
        )
      }
      return name
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "检验证明及其条目，无需节点。", en: "Check a proof and its entry, with no node."),
      discussion: words(
        zh: "条目取自 <file>.entry。密钥来自你信任的名片（keys.catalog）。分叉的证明（`peer show` 的 fork.proof）自成一体，没有条目。",
        en: """
          The entry is read from <file>.entry. Take the key from a card that you trust (keys.catalog). The proof of a fork \
          (fork.proof of `peer show --json`) stands alone, without an entry.
          """))

    @Argument(help: help(zh: "证明文件。", en: "The proof's file."))
    var file: String

    @Option(help: help(zh: "日志的公钥；可重复。", en: "The log's key; may be repeated.", value: "vkey"))
    var key: [String]

    @OptionGroup var output: OutputOptions

    func run() throws {
      let keys = try key.map { text throws(CommandError) in
        do throws(NoteError) { return try NoteVerifier(vkey: text) } catch {
          throw CommandError(
            usage: "key",
            Message(zh: "--key 不是公钥：\(Reason.chinese(error.reason))", en: "--key is no verifier key: \(error.reason)"))
        }
      }
      let advice = Message(zh: "这不是证明", en: "that is no proof")
      let proof = try Input(file, atMost: ProofCheck.proofLengthMax, advice: advice)
      if ForkCheck.isFork(proof.bytes) { return try ForkCheck.run(proof.bytes, keys: keys, output.console) }
      let entry = try Input(file + ".entry", atMost: ProofCheck.entryLengthMax, advice: advice)
      let proven = try ProofCheck.check(proof: proof.bytes, entry: entry.bytes, keys: keys)
      let report = ProofReport(proven: proven)
      let console = output.console
      if console.isJSON { return console.print(report.json) }
      report.print(on: console)
    }
  }

  struct Fsck: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "检验停止的节点：日志、正文、检查点、视图、检索索引。",
        en: "Prove a stopped node: logs, bodies, checkpoints, view and search index."))

    @OptionGroup var node: NodeOptions

    func run() throws {
      let directory = try node.directory()
      let report = try OfflineNode.fsck(directory)
      let console = node.console
      if console.isJSON {
        console.print([
          "sound": .bool(report.isSound), "entries": JSONOutput(report.entries),
          "problems": .array(report.problems.map { ["place": .string($0.place), "what": .string($0.what)] }),
        ])
      } else if report.isSound {
        let entries = report.entries
        console.say(
          Message(
            zh: "完好：\(Quantity.grouped(entries)) 条条目，日志、正文、检查点、视图和检索索引一致",
            en:
              "sound: \(Quantity.counted(entries, "entry", plural: "entries")); "
              + "logs, bodies, checkpoints, view and search index agree"
          ))
      } else {
        var table = Table([
          Table.Column(console.language(zh: "位置", en: "place"), overflow: .wrap),
          Table.Column(console.language(zh: "问题", en: "problem"), overflow: .wrap),
        ])
        for problem in report.problems {
          table.add(Table.Cell(problem.place), Table.Cell(Reason.in(console.language, problem.what), .red))
        }
        console.print(table)
      }
      guard !report.isSound else { return }
      let count = report.problems.count
      throw CommandError(
        refused: "unsound",
        Message(
          zh: "\(directory.path) 有 \(count) 处问题：视图可用 `tongyuan rebuild` 重建，日志须从备份恢复",
          en:
            "\(directory.path) has \(Quantity.counted(count, "problem")): "
            + "a view is mended by `tongyuan rebuild`, a log by a backup"
        ))
    }
  }

  struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "由日志重建停止的节点的视图。", en: "Rebuild a stopped node's view from its logs."))

    @OptionGroup var node: NodeOptions

    func run() throws {
      let (entries, resources) = try OfflineNode.rebuild(try node.directory())
      let console = node.console
      if console.isJSON {
        return console.print(["entries": JSONOutput(entries), "resources": JSONOutput(resources)])
      }
      console.say(
        Message(
          zh: "已由 \(Quantity.grouped(entries)) 条条目重建视图：\(Quantity.grouped(resources)) 个资源",
          en: "rebuilt the view from \(Quantity.counted(entries, "entry", plural: "entries")): "
            + Quantity.counted(resources, "resource")))
    }
  }
}
