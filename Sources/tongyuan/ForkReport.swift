import Catalog
import Presentation

/// A log that signed two histories, as people read it in `status` and `peer show`.
struct ForkReport {
  let language: Language

  func table(_ forks: [JSONValue]) -> Table {
    var table = Table([
      Table.Column(language(zh: "分叉的日志", en: "forked log")), Table.Column(language(zh: "条目", en: "entries"), .right),
      Table.Column(language(zh: "根", en: "root"), overflow: .wrap),
      Table.Column(language(zh: "本节点", en: "held here")),
      Table.Column(language(zh: "持有地区", en: "shown by"), overflow: .wrap),
    ])
    for fork in forks {
      for branch in fork["branches"].elements {
        table.add(
          Table.Cell(fork["origin"].plain, .red), Table.Cell(branch["size"].grouped), Table.Cell(branch["root"].plain),
          Table.Cell(held(branch["held"])), Table.Cell(regions(branch)))
      }
    }
    return table
  }

  private func held(_ value: JSONValue?) -> String {
    guard case .bool(let isHeld)? = value else { return language(zh: "未知", en: "unknown") }
    return isHeld ? language(zh: "是", en: "yes") : language(zh: "否", en: "no")
  }

  private func regions(_ branch: JSONValue) -> String {
    let regions = branch["regions"].elements.map(\.plain).joined(separator: " ")
    return regions.isEmpty ? "–" : regions
  }

  /// What to do, in one line.
  func advice(_ fork: JSONValue) -> Message {
    let region = String(fork["origin"].plain.prefix { $0 != "." })
    if let cut = fork["cut"]?.string {
      return Message(
        zh: "\(region) 的日志已分叉，本节点已截断于 \(cut)：请确认其他地区也截断于此",
        en: "the log of \(region) forked and is cut here at \(cut): see that all other regions cut it there too")
    }
    guard let cut = fork["proposedCut"]?.string else {
      return Message(
        zh: "\(region) 的日志已分叉：尚不知两支从何处分开；联系其他地区的运维，共同商定截断处，或采用他们已用的截断处",
        en:
          "the log of \(region) forked, where its branches part is not known yet: call the other operators, and take the cut "
          + "that they have agreed on or given already")
    }
    return Message(
      zh: "\(region) 的日志已分叉；所有地区商定后各自执行：tongyuan peer retire \(region) --at \(cut)",
      en:
        "the log of \(region) forked; agree with all operators, then each runs: tongyuan peer retire \(region) --at \(cut)"
    )
  }
}
