import Catalog
import Cryptography
import Simulator
import SwiftProtobuf
import TransparencyLog

/// Entries of logs: leaves, bodies, the texts of lists, and the frames that they travel in.
extension FuzzTarget {
  static let entryTargets = [
    leaf, frames, publication, manifestWire, grounds, responsible, auditEvent, auditLeaf, listText, admission,
  ]

  private static let leaf = FuzzTarget(name: "leaf", lengthMax: 2048, seeds: { try Examples.leaves() }) { bytes in
    guard let leaf = try? Leaf(bytes: bytes) else { return }
    _ = leaf.resource
    // Of a kind that this version does not know, only some fields are read.
    if case .unknown = leaf.kind { return }
    let encoded = try leaf.encoded()
    let again = try Leaf(bytes: encoded)
    claim(again == leaf, "a leaf that was read is read again from what is written of it")
    claim(try again.encoded() == encoded, "it is written in one way")
  }

  private static let frames = FuzzTarget(
    name: "frames", lengthMax: 4096, seeds: { [[1, 7] + Examples.log.frames.prefix(3).flatMap(\.bytes)] }
  ) { bytes in
    var input = InputReader(bytes)
    let (step, limit) = (Int(input.byte()) + 1, Int(input.byte()) << 6)
    let stream = input.rest()
    let (whole, rest, isRefused) = decode(stream, step: max(1, stream.count), limit)
    let pieces = decode(stream, step: step, limit)
    claim(whole == pieces.frames, "how a stream is cut does not matter")
    claim(isRefused == pieces.isRefused, "nor for what is refused")
    if !isRefused {
      claim(whole.flatMap(\.bytes) + stream.suffix(rest) == stream, "frames are written back as they were")
    }
    for frame in whole {
      claim(frame.encodedLength == frame.bytes.count, "the length is known")
      guard let entry = try? LogEntry(frame, origin: Examples.origin) else { continue }
      claim(entry.leafHash == MerkleHash.leaf(frame.leaf), "the tree hashes what came")
    }
  }

  private static func decode(_ stream: [UInt8], step: Int, _ limit: Int) -> (
    frames: [Frame], rest: Int, isRefused: Bool
  ) {
    var decoder = FrameDecoder(bodyLengthMax: limit)
    var frames: [Frame] = []
    for start in stride(from: 0, to: stream.count, by: step) {
      decoder.feed(stream[start..<min(start + step, stream.count)])
      do { while let frame = try decoder.next() { frames.append(frame) } } catch { return (frames, 0, true) }
    }
    return (frames, decoder.pendingByteCount, false)
  }

  private static let publication = FuzzTarget(
    name: "publication", lengthMax: 4096,
    seeds: { [try Publication(manifest: Examples.manifest(), actor: "chen").encoded()] }
  ) { bytes in
    guard let read = try? Publication.decode(bytes, id: Examples.id, writer: Examples.region) else { return }
    let encoded = try read.encoded()
    let again = try Publication.decode(encoded, id: Examples.id, writer: Examples.region)
    claim(again == read, "a body that was read is read again from what is written of it")
    claim(try again.encoded() == encoded, "it is written in one way")
    checkShown(read.manifest)
  }

  private static let manifestWire = FuzzTarget(
    name: "manifest-wire", lengthMax: 4096,
    seeds: {
      var batch = ManifestBatch(region: Examples.region)
      try? batch.add(Array(Examples.manifestJSON.utf8), from: "seed")
      return [Examples.manifest().encoded] + batch.candidates.map(\.manifest.encoded)
    }
  ) { bytes in
    guard let manifest = try? Manifest.decode(bytes, id: Examples.id, writer: Examples.region) else { return }
    let again = try Manifest.decode(manifest.encoded, id: Examples.id, writer: Examples.region)
    claim(again == manifest && again.encoded == manifest.encoded, "a manifest is written in one way")
    checkShown(manifest)
  }

  /// Whatever a peer's manifest holds can be shown and indexed.
  static func checkShown(_ manifest: Manifest) {
    let text = manifest.json.text
    do { claim(try JSONReader.value(Array(text.utf8)) == manifest.json, "what is shown is JSON of one meaning") } catch
    {
      claim(false, "what is shown is JSON: \(error)")
    }
    checkIndexed(manifest.title + (manifest.abstract ?? ""))
  }

  static func checkIndexed(_ text: String) {
    let words = SearchTerms.indexed(text)
    claim(!words.contains("\"") && !words.contains("\n"), "the index holds words alone")
  }

  private static let grounds = FuzzTarget(name: "grounds", lengthMax: 1024, seeds: { [Examples.groundsBytes] }) {
    bytes in
    guard let grounds = Grounds(decoding: bytes) else { return }
    claim(Grounds(decoding: grounds.encoded()) == grounds, "grounds are read again from what is written of them")
  }

  private static let responsible = FuzzTarget(
    name: "responsible", lengthMax: 1024, seeds: { [Responsible(actor: "chen", reviewedBy: "li").encoded()] }
  ) { bytes in
    guard let persons = Responsible(decoding: bytes) else { return }
    claim(Responsible(decoding: persons.encoded()) == persons, "persons are read again from what is written of them")
  }

  private static let auditEvent = FuzzTarget(
    name: "audit-event", lengthMax: 1024,
    seeds: {
      var event = AuditEvent(.refused)
      event.entry = EntryName(Examples.region, 7)
      event.regions = [Examples.other]
      event.digest = .zero
      event.item = 3
      return [event.encoded()]
    }
  ) { bytes in
    guard let event = AuditEvent(decoding: bytes) else { return }
    claim(AuditEvent(decoding: event.encoded()) == event, "an event is read again from what is written of it")
  }

  private static let auditLeaf = FuzzTarget(
    name: "audit-leaf", lengthMax: 256,
    seeds: {
      let body = Examples.sure(Body(nonce: [UInt8](repeating: 1, count: Body.nonceLength), content: [1]))
      return [AuditLeaf(time: 5, body: body, origin: Examples.origin).encoded()]
    }
  ) { bytes in
    guard let leaf = AuditLeaf(bytes: bytes) else { return }
    claim(AuditLeaf(bytes: leaf.encoded()) == leaf, "a leaf is read again from what is written of it")
  }

  private static let listText = FuzzTarget(name: "list-text", lengthMax: 2048, seeds: { [try listWire().bytes] }) {
    bytes in
    if let text = try? ListText(bytes: bytes) {
      claim(text.bytes == bytes, "a list is written in one way")
      claim(Set(text.claims.map(\.resource)).count == text.claims.count, "one claim a resource")
      claim(!text.terms.mayReplace(text.terms, digest: text.digest), "no list replaces itself")
      for region in [Examples.region, Examples.other] { _ = text.terms.isMember(region) }
      checkListShown(text)
    }
    // What somebody makes of any message is canonical.
    if let wire = try? WireListText(serializedBytes: bytes), let made = try? ListText(wire) {
      claim((try? ListText(bytes: made.bytes)) == made, "the canonical text is read")
    }
  }

  /// Whatever list a peer sends can be shown, printed, compared and read as a document.
  static func checkListShown(_ text: ListText) {
    let json = text.json
    do { claim(try JSONReader.value(Array(json.text.utf8)) == json, "what is shown is JSON of one meaning") } catch {
      claim(false, "what is shown is JSON: \(error)")
    }
    _ = ListDocument.read(DocumentNode(json))
    claim(ListDifference(from: text, to: text).isEmpty, "a list does not differ from itself")
    _ = ListPage(text).html
  }

  static func listWire() throws -> ListText {
    var wire = WireListText()
    wire.terms.federation = Examples.federation.text
    wire.terms.list = "delta-credit"
    wire.terms.version = 1
    wire.terms.kind = .agreed
    wire.terms.parties = ["310000", "320000"]
    wire.terms.from = 1
    wire.terms.until = 9_000_000_000_000
    var item = WireListItem()
    item.resource = "310000/credit/"
    item.source = "310000"
    item.recipients = ["32"]
    item.purposes = ["credit-review"]
    wire.items = [item]
    return try ListText(wire)
  }

  /// Frames of two logs, admitted as a node does: whatever a log's own key signs is judged, and the state is one.
  private static let admission = FuzzTarget(
    name: "admission", lengthMax: 4096,
    seeds: {
      let leaves = try Examples.leaves().map { Frame(leaf: $0) }
      return [[0] + (Examples.log.frames.prefix(3) + leaves).flatMap(\.bytes), [1] + leaves.flatMap(\.bytes)]
    }
  ) { bytes in
    var input = InputReader(bytes)
    let cut = Int(input.byte() & 15)
    let frames = decode(input.rest(), step: 4096, 4096).frames
    let regions = [Examples.region, Examples.other]
    func state(inOnePiece: Bool) throws -> String {
      let store = MemoryCatalogStore(
        CatalogConfiguration(federation: Examples.federation, replicated: Set(regions), cuts: [:]))
      let admission = Admission(store, now: 2_000_000_000_000)
      for region in inOnePiece ? regions : regions.reversed() {
        let origin = Origin(region: region, federation: Examples.federation, log: .catalog)
        let mine = (region == Examples.region ? frames.prefix(cut) : frames.dropFirst(cut)).compactMap {
          try? LogEntry(Frame(leaf: $0.leaf), origin: origin)
        }
        if inOnePiece {
          _ = try admission.commit(Array(mine), of: region)
        } else {
          for entry in mine { _ = try admission.commit([entry], of: region) }
        }
      }
      return store.stateDigest().description
    }
    claim(try state(inOnePiece: true) == state(inOnePiece: false), "order and grouping do not change what stands")
  }
}
