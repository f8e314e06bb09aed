import Catalog
import Persistence
import Replication

/// What only the core and the cards say of a peer, at one moment.
struct PeerFacts: Sendable {
  /// nil: it cannot be read, and the region's log judges here all the same.
  var card: PeerCard?
  /// What is wrong with the card's file.
  var cardProblem: String?
  var standing: PeerStanding
  var report: PeerReport
  /// Of its catalog log; null if none is proven.
  var fork: JSONValue
}

/// What only the core and the cards say of this node, at one moment.
struct NodeFacts: Sendable {
  /// By region.
  var peers: [PeerFacts]
  /// Of this region's own log too.
  var forks: [JSONValue]
  var staged: JSONValue
  /// Cards that are not in use, and why.
  var cards: JSONValue
  /// What went wrong with the store last; nil once a write succeeded again.
  var problem: String?
}

/// The one hop to the actor that a question may need.
extension Node {
  func facts() throws -> NodeFacts {
    NodeFacts(
      peers: try knownPeers.compactMap { try facts(of: $0) },
      forks: try replication.forkedLogs.map { try fork(of: $0.region) }, staged: stagedJSON, cards: cardsJSON,
      problem: storeProblem ?? dueProblem ?? erasing.problem)
  }

  /// nil: it is no peer.
  func facts(of region: RegionCode) throws -> PeerFacts? {
    guard knownPeers.contains(region), let report = replication.report(of: region) else { return nil }
    return PeerFacts(
      card: cards[region], cardProblem: cardProblems.first { $0.region == region }?.reason,
      standing: standings[region] ?? PeerStanding(), report: report, fork: try fork(of: region))
  }

  /// Of the region that answers for an id, for `explain`.
  func owner(of id: ResourceID) -> NodeQueries.Owner {
    guard let region = id.owner else { return NodeQueries.Owner() }
    return NodeQueries.Owner(
      report: replication.report(of: region), staged: blocked.first { $0.region == region }?.wait)
  }
}
