import Foundation
import NodeProcesses
import Presentation
import Testing

/// The tables of sentences, held against the sources: a reason that is written anew, or in other words, fails here until it
/// has its Chinese.
@Suite("Reasons in the sources")
struct ReasonSourceTests {
  /// Files whose English no steward and no operator meets at a terminal, or has its Chinese beside it.
  private static let exempt: [(prefix: String, why: String)] = [
    ("Catalog/Decision", "Chinese beside it"), ("Catalog/Deciding", "an article of law"),
    ("Catalog/ListDocument+Checking", "Chinese beside it"), ("Catalog/ListItem", "Chinese beside it"),
    ("Catalog/ListPage", "a page in Chinese"), ("Catalog/DocumentNode", "beside a Chinese kind"),
    ("NodeRuntime/NodeQueries+Explain", "Chinese beside it"),
    ("NodeRuntime/PeerService", "titles of HTTP answers, for another node's program"),
    ("PeerTransport/ConnectionGuard", "the server's log"), ("PeerTransport/HTTP", "the server's log"),
    ("PeerTransport/OutboundResponse", "titles of HTTP answers"), ("PeerTransport/RequestContent", "the server's log"),
    ("PeerTransport/RefusalLog", "the server's log"), ("PeerTransport/TrustTable", "the server's log"),
    ("Persistence/Schema", "SQL"), ("Replication/Event", "recordings, for developers"),
    ("Replication/Record", "recordings, for developers"),
    ("TransparencyLog/EntryBundle", "tiles, for other programs"), ("Cryptography/", "OpenSSL's steps; see `transport`"),
    ("tongyuan/", "Chinese beside it"),
  ]

  /// What is called with a text that is no reason.
  private static let noReason = [
    "zh:", "en:", "precondition(", "preconditionFailure(", "fatalError(", "sql(", "query(", "execute(",
  ]

  private static func isReason(_ sentence: SourceSentence) -> Bool {
    if exempt.contains(where: { sentence.file.hasPrefix($0.prefix) }) { return false }
    if sentence.text.englishRun == nil || sentence.text.hasPrefix("#") { return false }
    if sentence.text.hasSuffix("tongyuan CA") { return false }  // a certificate's name
    if noReason.contains(where: { sentence.before.hasSuffix($0) }) { return false }
    let statement = sentence.before.split(whereSeparator: { "\n{}".contains($0) }).last ?? ""
    if statement.contains("logger.") || statement.contains("precondition(") { return false }
    let first = sentence.text.prefix { $0.isLetter }
    return first != first.uppercased() || first.count < 2
  }

  @Test("Every reason in the sources has its Chinese")
  func everyReason() throws {
    for sentence in try SourceReader.all() where Self.isReason(sentence) {
      let chinese = Reason.chinese(sentence.text)
      #expect(chinese.englishRun == nil, "\(sentence) is printed as “\(chinese)”: see Presentation/Reasons")
    }
  }

  @Test("Every sentence of the tables is one of the sources'")
  func everySentence() throws {
    let sources = try SourceReader.all().map(\.text).joined(separator: "\n")
    // Those are the words of other programs, which `NodeTests` tries, and sentences that are put together.
    for (subject, sentences) in Reason.tables where !["usage", "machine", "around"].contains(subject) {
      for (english, _) in sentences {
        for piece in Self.pieces(of: english) {
          #expect(sources.contains(piece), "\(subject): “\(english)”: nothing says “\(piece)”")
        }
      }
    }
  }

  /// What stands around the gaps, as far as it has a word.
  private static func pieces(of sentence: String) -> [Substring] {
    sentence.split(whereSeparator: { "{}".contains($0) }).enumerated()
      .filter { $0.offset.isMultiple(of: 2) != sentence.hasPrefix("{") }.map(\.element)
      .filter { $0.count { $0.isLetter } > 3 }
  }
}
