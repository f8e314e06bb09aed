import Catalog
import Cryptography
import Simulator
import SwiftProtobuf
import Testing

@Suite("Leaves")
struct LeafTests {
  private static let commitment = BodyCommitment(.open, length: 9, digest: SHA256.hash("body"))
  private static let restricted = BodyCommitment(.restricted, length: 9, digest: SHA256.hash("body"))

  private static func full(_ kind: EntryKind, body: BodyCommitment?, recipients: [RegionCode] = []) -> Leaf {
    var leaf = Leaf(kind, time: 1_700_000_000_000)
    leaf.clock = [ClockChange(.jiangsu, LogHead(size: 7, root: SHA256.hash("root")))]
    leaf.id = Array("310000/信用/a".utf8)
    leaf.supersedes = [EntryName(.jiangsu, 3), EntryName(.shanghai, 1, generation: 2)]
    leaf.entries = [EntryName(.shanghai, 0)]
    leaf.cites = EntryName(.jiangsu, 2)
    leaf.list = SHA256.hash("list")
    leaf.effective = 5
    leaf.item = 0
    leaf.recipient = .zhejiang
    leaf.key = "310000.local.tongyuan/catalog+1+x"
    leaf.recipients = recipients
    leaf.body = body
    return leaf
  }

  private static let good: [Leaf] = [
    full(.publish, body: commitment), full(.publish, body: restricted, recipients: [.jiangsu, .zhejiang]),
    full(.withdraw, body: commitment), full(.accept, body: nil), full(.recall, body: commitment),
    full(.grant, body: nil, recipients: [.jiangsu]), full(.propose, body: commitment), full(.sign, body: commitment),
    full(.end, body: commitment), full(.suspend, body: commitment), full(.resume, body: commitment),
    full(.key, body: nil), full(.card, body: commitment), full(.clock, body: nil),
  ]

  @Test("A leaf of each kind is read as it was written", arguments: good)
  func roundTrip(leaf: Leaf) throws {
    let bytes = try leaf.encoded()
    #expect(try Leaf(bytes: bytes) == leaf)
    #expect(try leaf.encoded() == bytes)
  }

  private static func wire(_ change: (inout WireLeaf) -> Void) -> [UInt8] {
    var wire = WireLeaf()
    do { wire = try WireLeaf(serializedBytes: full(.publish, body: commitment).encoded()) } catch {
      Issue.record(error)
    }
    change(&wire)
    return (try? wire.serializedBytes()) ?? []
  }

  private static let bad: [(String, [UInt8])] = [
    ("empty", []), ("no protobuf", [0xFF, 1, 2]), ("another version", wire { $0.version = 2 }),
    ("no kind", wire { $0.kind = .unspecified }), ("a time before 1970", wire { $0.time = -1 }),
    ("an effective time before 1970", wire { $0.effective = -1 }),
    ("a clock of no region", wire { $0.clock[0].region = "31" }),
    ("a short root", wire { $0.clock[0].root = .init([1]) }),
    ("a size beyond any log", wire { $0.clock[0].size = .max }),
    ("an index beyond any log", wire { $0.cites.index = 1 << 63 }),
    ("a name of no region", wire { $0.supersedes[0].region = "" }),
    ("a generation beyond reason", wire { $0.cites.generation = .max }),
    ("a short list digest", wire { $0.list = .init([1, 2]) }), ("no recipient's code", wire { $0.recipient = "x" }),
    ("recipients of an open body", wire { $0.recipients = ["310000"] }),
    ("a restricted body for nobody", wire { $0.bodyClass = .restricted }),
    (
      "recipients out of order",
      wire {
        $0.bodyClass = .restricted; $0.recipients = ["320000", "310000"]
      }
    ),
    (
      "a recipient twice",
      wire {
        $0.bodyClass = .restricted; $0.recipients = ["320000", "320000"]
      }
    ),
    (
      "a publication without a body",
      wire {
        $0.bodyClass = .none; $0.bodyLength = 0; $0.commitment = .init()
      }
    ),
    ("a commitment to no body", wire { $0.bodyClass = .none }), ("no commitment", wire { $0.commitment = .init() }),
    ("a body class that is none", wire { $0.bodyClass = .UNRECOGNIZED(7) }),
    ("a manifest over 60 KiB", wire { $0.bodyLength = 61_441 }),
    (
      "a body over 16 MiB",
      wire {
        $0.kind = .card; $0.bodyLength = 16_777_217
      }
    ),
    ("a clock entry with a body", wire { $0.kind = .clock }),
    (
      "a signature with a restricted body",
      wire {
        $0.kind = .sign; $0.bodyClass = .restricted; $0.recipients = ["310000"]
      }
    ),
    (
      "a grant to nobody",
      wire {
        $0.kind = .grant; $0.bodyClass = .none; $0.bodyLength = 0; $0.commitment = .init()
      }
    ),
  ]

  @Test("What cannot be decoded, or has a body that its kind does not have, is malformed", arguments: bad)
  func malformed(what: String, bytes: [UInt8]) {
    #expect(throws: MalformedLeaf.self, "\(what)") { try Leaf(bytes: bytes) }
  }

  @Test("Fields that this version does not know are passed over")
  func unknownFields() throws {
    let leaf = Self.full(.publish, body: Self.commitment)
    // Field 1000, length-delimited.
    #expect(try Leaf(bytes: leaf.encoded() + [0xC2, 0x3E, 2, 1, 2]) == leaf)
  }

  @Test("Of a kind that this version does not know, time and clock are read, and the rest is left alone")
  func unknownKind() throws {
    let bytes = Self.wire {
      $0.kind = .UNRECOGNIZED(77)
      $0.cites.region = "no region"
      $0.bodyClass = .UNRECOGNIZED(9)
    }
    let leaf = try Leaf(bytes: bytes)
    #expect(leaf.kind == .unknown(77) && leaf.kind.name == "unknown(77)")
    #expect(leaf.clock.count == 1 && leaf.cites == nil && leaf.body == nil)
  }

  @Test("A leaf over 65,535 bytes is not written")
  func tooLong() {
    var leaf = Self.full(.recall, body: Self.commitment)
    leaf.entries = (0..<6000).map { EntryName(.shanghai, $0) }
    #expect(throws: MalformedLeaf.self) { try leaf.encoded() }
  }

  @Test("Any bytes are a leaf or malformed, never a crash", arguments: 0..<20 as Range<UInt64>)
  func garbage(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let good = try Self.full(.publish, body: Self.restricted, recipients: [.jiangsu]).encoded()
    for _ in 0..<300 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if let leaf = try? Leaf(bytes: bytes) { #expect(try Leaf(bytes: leaf.encoded()) == leaf, "seed \(seed)") }
    }
  }
}
