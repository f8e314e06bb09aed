import Catalog
import Cryptography
import Foundation

/// Why a card of `peers/` is not in use.
package struct CardProblem: Sendable, Hashable {
  package let path: String
  /// Whose card it is, by the file's name; nil where no region is concerned.
  package let region: RegionCode?
  package let reason: String
}

/// `peers/`, read again and again: a card whose bytes have not changed is not parsed anew.
struct CardFolder {
  struct Content: Sendable {
    var cards: [RegionCode: PeerCard] = [:]
    var problems: [CardProblem] = []
    /// Regions that have a file, whatever it holds; nil if the folder cannot be read.
    var files: Set<RegionCode>? = []
  }

  private let directory: DataDirectory
  private let configuration: NodeConfiguration
  private var known: [String: (digest: Digest, card: Result<PeerCard, NodeError>)] = [:]

  init(_ directory: DataDirectory, _ configuration: NodeConfiguration) {
    self.directory = directory
    self.configuration = configuration
  }

  static func path(of region: RegionCode, in directory: DataDirectory) -> String {
    "\(directory.peersPath)/\(region).json"
  }

  /// One that is broken is told of and leaves the others alone.
  mutating func read() -> Content {
    var content = Content()
    let files: [String]
    do { files = try FileManager.default.contentsOfDirectory(atPath: directory.peersPath) } catch {
      content.files = nil
      content.problems = [
        CardProblem(
          path: directory.peersPath, region: nil,
          reason: "\(directory.peersPath) cannot be read: \(error.localizedDescription)")
      ]
      return content
    }
    for file in files.sorted() where file.hasSuffix(".json") {
      let path = "\(directory.peersPath)/\(file)"
      let region = RegionCode(String(file.dropLast(".json".count)))
      if let region { content.files?.insert(region) }
      do throws(NodeError) {
        let card = try card(path)
        guard card.region == region else {
          throw NodeError.refused("card", "\(path) is the card of \(card.region): name it \(card.region).json")
        }
        content.cards[card.region] = card
      } catch { content.problems.append(CardProblem(path: path, region: region, reason: error.reason)) }
    }
    return content
  }

  private mutating func card(_ path: String) throws(NodeError) -> PeerCard {
    let bytes = try DataDirectory.read(path, atMost: PeerCard.maximumBytes)
    let digest = SHA256.hash(bytes)
    if let known = known[path], known.digest == digest { return try known.card.get() }
    let card = Result { () throws(NodeError) in
      try PeerCard(parsing: bytes, source: path, for: configuration)
    }
    known[path] = (digest, card)
    return try card.get()
  }
}

extension NodeConfiguration {
  /// Refuses a card that cannot be a peer's.
  func check(_ federation: FederationName, _ region: RegionCode, source: String) throws(NodeError) {
    guard federation == self.federation else {
      throw .refused(
        "federation",
        "\(source) is a card of the federation \"\(federation)\", this node is of \"\(self.federation)\"")
    }
    guard region != self.region else {
      throw .refused("ownCard", "\(source) is this region's own card: give it to the others")
    }
  }
}
