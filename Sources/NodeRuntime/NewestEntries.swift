import Synchronization

/// The entries that this node appended last, as a nudge carries them: most peers lack exactly these.
final class NewestEntries: Sendable {
  private let news = Mutex<Writer.Outcome.News?>(nil)

  func set(_ news: Writer.Outcome.News) { self.news.withLock { $0 = news } }

  /// nil unless exactly these were appended last, and fit into a nudge.
  func frames(_ range: Range<UInt64>) -> [UInt8]? {
    news.withLock { news in
      guard let news, news.first == range.lowerBound, news.end == range.upperBound, !news.frames.isEmpty else {
        return nil
      }
      return news.frames
    }
  }
}
