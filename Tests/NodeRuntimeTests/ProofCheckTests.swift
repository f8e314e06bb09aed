import Catalog
import Cryptography
import NodeRuntime
import Testing
import TransparencyLog

@Suite("A proof checked with no node") struct ProofCheckTests {
  @Test("A version of the log's own namespace is proven, with its manifest")
  func published() throws {
    let log = try ProofLog()
    let files = try log.prove(try log.publication("310000/credit"), at: 5, of: 9)
    let proven = try files.check(log.key)
    #expect(proven.origin == log.origin)
    #expect(proven.index == 5)
    #expect(proven.size == 9)
    #expect(proven.key == log.key)
    #expect(proven.id.text == "310000/credit")
    #expect(proven.manifest?.title == "行政处罚")
    #expect(proven.actor == "wang")
    #expect(!proven.rightIsOpen)
  }

  @Test("A withdrawal is proven, with its reason")
  func withdrawn() throws {
    let log = try ProofLog()
    var leaf = Leaf(.withdraw, time: 1_760_000_000_000)
    leaf.id = Array("310000/credit".utf8)
    let frame = try log.frame(leaf, Grounds(actor: "wang", reason: "merged").encoded())
    let proven = try log.prove(frame, at: 0, of: 1).check(log.key)
    #expect(proven.kind == .withdraw)
    #expect(proven.manifest == nil)
    #expect(proven.reason == "merged")
  }

  @Test("No other key than the log's own will do, whatever it is named")
  func foreignKeys() throws {
    let log = try ProofLog()
    let files = try log.prove(try log.publication("310000/credit"), at: 2, of: 4)
    let stranger = try ProofLog(seed: 9)
    let witness = try Cosigner(
      name: "310000.local.tongyuan/witness", key: try .init(seed: .init(repeating: 3, count: 32)))
    #expect(files.failure(stranger.key) == .signature)
    #expect(files.failure(witness.verifier) == .signature)
    #expect(files.failure() == .signature)
    #expect(files.failure(witness.verifier, stranger.key) == .signature)
    #expect(throws: Never.self) { try files.check(stranger.key, log.key) }
  }

  @Test("A cosignature beside a foreign log's signature is no signature of the log")
  func cosignatureAlone() throws {
    let log = try ProofLog()
    let stranger = try ProofLog(seed: 9)
    let cosigner = try Cosigner(name: ExactText(log.origin.text), key: try .init(seed: .init(repeating: 1, count: 32)))
    var files = try stranger.prove(try log.publication("310000/credit"), at: 0, of: 1)
    let proof = try LogProof(parsing: files.proof)
    let cosigned = try proof.checkpoint.adding([try cosigner.cosign(proof.checkpoint.checkpoint, time: 1)])
    files.proof = try LogProof(index: 0, hashes: proof.inclusion.hashes, checkpoint: cosigned).bytes
    #expect(files.failure(cosigner.verifier) == .signature)
  }

  @Test("Every changed byte of the proof or of the entry is found", arguments: [0x01, 0x20, 0x80] as [UInt8])
  func mutations(mask: UInt8) throws {
    let log = try ProofLog()
    let files = try log.prove(try log.publication("310000/credit"), at: 3, of: 7)
    for index in files.proof.indices {
      var changed = files
      changed.proof[index] ^= mask
      #expect(changed.failure(log.key) != nil, "byte \(index) of the proof")
    }
    for index in files.entry.indices {
      var changed = files
      changed.entry[index] ^= mask
      #expect(changed.failure(log.key) != nil, "byte \(index) of the entry")
    }
  }

  @Test("A file cut short anywhere, or with anything after its end, is refused")
  func lengths() throws {
    let log = try ProofLog()
    let files = try log.prove(try log.publication("310000/credit"), at: 3, of: 7)
    for count in files.entry.indices {
      #expect(files.with(entry: Array(files.entry[..<count])).failure(log.key) == .malformedEntry)
    }
    for count in files.proof.indices {
      #expect(files.with(proof: Array(files.proof[..<count])).failure(log.key) != nil)
    }
    #expect(files.with(entry: files.entry + [0]).failure(log.key) == .malformedEntry)
    #expect(files.with(entry: files.entry + files.entry).failure(log.key) == .malformedEntry)
    #expect(files.with(proof: files.proof + Array("\n".utf8)).failure(log.key) != nil)
    #expect(files.with(proof: files.proof + files.proof).failure(log.key) != nil)
  }

  @Test("Base64 that is not canonical is refused though it decodes to the same bytes")
  func canonicalBase64() throws {
    let log = try ProofLog()
    let files = try log.prove(try log.publication("310000/credit"), at: 3, of: 7)
    let lines = String(decoding: files.proof, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    // 32 bytes end in one character of four bits, two of them unused, and one `=`.
    let hash = try #require(lines.firstIndex { $0.count == 44 && $0.hasSuffix("=") })
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let last = try #require(alphabet.firstIndex(of: lines[hash].dropLast().last ?? " "))
    var changed = lines.map(String.init)
    changed[hash] = String(lines[hash].dropLast(2)) + String(alphabet[last + 1]) + "="
    #expect(files.with(proof: Array(changed.joined(separator: "\n").utf8)).failure(log.key) == .malformedProof)
    changed[hash] = String(lines[hash].dropLast())
    #expect(files.with(proof: Array(changed.joined(separator: "\n").utf8)).failure(log.key) == .malformedProof)
  }

  @Test("An id outside the namespace needs a cited list, and then its right stays open")
  func namespace() throws {
    let log = try ProofLog()
    let foreign = try log.prove(try log.publication("320000/credit"), at: 0, of: 1)
    #expect(foreign.failure(log.key) == .namespace)
    let list = EntryName(try #require(RegionCode("330000")), 12)
    let cited = try log.prove(try log.publication("320000/credit", cites: list), at: 0, of: 1).check(log.key)
    #expect(cited.cites == list)
    #expect(cited.rightIsOpen)
  }

  @Test("A body that was left out, or is another than the leaf commits to, is refused")
  func bodies() throws {
    let log = try ProofLog()
    let frame = try log.publication("310000/credit")
    let files = try log.prove(frame, at: 1, of: 2)
    #expect(files.with(entry: Frame(leaf: frame.leaf).bytes).failure(log.key) == .body)
    let other = try log.publication("310000/credit", title: "另一个")
    #expect(files.with(entry: Frame(leaf: frame.leaf, body: other.body).bytes).failure(log.key) == .body)
  }

  @Test("A manifest that names another id than its leaf, or a provider elsewhere, is refused though the log holds it")
  func invalidManifests() throws {
    let log = try ProofLog()
    let otherID = try log.publication("310000/credit", manifestID: "310000/other")
    #expect(try log.prove(otherID, at: 0, of: 1).failure(log.key) == .notVersion)
    let otherProvider = try log.publication("310000/credit", provider: "440000")
    #expect(try log.prove(otherProvider, at: 0, of: 1).failure(log.key) == .notVersion)
  }

  @Test("An entry that is no version of a resource proves nothing of one")
  func otherKinds() throws {
    let log = try ProofLog()
    let clock = Frame(leaf: try Leaf(.clock, time: 1_760_000_000_000).encoded())
    #expect(try log.prove(clock, at: 0, of: 1).failure(log.key) == .notVersion)
    let malformed = Frame(leaf: [0xFF, 0xFF])
    #expect(try log.prove(malformed, at: 0, of: 1).failure(log.key) == .notVersion)
  }

  @Test("A checkpoint of an audit log, or of something that is no log of ours, is refused")
  func foreignLogs() throws {
    for name in ["310000.local.tongyuan/audit", "example.com/log"] {
      let log = try ProofLog(name: name)
      #expect(try log.prove(try log.publication("310000/credit"), at: 0, of: 1).failure(log.key) == .foreignLog)
    }
  }

  @Test("Files over the largest proof and entry are refused unread")
  func sizes() throws {
    let log = try ProofLog()
    let files = try log.prove(try log.publication("310000/credit"), at: 0, of: 1)
    let proof = [UInt8](repeating: 0x0A, count: ProofCheck.proofLengthMax + 1)
    #expect(files.with(proof: proof).failure(log.key) == .tooLarge)
    let entry = [UInt8](repeating: 0, count: ProofCheck.entryLengthMax + 1)
    #expect(files.with(entry: entry).failure(log.key) == .tooLarge)
  }
}

private struct ProofFiles {
  var proof: [UInt8]
  var entry: [UInt8]

  func with(proof: [UInt8]) -> ProofFiles { ProofFiles(proof: proof, entry: entry) }
  func with(entry: [UInt8]) -> ProofFiles { ProofFiles(proof: proof, entry: entry) }

  func check(_ keys: NoteVerifier...) throws(ProofCheckError) -> ProvenVersion {
    try ProofCheck.check(proof: proof, entry: entry, keys: keys)
  }

  /// nil if it is proven.
  func failure(_ keys: NoteVerifier...) -> ProofCheckError.Code? {
    do {
      _ = try ProofCheck.check(proof: proof, entry: entry, keys: keys)
      return nil
    } catch { return error.code }
  }
}

/// A catalog log of 310000 with one entry that matters.
private struct ProofLog {
  let origin: Origin
  let signer: NoteSigner

  var key: NoteVerifier { signer.verifier }

  init(name: String? = nil, seed: UInt8 = 1) throws {
    let region = try #require(RegionCode("310000"))
    origin = Origin(region: region, federation: try #require(FederationName("local")), log: .catalog)
    signer = try NoteSigner(
      name: ExactText(name ?? origin.text), key: try .init(seed: .init(repeating: seed, count: 32)))
  }

  func publication(
    _ id: String, manifestID: String? = nil, title: String = "行政处罚", provider: String = "310000",
    cites: EntryName? = nil
  ) throws -> Frame {
    var leaf = Leaf(.publish, time: 1_760_000_000_000)
    leaf.id = Array(id.utf8)
    leaf.cites = cites
    let manifest = Manifest(
      id: try #require(ResourceID(manifestID ?? id)), title: title,
      provider: Manifest.Provider(region: try #require(RegionCode(provider))))
    return try frame(leaf, try Publication(manifest: manifest, actor: "wang").encoded())
  }

  func frame(_ leaf: Leaf, _ content: [UInt8]) throws -> Frame {
    var leaf = leaf
    let body = try #require(Body(nonce: [UInt8](repeating: 7, count: Body.nonceLength), content: content))
    leaf.body = BodyCommitment(.open, to: body, origin: origin, id: leaf.id)
    return Frame(leaf: try leaf.encoded(), body: body)
  }

  /// The frame at an index of a log whose other entries are of no account.
  func prove(_ frame: Frame, at index: UInt64, of size: UInt64) throws -> ProofFiles {
    var edge = RightEdge()
    var nodes: [TreeNode: Digest] = [:]
    for place in 0..<size {
      let leaf = place == index ? frame.leaf : Array("entry \(place)".utf8)
      edge.append(MerkleHash.leaf(leaf)) { nodes[$0] = $1 }
    }
    let inclusion = try InclusionProof.make(index: index, size: size, reading: StoredNodes(nodes: nodes))
    let checkpoint = try SignedCheckpoint(
      Checkpoint(origin: signer.verifier.name, size: size, root: edge.root), signers: [signer])
    let proof = try LogProof(index: index, hashes: inclusion.hashes, checkpoint: checkpoint)
    return ProofFiles(proof: proof.bytes, entry: frame.bytes)
  }
}

private struct StoredNodes: HashReader {
  let nodes: [TreeNode: Digest]

  func hash(of node: TreeNode) throws -> Digest { try #require(nodes[node]) }
}
