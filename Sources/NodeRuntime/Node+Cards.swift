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

  func loadCards() {
    let content = cardFolder.read()
    cards = content.cards
    note(content)
  }

  /// Takes what is new in `peers/`: a card that was put back or added, another address, a newer revocation list.
  func lookAtCards() async throws {
    var content = cardFolder.read()
    for (region, card) in content.cards.sorted(by: { $0.key < $1.key }) where card != cards[region] {
      do { try checkKeys(card, source: CardFolder.path(of: region, in: directory)) } catch {
        let path = CardFolder.path(of: region, in: directory)
        content.problems.append(CardProblem(path: path, region: region, reason: error.reason))
        continue
      }
      var event = AuditEvent(knownPeers.contains(region) ? .peerUpdated : .peerAdded)
      event.origin = card.catalogOrigin.text
      event.code = standings[region]?.isRelayed == true ? "relayed" : "dialled"
      event.digest = SHA256.hash(card.authority)
      try await changeStanding(of: region, event) { _ in }
      // Meanwhile somebody may have added a newer one.
      guard cardFolder.read().cards[region] == card else { continue }
      try await admit(card)
      logger.notice("peer \(region): the card in \(directory.peersPath) is in use now")
    }
    note(content)
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
