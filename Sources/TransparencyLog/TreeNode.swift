/// The root of a complete subtree: node `index` of `level` covers the leaves [index << level, (index + 1) << level).
/// Level 0 are the leaf hashes. Its hash never changes once the log holds all of its leaves.
package struct TreeNode: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// 0...63
  package let level: Int
  package let index: UInt64

  /// A programmer's error if the level is outside 0...63 or the node ends past 2^64 - 1, the largest size.
  package init(level: Int, index: UInt64) {
    precondition(0...63 ~= level && index < UInt64.max >> UInt64(level), "no tree has this node")
    self.level = level
    self.index = index
  }

  package var begin: UInt64 { index << UInt64(level) }
  package var end: UInt64 { (index + 1) << UInt64(level) }

  package var description: String { "\(level)/\(index)" }

  package static func < (a: TreeNode, b: TreeNode) -> Bool { (a.level, a.index) < (b.level, b.index) }

  /// Where a store of tiles keeps this hash: hash `offset` (0...255) of tile (`level`, `index`) of C2SP tlog-tiles.
  /// nil for the seven of eight levels that tiles do not hold.
  package var tileSlot: (level: Int, index: UInt64, offset: Int)? {
    level % 8 == 0 ? (level / 8, index >> 8, Int(index & 0xFF)) : nil
  }

  /// The fewest complete subtrees that make up a range of leaves, left to right.
  package static func covering(_ leaves: Range<UInt64>) -> [TreeNode] {
    var nodes: [TreeNode] = []
    var begin = leaves.lowerBound
    while begin < leaves.upperBound {
      let room = 63 - (leaves.upperBound - begin).leadingZeroBitCount
      let level = min(begin.trailingZeroBitCount, room)
      nodes.append(TreeNode(level: level, index: begin >> UInt64(level)))
      begin += 1 << UInt64(level)
    }
    return nodes
  }
}
