import Catalog
import Cryptography
import SwiftProtobuf
import Testing

@Suite("List texts")
struct ListTextTests {
  private static let parties: [RegionCode] = [.shanghai, .jiangsu]

  private static func text(_ change: (inout WireListText) -> Void = { _ in }) -> WireListText {
    var wire = ListText.wire("310000/credit/", source: .shanghai, parties: parties)
    change(&wire)
    return wire
  }

  @Test("The same list, said in another order or with parts that say nothing, is the same text")
  func canonical() throws {
    let plain = try ListText(Self.text { $0.items[0].purposes = ["audit", "credit-review"] })
    let other = try ListText(
      Self.text {
        $0.terms.parties = ["320000", "310000", "320000"]
        $0.items[0].purposes = ["credit-review", "audit", "audit"]
        $0.items[0].duties = WireDuties()
        $0.items[0].fields = WireFieldRules()
      })
    #expect(plain == other)
    #expect(try ListText(bytes: plain.bytes) == plain)
    let message = Array("tongyuan/list/v1\n".utf8) + plain.bytes
    #expect(plain.digest == SHA256.hash(message))
  }

  private static func bytes(_ change: (inout WireListText) -> Void) -> [UInt8] {
    (try? text(change).serializedBytes()) ?? []
  }

  private static let notCanonical: [(String, [UInt8])] = [
    ("parties out of order", bytes { $0.terms.parties = ["320000", "310000"] }),
    ("a party twice", bytes { $0.terms.parties = ["310000", "310000", "320000"] }),
    ("an empty message", bytes { $0.items[0].duties = WireDuties() }),
    ("an unknown field", bytes { _ in } + [0xC2, 0x3E, 1, 1]),
    (
      "items before terms",
      {
        var (items, terms) = (text(), text())
        items.clearTerms()
        terms.items = []
        return ((try? items.serializedBytes()) ?? []) + ((try? terms.serializedBytes()) ?? [])
      }()
    ),
  ]

  @Test("A text that is written in another way is no list", arguments: notCanonical)
  func refusedText(what: String, bytes: [UInt8]) {
    #expect(throws: ListDefect.self, "\(what)") { try ListText(bytes: bytes) }
  }

  private static let bad: [(String, WireListText)] = [
    ("U+0000 in a text", text { $0.items[0].purposes = ["credit\u{0}review"] }),
    ("U+0000 in the title", text { $0.terms.title = "\u{0}" }),
    ("an empty purpose", text { $0.items[0].purposes = [""] }),
    ("no parties", text { $0.terms.parties = [] }), ("a party that is no region", text { $0.terms.parties = ["x"] }),
    ("no kind", text { $0.terms.kind = .unspecified }), ("no id", text { $0.terms.list = "" }),
    ("an id in capitals", text { $0.terms.list = "Delta" }), ("no federation", text { $0.terms.federation = "" }),
    (
      "validity that ends before it begins",
      text {
        $0.terms.from = 5; $0.terms.until = 5
      }
    ),
    ("an agreed list with an authority", text { $0.terms.authority = "000000" }),
    ("an issued list without one", text { $0.terms.kind = .issued }),
    (
      "an authority beside its regions",
      text {
        $0.terms.kind = .issued; $0.terms.authority = "330000"
      }
    ),
    (
      "a decision about one region",
      text {
        $0.terms.kind = .decided; $0.terms.authority = "000000"; $0.terms.parties = ["310000"]
      }
    ),
    (
      "a decision by a party",
      text {
        $0.terms.kind = .decided; $0.terms.authority = "320000"; $0.terms.parties = ["320000", "320500"]
      }
    ),
    ("an item that is no prefix", text { $0.items[0].resource = "310000//" }),
    ("an item without a source", text { $0.items[0].source = "" }),
    ("a recipient that is no code", text { $0.items[0].recipients = ["31x"] }),
    ("a digest of 3 bytes", text { $0.terms.replaces = .init([1, 2, 3]) }),
  ]

  @Test("A list that contradicts itself is refused", arguments: bad)
  func illFormed(what: String, wire: WireListText) {
    #expect(throws: ListDefect.self, "\(what)") { try ListText(wire) }
  }

  @Test(
    "Only items whose region and source are bound by the list claim anything, and the first of two for one resource")
  func claims() throws {
    let text = try ListText(
      Self.text { wire in
        func item(_ resource: String, _ source: String) -> WireListItem {
          var item = WireListItem()
          item.resource = resource
          item.source = source
          return item
        }
        wire.items = [
          item("310000/a/", "320000"), item("310000/a/", "310000"), item("330000/a/", "310000"),
          item("310000/b", "330000"),
        ]
      })
    #expect(text.claims.map(\.resource) == ["310000/a/"])
    #expect(text.claims.first?.claim == ListItemClaim(list: text.digest, source: .jiangsu))
  }

  @Test("A successor names the text it follows and binds all its members")
  func successors() throws {
    let old = try ListText(Self.text())
    func terms(_ parties: [RegionCode], _ change: (inout WireListText) -> Void = { _ in }) throws -> ListTerms {
      var wire = ListText.wire("310000/credit/", source: .shanghai, parties: parties, replaces: old.digest)
      change(&wire)
      return try ListText(wire).terms
    }
    #expect(try terms([.shanghai, .jiangsu, .zhejiang]).mayReplace(old.terms, digest: old.digest))
    #expect(try !terms([.shanghai, .zhejiang]).mayReplace(old.terms, digest: old.digest))
    #expect(try !terms(Self.parties).mayReplace(old.terms, digest: .zero))
    let superior = try terms(Self.parties) {
      $0.terms.kind = .decided; $0.terms.authority = "000000"
    }
    #expect(superior.mayReplace(old.terms, digest: old.digest))
    #expect(superior.needed == [.national])
  }
}
