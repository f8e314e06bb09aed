import Foundation

/// Where a command prints: data on stdout, errors and progress on stderr.
package struct Console: Sendable {
  package let language: Language
  /// JSON for programs instead of tables for people.
  package let isJSON: Bool
  /// The columns of stdout; nil if it is no terminal.
  package let width: Int?
  package let style: Style
  package let errorStyle: Style
  /// The columns of stderr; nil if it is no terminal.
  private let errorWidth: Int?

  package init(
    language flag: Language? = nil, isJSON: Bool = false,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    language = Language(flag: flag, environment: environment)
    self.isJSON = isJSON
    width = Self.columns(of: STDOUT_FILENO, environment)
    errorWidth = Self.columns(of: STDERR_FILENO, environment)
    style = Style(isTerminal: width != nil, environment: environment)
    errorStyle = Style(isTerminal: errorWidth != nil, environment: environment)
  }

  /// Neutralised by whoever made it: see `Table` and `neutralised`. Adds a line feed.
  package func print(_ text: String) { Self.write(text + "\n", to: STDOUT_FILENO) }

  package func print(_ table: Table) { Self.write(table.render(width: width, style: style), to: STDOUT_FILENO) }

  package func print(_ json: JSONOutput) { Self.write(json.pretty + "\n", to: STDOUT_FILENO) }

  /// A remark that is not the data asked for: a warning, who did not answer. One line.
  package func note(_ message: Message) { Self.write(message.in(language).neutralised + "\n", to: STDERR_FILENO) }

  package func report(_ error: CommandError) {
    Self.write((isJSON ? error.problem.compact : error.line(in: language)) + "\n", to: STDERR_FILENO)
  }

  package func progress(_ label: Message, total: Int?) -> ProgressBar {
    ProgressBar(
      label.in(language), total: total, language: language, columns: errorWidth ?? 80,
      write: errorWidth == nil || isJSON ? nil : { Self.write($0, to: STDERR_FILENO) })
  }

  /// COLUMNS, if it is a number, overrules what the terminal says (POSIX, "Environment Variables").
  private static func columns(of descriptor: Int32, _ environment: [String: String]) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    if let stated = environment["COLUMNS"].flatMap({ Int($0) }), (1...10_000).contains(stated) { return stated }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Whole, in spite of signals and short writes. A reader that went away (`| head`) is no error of the command's: what is
  /// left is dropped.
  private static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // Whoever opened the stream made it non-blocking: wait until it takes more.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&waiting, 1, -1)
      } else if errno != EINTR {
        return
      }
    }
  }
}
