import Catalog
import Cryptography
import Foundation
import PeerTransport
import Persistence
import Replication
import TransparencyLog

/// What an operator decided about a peer.
struct PeerStanding: Sendable, Equatable, Codable {
  var isRelayed = false
  /// Why sessions with it are suspended; nil if they are not.
  var suspended: String?
  var isRetired = false
  /// Where its log ends, as an operator decided.
  var cut: Cut?

  struct Cut: Sendable, Equatable, Codable {
    var size: UInt64
    /// 64 hexadecimal digits.
    var root: String

    init(_ head: LogHead) {
      size = head.size
      root = head.root.hex
    }

    var head: LogHead? { Digest(hex: root).map { LogHead(size: size, root: $0) } }
  }

  var isDefault: Bool { self == PeerStanding() }

  /// What the store says of all peers.
  static func all(_ transaction: StoreTransaction) throws -> [RegionCode: PeerStanding] {
    var standings: [RegionCode: PeerStanding] = [:]
    for row in try transaction.locals(prefix: "peer:") {
      guard let region = RegionCode(String(row.key.dropFirst("peer:".count))),
        let standing = try? JSONDecoder().decode(PeerStanding.self, from: Data(row.value))
      else { continue }
      standings[region] = standing
    }
    return standings
  }
}

extension [RegionCode: PeerStanding] {
  /// Where retired logs end, of the regions whose cards are here.
  func cuts(of regions: some Sequence<RegionCode>) -> [RegionCode: LogHead] {
    let regions = Set(regions)
    return filter { regions.contains($0.key) }.compactMapValues { $0.cut?.head }
  }
}

/// Cards, and who is spoken to.
extension Node {
  // MARK: Reading

  /// Reads every card of `peers/`. One that is broken is named in the log and leaves the others alone.
  func loadPeers() throws {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.peersPath)) ?? []
    for file in files.sorted() where file.hasSuffix(".json") {
      let path = "\(directory.peersPath)/\(file)"
      do {
        let card = try PeerCard(parsing: try DataDirectory.read(path, atMost: PeerCard.maximumBytes), source: path)
        try check(card, source: path)
        guard file == "\(card.region).json" else {
          throw NodeError.refused("card", "\(path) is the card of \(card.region): name it \(card.region).json")
        }
        cards[card.region] = card
      } catch { logger.error("peer card passed over: \(error)") }
    }
    standings = try store.read(writer.catalogConfiguration) { try PeerStanding.all($0) }
    for region in cards.keys.sorted() { connect(region) }
  }

  private func check(_ card: PeerCard, source: String) throws(NodeError) {
    guard card.federation == configuration.federation else {
      throw .refused(
        "federation",
        "\(source) is a card of the federation \"\(card.federation)\", this node is of \"\(configuration.federation)\"")
    }
    guard card.region != configuration.region else {
      throw .refused("ownCard", "\(source) is this region's own card: give it to the others")
    }
  }

  /// What the transport may trust now.
  func trust() -> [String: RegionTrust] {
    var regions: [String: RegionTrust] = [:]
    for card in cards.values {
      let standing = standings[card.region] ?? PeerStanding()
      regions[card.region.text] = RegionTrust(
        authorityPEM: card.authority, revocationListPEM: card.revocationList,
        state: standing.isRetired ? .retired : standing.suspended != nil ? .suspended : .known)
    }
    return regions
  }

  func settings(of region: RegionCode) -> PeerSettings {
    let standing = standings[region] ?? PeerStanding()
    return PeerSettings(
      region: region, dialled: !standing.isRelayed,
      standing: standing.isRetired ? .retired : standing.suspended.map { .suspended(reason: $0) } ?? .active)
  }

  /// Makes or remakes the client for a peer.
  private func connect(_ region: RegionCode) {
    guard let card = cards[region], let trust = trust()[region.text] else { return }
    let wanted = PeerClient.Configuration(
      region: region.text, federation: configuration.federation.text, endpoints: card.endpoints, trust: trust,
      credentials: credentials)
    do {
      if let client = clients[region] {
        try client.reconfigure(wanted)
      } else {
        clients[region] = try PeerClient(wanted)
      }
    } catch { logger.error("peer \(region) cannot be dialled: \(error)") }
  }

  // MARK: Changing

  package struct AddedPeer: Sendable {
    package var card: PeerCard
    package var fingerprint: String
    package var isUpdate: Bool
    package var isRelayed: Bool
  }

  /// Adds a peer, or updates one whose keys are the same. Effective at once.
  package func addPeer(_ card: PeerCard, relayed: Bool, source: String, actor: String) async throws -> AddedPeer {
    try check(card, source: source)
    let fingerprint = try card.fingerprint()
    let known = cards[card.region]
    if let known, !known.hasSameKeys(as: card) {
      throw NodeError.refused(
        "otherKeys",
        "\(source) has other keys than the card of \(card.region) that is known here: nothing was changed; ask that region by telephone"
      )
    }
    var standing = standings[card.region] ?? PeerStanding()
    standing.isRelayed = relayed
    var event = AuditEvent(known == nil ? .peerAdded : .peerUpdated)
    event.actor = actor
    event.origin = card.catalogOrigin.text
    event.code = relayed ? "relayed" : "dialled"
    event.digest = SHA256.hash(card.authority)
    try await setStanding(standing, of: card.region, event)
    try DataDirectory.write(
      Array((card.json.text + "\n").utf8), to: "\(directory.peersPath)/\(card.region).json", mode: 0o644)
    cards[card.region] = card
    if known == nil { try await configureCatalog() }
    try openLog(of: card.region)
    apply(to: card.region)
    return AddedPeer(card: card, fingerprint: fingerprint, isUpdate: known != nil, isRelayed: relayed)
  }

  package func suspendPeer(_ region: RegionCode, reason: String, actor: String) async throws {
    var standing = try standing(of: region)
    standing.suspended = reason
    var event = AuditEvent(.peerSuspended)
    event.actor = actor
    event.reason = reason
    try await setStanding(standing, of: region, event)
    apply(to: region)
    logger.notice("peer \(region) suspended: \(reason)")
  }

  package func resumePeer(_ region: RegionCode, reason: String, actor: String) async throws {
    var standing = try standing(of: region)
    guard standing.suspended != nil else { throw NodeError.refused("notSuspended", "peer \(region) is not suspended") }
    standing.suspended = nil
    var event = AuditEvent(.peerResumed)
    event.actor = actor
    event.reason = reason
    try await setStanding(standing, of: region, event)
    apply(to: region)
    logger.notice("peer \(region) resumed: \(reason)")
  }

  /// For good. With a cut, entries of its log from that size on do not count any more: everything is judged anew.
  package func retirePeer(_ region: RegionCode, at cut: LogHead?, actor: String) async throws {
    var standing = try standing(of: region)
    if let cut {
      try check(cut, of: region)
      standing.cut = PeerStanding.Cut(cut)
    }
    standing.isRetired = true
    var event = AuditEvent(.peerRetired)
    event.actor = actor
    if let cut {
      event.origin = Origin(region: region, federation: configuration.federation, log: .catalog).text
      event.size = cut.size
      event.digest = cut.root
    }
    try await setStanding(standing, of: region, event)
    if cut != nil {
      try await configureCatalog()
      try openLog(of: region)
    }
    apply(to: region)
    logger.notice("peer \(region) retired\(cut.map { ", its log cut at size \($0.size) root \($0.root)" } ?? "")")
  }

  private func standing(of region: RegionCode) throws(NodeError) -> PeerStanding {
    guard cards[region] != nil else {
      throw .refused("unknownPeer", "\(region) is no peer of this node: see `tongyuan peer list`")
    }
    return standings[region] ?? PeerStanding()
  }

  /// The event is durable with the decision, before anything follows from it.
  private func setStanding(_ standing: PeerStanding, of region: RegionCode, _ event: AuditEvent) async throws {
    let value = standing.isDefault ? nil : [UInt8](try JSONEncoder().encode(standing))
    var event = event
    event.regions = [region]
    let now = Self.now
    try await write { [audit, event] transaction in
      try audit.record(event, in: transaction, now: now)
      try transaction.setLocal("peer:\(region)", value)
    }
    standings[region] = standing
  }

  /// Makes what was decided effective for connections, kept ones too, and for the core.
  private func apply(to region: RegionCode) {
    connect(region)
    server?.replaceTrust(trust())
    inbox.yield(.peerConfigured(settings(of: region)))
  }
}
