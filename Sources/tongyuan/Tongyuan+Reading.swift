import ArgumentParser
import Catalog
import Presentation

extension Tongyuan {
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "一个资源：内容、版本、时钟、判定。", en: "One resource: its manifest, version, clock and verdict."))

    @Argument(help: help(zh: "资源标识。", en: "The resource's id."))
    var id: String

    @Flag(help: help(zh: "连同所有版本，被拒绝的也在内。", en: "With all versions, refused ones too."))
    var history = false

    @OptionGroup var node: NodeOptions

    func run() async throws {
      let query = [("id", id)] + (history ? [("history", "1")] : [])
      let answer = try await node.call().get(RequestTarget("/v1/resource", query))
      let console = node.console
      if console.isJSON { return console.print(answer) }
      let report = ResourceReport(language: console.language)
      console.print(report.head(answer, id: id))
      if let manifest = answer["manifest"], manifest != .null {
        for table in report.manifest(manifest) {
          console.print("")
          console.print(table)
        }
      }
      if history {
        console.print("")
        console.print(report.history(answer["history"].elements))
      }
    }
  }

  struct Search: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: words(
        zh: "检索所有地区的目录（本地副本，离线可用）。", en: "Search the catalog of all regions (the local replica, offline too)."))

    @Argument(help: help(zh: "检索词，中文一字即可。", en: "Words; of Chinese one character is enough."))
    var text: [String]

    @Option(help: help(zh: "只看此地区；可重复。", en: "This region only; may be repeated.", value: "code"))
    var region: [String] = []

    @Option(help: help(zh: "只看此提供单位。", en: "This department only.", value: "name"))
    var department: String?

    @Option(
      help: help(
        zh: "只看此共享属性：unconditional、conditional 或 none。",
        en: "This share type only: unconditional, conditional or none.",
        value: "type"))
    var shareType: String?

    @Option(help: help(zh: "最多列出多少条。", en: "How many to list at most.", value: "n"))
    var limit: Int?

    @OptionGroup var node: NodeOptions

    func run() async throws {
      // Before it is sent: a long one fits no request line.
      do { _ = try SearchQuery(text.joined(separator: " ")) } catch {
        throw CommandError(usage: "search", Message(reason: error.reason))
      }
      var query = [("text", text.joined(separator: " "))] + region.map { ("region", $0) }
      query += [("department", department), ("shareType", shareType), ("limit", limit.map(String.init))]
        .compactMap { name, value in value.map { (name, $0) } }
      let answer = try await node.call().get(RequestTarget("/v1/search", query))
      let console = node.console
      if console.isJSON { return console.print(answer) }
      let hits = answer["hits"].elements
      if !hits.isEmpty { console.print(ResourceReport(language: console.language).hits(hits)) }
      let total = answer["total"].grouped
      console.say(
        hits.isEmpty
          ? Message(zh: "没有找到“\(text.joined(separator: " "))”", en: "nothing matches “\(text.joined(separator: " "))”")
          : Message(zh: "共 \(total) 条，列出 \(hits.count) 条", en: "\(total) found, \(hits.count) listed"))
      for region in answer["missing"].elements {
        let (code, reason) = (region["region"].plain, region["reason"].plain)
        console.note(Message(zh: "不含 \(code)：\(Reason.chinese(reason))", en: "without \(code): \(reason)"))
      }
    }
  }
}
