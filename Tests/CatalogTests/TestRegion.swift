import Catalog
import Cryptography
import Simulator

/// A region with a node of its own: it writes its log, and mirrors the others' in whatever order a test wants.
final class TestRegion {
  static let federation = FederationName("local")!

  let code: RegionCode
  let store: MemoryCatalogStore
  /// What it sends to others.
  private(set) var log: [LogEntry] = []
  private(set) var texts: [Digest: [UInt8]] = [:]
  var now: Int64 = 1000
  private var nonces: SeededGenerator

  init(_ code: RegionCode, replicating regions: [RegionCode], cuts: [RegionCode: LogHead] = [:]) {
    self.code = code
    store = MemoryCatalogStore(
      CatalogConfiguration(federation: Self.federation, replicated: Set(regions), cuts: cuts))
    nonces = SeededGenerator(seed: UInt64(code.text.prefix(6)) ?? 0)
  }

  static func all(_ codes: [RegionCode]) -> [TestRegion] { codes.map { TestRegion($0, replicating: codes) } }

  static func pair() throws -> (TestRegion, TestRegion) {
    let regions = all([.shanghai, .jiangsu])
    return (regions[0], regions[1])
  }

  var origin: Origin { Origin(region: code, federation: Self.federation, log: .catalog) }

  var admission: Admission { Admission(store, now: now) }

  var state: String { store.stateDigest().description }

  /// Drafts, appends and judges an entry of the own log, as a node does.
  @discardableResult
  func write(_ intent: Leaf, superseding: Drafting.Superseding = .standing) throws -> EntryName {
    let leaves = try Drafting(store, region: code, now: now).draft(intent, superseding: superseding)
    for leaf in leaves { try append(leaf) }
    return EntryName(code, UInt64(log.count) - 1)
  }

  /// Appends a leaf as it is, right or wrong.
  func append(_ leaf: Leaf) throws { try append(frame(leaf)) }

  func append(_ frame: Frame) throws {
    let entry = try LogEntry(frame, origin: origin)
    log.append(entry)
    _ = try admission.commit([entry], of: code, texts: texts)
  }

  /// Gives a leaf whose kind has a body one.
  private func frame(_ leaf: Leaf) throws -> Frame {
    if let bytes = try? leaf.encoded() { return Frame(leaf: bytes) }
    var leaf = leaf
    let body = Body(nonce: [0] + nonces.bytes(31), content: nonces.bytes(5))!
    leaf.body = BodyCommitment(leaf.recipients.isEmpty ? .open : .restricted, to: body, origin: origin, id: leaf.id)
    return Frame(leaf: try leaf.encoded(), body: body)
  }

  func hold(_ list: ListText) throws {
    texts[list.digest] = list.bytes
    try admission.hold(listText: list.bytes)
  }

  /// Takes what it lacks of another's log, up to a size.
  @discardableResult
  func mirror(_ other: TestRegion, upTo size: Int = .max) throws -> AdmissionOutcome {
    let held = Int(store.logState(other.code).held)
    let entries = other.log[held..<max(held, min(size, other.log.count))]
    texts.merge(other.texts) { mine, _ in mine }
    return try admission.commit(Array(entries), of: other.code, texts: texts)
  }

  func status(_ id: String) -> Standing.Status? { ResourceID(id).flatMap { store.standing(of: $0)?.status } }
  func shown(_ id: String) -> EntryName? { ResourceID(id).flatMap { store.standing(of: $0)?.shown } }
  func verdict(_ name: EntryName) -> String? { store.verdict(name.region, name.index)?.code }
}

extension RegionCode {
  static let shanghai = RegionCode("310000")!
  static let jiangsu = RegionCode("320000")!
  static let suzhou = RegionCode("320500")!
  static let zhejiang = RegionCode("330000")!
}

extension Leaf {
  static func publish(_ id: String, time: Int64 = 0) -> Leaf { version(.publish, id, time) }
  static func withdraw(_ id: String, time: Int64 = 0) -> Leaf { version(.withdraw, id, time) }

  private static func version(_ kind: EntryKind, _ id: String, _ time: Int64) -> Leaf {
    var leaf = Leaf(kind, time: time)
    leaf.id = Array(id.utf8)
    return leaf
  }

  static func about(_ list: ListText, _ kind: EntryKind, time: Int64 = 0, effective: Int64? = nil) -> Leaf {
    var leaf = Leaf(kind, time: time)
    leaf.list = list.digest
    leaf.effective = effective
    return leaf
  }

  static func naming(_ entries: [EntryName], _ kind: EntryKind, id: String = "", recipients: [RegionCode] = []) -> Leaf
  {
    var leaf = Leaf(kind, time: 0)
    leaf.id = Array(id.utf8)
    leaf.entries = entries
    leaf.recipients = recipients
    return leaf
  }
}

extension ListText {
  /// An agreed list that makes `source` the source of a resource.
  static func agreed(
    _ resource: String, source: RegionCode, parties: [RegionCode], validity: Range<Int64> = 0..<1_000_000,
    replaces: Digest? = nil
  ) throws -> ListText {
    try ListText(wire(resource, source: source, parties: parties, validity: validity, replaces: replaces))
  }

  static func wire(
    _ resource: String, source: RegionCode, parties: [RegionCode], validity: Range<Int64> = 0..<1_000_000,
    replaces: Digest? = nil
  ) -> WireListText {
    var wire = WireListText()
    wire.terms.federation = TestRegion.federation.text
    wire.terms.list = "delta-credit"
    wire.terms.version = 1
    wire.terms.kind = .agreed
    wire.terms.parties = parties.map(\.text)
    wire.terms.from = validity.lowerBound
    wire.terms.until = validity.upperBound
    if let replaces { wire.terms.replaces = .init(replaces.bytes) }
    var item = WireListItem()
    item.resource = resource
    item.source = source.text
    wire.items = [item]
    return wire
  }
}
