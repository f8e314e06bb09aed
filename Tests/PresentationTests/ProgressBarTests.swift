import Presentation
import Testing

struct ProgressBarTests {
  /// What a bar wrote, and the time it is told.
  private final class Screen {
    var written: [String] = []
    var nowMilliseconds = 0
  }

  private func bar(_ screen: Screen, total: Int?, columns: Int = 80, language: Language = .zh) -> ProgressBar {
    ProgressBar(
      "导入", total: total, language: language, columns: columns, write: { screen.written.append($0) },
      nowMilliseconds: { screen.nowMilliseconds })
  }

  @Test("The bar shows share, counts, rate and what is left")
  func line() {
    let screen = Screen()
    var bar = bar(screen, total: 5_000)
    screen.nowMilliseconds = 2_000
    bar.update(1_250)
    #expect(screen.written == ["\r\u{1B}[K导入 [#####---------------] 1,250/5,000  25%  625/s  剩余 6.0 s"])
  }

  @Test("It is drawn at most ten times a second, and taken away at the end")
  func rate() {
    let screen = Screen()
    var bar = bar(screen, total: 1_000)
    for done in 1...1_000 {
      screen.nowMilliseconds = done
      bar.update(done)
    }
    #expect(screen.written.count == 10)
    bar.finish()
    #expect(screen.written.last == "\r\u{1B}[K")
  }

  @Test("It is never wider than the terminal, whatever the numbers", arguments: [1, 10, 40, 80])
  func width(columns: Int) {
    let screen = Screen()
    var bar = bar(screen, total: 3, columns: columns, language: .en)
    for (time, done) in [(5_000, -1), (6_000, 0), (7_000, 4), (8_000, .max)] {
      screen.nowMilliseconds = time
      bar.update(done)
    }
    #expect(screen.written.count == 4)
    #expect(screen.written.allSatisfy { $0.dropFirst(4).columns < max(columns, 1) })
  }

  @Test("Without a total there are counts and no bar")
  func noTotal() {
    let screen = Screen()
    var bar = bar(screen, total: nil)
    screen.nowMilliseconds = 1_000
    bar.update(2_232)
    #expect(screen.written == ["\r\u{1B}[K导入  2,232  2,232/s"])
  }

  @Test("Where stderr is no terminal nothing is written")
  func noTerminal() {
    var bar = ProgressBar("x", total: 1, language: .en, columns: 80, write: nil)
    bar.update(1)
    bar.finish()
  }
}
