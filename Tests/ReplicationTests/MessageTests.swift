import Catalog
import Cryptography
import Replication
import Simulator
import Testing
import TransparencyLog

@Suite("Messages between peers")
struct MessageTests {
  let jiangsu: SimulatedLog
  let head: Head

  init() throws {
    jiangsu = try Place.log(Place.jiangsu, entries: 6)
    var head = try jiangsu.head(held: 4, of: 6, processed: 3)
    head.stamp = try jiangsu.keys.stamp(try jiangsu.checkpoint(at: 5), time: 1_800_000_000)
    head.forked = true
    self.head = head
  }

  private var frames: [UInt8] { jiangsu.frames[4...].flatMap(\.bytes) }

  private func reason(_ bytes: [UInt8]) -> String? {
    do {
      _ = try HeadsAnswer(parsing: bytes)
      return nil
    } catch { return error.reason }
  }

  private func reason(_ head: Head) throws -> String? { reason(try HeadsAnswer(cursor: "1-1", heads: [head]).bytes) }

  @Test("What is written is what is read")
  func roundTrip() throws {
    let answer = HeadsAnswer(cursor: "7-1f", heads: [head, try jiangsu.head(held: 6)], more: true)
    #expect(try HeadsAnswer(parsing: answer.bytes) == answer)
    let nudge = Nudge(heads: [head], first: 4, frames: frames)
    #expect(try Nudge(parsing: nudge.bytes) == nudge)
  }

  @Test("A head that contradicts itself is refused with a reason that names the log")
  func contradictions() throws {
    #expect(try reason(head) == nil)
    var changed = head
    changed.held = 7
    #expect(try reason(changed)?.contains("310000") == false)
    #expect(try reason(changed)?.contains("320000") == true)
    changed = head
    changed.processed = 5
    #expect(try reason(changed)?.contains("more entries") == true)
    changed = head
    changed.origin = try Place.log(Place.zhejiang, entries: 0).origin
    #expect(try reason(changed)?.contains("another log") == true)
    changed = head
    changed.consistency = Array(repeating: .zero, count: 65)
    #expect(try reason(changed)?.contains("oversized proof") == true)
  }

  @Test("What is larger than anything that is due is refused before it is read")
  func oversized() throws {
    #expect(reason([UInt8](repeating: 0, count: HeadsAnswer.maximumBytes + 1))?.contains("over") == true)
    #expect(throws: MalformedMessage.self) { try Nudge(parsing: [UInt8](repeating: 0, count: Nudge.maximumBytes + 1)) }
    let cursor = HeadsAnswer(cursor: String(repeating: "1", count: 65), heads: [])
    #expect(reason(try cursor.bytes)?.contains("cursor") == true)
    var heavy = head
    let other = try NoteSigner(
      name: ExactText(String(repeating: "w", count: 17_000)),
      key: Ed25519.PrivateKey(seed: [UInt8](repeating: 1, count: 32)))
    heavy.checkpoint = try heavy.checkpoint.adding([try other.sign(heavy.checkpoint.note.text)])
    #expect(try reason(heavy)?.contains("over \(Head.checkpointBytesMax) bytes") == true)
    var huge = head
    huge.checkpoint = try jiangsu.keys.checkpoint(size: .max, root: .zero)
    #expect(try reason(huge)?.contains("size") == true)
  }

  @Test("A nudge that brings entries says of which log")
  func entriesWithoutLog() throws {
    let bytes = try Nudge(heads: [], first: 0, frames: frames).bytes
    #expect(throws: MalformedMessage.self) { try Nudge(parsing: bytes) }
  }

  @Test("Bytes that were cut, changed, joined or drawn are read or refused, and never trap", arguments: 0..<UInt64(8))
  func fuzz(seed: UInt64) throws {
    var random = Simulator.SeededGenerator(seed: seed)
    let answer = try HeadsAnswer(cursor: "7-1f", heads: [head, try jiangsu.head(held: 6)], more: true).bytes
    let nudge = try Nudge(heads: [head], first: 4, frames: frames).bytes
    let own = try Place.log(Place.shanghai, entries: 1)
    for _ in 0..<250 {
      let bytes = Self.damaged(Bool.random(using: &random) ? answer : nudge, &random)
      // What can still be read is taken by the core like any other.
      if let read = try? HeadsAnswer(parsing: bytes) {
        var node = try TestCore(own, [jiangsu])
        node.tell(.headsReceived(Place.jiangsu, read))
        _ = node.core.reports()
      }
      if let read = try? Nudge(parsing: bytes) {
        var node = try TestCore(own, [jiangsu])
        node.tell(.nudgeReceived(Place.jiangsu, read.heads, ServedEntries(first: read.first, frames: jiangsu.frames)))
        _ = node.core.reports()
      }
    }
  }

  private static func damaged(_ bytes: [UInt8], _ random: inout Simulator.SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes.removeSubrange(place...)
      case 1: bytes.removeSubrange(..<place)
      case 2: bytes.insert(contentsOf: bytes.suffix(place), at: place)
      case 3: bytes.insert(contentsOf: random.bytes(9), at: place)
      default: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
      }
      if bytes.isEmpty { bytes = random.bytes(16) }
    }
    return bytes
  }
}
