import Catalog
import Cryptography
import Foundation

/// Cards in `peers/`: read at start, and looked at again each minute.
///
/// A region whose log judges here stays, whether its card can be read or not: what a node states in its clock never goes back.
/// Without a card it is not dialled, nothing further of its log can be proven, and `status` says so.
extension Node {
  /// Regions that are peers of this node, with a card or without, sorted.
  var knownPeers: [RegionCode] {
    writer.catalogConfiguration.replicated.subtracting([configuration.region]).union(cards.keys).sorted()
  }

  func loadCards() throws {
    var content = cardFolder.read()
    for (region, card) in content.cards.sorted(by: { $0.key < $1.key }) {
      if try refuses(card, in: &content) { content.cards[region] = nil }
    }
    cards = content.cards
    note(content)
  }

  /// Whether the card has other keys than are known here: then it is told of.
  private func refuses(_ card: PeerCard, in content: inout CardFolder.Content) throws -> Bool {
    let path = CardFolder.path(of: card.region, in: directory)
    do {
      try checkKeys(card, source: path)
      return false
    } catch let error as NodeError {
      content.problems.append(CardProblem(path: path, region: card.region, reason: error.reason))
      return true
    }
  }

  /// Takes what is new in `peers/`: a card that was put back or added, another address, a newer revocation list.
  func lookAtCards() async throws {
    try await rememberKeys()
    var content = cardFolder.read()
    for (region, card) in content.cards.sorted(by: { $0.key < $1.key }) where card != cards[region] {
      if try refuses(card, in: &content) { continue }
      var event = AuditEvent(knownPeers.contains(region) ? .peerUpdated : .peerAdded)
      event.origin = card.catalogOrigin.text
      event.code = standings[region]?.isRelayed == true ? "relayed" : "dialled"
      event.digest = SHA256.hash(card.authority)
      let source = CardFolder.path(of: region, in: directory)
      try await changeStanding(of: region, event, admitting: (card, source)) { _ in }
      // Meanwhile somebody may have added a newer one.
      guard cardFolder.read().cards[region] == card else { continue }
      try await admit(card)
      logger.notice("peer \(region): the card in \(directory.peersPath) is in use now")
    }
    note(content)
  }

  /// Of cards that were in `peers/` at the start, or came with a store of before keys were remembered.
  private func rememberKeys() async throws {
    let admitted = cards.values.map { AdmittedKeys(of: $0) }
    let areRemembered = try store.read(writer.catalogConfiguration) { transaction in
      try admitted.allSatisfy { try $0.isRemembered(transaction) }
    }
    guard !areRemembered else { return }
    try await write { transaction in
      for keys in admitted { try keys.remember(transaction) }
    }
  }

  /// Tells once of each card that is not in use.
  private func note(_ content: CardFolder.Content) {
    var problems = content.problems
    for region in knownPeers where content.files?.contains(region) != true && standings[region]?.isRetired != true {
      let path = CardFolder.path(of: region, in: directory)
      problems.append(
        CardProblem(
          path: path, region: region, reason: content.files == nil ? "\(path) cannot be read" : "\(path) is missing"))
    }
    for problem in problems where !cardProblems.contains(problem) {
      logger.error("card not in use: \(Self.words(problem))")
    }
    cardProblems = problems
  }

  private static func words(_ problem: CardProblem) -> String {
    problem.region == nil
      ? "\(problem.reason); put it right"
      : "\(problem.reason); put it back, or add the region's card with `tongyuan peer add`"
  }

  /// For `status`.
  var cardsJSON: JSONValue {
    .array(
      cardProblems.map {
        .members(
          ("path", .string($0.path)), ("region", .text($0.region?.text)),
          ("reason", .string(Self.words($0))))
      })
  }
}
