import Catalog
import Foundation

extension DataDirectory {
  /// A deployment's purposes and matters, which need not be there.
  package var vocabularyPath: String { path + "/vocabulary.yaml" }

  /// What a list's check may know of a node's directory, running or not: the regions with a card, its own among them.
  package func listSurroundings() throws(NodeError) -> ListSurroundings {
    let configuration = try configuration()
    var around = ListSurroundings()
    var regions: Set<RegionCode> = [configuration.region]
    let files: [String]
    do { files = try FileManager.default.contentsOfDirectory(atPath: peersPath) } catch {
      throw .refused("file", "\(peersPath) cannot be read: \(error.localizedDescription)")
    }
    for file in files.sorted() where file.hasSuffix(".json") {
      let path = "\(peersPath)/\(file)"
      let card = try PeerCard(parsing: try DataDirectory.read(path, atMost: PeerCard.maximumBytes), source: path)
      if card.federation == configuration.federation { regions.insert(card.region) }
    }
    around.regions = regions
    return around
  }
}
