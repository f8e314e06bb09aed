/// The segments of the search index: whether their pages are all there, and whether `search_idx` leads to each of them.
///
/// What follows is from the comments of SQLite's `fts5_index.c`. A segment is a run of leaf pages with sorted words; a row of
/// `search_idx` for each page on which a word begins holds a key by which it is found: empty for page 1, else the shortest
/// beginning of the page's first word that is greater than the last word before it, or that whole word where a merge was
/// taken up again with this page. A merge that is under way has shortened its inputs from the front: keys of pages that are
/// gone stay until it ends.
struct SearchIndexCheck {
  private static let structureID: Int64 = 10
  /// Total lengths; the structure.
  private static let records: Set<Int64> = [1, structureID]

  private let sql: Statements

  init(_ sql: Statements) { self.sql = sql }

  /// At most about `limit`.
  func problems(limit: Int) throws -> [StoreProblem] {
    guard let structure = try sql("SELECT block FROM main.search_data WHERE id = 10").first({ $0.bytes(0) }),
      let segments = Self.segments(structure)
    else { return [StoreProblem(place: "search_data", what: "the list of segments (row 10) cannot be read")] }
    var keys = try keys()
    var problems: [StoreProblem] = []
    func report(_ place: String, _ what: String) { problems.append(StoreProblem(place: place, what: what)) }
    for segment in segments.sorted(by: { $0.key < $1.key }) where problems.count < limit {
      let known = keys.removeValue(forKey: segment.key) ?? []
      // Its words are all in the output of a merge that will remove it.
      if segment.value == 0...0 { continue }
      try check(segment.key, segment.value, known, report)
    }
    for segment in keys.keys.sorted().prefix(limit) {
      report("search_idx", "a row belongs to segment \(segment), which is not there")
    }
    try strayProblems(segments, report)
    return Array(problems.prefix(limit))
  }

  /// Number of texts, then of words in each column; nil if the record cannot be read. An index that never held anything has
  /// an empty record.
  static func totals(_ record: [UInt8]) -> [Int64]? {
    var reader = VarintReader(record[...])
    var totals: [Int64] = []
    while !reader.isAtEnd {
      guard let total = reader.next() else { return nil }
      totals.append(total)
    }
    return totals.isEmpty ? [0, 0, 0] : totals
  }

  // MARK: Structure

  /// Segments by number, each with its first and last page; nil if the record cannot be read.
  ///
  /// 4 bytes of configuration cookie; numbers of levels, of segments, of writes; for each level the segments being merged and
  /// all segments, for each of these number, first and last page.
  private static func segments(_ record: [UInt8]) -> [Int64: ClosedRange<Int64>]? {
    guard record.count >= 4 else { return nil }
    var reader = VarintReader(record[4...])
    guard let levels = reader.next(), let count = reader.next(), reader.next() != nil else { return nil }
    var segments: [Int64: ClosedRange<Int64>] = [:]
    var level: Int64 = 0
    while level < levels {
      guard let merging = reader.next(), let total = reader.next(), merging <= total else { return nil }
      var position: Int64 = 0
      while position < total {
        guard let number = reader.next(), let first = reader.next(), let last = reader.next(), first <= last,
          first > 0 || last == 0, segments.updateValue(first...last, forKey: number) == nil
        else { return nil }
        position += 1
      }
      level += 1
    }
    return reader.isAtEnd && segments.count == count ? segments : nil
  }

  private struct Key {
    var term: [UInt8]
    var page: Int64
    /// Whether the last word of the page goes on so long that it has an index of its own pages.
    var hasPageIndex: Bool
  }

  private func keys() throws -> [Int64: [Key]] {
    var keys: [Int64: [Key]] = [:]
    try sql("SELECT segid, term, pgno FROM main.search_idx ORDER BY segid, term").forEach { row in
      let page = row.integer(2)
      keys[row.integer(0), default: []].append(Key(term: row.bytes(1), page: page >> 1, hasPageIndex: page & 1 == 1))
      return true
    }
    return keys
  }

  // MARK: One segment

  private func check(
    _ segment: Int64, _ pages: ClosedRange<Int64>, _ keys: [Key], _ report: (String, String) -> Void
  ) throws {
    var remaining = keys.drop { $0.page < pages.lowerBound }
    guard zip(keys, keys.dropFirst()).allSatisfy({ $0.page < $1.page }) else {
      return report("search_idx", "the rows of segment \(segment) are not in the order of its pages")
    }
    var page = pages.lowerBound
    var last: [UInt8] = []
    try sql("SELECT id, block FROM main.search_data WHERE id BETWEEN ? AND ? ORDER BY id")
      .bind(1, PageID(segment, pages.lowerBound).value).bind(2, PageID(segment, pages.upperBound).value)
      .forEach { row in
        guard row.integer(0) == PageID(segment, page).value else { return false }
        guard let words = Self.firstAndLastWord(row.bytes(1)) else {
          report("search_data", "page \(page) of segment \(segment) cannot be read")
          return false
        }
        if let words {
          guard let key = remaining.first, key.page == page else {
            report("search_idx", "no row leads to page \(page) of segment \(segment)")
            return false
          }
          remaining = remaining.dropFirst()
          let shared = zip(last, words.first).prefix { $0 == $1 }.count
          let isSound =
            if page == 1 { key.term.isEmpty } else if page == pages.lowerBound {
              !words.first.lexicographicallyPrecedes(key.term)
            } else { key.term == Array(words.first.prefix(shared + 1)) || key.term == words.first }
          if !isSound || (!last.isEmpty && !last.lexicographicallyPrecedes(words.first)) {
            report("search_idx", "the row of page \(page) of segment \(segment) does not fit the page")
            return false
          }
          last = words.last
        }
        page += 1
        return true
      }
    guard page == pages.upperBound + 1 else {
      return report("search_data", "segment \(segment) has no sound page \(page), or nothing leads to it")
    }
    if let key = remaining.first { report("search_idx", "a row leads to page \(key.page) of segment \(segment)") }
    try checkPageIndices(segment, keys, pages, report)
  }

  private func checkPageIndices(
    _ segment: Int64, _ keys: [Key], _ pages: ClosedRange<Int64>, _ report: (String, String) -> Void
  ) throws {
    var known: Set<Int64> = []
    var first: Int64?
    try sql("SELECT id FROM main.search_data WHERE id BETWEEN ? AND ? ORDER BY id")
      .bind(1, PageID(segment, 0, isPageIndex: true).value).bind(2, PageID(segment + 1, 0).value - 1).forEach { row in
        let page = PageID(row.integer(0)).page
        known.insert(page)
        first = min(first ?? page, page)
        return true
      }
    let flagged = keys.filter(\.hasPageIndex)
    for key in flagged where key.page >= pages.lowerBound && !known.contains(key.page) {
      report("search_data", "page \(key.page) of segment \(segment) has no index of its last word's pages")
    }
    // A large one has further pages, numbered from the one that it begins on.
    if let first, !flagged.contains(where: { $0.page <= first }) {
      report("search_idx", "no row says that page \(first) of segment \(segment) has an index of its last word's pages")
    }
  }

  /// .some(nil) for a page on which no word begins; nil for one that cannot be read.
  ///
  /// 2 bytes: offset of the first row number; 2 bytes: end of the content; then the content, and behind it the offsets of the
  /// words that begin here, each but the first as the distance from the one before.
  private static func firstAndLastWord(_ page: [UInt8]) -> (first: [UInt8], last: [UInt8])?? {
    guard page.count >= 4 else { return nil }
    let end = Int(page[2]) << 8 | Int(page[3])
    guard end >= 4, end <= page.count else { return nil }
    var offsets = VarintReader(page[end...])
    var offset: Int64 = 0
    var first: [UInt8]?
    var word: [UInt8] = []
    while !offsets.isAtEnd {
      guard let distance = offsets.next(), distance > 0, distance < end, offset + distance < end else { return nil }
      offset += distance
      var content = VarintReader(page[Int(offset)..<end])
      // A word gives how many bytes it shares with the one before, unless it is the first of the page.
      guard let shared = first == nil ? 0 : content.next(), shared <= word.count, let count = content.next(), count > 0,
        let rest = content.take(count)
      else { return nil }
      let next = word.prefix(Int(shared)) + rest
      guard first == nil || word.lexicographicallyPrecedes(next) else { return nil }
      word = Array(next)
      if first == nil { first = word }
    }
    return .some(first.map { ($0, word) })
  }

  // MARK: Rows of nothing

  private func strayProblems(
    _ segments: [Int64: ClosedRange<Int64>], _ report: (String, String) -> Void
  ) throws {
    try sql("SELECT id FROM main.search_data ORDER BY id").forEach { row in
      let id = row.integer(0)
      if Self.records.contains(id) { return true }
      let page = PageID(id)
      guard let pages = segments[page.segment] else {
        report("search_data", "row \(id) belongs to no segment")
        return false
      }
      if pages == 0...0 || page.isPageIndex || pages.contains(page.page) { return true }
      report("search_data", "row \(id) is no page of segment \(page.segment)")
      return false
    }
  }
}

/// The id of a page: 16 bits of segment, one that tells an index of a word's pages, 5 of its height, 31 of page number.
private struct PageID {
  var value: Int64

  init(_ value: Int64) { self.value = value }

  init(_ segment: Int64, _ page: Int64, isPageIndex: Bool = false) {
    value = segment &<< 37 | (isPageIndex ? 1 << 36 : 0) | page
  }

  var segment: Int64 { value >> 37 }
  var isPageIndex: Bool { value >> 36 & 1 == 1 }
  var page: Int64 { value & 0x7FFF_FFFF }
}

/// SQLite's variable-length integers: seven bits a byte, the highest first; of a ninth byte all eight.
private struct VarintReader {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { bytes.isEmpty }

  /// nil at the end, or beyond what a page or a count can be.
  mutating func next() -> Int64? {
    var value: UInt64 = 0
    for position in 0..<9 {
      guard let byte = bytes.popFirst() else { return nil }
      if position == 8 { value = value << 8 | UInt64(byte) } else { value = value << 7 | UInt64(byte & 0x7F) }
      if byte < 0x80 || position == 8 { break }
    }
    return Int64(exactly: value)
  }

  mutating func take(_ count: Int64) -> ArraySlice<UInt8>? {
    guard count <= bytes.count else { return nil }
    defer { bytes = bytes.dropFirst(Int(count)) }
    return bytes.prefix(Int(count))
  }
}
