import Cryptography
import Testing
import TransparencyLog

@Suite("Tiles")
struct TileTests {
  @Test("Paths are those of C2SP tlog-tiles")
  func paths() throws {
    let tile = try #require(TileAddress(level: 0, index: 1_234_067))
    #expect(tile.description == "tile/0/x001/x234/067")
    #expect(TileResource.entries(index: 5, width: 112).path == "tile/entries/005.p/112")
    #expect(TileAddress(level: 7, index: .max, width: 1)?.description == "tile/7/x018/x446/x744/x073/x709/x551/615.p/1")
    var random = SeededGenerator(seed: 3)
    for _ in 0..<1000 {
      let index = UInt64.random(in: 0 ... .max, using: &random) >> UInt64.random(in: 0..<64, using: &random)
      let width = Int.random(in: 1...256, using: &random)
      let tile = try #require(TileAddress(level: Int.random(in: 0...63, using: &random), index: index, width: width))
      #expect(TileResource(path: tile.description) == .hashes(tile))
      let entries = TileResource.entries(index: index, width: width)
      #expect(TileResource(path: entries.path) == entries)
    }
  }

  @Test(
    "A path in any other spelling is refused",
    arguments: [
      "", "tile", "tile/0", "tile/0/", "tile//000", "/tile/0/000", "tile/0/000/", "tile/00/000", "tile/64/000",
      "tile/-1/000", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/1000", "tile/0/x000/067", "tile/0/001/067",
      "tile/0/x001/x067", "tile/0/x001", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256",
      "tile/0/000.p/01", "tile/0/000.p/1/1", "tile/0/x001.p/000", "tile/0/00a", "tile/0/+01", "tile/0/.p/1",
      "tile/entries", "tile/Entries/000", "tile/data/000", "tile/0/x018/x446/x744/x073/x709/x551/616", "tile/0/xx00",
      "tile/0/../000", "tile/0/00\u{0660}",
    ])
  func wrongPaths(path: String) { #expect(TileResource(path: path) == nil) }

  @Test("A tree of 70,000, and one of 256, have the tiles that C2SP tlog-tiles names")
  func widths() {
    #expect(TileAddress(level: 0, index: 272, size: 70_000)?.isFull == true)
    #expect(TileAddress(level: 0, index: 273, size: 70_000)?.width == 112)
    #expect(TileAddress(level: 0, index: 274, size: 70_000) == nil)
    #expect(TileAddress(level: 1, index: 0, size: 70_000)?.isFull == true)
    #expect(TileAddress(level: 1, index: 1, size: 70_000)?.description == "tile/1/001.p/17")
    #expect(TileAddress(level: 2, index: 0, size: 70_000)?.description == "tile/2/000.p/1")
    #expect(TileAddress(level: 0, index: 0, size: 256)?.isFull == true)
    #expect(TileAddress(level: 0, index: 1, size: 256) == nil)
    #expect(TileAddress(level: 1, index: 0, size: 256)?.description == "tile/1/000.p/1")
    #expect(TileAddress(level: 0, index: 0, size: 0) == nil)
  }

  @Test(
    "Whatever is read from tiles equals what the tree says", arguments: [1, 2, 255, 256, 257, 300, 511, 512, 65_793])
  func adaptor(size: UInt64) throws {
    var random = SeededGenerator(seed: size)
    let tree = ReferenceTree.tree(Int(size))
    let reader = TileHashReader(size: size, tiles: TreeTiles(tree: tree))
    #expect(try reader.root(size: size) == tree.root)
    for _ in 0..<200 {
      let to = UInt64.random(in: 1...size, using: &random)
      let from = UInt64.random(in: 1...to, using: &random)
      let inclusion = try InclusionProof.make(index: from - 1, size: to, reading: tree)
      #expect(try InclusionProof.make(index: from - 1, size: to, reading: reader) == inclusion)
      let consistency = try ConsistencyProof.make(from: from, to: to, reading: tree)
      #expect(try ConsistencyProof.make(from: from, to: to, reading: reader) == consistency)
    }
    #expect(throws: TileError.self) { try reader.hash(of: TreeNode(level: 0, index: size)) }
  }

  @Test("Tiles hold the subtree hashes of RFC 6962, and what is reported on appending fills them")
  func contents() throws {
    let tree = ReferenceTree.tree(600)
    var stored: [String: [UInt8]] = [:]
    var edge = RightEdge()
    for index in 0..<UInt64(600) {
      edge.append(try tree.hash(of: TreeNode(level: 0, index: index))) { node, hash in
        guard let slot = node.tileSlot else { return }
        let key = "\(slot.level)/\(slot.index)"
        #expect(stored[key, default: []].count == 32 * slot.offset)
        stored[key, default: []] += hash.bytes
      }
    }
    #expect(stored.count == 4)
    for (level, index, width) in [(0, 0, 256), (0, 1, 256), (0, 2, 88), (1, 0, 2)] {
      let address = try #require(TileAddress(level: level, index: UInt64(index), size: 600))
      #expect(address.width == width)
      #expect(try tree.tile(address) == stored["\(level)/\(index)"])
    }
    let leaves = ReferenceTree.leaves(600)
    #expect(
      stored["1/0"] == ReferenceTree.root(leaves[..<256]).bytes + ReferenceTree.root(leaves[256..<512]).bytes)
    let beyond = try #require(TileAddress(level: 8, index: 0))
    #expect(throws: TileError.self) { try tree.tile(beyond) }
    let outside = try #require(TileAddress(level: 7, index: .max))
    #expect(throws: TileError.self) { try tree.tile(outside) }
  }

  @Test("A tile of a wrong length is refused, and a false hash leads to a false root")
  func falseTiles() throws {
    let tree = ReferenceTree.tree(300)
    let short = TileHashReader(size: 300, tiles: TreeTiles(tree: tree) { Array($0.dropLast()) })
    #expect(throws: TileError.self) { try short.root(size: 300) }
    let damaged = TileHashReader(size: 300, tiles: TreeTiles(tree: tree) { [$0[0] ^ 1] + $0.dropFirst() })
    #expect(try damaged.root(size: 300) != tree.root)
  }

  @Test("A bundle of entries is read back, and refused with bytes missing, added or miscounted")
  func bundles() throws {
    let entries: [[UInt8]] = [[], [1], [UInt8](repeating: 7, count: EntryBundle.entryLengthMax)]
    let bytes = try #require(EntryBundle.encode(entries))
    #expect(Array(bytes.prefix(7)) == [0, 0, 0, 1, 1, 0xFF, 0xFF])
    #expect(try EntryBundle.decode(bytes, width: 3) == entries)
    for wrong in [2, 4] { #expect(throws: TileError.self) { try EntryBundle.decode(bytes, width: wrong) } }
    for length in [0, 1, 3, 4, 5, 6, bytes.count - 1] {
      #expect(throws: TileError.self) { try EntryBundle.decode(Array(bytes[..<length]), width: 3) }
    }
    #expect(throws: TileError.self) { try EntryBundle.decode(bytes + [0], width: 3) }
    #expect(EntryBundle.encode([[UInt8](repeating: 0, count: 65_536)]) == nil)
  }
}

private struct TreeTiles: TileReader {
  let tree: MerkleTree
  var change: @Sendable ([UInt8]) -> [UInt8] = { $0 }

  func tile(_ address: TileAddress) throws -> [UInt8] { change(try tree.tile(address)) }
}
