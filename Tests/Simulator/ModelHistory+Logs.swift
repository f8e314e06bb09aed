import Catalog
import Cryptography
import TransparencyLog

/// A history's logs as real ones: leaves, bodies and list texts as nodes write them, RFC 6962 roots in the clocks, and
/// a key for each log.
package final class ModelLogs {
  private let history: ModelHistory
  let federation: FederationName
  /// Bytes by digest, and the model's names.
  private(set) var texts: [Digest: [UInt8]] = [:]
  private(set) var listNames: [Digest: String] = [:]
  private var digests: [String: Digest] = [:]
  private(set) var entries: [RegionCode: [LogEntry]] = [:]
  private var trees: [RegionCode: MerkleTree] = [:]
  private var keys: [RegionCode: NoteSigner] = [:]
  private var checkpoints: [EntryName: SignedCheckpoint] = [:]
  private var random = SeededGenerator(seed: 1)

  package init(_ history: ModelHistory) throws {
    self.history = history
    federation = try Self.require(FederationName(history.config.federation), "federation \(history.config.federation)")
    try writeLists()
    for name in history.logs.keys.sorted() {
      let region = try Self.region(name)
      keys[region] = try NoteSigner(
        name: ExactText(origin(of: region).text), key: Ed25519.PrivateKey(seed: random.bytes(32)))
      trees[region] = MerkleTree()
      entries[region] = []
    }
    for (name, log) in history.logs.sorted(by: { $0.key < $1.key }) {
      try write(Self.region(name), upTo: UInt64(log.count))
    }
  }

  func origin(of region: RegionCode) -> Origin { Origin(region: region, federation: federation, log: .catalog) }

  /// The checkpoint of a log's first `size` entries, signed by its key.
  func checkpoint(of region: RegionCode, size: UInt64) throws -> SignedCheckpoint {
    let name = EntryName(region, size)
    if let known = checkpoints[name] { return known }
    guard let signer = keys[region] else { throw ModelHistoryError("region \(region) has no log") }
    let checkpoint = try Checkpoint(origin: signer.verifier.name, size: size, root: root(of: region, at: size))
    let signed = try SignedCheckpoint(checkpoint, signers: [signer])
    checkpoints[name] = signed
    return signed
  }

  /// Entries `range` of a log, proven against the checkpoint that its region signed at their end.
  func provenEntries(of region: RegionCode, _ range: Range<UInt64>) throws -> [LogEntry] {
    guard let log = entries[region], range.upperBound <= UInt64(log.count), let signer = keys[region] else {
      throw ModelHistoryError("region \(region) has no entries \(range)")
    }
    let signed = try checkpoint(of: region, size: range.upperBound)
    _ = try signed.verified(log: signer.verifier)
    var edge = RightEdge()
    for entry in log.prefix(Int(range.upperBound)) { edge.append(entry.leafHash) }
    guard edge.root == signed.checkpoint.root else { throw ModelHistoryError("entries of \(region) are not proven") }
    return Array(log[Int(range.lowerBound)..<Int(range.upperBound)])
  }

  func root(of region: RegionCode, at size: UInt64) throws -> Digest {
    try write(region, upTo: size)
    return try trees[region]?.root(size: size) ?? MerkleHash.emptyRoot
  }

  // MARK: - Entries

  /// An entry's clock names roots of other logs, which are written up to there first.
  private func write(_ region: RegionCode, upTo size: UInt64) throws {
    while UInt64(entries[region]?.count ?? 0) < size {
      let index = entries[region]?.count ?? 0
      guard let log = history.logs[region.text], index < log.count else {
        throw ModelHistoryError("region \(region) has no entry \(index)")
      }
      let entry = try LogEntry(frame(log[index], in: region), origin: origin(of: region))
      guard entries[region]?.count == index else { throw ModelHistoryError("the clocks of \(region) go round") }
      entries[region]?.append(entry)
      trees[region]?.append(leafHash: entry.leafHash)
    }
  }

  private func frame(_ entry: ModelHistory.Entry, in region: RegionCode) throws -> Frame {
    var leaf = Leaf(Self.kind(entry.kind), time: entry.time)
    leaf.clock = try (entry.clock ?? [:]).sorted { $0.key < $1.key }.map {
      try clockChange($0.key, $0.value, entry, region)
    }
    leaf.id = try entry.idHex.map { try Self.require([UInt8](hex: $0), "idHex \($0)") } ?? Array((entry.id ?? "").utf8)
    leaf.supersedes = try (entry.supersedes ?? []).map(Self.name)
    leaf.entries = try (entry.accepts ?? []).map(Self.name)
    leaf.cites = try entry.cites.map(Self.name)
    leaf.list = try entry.list.map { try Self.require(digests[$0], "list \($0)") }
    leaf.effective = entry.effective
    guard ["publish", "withdraw", "propose", "sign", "end"].contains(entry.kind) else {
      return Frame(leaf: try leaf.encoded())
    }
    let nonce = [0] + random.bytes(Body.nonceLength - 1)
    let body = try Self.require(Body(nonce: nonce, content: random.bytes(8)), "nonce")
    leaf.body = BodyCommitment(.open, to: body, origin: origin(of: region), id: leaf.id)
    return Frame(leaf: try leaf.encoded(), body: body)
  }

  private func clockChange(
    _ name: String, _ size: UInt64, _ entry: ModelHistory.Entry, _ writer: RegionCode
  ) throws -> ClockChange {
    let region = try Self.region(name)
    let isBogus =
      region == writer || entry.bogusRoot?.contains(name) == true || size > UInt64(history.logs[name]?.count ?? 0)
    let root = try isBogus ? SHA256.hash("bogus root") : root(of: region, at: size)
    return ClockChange(region, LogHead(size: size, root: root))
  }

  private static func kind(_ name: String) -> EntryKind {
    switch name {
    case "publish": .publish
    case "withdraw": .withdraw
    case "accept": .accept
    case "propose": .propose
    case "sign": .sign
    case "end": .end
    case "clock": .clock
    default: .unknown(1000)
    }
  }

  // MARK: - Lists

  /// Titles are padded until the digests rise as the history asks.
  private func writeLists() throws {
    var padding: [String: Int] = [:]
    while true {
      digests = [:]
      texts = [:]
      listNames = [:]
      for name in history.lists.keys.sorted() { _ = try writeList(name, padding) }
      let order = history.digestOrder ?? []
      guard
        let wrong = zip(order, order.dropFirst()).first(where: { pair in
          guard let first = digests[pair.0], let second = digests[pair.1] else { return false }
          return first > second
        })
      else { return }
      padding[wrong.1, default: 0] += 1
    }
  }

  private func writeList(_ name: String, _ padding: [String: Int]) throws -> Digest {
    if let known = digests[name] { return known }
    let list = try Self.require(history.lists[name], "list \(name)")
    var wire = WireListText()
    wire.terms.federation = list.federation ?? history.config.federation
    wire.terms.list = "model"
    wire.terms.version = 1
    wire.terms.title = name + String(repeating: "+", count: padding[name] ?? 0)
    wire.terms.kind = try Self.require(
      ["agreed": .agreed, "issued": .issued, "decided": .decided][list.kind], list.kind)
    wire.terms.parties = list.parties
    wire.terms.authority = list.authority ?? ""
    wire.terms.from = list.from
    wire.terms.until = list.until
    if let replaced = list.replaces { wire.terms.replaces = .init(try writeList(replaced, padding).bytes) }
    wire.items = list.items.map { item in
      var wire = WireListItem()
      wire.resource = item.resource
      wire.source = item.source
      return wire
    }
    let bytes = ListText.bytes(of: wire)
    let digest = ListText.digest(of: bytes)
    texts[digest] = bytes
    listNames[digest] = name
    digests[name] = digest
    return digest
  }

  // MARK: - Names

  static func region(_ text: String) throws -> RegionCode { try require(RegionCode(text), "region \(text)") }

  private static func name(_ name: ModelHistory.Name) throws -> EntryName {
    EntryName(try region(name.region), name.index)
  }

  private static func require<Value>(_ value: Value?, _ what: String) throws -> Value {
    guard let value else { throw ModelHistoryError("the history cannot be read: \(what)") }
    return value
  }
}
