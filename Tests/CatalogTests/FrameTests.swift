import Catalog
import Simulator
import Testing

@Suite("Frames")
struct FrameTests {
  private let body = Body(nonce: [UInt8](1...32), content: Array("正文".utf8))!

  private var frames: [Frame] {
    [
      Frame(leaf: [1, 2, 3], body: body), Frame(leaf: [4]), Frame(leaf: []),
      Frame(leaf: [UInt8](repeating: 7, count: Frame.leafLengthMax), body: Body(nonce: body.nonce, content: [])!),
    ]
  }

  @Test("A stream of frames comes apart into the same frames, however it is cut up", arguments: [1, 3, 64, 100_000])
  func roundTrip(portion: Int) throws {
    let stream = frames.flatMap(\.bytes)
    #expect(stream.count == frames.map(\.encodedLength).reduce(0, +))
    var decoder = FrameDecoder()
    var found: [Frame] = []
    for start in stride(from: 0, to: stream.count, by: portion) {
      decoder.feed(stream[start..<min(start + portion, stream.count)])
      while let frame = try decoder.next() { found.append(frame) }
    }
    try decoder.finish()
    #expect(found == frames)
  }

  @Test("The bytes of a frame are as the format says")
  func layout() {
    #expect(Frame(leaf: [9, 8]).bytes == [0, 0, 0, 2, 9, 8, 0xFF, 0xFF, 0xFF, 0xFF])
    #expect(
      Frame(leaf: [9], body: body).bytes == [0, 0, 0, 1, 9] + [UInt8](1...32) + [0, 0, 0, 6] + Array("正文".utf8))
  }

  @Test("A stream that ends within a frame is truncated, wherever it ends")
  func truncated() throws {
    let whole = Frame(leaf: [1, 2, 3], body: body).bytes
    for length in 1..<whole.count {
      var decoder = FrameDecoder()
      decoder.feed(whole.prefix(length))
      #expect(try decoder.next() == nil)
      #expect(throws: FrameError.self) { try decoder.finish() }
    }
  }

  @Test("A leaf or body over its limit is refused by its length alone")
  func oversized() {
    var decoder = FrameDecoder()
    decoder.feed([0, 1, 0, 0])
    #expect { try decoder.next() } throws: { ($0 as? FrameError)?.code == .oversizedLeaf }
    decoder = FrameDecoder(bodyLengthMax: 100)
    decoder.feed([0, 0, 0, 0] + [UInt8](1...32) + [0, 0, 0, 101])
    #expect { try decoder.next() } throws: { ($0 as? FrameError)?.code == .oversizedBody }
    decoder = FrameDecoder()
    decoder.feed([0, 0, 0, 0] + [UInt8](1...32) + [0xFF, 0xFF, 0xFF, 0xFE])
    #expect { try decoder.next() } throws: { ($0 as? FrameError)?.code == .oversizedBody }
  }

  @Test("Random bytes that would look like no body are no nonce")
  func ambiguousNonce() {
    #expect(Body(nonce: [0xFF, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 28), content: []) == nil)
    #expect(Body(nonce: [0xFF, 0xFF, 0xFF, 0xFE] + [UInt8](repeating: 0, count: 28), content: []) != nil)
    #expect(Body(nonce: [], content: []) == nil)
  }

  @Test(
    "Garbage gives frames, nothing yet, or a refusal, and never more than was fed", arguments: 0..<50 as Range<UInt64>)
  func garbage(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var decoder = FrameDecoder(bodyLengthMax: 1 << 20)
    var fed = 0
    var found = 0
    do {
      for _ in 0..<40 {
        // Small numbers in front make some of it look like frames.
        let portion =
          [0, 0, 0, UInt8.random(in: 0...9, using: &random)] + random.bytes(Int.random(in: 0...60, using: &random))
        fed += portion.count
        decoder.feed(portion)
        while let frame = try decoder.next() {
          found += frame.encodedLength
          _ = try? LogEntry(frame, origin: Origin(region: .shanghai, federation: TestRegion.federation, log: .catalog))
        }
      }
    } catch {}
    #expect(found + decoder.pendingByteCount == fed, "seed \(seed)")
  }
}
