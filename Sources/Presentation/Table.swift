/// Rows in aligned columns, for people. Widths are those of East Asian text; cells are neutralised as they come in.
package struct Table: Sendable {
  package enum Alignment: Sendable {
    case left
    case right
  }

  package struct Column: Sendable {
    package enum Overflow: Sendable {
      /// Never narrowed: codes, numbers, times, whose half says nothing or something false.
      case keep
      /// Narrowed where the terminal is, ending in `…`.
      case truncate
      /// Narrowed where the terminal is, over several lines.
      case wrap
    }

    package var title: String
    package var alignment: Alignment
    package var overflow: Overflow

    package init(_ title: String, _ alignment: Alignment = .left, overflow: Overflow = .keep) {
      self.title = title
      self.alignment = alignment
      self.overflow = overflow
    }
  }

  package struct Cell: Sendable, ExpressibleByStringInterpolation {
    package var text: String
    package var tint: Style.Tint?

    package init(_ text: String, _ tint: Style.Tint? = nil) {
      self.text = text
      self.tint = tint
    }

    package init(stringLiteral text: String) { self.init(text) }
  }

  private let columns: [Column]
  private let showsTitles: Bool
  private var rows: [[Cell]] = []

  package init(_ columns: [Column]) {
    self.columns = columns
    showsTitles = true
  }

  /// Labels and values, as `show` prints one resource: no titles, the value wrapped under itself.
  package static func fields(_ fields: [(label: String, value: Cell)]) -> Table {
    var table = Table(columns: [Column(""), Column("", overflow: .wrap)], showsTitles: false)
    for field in fields { table.add([Cell(field.label, .faint), field.value]) }
    return table
  }

  private init(columns: [Column], showsTitles: Bool) {
    self.columns = columns
    self.showsTitles = showsTitles
  }

  package var isEmpty: Bool { rows.isEmpty }

  /// A cell for each column; a programmer's error if there are more or fewer.
  package mutating func add(_ row: [Cell]) {
    precondition(row.count == columns.count, "a row has a cell for each column")
    rows.append(
      zip(row, columns).map { cell, column in
        Cell(column.overflow == .wrap ? cell.text.neutralisedLines : cell.text.neutralised, cell.tint)
      })
  }

  package mutating func add(_ row: Cell...) { add(row) }

  /// Every line ends in a line feed. `width`: the terminal's columns; nil, where there is none, narrows nothing.
  package func render(width: Int?, style: Style) -> String {
    let widths = columnWidths(within: width)
    var output = ""
    if showsTitles { append([columns.map { Cell($0.title.neutralised, .bold) }], to: &output, widths, style) }
    append(rows, to: &output, widths, style)
    return output
  }

  private static let gap = "  "
  /// No column is narrowed below this, whatever the terminal: it would show nothing of use.
  private static let leastWidth = 8

  private func columnWidths(within width: Int?) -> [Int] {
    var widths = columns.map { showsTitles ? $0.title.neutralised.columns : 0 }
    for row in rows {
      for (index, cell) in row.enumerated() {
        let lines = cell.text.split(separator: "\n", omittingEmptySubsequences: false)
        widths[index] = max(widths[index], lines.map(\.columns).max() ?? 0)
      }
    }
    guard let width else { return widths }
    var excess = widths.reduce(0, +) + Self.gap.count * (columns.count - 1) - width
    // The widest gives way first, down to the next widest, so that short columns stay whole.
    while excess > 0 {
      let elastic = columns.indices.filter { columns[$0].overflow != .keep && widths[$0] > Self.leastWidth }
      guard let widest = elastic.max(by: { widths[$0] < widths[$1] }) else { break }
      let next = elastic.filter { $0 != widest }.map { widths[$0] }.max() ?? Self.leastWidth
      let cut = min(excess, max(1, widths[widest] - max(next, Self.leastWidth)))
      widths[widest] -= cut
      excess -= cut
    }
    return widths
  }

  private func append(_ rows: [[Cell]], to output: inout String, _ widths: [Int], _ style: Style) {
    for row in rows {
      let cells = row.indices.map { index in
        switch columns[index].overflow {
        case .keep: [row[index].text]
        case .truncate: [row[index].text.truncated(toColumns: widths[index])]
        case .wrap: row[index].text.wrapped(toColumns: widths[index])
        }
      }
      for line in 0..<(cells.map(\.count).max() ?? 0) {
        var spaces = ""  // written only when something follows: no line ends in spaces
        for index in row.indices {
          let text = line < cells[index].count ? cells[index][line] : ""
          let padding = String(repeating: " ", count: max(0, widths[index] - text.columns))
          let isRight = columns[index].alignment == .right
          if isRight { spaces += padding }
          if !text.isEmpty {
            output += spaces + style(text, row[index].tint)
            spaces = ""
          }
          if !isRight { spaces += padding }
          spaces += Self.gap
        }
        output += "\n"
      }
    }
  }
}
