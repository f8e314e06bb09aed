extension String {
  /// The name that a misspelt one most likely stands for; the first of several. Empty only if there are none.
  func nearest(of names: [String]) -> String {
    names.min { editDistance($0, self) < editDistance($1, self) } ?? ""
  }
}

/// How many characters must be inserted, removed or exchanged, case aside. Long names are cut: the cost is quadratic.
private func editDistance(_ a: String, _ b: String) -> Int {
  let a = Array(a.lowercased().unicodeScalars.prefix(64))
  let b = Array(b.lowercased().unicodeScalars.prefix(64))
  var row = Array(0...b.count)
  for (i, left) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, right) in b.enumerated() {
      let exchanged = diagonal + (left == right ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(exchanged, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
