import Cryptography
import SwiftProtobuf

extension Leaf {
  /// Decodes the bytes of a leaf, at most 65,535. Fields that this version does not know are passed over; of a kind
  /// that it does not know only time, clock, id and body are read.
  package init(bytes: [UInt8]) throws(MalformedLeaf) {
    guard bytes.count <= Frame.leafLengthMax else { throw MalformedLeaf("the leaf has \(bytes.count) bytes") }
    let wire: WireLeaf
    do { wire = try WireLeaf(serializedBytes: bytes) } catch { throw MalformedLeaf("the leaf is no protobuf message") }
    guard wire.version == Self.formatVersion else {
      throw MalformedLeaf("the leaf has format version \(wire.version), this node reads \(Self.formatVersion)")
    }
    guard wire.kind != .unspecified else { throw MalformedLeaf("the leaf names no kind") }
    self.init(EntryKind(wire: wire.kind), time: try Self.moment(wire.time, "time"))
    clock = try wire.clock.map(Self.clockChange)
    id = Array(wire.id)
    if case .unknown = kind {
      body = try? Self.body(wire)
      return
    }
    supersedes = try wire.supersedes.map(Self.entryName)
    entries = try wire.entries.map(Self.entryName)
    cites = wire.hasCites ? try Self.entryName(wire.cites) : nil
    list = wire.list.isEmpty ? nil : try Self.digest(Array(wire.list), "list")
    effective = wire.hasEffective ? try Self.moment(wire.effective, "effective") : nil
    item = wire.hasItem ? Int(wire.item) : nil
    recipient = wire.recipient.isEmpty ? nil : try Self.region(wire.recipient)
    key = wire.key
    recipients = try wire.recipients.map(Self.region)
    guard zip(recipients, recipients.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw MalformedLeaf("the recipients are not sorted, or one stands twice")
    }
    body = try Self.body(wire)
    try checkBody()
  }

  /// The bytes that a writer appends to its log. Throws if they would be more than an entry may have, or if the leaf
  /// has a body or recipients that its kind does not have.
  package func encoded() throws(MalformedLeaf) -> [UInt8] {
    try checkBody()
    var wire = WireLeaf()
    wire.version = Self.formatVersion
    wire.kind = kind.wire
    wire.time = time
    wire.clock = clock.map { change in
      .with {
        $0.region = change.region.text
        $0.size = change.head.size
        $0.root = .init(change.head.root.bytes)
      }
    }
    wire.id = .init(id)
    wire.supersedes = supersedes.map(Self.wire)
    wire.entries = entries.map(Self.wire)
    if let cites { wire.cites = Self.wire(cites) }
    if let list { wire.list = .init(list.bytes) }
    if let effective { wire.effective = effective }
    if let item { wire.item = UInt32(clamping: item) }
    wire.recipient = recipient?.text ?? ""
    wire.key = key
    wire.recipients = recipients.map(\.text)
    if let body {
      wire.bodyClass = body.bodyClass == .open ? .open : .restricted
      wire.bodyLength = UInt32(clamping: body.length)
      wire.commitment = .init(body.digest.bytes)
    }
    guard let bytes: [UInt8] = try? wire.serializedBytes(), bytes.count <= Frame.leafLengthMax else {
      throw MalformedLeaf(
        "the leaf would have more than \(Frame.leafLengthMax) bytes: name fewer entries or recipients")
    }
    return bytes
  }

  /// That the body's class is one that the kind has, and recipients stand where a body or a grant is for somebody.
  private func checkBody() throws(MalformedLeaf) {
    let fits =
      switch kind.bodyClasses {
      case .none: body == nil
      case .open: body?.bodyClass == .open
      case .openOrRestricted: body != nil
      case .any: true
      }
    guard fits else {
      let found = body.map { $0.bodyClass == .open ? "an open one" : "a restricted one" } ?? "none"
      throw MalformedLeaf("the body of a \(kind.name) entry is not \(found)")
    }
    if let body, body.length > kind.bodyLengthMax {
      throw MalformedLeaf("a body of \(body.length) bytes, \(kind.bodyLengthMax) is the most for a \(kind.name) entry")
    }
    if case .unknown = kind { return }
    let needsRecipients = kind == .grant || body?.bodyClass == .restricted
    guard recipients.isEmpty != needsRecipients else {
      throw MalformedLeaf(needsRecipients ? "no recipient is named" : "recipients of a body that is open to all")
    }
  }

  // MARK: - Parts

  private static func body(_ wire: WireLeaf) throws(MalformedLeaf) -> BodyCommitment? {
    let bodyClass: BodyCommitment.Class
    switch wire.bodyClass {
    case .none:
      guard wire.commitment.isEmpty, wire.bodyLength == 0 else { throw MalformedLeaf("a commitment to no body") }
      return nil
    case .open: bodyClass = .open
    case .restricted: bodyClass = .restricted
    case .UNRECOGNIZED(let number): throw MalformedLeaf("the body's class \(number) is none")
    }
    guard wire.bodyLength <= Frame.bodyLengthMax else { throw MalformedLeaf("a body of \(wire.bodyLength) bytes") }
    let digest = try digest(Array(wire.commitment), "commitment")
    return BodyCommitment(bodyClass, length: Int(wire.bodyLength), digest: digest)
  }

  private static func clockChange(_ wire: WireClockChange) throws(MalformedLeaf) -> ClockChange {
    let root = try digest(Array(wire.root), "root")
    return ClockChange(try region(wire.region), LogHead(size: try place(wire.size), root: root))
  }

  private static func entryName(_ wire: WireEntryName) throws(MalformedLeaf) -> EntryName {
    guard wire.generation < UInt16.max else { throw MalformedLeaf("a log of generation \(wire.generation)") }
    return EntryName(try region(wire.region), try place(wire.index), generation: wire.generation)
  }

  private static func wire(_ name: EntryName) -> WireEntryName {
    .with {
      $0.region = name.region.text
      $0.index = name.index
      $0.generation = name.generation
    }
  }

  private static func region(_ text: String) throws(MalformedLeaf) -> RegionCode {
    guard let region = RegionCode(text) else {
      throw MalformedLeaf("a region code is expected where “\(text.prefix(32))” stands")
    }
    return region
  }

  /// Sizes and indices fit into 63 bits, so that adding one never overflows and every store can hold them.
  private static func place(_ number: UInt64) throws(MalformedLeaf) -> UInt64 {
    guard number < UInt64(Int64.max) else { throw MalformedLeaf("the place \(number) lies beyond any log") }
    return number
  }

  private static func moment(_ time: Int64, _ field: String) throws(MalformedLeaf) -> Int64 {
    guard time >= 0 else { throw MalformedLeaf("\(field) lies before 1970") }
    return time
  }

  private static func digest(_ bytes: [UInt8], _ field: String) throws(MalformedLeaf) -> Digest {
    guard let digest = Digest(bytes: bytes) else {
      throw MalformedLeaf("\(field) has \(bytes.count) bytes, \(Digest.byteCount) are expected")
    }
    return digest
  }
}
