import Catalog
import Replication
import Simulator
import Testing

@Suite("Answering with heads")
struct AnsweringTests {
  let own: SimulatedLog
  let jiangsu: SimulatedLog

  init() throws {
    own = try Place.log(Place.shanghai, entries: 3)
    jiangsu = try Place.log(Place.jiangsu, entries: 6)
  }

  @Test("Without a cursor everything that is held is told; with the cursor got, nothing, in a few bytes")
  func nothingNew() throws {
    let node = try TestCore(own, [jiangsu], held: [Place.jiangsu: try jiangsu.held(4, of: 6)])
    let first = node.core.heads(since: nil)
    #expect(first.heads == [try own.head(held: 3), try jiangsu.head(held: 4, of: 6)])
    let second = node.core.heads(since: first.cursor)
    #expect(second.heads.isEmpty)
    #expect(second.cursor == first.cursor)
    #expect(try second.bytes.count < 64)
  }

  @Test("Nothing new costs the same bytes, however much has happened before")
  func fixedCost() throws {
    var node = try TestCore(own, [jiangsu], incarnation: 1)
    let early = node.core.heads(since: node.core.heads(since: nil).cursor)
    for size in 4...400 as ClosedRange<UInt64> { node.tell(.processed([own.origin: size])) }
    let late = node.core.heads(since: node.core.heads(since: nil).cursor)
    #expect(early.heads.isEmpty && late.heads.isEmpty)
    #expect(early.cursor != late.cursor)
    #expect(try early.bytes.count == late.bytes.count)
  }

  @Test("What moved since a cursor is told once")
  func movedLogs() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu])
    let cursor = node.core.heads(since: nil).cursor
    let pull = try #require(node.hear(try jiangsu.head(held: 6), from: Place.jiangsu).pulls.first)
    let group = try #require(
      node.tell(.entriesReceived(Place.jiangsu, pull: pull.pull, try jiangsu.entries(0..<4, treeSize: 6))).groups.first)
    #expect(node.core.heads(since: cursor).heads.isEmpty, "what is not durable is not told")
    node.commit(group)
    let moved = node.core.heads(since: cursor)
    #expect(moved.heads == [try jiangsu.head(held: 4, of: 6)])
    #expect(node.core.heads(since: moved.cursor).heads.isEmpty)
  }

  @Test("A cursor of another incarnation, one that lies ahead, or nonsense gets the full answer")
  func foreignCursors() throws {
    let node = try TestCore(own, [jiangsu], incarnation: 7)
    let other = try TestCore(own, [jiangsu], incarnation: 8)
    let cursors = [
      other.core.heads(since: nil).cursor, "7-ffff", "7", "", "-", "7-", "x-1", "7-1-1", "7-ffffffffffffffffff",
    ]
    for cursor in cursors { #expect(node.core.heads(since: cursor).heads.count == 1, "cursor \(cursor)") }
  }

  @Test("Answers are cut at 64 KB; the pages together tell every log once, and each can be read")
  func paging() throws {
    let logs = try (0..<400).map { number in
      guard let region = RegionCode("\(400_000 + number)") else { preconditionFailure("six digits") }
      return try Place.log(region, entries: 1)
    }
    let held = Dictionary(uniqueKeysWithValues: try logs.map { ($0.keys.region, try $0.held(1)) })
    let node = try TestCore(own, logs, held: held)
    var cursor: String?
    var told: [Origin] = []
    var pages = 0
    while true {
      let bytes = try node.core.heads(since: cursor).bytes
      #expect(bytes.count <= HeadsAnswer.pageBytes + 128)
      let page = try HeadsAnswer(parsing: bytes)
      told += page.heads.map(\.origin)
      cursor = page.cursor
      pages += 1
      if !page.more { break }
    }
    #expect(pages > 1)
    #expect(told.count == 401)
    #expect(Set(told).count == 401)
    #expect(node.core.heads(since: cursor).heads.isEmpty)
  }

  @Test("The newest statement of a region's own witness key travels on, is stored, and nudges nobody")
  func stamps() throws {
    var node = try TestCore(own, [jiangsu], dialling: [Place.jiangsu], held: [Place.jiangsu: try jiangsu.held(6)])
    let old = try jiangsu.keys.stamp(try jiangsu.checkpoint(at: 6), time: 1000)
    let new = try jiangsu.keys.stamp(try jiangsu.checkpoint(at: 6), time: 2000)
    var head = try jiangsu.head(held: 6)
    head.stamp = new
    let cursor = node.core.heads(since: nil).cursor
    let effects = node.hear(head, from: Place.jiangsu)
    #expect(effects.contains(.storeStamp(jiangsu.origin, new)))
    #expect(node.core.knownAt(jiangsu.origin) == 2000)
    #expect(node.core.heads(since: cursor).heads.map(\.stamp) == [new])
    #expect(node.tell(.stamped(jiangsu.origin, old)).isEmpty, "an older one, or a replayed one")
    #expect(node.tell(.stamped(jiangsu.origin, try own.keys.stamp(try jiangsu.checkpoint(at: 6), time: 3000))).isEmpty)
    #expect(node.core.knownAt(jiangsu.origin) == 2000)
  }
}
