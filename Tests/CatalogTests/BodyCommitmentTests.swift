import Catalog
import Cryptography
import Testing

@Suite("Commitments")
struct BodyCommitmentTests {
  private let origin = Origin(region: .shanghai, federation: TestRegion.federation, log: .catalog)
  private let body = Body(nonce: [UInt8](0..<32), content: Array("manifest".utf8))!

  @Test("A commitment is the digest that DESIGN.md states")
  func formula() {
    let commitment = BodyCommitment(.open, to: body, origin: origin, id: Array("310000/a".utf8))
    let message = Array("tongyuan/body/v1\n310000.local.tongyuan/catalog\n310000/a\n".utf8) + body.nonce + body.content
    #expect(commitment.digest == SHA256.hash(message))
    #expect(commitment.length == 8)
  }

  @Test("A commitment opens to its own body, origin and id alone")
  func opens() {
    let id = Array("310000/a".utf8)
    let commitment = BodyCommitment(.open, to: body, origin: origin, id: id)
    #expect(commitment.matches(body, origin: origin, id: id))
    #expect(!commitment.matches(body, origin: origin, id: []))
    #expect(
      !commitment.matches(
        body, origin: Origin(region: .jiangsu, federation: TestRegion.federation, log: .catalog), id: id))
    #expect(!commitment.matches(Body(nonce: body.nonce, content: [])!, origin: origin, id: id))
    #expect(
      !commitment.matches(Body(nonce: [1] + body.nonce.dropFirst(), content: body.content)!, origin: origin, id: id))
  }

  @Test("An entry with a body that its leaf does not commit to blames the sender; of a malformed leaf no body is kept")
  func entries() throws {
    var leaf = Leaf.publish("310000/a", time: 1)
    leaf.body = BodyCommitment(.open, to: body, origin: origin, id: leaf.id)
    let frame = Frame(leaf: try leaf.encoded(), body: body)
    let good = try LogEntry(frame, origin: origin)
    #expect(good.body == body && good.frame == frame)
    #expect(try LogEntry(Frame(leaf: leaf.encoded()), origin: origin).body == nil)
    let other = Body(nonce: body.nonce, content: Array("another!".utf8))!
    #expect { try LogEntry(Frame(leaf: leaf.encoded(), body: other), origin: origin) } throws: {
      ($0 as? FrameError)?.code == .bodyMismatch
    }
    #expect(throws: FrameError.self) {
      try LogEntry(Frame(leaf: Leaf(.clock, time: 1).encoded(), body: body), origin: origin)
    }
    #expect(try LogEntry(Frame(leaf: [0xFF], body: body), origin: origin).body == nil)
  }
}
