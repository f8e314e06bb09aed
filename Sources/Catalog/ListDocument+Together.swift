extension ListDocument {
  /// Where another list, checked together with this one, names another source for one of its resources while both hold: two
  /// sources for one datum, unless one replaces the other. `other` is called `name` in what people read.
  package func overlaps(with other: ListDocument, named name: String) -> [ListFinding] {
    guard validFrom <= other.validUntil, other.validFrom <= validUntil else { return [] }
    var findings = ListFindings()
    if list == other.list {
      if version == other.version, self != other {
        findings.refuse(
          .duplicate, line: 1, "version", zh: "与 \(name) 同为清单 \(list) 第 \(version) 版，内容不同",
          en: "is version \(version) of list \(list), as \(name) is, and says something else")
      }
      return findings.refusals
    }
    let theirs = Dictionary(other.items.map { ($0.resource, $0) }) { first, _ in first }
    for (place, item) in items.enumerated() {
      guard let rival = theirs[item.resource], rival.source != item.source else { continue }
      findings.refuse(
        .overlap, line: item.line, "items[\(place)].source",
        zh: "\(item.resource) 在 \(name) 第 \(rival.line) 行的来源是 \(rival.source)：一数一源",
        en: "\(item.resource) has the source \(rival.source) in \(name), line \(rival.line): one datum has one source",
        law: "809 art. 19")
    }
    findings.close()
    return findings.refusals
  }
}
