import Cryptography
import TransparencyLog

/// The definitions of RFC 6962 section 2.1 as they stand there, recursive and slow: what everything is compared with.
enum ReferenceTree {
  static func leaf(_ index: Int) -> [UInt8] { Array("leaf \(index)".utf8) }

  static func leaves(_ count: Int) -> [[UInt8]] { (0..<count).map(leaf) }

  static func tree(_ count: Int) -> MerkleTree {
    var tree = MerkleTree()
    for index in 0..<count { tree.append(leaf: leaf(index)) }
    return tree
  }

  static func root(_ leaves: ArraySlice<[UInt8]>) -> Digest {
    switch leaves.count {
    case 0: return SHA256.hash([])
    case 1: return SHA256.hash([0] + leaves[leaves.startIndex])
    default:
      let (left, right) = halves(leaves)
      return SHA256.hash([1] + root(left).bytes + root(right).bytes)
    }
  }

  /// PATH(m, D[n])
  static func inclusion(_ index: Int, _ leaves: ArraySlice<[UInt8]>) -> [Digest] {
    if leaves.count == 1 { return [] }
    let (left, right) = halves(leaves)
    return index < left.count
      ? inclusion(index, left) + [root(right)] : inclusion(index - left.count, right) + [root(left)]
  }

  /// PROOF(m, D[n])
  static func consistency(_ size: Int, _ leaves: ArraySlice<[UInt8]>) -> [Digest] { subproof(size, leaves, true) }

  private static func subproof(_ size: Int, _ leaves: ArraySlice<[UInt8]>, _ isOldTree: Bool) -> [Digest] {
    if size == leaves.count { return isOldTree ? [] : [root(leaves)] }
    let (left, right) = halves(leaves)
    return size <= left.count
      ? subproof(size, left, isOldTree) + [root(right)] : subproof(size - left.count, right, false) + [root(left)]
  }

  /// At the largest power of two below the length.
  private static func halves(_ leaves: ArraySlice<[UInt8]>) -> (ArraySlice<[UInt8]>, ArraySlice<[UInt8]>) {
    var power = 1
    while power * 2 < leaves.count { power *= 2 }
    return (leaves.prefix(power), leaves.dropFirst(power))
  }
}

extension Digest {
  func flippingBit(_ bit: Int) -> Digest {
    var bytes = self.bytes
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    return Digest(bytes: bytes) ?? self
  }
}
