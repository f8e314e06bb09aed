import Cryptography

/// A tree that keeps every complete node in memory, 64 bytes a leaf: for tests, simulations and small logs.
package struct MerkleTree: HashReader, Sendable {
  /// levels[l][i] is the hash of node (l, i).
  private var levels: [[Digest]] = [[]]

  package init() {}

  package var size: UInt64 { UInt64(levels[0].count) }
  package var root: Digest {
    do { return try root(size: size) } catch { preconditionFailure("a tree holds its own nodes: \(error)") }
  }

  /// Returns the new leaf's index.
  @discardableResult package mutating func append(leafHash: Digest) -> UInt64 {
    levels[0].append(leafHash)
    var level = 0
    while levels[level].count % 2 == 0 {
      let parent = MerkleHash.node(levels[level][levels[level].count - 2], levels[level][levels[level].count - 1])
      level += 1
      if level == levels.count { levels.append([]) }
      levels[level].append(parent)
    }
    return size - 1
  }

  @discardableResult package mutating func append(leaf: [UInt8]) -> UInt64 {
    append(leafHash: MerkleHash.leaf(leaf))
  }

  package func hash(of node: TreeNode) throws -> Digest {
    guard node.end <= size else {
      throw ProofError(.nodeMissing, "node \(node) ends at leaf \(node.end), the tree at \(size)")
    }
    return levels[node.level][Int(node.index)]
  }
}
