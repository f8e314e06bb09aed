import Cryptography

/// What the tree hashes of an entry, decoded: all that verdicts read. `proto/leaf.proto` says which kind uses which
/// field; the others are empty.
package struct Leaf: Hashable, Sendable {
  package static let formatVersion: UInt32 = 1

  package let kind: EntryKind
  /// Milliseconds since the epoch by the writer's clock, 0 or more: for people and deadlines, never for ordering.
  package var time: Int64
  /// As stated; not all of it need be true.
  package var clock: [ClockChange]
  /// Of a resource, as bytes: not every one is an id. Empty where there is none.
  package var id: [UInt8] {
    get { idBytes }
    set {
      idBytes = newValue
      resource = ResourceID(bytes: newValue)
    }
  }
  private var idBytes: [UInt8] = []
  /// The id, where the bytes are one. Asked for at every step of judging: checked once.
  package private(set) var resource: ResourceID?
  package var supersedes: [EntryName] = []
  package var entries: [EntryName] = []
  package var cites: EntryName?
  /// Digest of a list's text.
  package var list: Digest?
  /// Milliseconds since the epoch.
  package var effective: Int64?
  /// A place in a list's items, from 0; nil: all.
  package var item: Int?
  /// nil: all.
  package var recipient: RegionCode?
  /// A vkey of C2SP signed-note, not checked here.
  package var key: String = ""
  /// Sorted, each once.
  package var recipients: [RegionCode] = []
  /// nil for an entry without a body.
  package var body: BodyCommitment?

  package init(_ kind: EntryKind, time: Int64, clock: [ClockChange] = []) {
    self.kind = kind
    self.time = time
    self.clock = clock
  }
}

/// Why bytes are no leaf. Their entry is held like any other, its clock read as unchanged.
package struct MalformedLeaf: Error, Hashable, Sendable {
  package let reason: String

  init(_ reason: String) { self.reason = reason }
}
