/// How far a long piece of work has come: one line that is rewritten, on stderr, on a terminal only. It is drawn at most
/// ten times a second, however often it is told.
package struct ProgressBar {
  private let label: String
  private let total: Int?
  private let language: Language
  private let columns: Int
  private let write: ((String) -> Void)?
  private let nowMilliseconds: () -> Int
  private let startedMilliseconds: Int
  private var drawnMilliseconds: Int?

  /// `total`: nil where it is not known; then counts are shown, and no bar. `columns`: the terminal's width. `write`: nil
  /// where stderr is no terminal; then nothing is ever drawn. `nowMilliseconds`: a clock that never goes back.
  package init(
    _ label: String, total: Int?, language: Language, columns: Int, write: ((String) -> Void)?,
    nowMilliseconds: @escaping () -> Int = ProgressBar.monotonicMilliseconds
  ) {
    self.label = label.neutralised
    self.total = total
    self.language = language
    self.columns = columns
    self.write = write
    self.nowMilliseconds = nowMilliseconds
    startedMilliseconds = nowMilliseconds()
  }

  package mutating func update(_ done: Int) {
    guard let write else { return }
    let now = nowMilliseconds()
    if let drawnMilliseconds, now - drawnMilliseconds < 100 { return }
    drawnMilliseconds = now
    write("\r\u{1B}[K" + line(done: done, elapsedMilliseconds: now - startedMilliseconds))
  }

  /// Takes the line away, so that what follows starts on a clean one.
  package mutating func finish() {
    guard let write, drawnMilliseconds != nil else { return }
    write("\r\u{1B}[K")
    drawnMilliseconds = nil
  }

  /// `导入 [#######-------------] 1,234/5,000  24%  3,210/s  剩余 1.2 s`, never wider than the terminal.
  func line(done: Int, elapsedMilliseconds: Int) -> String {
    let rate = elapsedMilliseconds > 0 ? Double(done) * 1_000 / Double(elapsedMilliseconds) : 0
    let speed = rate >= 1 ? "  \(Quantity.grouped(Int(min(rate, 1e12))))/s" : ""
    guard let total, total > 0 else {
      return "\(label)  \(Quantity.grouped(done))\(speed)".truncated(toColumns: columns - 1)
    }
    let share = min(1, max(0, Double(done) / Double(total)))
    let cells = 20
    let full = Int(share * Double(cells))
    let bar = String(repeating: "#", count: full) + String(repeating: "-", count: cells - full)
    var remaining = ""
    if rate > 0, done < total, elapsedMilliseconds >= 1_000 {
      let left = Quantity.duration(milliseconds: Int(min(Double(total - done) / rate * 1_000, 1e15)))
      remaining = language(zh: "  剩余 \(left)", en: "  \(left) left")
    }
    let counts = "\(Quantity.grouped(done))/\(Quantity.grouped(total))  \(Int(share * 100))%"
    return "\(label) [\(bar)] \(counts)\(speed)\(remaining)".truncated(toColumns: columns - 1)
  }

  package static let monotonicMilliseconds: @Sendable () -> Int = {
    let start = ContinuousClock.now
    return {
      let elapsed = (ContinuousClock.now - start).components
      return Int(elapsed.seconds) * 1_000 + Int(elapsed.attoseconds / 1_000_000_000_000_000)
    }
  }()
}
