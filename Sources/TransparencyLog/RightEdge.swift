import Cryptography

/// All that is needed to append to a tree: its size and the hashes of the complete subtrees along its right edge,
/// at most 64 hashes whatever the size (a "compact range" from 0).
///
/// Invariant: one hash for each set bit of `size`, the largest subtree first.
package struct RightEdge: Hashable, Sendable {
  package private(set) var size: UInt64
  package private(set) var hashes: [Digest]

  /// What `init(size:hashes:)` and `init(bytes:)` take, so that no value from outside can overflow an append.
  package static let sizeMax = UInt64(Int64.max)

  /// The empty tree.
  package init() {
    size = 0
    hashes = []
  }

  /// The hashes as in `hashes`. Refuses a number of them that does not fit the size.
  package init(size: UInt64, hashes: [Digest]) throws(ProofError) {
    guard size <= Self.sizeMax else {
      throw ProofError(.malformed, "a right edge of size \(size): the largest is \(Self.sizeMax)")
    }
    guard hashes.count == size.nonzeroBitCount else {
      throw ProofError(
        .wrongLength, "a right edge of size \(size) has \(size.nonzeroBitCount) hashes, this one \(hashes.count)")
    }
    self.size = size
    self.hashes = hashes
  }

  /// The edge of a tree whose hashes are stored, at any size up to its own.
  package init(size: UInt64, reading reader: some HashReader) throws {
    let hashes = try TreeNode.covering(0..<size).map { try reader.hash(of: $0) }
    try self.init(size: size, hashes: hashes)
  }

  /// `size` (8 bytes, big-endian), then the hashes.
  package var bytes: [UInt8] {
    var bytes = size.bigEndianBytes
    bytes.reserveCapacity(8 + hashes.count * Digest.byteCount)
    for hash in hashes { hash.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }

  package init(bytes: [UInt8]) throws(ProofError) {
    guard bytes.count >= 8, let hashes = [Digest](concatenated: bytes[8...]) else {
      throw ProofError(.malformed, "a right edge is 8 bytes and then hashes of 32, not \(bytes.count) bytes")
    }
    try self.init(size: UInt64(bigEndianBytes: bytes[..<8]), hashes: hashes)
  }

  package var root: Digest {
    guard var root = hashes.last else { return MerkleHash.emptyRoot }
    for left in hashes.dropLast().reversed() { root = MerkleHash.node(left, root) }
    return root
  }

  package mutating func append(_ leafHash: Digest) { append(leafHash) { _, _ in } }

  /// Appends one leaf and reports every node that it completes, the leaf itself first and each parent after its
  /// children: what a store must write. If `completed` throws, nothing was appended.
  package mutating func append<E>(_ leafHash: Digest, completed: (TreeNode, Digest) throws(E) -> Void) throws(E) {
    try append(subtree: leafHash, level: 0, completed: completed)
  }

  package mutating func append(subtree: Digest, level: Int) { append(subtree: subtree, level: level) { _, _ in } }

  /// Appends 1 << level leaves at once by the hash of their complete subtree: runs proven by tiles.
  /// A programmer's error unless the size is a multiple of 1 << level. Reports as `append` does, from that node up.
  package mutating func append<E>(
    subtree: Digest, level: Int, completed: (TreeNode, Digest) throws(E) -> Void
  ) throws(E) {
    precondition(0...62 ~= level && size.trailingZeroBitCount >= level, "a subtree must begin where the tree ends")
    var node = TreeNode(level: level, index: size >> UInt64(level))
    let end = node.end
    var hash = subtree
    var merged = 0
    try completed(node, hash)
    while node.index & 1 == 1 {  // a right child: its left sibling is the last hash not yet merged
      merged += 1
      hash = MerkleHash.node(hashes[hashes.count - merged], hash)
      node = TreeNode(level: node.level + 1, index: node.index >> 1)
      try completed(node, hash)
    }
    hashes.removeLast(merged)
    hashes.append(hash)
    size = end
  }
}

extension [Digest] {
  /// nil unless the length is a multiple of 32.
  init?(concatenated bytes: ArraySlice<UInt8>) {
    guard bytes.count % Digest.byteCount == 0 else { return nil }
    self = bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: Digest.byteCount).map {
        Digest(UnsafeRawBufferPointer(rebasing: bytes[$0..<$0 + Digest.byteCount]))
      }
    }
  }
}

extension UInt64 {
  var bigEndianBytes: [UInt8] { Swift.withUnsafeBytes(of: bigEndian) { Array($0) } }

  /// Of 8 bytes.
  init(bigEndianBytes bytes: ArraySlice<UInt8>) {
    precondition(bytes.count == 8, "a 64-bit number is 8 bytes")
    self = bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
