import Catalog
import Cryptography
import Simulator
import TransparencyLog

/// Texts of transparency logs (C2SP): what parses is written back byte for byte, and every question about it has an answer.
extension FuzzTarget {
  static let logTargets = [
    note, checkpoint, logProof, forkProof, verifierKey, rightEdge, tilePath, entryBundle, proofs,
  ]

  private static let key = Examples.log.keys.log.verifier
  private static let witness = Examples.log.keys.witness.verifier

  private static let note = FuzzTarget(
    name: "note", lengthMax: 4096, seeds: { [try Examples.log.checkpoint(at: 7).bytes] + stampedSeeds() }
  ) { bytes in
    guard let note = try? SignedNote(parsing: bytes) else { return }
    claim(note.bytes == bytes, "a note is written back as it was")
    _ = try? note.verified(by: [key, witness])
    if let again = try? note.adding(note.signatures) { claim(again == note, "known signatures are not repeated") }
  }

  private static func stampedSeeds() -> [[UInt8]] {
    (try? [Examples.log.keys.stamp(Examples.log.checkpoint(at: 7), time: 1_800_000_000).bytes]) ?? []
  }

  private static let checkpoint = FuzzTarget(
    name: "checkpoint", lengthMax: 4096, seeds: { [try Examples.log.checkpoint(at: 11).bytes] + stampedSeeds() }
  ) { bytes in
    guard let signed = try? SignedCheckpoint(parsing: bytes) else { return }
    claim(signed.bytes == bytes, "a checkpoint is written back as it was")
    claim(signed.checkpoint.text == signed.note.text, "what is signed is what was read")
    _ = try? signed.verified(logs: [key], cosigners: [witness])
    let old = try Examples.log.edge(at: 7)
    _ = try? signed.checkpoint.checkExtends(size: old.size, root: old.root, proof: old.hashes)
    if (try? signed.verified(log: key)) != nil {
      claim(signed.checkpoint.size == 7 || signed.checkpoint.size == 11, "nobody can sign with another's key")
    }
  }

  private static let logProof = FuzzTarget(
    name: "log-proof", lengthMax: 8192,
    seeds: {
      let checkpoint = try Examples.log.checkpoint(at: 11)
      let hashes = try InclusionProof.make(index: 4, size: 11, reading: Examples.log.tree).hashes
      return try [nil, [1, 2, 3]].map {
        try LogProof(index: 4, hashes: hashes, checkpoint: checkpoint, extra: $0).bytes
      }
    }
  ) { bytes in
    guard let proof = try? LogProof(parsing: bytes) else { return }
    claim(proof.bytes == bytes, "a proof is written back as it was")
    if (try? proof.check(leafHash: .zero, logs: [key])) != nil { claim(false, "a leaf that is in no log was proven") }
  }

  private static let forkProof = FuzzTarget(
    name: "fork-proof", lengthMax: 8192,
    seeds: {
      let branch = try Examples.log.consistency(from: 5, to: 11)
      let larger = try Examples.log.checkpoint(at: 11)
      let false5 = try Examples.log.keys.checkpoint(size: 5, root: .zero)
      return [
        try Examples.fork().bytes,
        ForkProof(smaller: false5, larger: larger, branchRoot: try Examples.log.root(at: 5), hashes: branch).bytes,
      ]
    }
  ) { bytes in
    guard let proof = try? ForkProof(parsing: bytes) else { return }
    claim(proof.bytes == bytes, "a proof is written back as it was")
    guard (try? proof.check(key: key)) != nil else { return }
    claim(proof.smaller.checkpoint.root == .zero || proof.larger.checkpoint.root == .zero, "no honest log is accused")
  }

  private static let verifierKey = FuzzTarget(
    name: "verifier-key", lengthMax: 512, seeds: { [Array(key.vkey.utf8), Array(witness.vkey.utf8)] }
  ) { bytes in
    guard let text = String(validating: bytes, as: UTF8.self), let verifier = try? NoteVerifier(vkey: text) else {
      return
    }
    claim(verifier.vkey.utf8.elementsEqual(bytes), "a key has one spelling")
  }

  private static let rightEdge = FuzzTarget(
    name: "right-edge", lengthMax: 2200, seeds: { try [0, 7, 8, 11].map { try Examples.log.edge(at: $0).bytes } }
  ) { bytes in
    guard var edge = try? RightEdge(bytes: bytes) else { return }
    claim(edge.bytes == bytes, "an edge is written back as it was")
    _ = edge.root
    if edge.size < RightEdge.sizeMax {
      let size = edge.size
      edge.append(.zero)
      claim(edge.size == size + 1, "one leaf more")
    }
  }

  private static let tilePath = FuzzTarget(
    name: "tile-path", lengthMax: 80,
    seeds: { ["tile/0/x001/x234/067", "tile/3/000.p/255", "tile/entries/x012/345.p/7"].map { Array($0.utf8) } }
  ) { bytes in
    guard let path = String(validating: bytes, as: UTF8.self), let resource = TileResource(path: path) else { return }
    claim(resource.path.utf8.elementsEqual(bytes), "a path has one spelling")
    guard case .hashes(let tile) = resource else { return }
    _ = tile.nodes
    if let widest = TileAddress(level: tile.level, index: tile.index, size: .max) {
      claim(widest.level == tile.level, "the level stays")
    }
  }

  private static let entryBundle = FuzzTarget(
    name: "entry-bundle", lengthMax: 4096,
    seeds: { [[3] + (EntryBundle.encode(Examples.log.frames.prefix(3).map(\.leaf)) ?? [])] }
  ) { bytes in
    guard let width = bytes.first, let entries = try? EntryBundle.decode(Array(bytes.dropFirst()), width: Int(width))
    else { return }
    claim(entries.count == Int(width), "as many as were asked for")
    claim(EntryBundle.encode(entries) == Array(bytes.dropFirst()), "a bundle is written back as it was")
  }

  /// Two kinds of input at once: hashes that mean nothing, and a real tree with one hash of its proof changed.
  private static let proofs = FuzzTarget(
    name: "proofs", lengthMax: 4200,
    seeds: { [[UInt8](repeating: 7, count: 120), Array(0..<200) + [UInt8](repeating: 1, count: 32 * 6)] }
  ) { bytes in
    var input = InputReader(bytes)
    let (from, to, between) = (input.number(), input.number(), input.number())
    let sizes = (Int(input.byte()), Int(input.byte()), Int(input.byte()), Int(input.byte()))
    let hashes = input.digests()
    let proof = ConsistencyProof(from: from, to: between, hashes: Array(hashes.prefix(sizes.0)))
    let next = ConsistencyProof(from: between, to: to, hashes: Array(hashes.dropFirst(sizes.0)))
    _ = try? proof.impliedRoots(oldRoot: .zero)
    _ = proof.joined(to: next)
    _ = try? InclusionProof(index: from, size: to, hashes: hashes).impliedRoot(leafHash: .zero)
    try checkTree(sizes, seed: from, change: to)
  }

  private static func checkTree(_ sizes: (Int, Int, Int, Int), seed: UInt64, change: UInt64) throws {
    let ordered = [sizes.0, sizes.1, sizes.2].map { UInt64($0) + 1 }.sorted()
    let (small, middle, large) = (ordered[0], ordered[1], ordered[2])
    var random = SeededGenerator(seed: seed)
    var tree = MerkleTree()
    for _ in 0..<large { tree.append(leafHash: Digest(bytes: random.bytes(Digest.byteCount)) ?? .zero) }
    let roots = try (tree.root(size: small), tree.root(size: middle), tree.root(size: large))
    let whole = try ConsistencyProof.make(from: small, to: large, reading: tree)
    try whole.check(oldRoot: roots.0, newRoot: roots.2)
    let parts = try (
      ConsistencyProof.make(from: small, to: middle, reading: tree),
      ConsistencyProof.make(from: middle, to: large, reading: tree)
    )
    claim(parts.0.joined(to: parts.1) == whole, "two proofs join to the one")
    let index = UInt64(sizes.3) % large
    let inclusion = try InclusionProof.make(index: index, size: large, reading: tree)
    let leaf = try tree.hash(of: TreeNode(level: 0, index: index))
    try inclusion.check(leafHash: leaf, root: roots.2)
    if !whole.hashes.isEmpty {
      var changed = whole.hashes
      changed[Int(change % UInt64(changed.count))] = SHA256.hash("another")
      let false1 = ConsistencyProof(from: small, to: large, hashes: changed)
      claim((try? false1.check(oldRoot: roots.0, newRoot: roots.2)) == nil, "a changed proof proves nothing")
    }
    if !inclusion.hashes.isEmpty {
      var changed = inclusion.hashes
      changed[Int(change % UInt64(changed.count))] = SHA256.hash("another")
      let false2 = InclusionProof(index: index, size: large, hashes: changed)
      claim((try? false2.check(leafHash: leaf, root: roots.2)) == nil, "a changed proof proves nothing")
    }
  }
}
