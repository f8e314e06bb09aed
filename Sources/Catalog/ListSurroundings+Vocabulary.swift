extension ListSurroundings {
  package static let vocabularyFields = ["purposes", "matters"]

  /// Takes a deployment's own words from a document with `purposes` and `matters`, both lists of texts. Where matters are
  /// stated, only these are known. Nothing is taken if anything is refused.
  package mutating func add(vocabulary node: DocumentNode) -> [ListFinding] {
    var findings = ListFindings()
    guard case .object(let members) = node.content else {
      findings.refuse(
        .type, line: node.line, "", zh: "词表应含 purposes、matters，这里是 \(node.excerpt)",
        en: "a vocabulary is an object with purposes and matters, this is \(node.excerpt)")
      return findings.refusals
    }
    let reader = DocumentReader(members, line: node.line, path: "", known: Self.vocabularyFields, &findings)
    let (purposes, matters) = (reader.set("purposes", &findings), reader.set("matters", &findings))
    guard !findings.isRefused else { return findings.refusals }
    self.purposes.formUnion(purposes)
    if reader.node("matters") != nil { self.matters = (self.matters ?? []).union(matters) }
    return []
  }
}
