import Cryptography
import Testing
import TransparencyLog

@Suite("Right edge")
struct RightEdgeTests {
  @Test("Appending gives every root, and reports every node exactly once, children before parents")
  func appends() throws {
    let tree = ReferenceTree.tree(300)
    var edge = RightEdge()
    var seen: Set<TreeNode> = []
    #expect(edge.root == MerkleHash.emptyRoot)
    for index in 0..<UInt64(300) {
      try edge.append(try tree.hash(of: TreeNode(level: 0, index: index))) { node, hash throws in
        #expect(hash == (try tree.hash(of: node)))
        #expect(node.end == index + 1)
        if node.level > 0 {
          #expect(seen.contains(TreeNode(level: node.level - 1, index: 2 * node.index)))
          #expect(seen.contains(TreeNode(level: node.level - 1, index: 2 * node.index + 1)))
        }
        #expect(seen.insert(node).inserted)
      }
      #expect(edge.size == index + 1)
      #expect(edge.root == (try tree.root(size: index + 1)))
      #expect(edge == (try RightEdge(size: index + 1, reading: tree)))
      #expect(edge == (try RightEdge(bytes: edge.bytes)))
    }
    #expect(seen.count == 300 + 150 + 75 + 37 + 18 + 9 + 4 + 2 + 1)
  }

  @Test("Whole subtrees append as their leaves do, from the subtree up")
  func subtrees() throws {
    let tree = ReferenceTree.tree(1024)
    var edge = RightEdge()
    for run in 0..<UInt64(4) {
      let hash = try tree.hash(of: TreeNode(level: 8, index: run))
      var levels: [Int] = []
      edge.append(subtree: hash, level: 8) { node, _ in levels.append(node.level) }
      #expect(levels == [[8], [8, 9], [8], [8, 9, 10]][Int(run)])
      #expect(edge == (try RightEdge(size: 256 * (run + 1), reading: tree)))
    }
  }

  @Test("An append whose report fails changes nothing")
  func failedReport() throws {
    struct Full: Error {}
    var edge = try RightEdge(size: 7, reading: ReferenceTree.tree(7))
    let before = edge
    #expect(throws: Full.self) {
      try edge.append(MerkleHash.leaf([])) { node, _ throws(Full) in if node.level == 2 { throw Full() } }
    }
    #expect(edge == before)
  }

  @Test("Bytes that are no edge are refused")
  func refusals() throws {
    let bytes = try RightEdge(size: 5, reading: ReferenceTree.tree(5)).bytes
    #expect(bytes.count == 8 + 2 * 32)
    for length in 0..<bytes.count {
      #expect(throws: ProofError.self) { try RightEdge(bytes: Array(bytes[..<length])) }
    }
    #expect(throws: ProofError.self) { try RightEdge(bytes: bytes + [0]) }
    #expect(throws: ProofError.self) { try RightEdge(bytes: [UInt8](repeating: 0xFF, count: 8 + 64 * 32)) }
    #expect(throws: ProofError.self) { try RightEdge(size: 3, hashes: [MerkleHash.emptyRoot]) }
    var largest = try RightEdge(
      size: RightEdge.sizeMax, hashes: [Digest](repeating: .zero, count: RightEdge.sizeMax.nonzeroBitCount))
    largest.append(.zero)
    #expect(largest.size == RightEdge.sizeMax + 1)
  }

  @Test("A range of leaves is covered by the fewest complete subtrees")
  func covering() {
    #expect(TreeNode.covering(0..<0).isEmpty)
    #expect(TreeNode.covering(0..<7).map(\.description) == ["2/0", "1/2", "0/6"])
    #expect(TreeNode.covering(3..<9).map(\.description) == ["0/3", "2/1", "0/8"])
    #expect(TreeNode.covering(0..<UInt64.max).count == 64)
    let slot = TreeNode(level: 8, index: 513).tileSlot
    #expect(slot?.level == 1)
    #expect(slot?.index == 2)
    #expect(slot?.offset == 1)
    #expect(TreeNode(level: 7, index: 0).tileSlot == nil)
  }
}
