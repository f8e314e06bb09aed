import Catalog
import Cryptography
import PeerTransport
import Replication
import TransparencyLog

/// Cards, and who is spoken to.
extension Node {
  // MARK: Reading

  /// Reads what is decided of peers, and their cards.
  func loadPeers() throws {
    standings = try store.read(writer.catalogConfiguration) { try PeerStanding.all($0) }
    try loadCards()
    for region in cards.keys.sorted() { connect(region) }
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
      region: region, dialled: !standing.isRelayed && cards[region] != nil,
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

  /// Adds a peer, or updates one whose keys are the same. Effective at once. The event is durable first: after a crash the
  /// audit log may tell of a card that is not there, never the other way round.
  package func addPeer(_ card: PeerCard, relayed: Bool, source: String, actor: String) async throws -> AddedPeer {
    try configuration.check(card.federation, card.region, source: source)
    let fingerprint = try card.fingerprint()
    try checkKeys(card, source: source)
    let isUpdate = knownPeers.contains(card.region)
    var event = AuditEvent(isUpdate ? .peerUpdated : .peerAdded)
    event.actor = actor
    event.origin = card.catalogOrigin.text
    event.code = relayed ? "relayed" : "dialled"
    event.digest = SHA256.hash(card.authority)
    try await changeStanding(of: card.region, event, admitting: (card, source)) { $0.isRelayed = relayed }
    // What is durable takes effect, whatever becomes of the card.
    if isUpdate { apply(to: card.region) }
    // Two cards of one region that came together.
    try checkKeys(card, source: source)
    try DataDirectory.write(
      Array((card.json.text + "\n").utf8), to: CardFolder.path(of: card.region, in: directory), mode: 0o644)
    cardProblems.removeAll { $0.region == card.region }
    try await admit(card)
    return AddedPeer(card: card, fingerprint: fingerprint, isUpdate: isUpdate, isRelayed: relayed)
  }

  /// Refuses a card whose keys are not those of the card that is in use or, where none is, not those that the store knows.
  func checkKeys(_ card: PeerCard, source: String) throws {
    if let known = cards[card.region] {
      guard known.hasSameKeys(as: card) else { throw NodeError.otherKeys(than: card.region, source: source) }
    } else {
      try store.read(writer.catalogConfiguration) { try AdmittedKeys(of: card).check($0, source: source) }
    }
  }

  /// Puts a card to use.
  func admit(_ card: PeerCard) async throws {
    cards[card.region] = card
    try await finish(card.region)
  }

  /// Does what follows from a card or a cut. Where it fails it stays due, `status` says why, and the minute tries again.
  private func finish(_ region: RegionCode) async throws {
    due.insert(region)
    do {
      try await configureCatalog()
      try openLog(of: region)
    } catch {
      dueProblem = Self.words(error)
      throw error
    }
    apply(to: region)
    due.remove(region)
    if due.isEmpty, !isConfigurationStale { dueProblem = nil }
  }

  /// What could not be done when it was decided.
  func finishDue() async {
    do {
      if isConfigurationStale { try await configureCatalog() }
      for region in due.sorted() { try await finish(region) }
      if due.isEmpty, !isConfigurationStale { dueProblem = nil }
    } catch {
      dueProblem = Self.words(error)
      note(storeFailure: error)
    }
  }

  package func suspendPeer(_ region: RegionCode, reason: String, actor: String) async throws {
    try checkKnown(region)
    var event = AuditEvent(.peerSuspended)
    event.actor = actor
    event.reason = reason
    try await changeStanding(of: region, event) { $0.suspended = reason }
    apply(to: region)
    logger.notice("peer \(region) suspended: \(reason)")
  }

  package func resumePeer(_ region: RegionCode, reason: String, actor: String) async throws {
    try checkKnown(region)
    var event = AuditEvent(.peerResumed)
    event.actor = actor
    event.reason = reason
    try await changeStanding(of: region, event) { standing in
      guard standing.suspended != nil else {
        throw NodeError.refused("notSuspended", "peer \(region) is not suspended")
      }
      standing.suspended = nil
    }
    apply(to: region)
    logger.notice("peer \(region) resumed: \(reason)")
  }

  /// For good. With a cut, entries of its log from that size on do not count any more: everything is judged anew.
  package func retirePeer(_ region: RegionCode, at cut: LogHead?, actor: String) async throws {
    try checkKnown(region)
    if let cut { try check(cut, of: region) }
    var event = AuditEvent(.peerRetired)
    event.actor = actor
    if let cut {
      event.origin = Origin(region: region, federation: configuration.federation, log: .catalog).text
      event.size = cut.size
      event.digest = cut.root
    }
    try await changeStanding(of: region, event) { standing in
      standing.isRetired = true
      if let cut { standing.cut = PeerStanding.Cut(cut) }
    }
    cardProblems.removeAll { $0.region == region }
    // Nothing is taken from it any more, whether its cut can count already or not.
    apply(to: region)
    if cut != nil { try await finish(region) }
    logger.notice("peer \(region) retired\(cut.map { ", its log cut at size \($0.size) root \($0.root)" } ?? "")")
  }

  private func checkKnown(_ region: RegionCode) throws(NodeError) {
    guard knownPeers.contains(region) else {
      throw .refused("unknownPeer", "\(region) is no peer of this node: see `tongyuan peer list`")
    }
  }

  /// Changes what is decided of a peer, as it stands when its turn to write has come: decisions made together are all kept.
  /// The event is durable with the decision, and with the keys that a card is admitted by, before anything follows from it.
  func changeStanding(
    of region: RegionCode, _ event: AuditEvent, admitting: (card: PeerCard, source: String)? = nil,
    _ change: @escaping @Sendable (inout PeerStanding) throws -> Void
  ) async throws {
    var event = event
    event.regions = [region]
    let now = Self.now
    let (standing, number) = try await write { [audit, event] transaction in
      var standing = try PeerStanding(of: region, transaction)
      try change(&standing)
      if let (card, source) = admitting {
        let keys = AdmittedKeys(of: card)
        try keys.check(transaction, source: source)
        try keys.remember(transaction)
      }
      try audit.record(event, in: transaction, now: now)
      try standing.save(of: region, transaction)
      return (standing, self.decisionCount.wrappingAdd(1, ordering: .relaxed).newValue)
    }
    // Who waits for the disk may be woken in another order than that of the writes: the newest counts. What is durable must
    // take effect, so nothing here can fail.
    guard number > newestDecisions[region] ?? 0 else { return }
    newestDecisions[region] = number
    standings[region] = standing
  }

  /// Makes what was decided effective for connections, kept ones too, and for the core.
  private func apply(to region: RegionCode) {
    connect(region)
    server?.replaceTrust(trust())
    inbox.yield(.peerConfigured(settings(of: region)))
  }
}
