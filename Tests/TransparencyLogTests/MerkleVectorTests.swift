import Cryptography
import Foundation
import Testing
import TransparencyLog

/// The proof vectors of transparency-dev/merkle, good and bad, as JSON files in `$SHARED/vectors/merkle`.
private enum Vectors {
  static let folder: URL = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let shared = ProcessInfo.processInfo.environment["SHARED"] ?? root.appending(path: "../shared").path
    return URL(filePath: shared).appending(path: "vectors/merkle")
  }()

  static let areThere = FileManager.default.fileExists(atPath: folder.path)

  static func read<Vector: Decodable>(_ kind: String) throws -> [(name: String, vector: Vector)] {
    let kindFolder = folder.appending(path: kind)
    let files =
      FileManager.default.enumerator(at: kindFolder, includingPropertiesForKeys: nil)?
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "json" } ?? []
    return try files.sorted { $0.path < $1.path }.map {
      ($0.path, try JSONDecoder().decode(Vector.self, from: Data(contentsOf: $0)))
    }
  }

  /// Some vectors hold hashes of other lengths ("don't care"). A `Digest` cannot: its hash stands in, which keeps
  /// what is equal equal and what is different different. An empty one stays none.
  static func digest(_ data: Data) -> Digest? {
    data.isEmpty ? nil : Digest(bytes: data) ?? SHA256.hash([UInt8](data))
  }

  static func digests(_ data: [Data]?) -> [Digest]? {
    let digests = (data ?? []).map { digest($0) }
    return digests.contains { $0 == nil } ? nil : digests.compactMap { $0 }
  }
}

private struct InclusionVector: Decodable {
  let leafIdx: UInt64
  let treeSize: UInt64
  let root: Data
  let leafHash: Data
  let proof: [Data]?
  let wantErr: Bool
}

private struct ConsistencyVector: Decodable {
  let size1: UInt64
  let size2: UInt64
  let root1: Data
  let root2: Data
  let proof: [Data]?
  let wantErr: Bool
}

@Suite("Proof vectors", .enabled(if: Vectors.areThere, "needs the folder vectors/merkle under $SHARED"))
struct MerkleVectorTests {
  @Test("Every good inclusion vector is accepted, every bad one refused")
  func inclusion() throws {
    let vectors: [(name: String, vector: InclusionVector)] = try Vectors.read("inclusion")
    #expect(vectors.count > 90)
    for (name, vector) in vectors {
      var accepted = false
      if let root = Vectors.digest(vector.root), let leaf = Vectors.digest(vector.leafHash),
        let hashes = Vectors.digests(vector.proof)
      {
        let proof = InclusionProof(index: vector.leafIdx, size: vector.treeSize, hashes: hashes)
        accepted = (try? proof.check(leafHash: leaf, root: root)) != nil
      }
      #expect(accepted == !vector.wantErr, "\(name)")
    }
  }

  @Test("Every good consistency vector is accepted, every bad one refused")
  func consistency() throws {
    let vectors: [(name: String, vector: ConsistencyVector)] = try Vectors.read("consistency")
    #expect(vectors.count > 90)
    for (name, vector) in vectors {
      var accepted = false
      if let old = Vectors.digest(vector.root1), let new = Vectors.digest(vector.root2),
        let hashes = Vectors.digests(vector.proof)
      {
        let proof = ConsistencyProof(from: vector.size1, to: vector.size2, hashes: hashes)
        accepted = (try? proof.check(oldRoot: old, newRoot: new)) != nil
      }
      #expect(accepted == !vector.wantErr, "\(name)")
    }
  }
}
