import Cryptography

/// The hashes of RFC 6962 section 2.1, SHA-256 everywhere. Nothing here allocates for leaves under a kilobyte.
package enum MerkleHash {
  /// SHA256(""): the root of the tree without leaves.
  package static let emptyRoot = SHA256.hash([])

  /// SHA256(0x00 || leaf)
  package static func leaf(_ leaf: UnsafeRawBufferPointer) -> Digest {
    withUnsafeTemporaryAllocation(byteCount: leaf.count + 1, alignment: 16) { message in
      message[0] = 0x00
      UnsafeMutableRawBufferPointer(rebasing: message[1...]).copyMemory(from: leaf)
      return SHA256.hash(UnsafeRawBufferPointer(message))
    }
  }

  package static func leaf(_ bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { leaf($0) } }

  /// SHA256(0x01 || left || right)
  package static func node(_ left: Digest, _ right: Digest) -> Digest {
    withUnsafeTemporaryAllocation(byteCount: 1 + 2 * Digest.byteCount, alignment: 16) { message in
      message[0] = 0x01
      left.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: message[1...]).copyMemory(from: $0) }
      right.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: message[33...]).copyMemory(from: $0) }
      return SHA256.hash(UnsafeRawBufferPointer(message))
    }
  }

  /// The root of the tree over these leaf hashes: what an aligned run of 256 entries must have to be node (8, run).
  ///
  /// Hashing pairs level by level, an odd last one moving up as it is, gives the tree of RFC 6962: each left
  /// subtree is the largest power of two that fits.
  package static func root(of leafHashes: some Collection<Digest>) -> Digest {
    if leafHashes.isEmpty { return emptyRoot }
    return withUnsafeTemporaryAllocation(of: Digest.self, capacity: leafHashes.count) { row in
      var count = 0
      for hash in leafHashes {
        row.initializeElement(at: count, to: hash)
        count += 1
      }
      while count > 1 {
        for pair in 0..<count / 2 { row[pair] = node(row[2 * pair], row[2 * pair + 1]) }
        if count % 2 == 1 { row[count / 2] = row[count - 1] }
        count = (count + 1) / 2
      }
      return row[0]
    }
  }
}
