extension ListSurroundings {
  package static let vocabularyFields = ["purposes", "matters", "calendars"]

  /// Takes what a deployment knows from a document with `purposes` and `matters`, both lists of texts, and `calendars` as a
  /// list has them. Where matters are stated, only these are known. Nothing is taken if anything is refused.
  package mutating func add(vocabulary node: DocumentNode) -> [ListFinding] {
    var findings = ListFindings()
    guard case .object(let members) = node.content else {
      findings.refuse(
        .type, line: node.line, "", zh: "词表应含 purposes、matters、calendars，这里是 \(node.excerpt)",
        en: "a vocabulary is an object with purposes, matters and calendars, this is \(node.excerpt)")
      return findings.refusals
    }
    let reader = DocumentReader(members, line: node.line, path: "", known: Self.vocabularyFields, &findings)
    let (purposes, matters) = (reader.set("purposes", &findings), reader.set("matters", &findings))
    let calendars = ListDocument.readCalendars(reader, &findings)
    guard !findings.isRefused else { return findings.refusals }
    self.purposes.formUnion(purposes)
    if reader.node("matters") != nil { self.matters = (self.matters ?? []).union(matters) }
    self.calendars += calendars
    return []
  }
}
