import Catalog
import Cryptography
import Foundation
import PeerTransport
import TransparencyLog

/// The sync and the peers: routes of the local API.
extension LocalService {
  func sync(_ request: LocalRequest) async throws -> JSONValue {
    let body = try await object(request)
    let regions = try (body["regions"]?.list ?? []).map { try region($0.string ?? "") }
    var seconds: Double?
    if body["wait"]?.bool == true {
      seconds = Double(body["timeoutSeconds"]?.integer ?? 60)
      guard let seconds, (0...86_400).contains(seconds) else {
        throw NodeError.usage("timeout", "the time-out must lie between 0 and 86400 seconds")
      }
    }
    return try await node.sync(regions, waitSeconds: seconds)
  }

  func addPeer(_ request: LocalRequest) async throws -> JSONValue {
    let card = try PeerCard(
      parsing: try await request.body(limit: PeerCard.maximumBytes), source: "the card", for: node.configuration)
    let added = try await node.addPeer(
      card, relayed: request.queryValue("relayed") == "1", source: "the card", actor: Self.actor(request))
    return .members(
      ("region", .string(added.card.region.text)), ("name", .string(added.card.name)),
      ("fingerprint", .string(added.fingerprint)), ("updated", .bool(added.isUpdate)),
      ("relayed", .bool(added.isRelayed)))
  }

  func peer(_ region: RegionCode, withCard: Bool) async throws -> JSONValue {
    try queries.peer(region, try await node.facts(of: region), withCard: withCard)
  }

  func suspend(_ region: RegionCode, _ request: LocalRequest) async throws -> JSONValue {
    let (reason, actor) = try await grounds(request)
    try await node.suspendPeer(region, reason: reason, actor: actor)
    return try await peer(region, withCard: false)
  }

  func resume(_ region: RegionCode, _ request: LocalRequest) async throws -> JSONValue {
    let (reason, actor) = try await grounds(request)
    try await node.resumePeer(region, reason: reason, actor: actor)
    return try await peer(region, withCard: false)
  }

  func retire(_ region: RegionCode, _ request: LocalRequest) async throws -> JSONValue {
    let body = try await object(request)
    try await node.retirePeer(
      region, at: try body["at"]?.string.map(cut), actor: Self.actor(request, stated: body["actor"]?.string))
    return try await peer(region, withCard: false)
  }

  /// Why, and who says so.
  private func grounds(_ request: LocalRequest) async throws -> (reason: String, actor: String) {
    let body = try await object(request)
    return (try words(body, "reason"), Self.actor(request, stated: body["actor"]?.string))
  }

  /// `SIZE:ROOT`, the root in either spelling that the product prints.
  private func cut(_ text: String) throws(NodeError) -> LogHead {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let size = UInt64(parts[0]), size <= RightEdge.sizeMax,
      let root = Digest(hex: parts[1]) ?? Base64.decodeDigest(parts[1].utf8)
    else { throw .usage("at", "\"\(text)\" is not SIZE:ROOT as `tongyuan status --json` prints them") }
    return LogHead(size: size, root: root)
  }
}
