import Catalog
import Cryptography
import TransparencyLog

/// Bytes of a recording: numbers big-endian, texts and bytes behind their length (u32), lists behind their count (u32),
/// an optional behind 0 or 1.
struct RecordWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ byte: UInt8) { bytes.append(byte) }
  mutating func put(_ flag: Bool) { put(UInt8(flag ? 1 : 0)) }
  mutating func put(_ number: UInt64) { withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) } }
  mutating func put(_ number: Int64) { put(UInt64(bitPattern: number)) }
  mutating func put(count: Int) {
    withUnsafeBytes(of: UInt32(clamping: count).bigEndian) { bytes.append(contentsOf: $0) }
  }
  mutating func put(_ text: String) { put(Array(text.utf8)) }

  mutating func put(_ more: [UInt8]) {
    put(count: more.count)
    bytes += more
  }

  mutating func put<Value>(_ value: Value?, _ body: (inout RecordWriter, Value) -> Void) {
    put(value != nil)
    if let value { body(&self, value) }
  }

  mutating func put<Value>(each values: [Value], _ body: (inout RecordWriter, Value) -> Void) {
    put(count: values.count)
    for value in values { body(&self, value) }
  }

  // MARK: The core's values

  mutating func put(_ region: RegionCode) { put(region.text) }
  mutating func put(_ origin: Origin) { put(origin.text) }
  mutating func put(_ checkpoint: SignedCheckpoint) { put(checkpoint.bytes) }
  mutating func put(_ hashes: [Digest]) { put(each: hashes) { $0.bytes += $1.bytes } }
  mutating func put(_ edge: RightEdge) { put(edge.bytes) }

  /// Sorted: equal events have equal bytes.
  mutating func put(_ sizes: [Origin: UInt64]) {
    put(each: sizes.sorted { $0.key < $1.key }) {
      $0.put($1.key)
      $0.put($1.value)
    }
  }

  mutating func put(_ failure: PeerFailure) {
    put(failure.code)
    put(failure.reason)
    put(failure.isFault)
  }

  mutating func put(_ head: Head) {
    put(head.origin)
    put(head.checkpoint)
    put(head.held)
    put(head.consistency)
    put(head.processed)
    put(head.forked)
    put(head.stamp) { $0.put($1) }
  }

  mutating func put(_ answer: HeadsAnswer) {
    put(each: answer.versions) { $0.put(UInt64($1)) }
    put(answer.cursor)
    put(each: answer.heads) { $0.put($1) }
    put(answer.more)
  }

  mutating func put(_ entries: ServedEntries) {
    put(entries.first)
    put(count: entries.frames.count)
    for frame in entries.frames { frame.append(to: &bytes) }
    put(entries.consistency)
    put(each: entries.texts) { $0.put($1) }
  }

  mutating func put(_ identity: LogIdentity) {
    put(identity.origin)
    put(identity.key.vkey)
    put(identity.witness.vkey)
    put(identity.anchor) { (writer: inout RecordWriter, anchor: LogHead) in
      writer.put(anchor.size)
      writer.bytes += anchor.root.bytes
    }
    put(identity.cut) { $0.put($1) }
  }

  mutating func put(_ held: HeldLog) {
    put(held.edge)
    put(held.checkpoint) { $0.put($1) }
    put(held.consistency)
    put(held.processed)
    put(held.stamp) { $0.put($1) }
    put(held.fork) { $0.put($1.bytes) }
    put(UInt64(bitPattern: held.taken.day))
    put(held.taken.entries)
    put(held.taken.bytes)
  }

  mutating func put(_ branch: BranchProof) {
    bytes += branch.root.bytes
    put(branch.hashes)
  }

  mutating func put(_ settings: PeerSettings) {
    put(settings.region)
    put(settings.dialled)
    switch settings.standing {
    case .active: put(UInt8(0))
    case .suspended(let reason):
      put(UInt8(1))
      put(reason)
    case .retired: put(UInt8(2))
    }
  }
}
