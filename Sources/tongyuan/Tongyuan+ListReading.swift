import ArgumentParser
import Catalog
import Foundation
import NodeRuntime
import Presentation

extension Tongyuan.Lists {
  struct Ls: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "列出所有清单。", en: "List all lists."))

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let answer = try await node.call().get(RequestTarget("/v1/lists"))
      let console = node.console
      if console.isJSON { return console.print(answer["lists"] ?? .array([])) }
      let lists = answer["lists"].elements
      if lists.isEmpty { return console.say(Message(zh: "还没有清单", en: "there are no lists yet")) }
      console.print(ListReport(language: console.language).table(lists))
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "一份清单：状态、签署、内容。", en: "One list: its state, signatures and text."))

    @Argument(help: help(zh: "清单标识。", en: "The list's id."))
    var id: String

    @Option(help: help(zh: "版本；默认为有效的，否则最新的。", en: "The version; by default the one in force, else the newest."))
    var version: Int?

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let answer = try await ListCall.text(id, version: version, try node.call())
      let console = node.console
      if console.isJSON {
        // The text's bytes are for the commands that compare and print.
        guard case .object(let members) = answer else { return console.print(answer) }
        return console.print(.object(members.filter { $0.name != "text" }))
      }
      let report = ListReport(language: console.language)
      console.print(report.fields(answer))
      console.print("")
      console.print(report.parties(answer["parties"].elements))
      console.print("")
      console.print(report.items((answer["document"]?["items"]).elements))
    }
  }

  struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "比较一份清单的两个版本。", en: "Compare two versions of a list."))

    @Argument(help: help(zh: "清单标识。", en: "The list's id."))
    var id: String

    @Argument(help: help(zh: "旧版本。", en: "The old version."))
    var old: Int

    @Argument(help: help(zh: "新版本。", en: "The new version."))
    var new: Int

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let call = try node.call()
      let one = try ListCall.decoded(try await ListCall.text(id, version: old, call))
      let other = try ListCall.decoded(try await ListCall.text(id, version: new, call))
      let difference = ListDifference(from: one, to: other)
      let console = node.console
      if console.isJSON { return console.print(difference.json) }
      if difference.isEmpty { return console.say(Message(zh: "没有差别", en: "there is no difference")) }
      console.print(ListReport(language: console.language).difference(difference))
    }
  }

  struct Print: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(zh: "生成可打印的清单页。", en: "Write a list as a page to print."))

    @Argument(help: help(zh: "清单标识。", en: "The list's id."))
    var id: String

    @Option(help: help(zh: "版本；默认为有效的，否则最新的。", en: "The version; by default the one in force, else the newest."))
    var version: Int?

    @Option(help: help(zh: "写到哪个文件。", en: "The file to write.", value: "file.html"))
    var out: String

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let answer = try await ListCall.text(id, version: version, try node.call())
      let text = try ListCall.decoded(answer)
      let signatures = answer["parties"].elements.compactMap { party -> ListPage.Signature? in
        guard let region = RegionCode(party["region"].plain), party["signed"]?.isTrue == true,
          let index = party["index"]?.integer, let moment = party["time"]?.moment
        else { return nil }
        return ListPage.Signature(
          region: region, origin: party["origin"].plain, index: UInt64(index), time: moment.milliseconds)
      }
      let page = ListPage(text, signatures: signatures).html
      do { try Data(page.utf8).write(to: URL(fileURLWithPath: out), options: .atomic) } catch {
        throw CommandError(
          refused: "file", Message(zh: "无法写入 \(out)", en: "\(out) cannot be written: \(error.localizedDescription)"))
      }
      let console = node.console
      if console.isJSON {
        return console.print(
          JSONValue.object([.init("file", .string(out)), .init("digest", .string(text.digest.hex))]))
      }
      console.say(Message(zh: "已写入 \(out)", en: "wrote \(out)"))
    }
  }
}

/// Lists as the node tells them.
enum ListCall {
  static func text(_ id: String, version: Int?, _ call: NodeCall) async throws -> JSONValue {
    let query = [("id", id)] + (version.map { [("version", "\($0)")] } ?? [])
    return try await call.get(RequestTarget("/v1/lists/text", query))
  }

  static func decoded(_ answer: JSONValue) throws -> ListText {
    guard let bytes = Data(base64Encoded: answer["text"].plain), let text = try? ListText(bytes: [UInt8](bytes)) else {
      throw CommandError(
        .internal, code: "badAnswer", title: Message(zh: "节点的应答无法读取", en: "The node's answer cannot be read"),
        detail: Message(zh: "清单文本无法读取", en: "the list's text cannot be read"))
    }
    return text
  }
}
