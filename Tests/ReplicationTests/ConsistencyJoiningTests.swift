import Cryptography
import Replication
import Simulator
import Testing
import TransparencyLog

@Suite("Consistency proofs, joined")
struct ConsistencyJoiningTests {
  private func tree(_ size: UInt64) -> MerkleTree {
    var tree = MerkleTree()
    for number in 0..<size { tree.append(leaf: Array("\(number)".utf8)) }
    return tree
  }

  @Test("Two proofs with a tree between them are the one proof that the larger tree would give")
  func joinedIsDirect() throws {
    let tree = tree(40)
    for to in 1...UInt64(40) {
      for middle in 1...to {
        let upper = try ConsistencyProof.make(from: middle, to: to, reading: tree)
        for from in 1...middle {
          let joined = try ConsistencyProof.make(from: from, to: middle, reading: tree).joined(to: upper)
          #expect(joined == (try .make(from: from, to: to, reading: tree)), "\(from) to \(middle) to \(to)")
        }
      }
    }
  }

  @Test("Proofs that do not meet, or have another length than theirs, are joined to nothing")
  func wrongParts() throws {
    let tree = tree(20)
    let lower = try ConsistencyProof.make(from: 3, to: 11, reading: tree)
    let upper = try ConsistencyProof.make(from: 11, to: 20, reading: tree)
    #expect(lower.joined(to: try .make(from: 12, to: 20, reading: tree)) == nil)
    #expect(lower.joined(to: ConsistencyProof(from: 11, to: .max, hashes: upper.hashes)) == nil)
    #expect(ConsistencyProof(from: 0, to: 11, hashes: []).joined(to: upper) == nil)
    #expect(ConsistencyProof(from: 12, to: 11, hashes: []).joined(to: upper) == nil)
    for count in 0..<12 where count != lower.hashes.count {
      let changed = ConsistencyProof(from: 3, to: 11, hashes: Array(repeating: .zero, count: count))
      #expect(changed.joined(to: upper) == nil, "\(count) hashes below")
    }
    for count in 0..<12 where count != upper.hashes.count {
      let changed = ConsistencyProof(from: 11, to: 20, hashes: Array(repeating: .zero, count: count))
      #expect(lower.joined(to: changed) == nil, "\(count) hashes above")
    }
  }
}
