extension StringProtocol {
  /// The text as one line that is safe on a terminal: line breaks and tabs are a space, every other control character and
  /// whatever changes the reading order is U+FFFD, what is invisible is left out.
  package var neutralised: String { neutralised(keepingLines: false) }

  /// The same, with line feeds kept: for text that is shown over several lines.
  package var neutralisedLines: String { neutralised(keepingLines: true) }

  private func neutralised(keepingLines: Bool) -> String {
    // Nearly all text needs nothing.
    if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return String(self) }
    var output = String.UnicodeScalarView()
    var marks = 0
    for scalar in self.unicodeScalars {
      switch TerminalHazard(scalar) {
      case .lineBreak:
        if scalar == "\r", keepingLines { continue }
        output.append(keepingLines && scalar == "\n" ? "\n" : " ")
      case .control: output.append("\u{FFFD}")
      case .invisible: continue
      case .mark:
        // A pile of accents would run over the lines above; no script needs more on one letter.
        marks += 1
        if marks <= 4 { output.append(scalar) }
        continue
      case nil: output.append(scalar)
      }
      marks = 0
    }
    return String(output)
  }
}

/// What must not reach a terminal as it is.
enum TerminalHazard {
  case lineBreak
  /// C0, DEL and C1 (U+009B is the eight-bit form of ESC [), and the bidirectional controls of Unicode Annex 9.
  case control
  /// Format characters that draw nothing: they make two different texts look the same.
  case invisible
  case mark

  init?(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x20..<0x7F: return nil
    case 0x09...0x0D, 0x85, 0x2028, 0x2029: self = .lineBreak
    case 0..<0x20, 0x7F...0x9F: self = .control
    case 0x61C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: self = .control
    // Joiners and variation selectors belong to scripts and emoji.
    case 0x200C, 0x200D, 0xFE00...0xFE0F: return nil
    default:
      switch scalar.properties.generalCategory {
      case .format: self = .invisible
      case .nonspacingMark, .enclosingMark: self = .mark
      default: return nil
      }
    }
  }
}
