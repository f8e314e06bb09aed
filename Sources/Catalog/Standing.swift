import Cryptography

/// What stands for an id: a function of the processed entries.
package struct Standing: Hashable, Sendable {
  package enum Status: String, Hashable, Sendable, CaseIterable {
    case standing, disputed, withdrawn
    /// All that is left is contested: nothing stands.
    case contested
  }

  package let status: Status
  /// The version to show; in a dispute, that of who may publish. nil if nothing stands.
  package let shown: EntryName?
  /// All that stand beside each other, sorted.
  package let versions: [EntryName]
  /// Kept and listed, not standing, sorted.
  package let contested: [EntryName]

  package init(status: Status, shown: EntryName?, versions: [EntryName], contested: [EntryName]) {
    self.status = status
    self.shown = shown
    self.versions = versions
    self.contested = contested
  }

  /// The id's share of the state digest: SHA-256 over "tongyuan/state/v1\n", id, "\n", status, "\n", and a line for
  /// each name: "shown ", "version " or "contested ", region, ":", index.
  package func digest(of id: ResourceID) -> Digest {
    var text = "tongyuan/state/v1\n"
    text.reserveCapacity(128)
    func add(_ word: String, _ name: EntryName) {
      text += word
      text += name.description
      text += "\n"
    }
    text += id.text
    text += "\n"
    text += status.rawValue
    text += "\n"
    if let shown { add("shown ", shown) }
    for name in versions { add("version ", name) }
    for name in contested { add("contested ", name) }
    return SHA256.hash(text)
  }
}

/// The sum modulo 2^256 of one digest per id: a change costs two hashes, whatever the catalog's size, and the order of
/// changes cannot be seen in it. It finds faults; the logs' roots are the proof.
package struct StateDigest: Hashable, Sendable, CustomStringConvertible {
  /// Most significant first.
  private var words: [UInt64]

  /// Of an empty catalog.
  package init() { words = [0, 0, 0, 0] }

  package init(_ digest: Digest) {
    let bytes = digest.bytes
    words = (0..<4).map { word in bytes[word * 8..<word * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) } }
  }

  package var digest: Digest {
    guard let digest = Digest(bytes: words.flatMap { $0.bigEndian.bytes }) else {
      preconditionFailure("4 words, 32 bytes")
    }
    return digest
  }

  package var description: String { digest.hex }

  package mutating func add(_ digest: Digest) {
    var carry: UInt64 = 0
    for (index, word) in StateDigest(digest).words.enumerated().reversed() {
      let (partial, first) = words[index].addingReportingOverflow(word)
      let (sum, second) = partial.addingReportingOverflow(carry)
      words[index] = sum
      carry = first || second ? 1 : 0
    }
  }

  package mutating func remove(_ digest: Digest) {
    var borrow: UInt64 = 0
    for (index, word) in StateDigest(digest).words.enumerated().reversed() {
      let (partial, first) = words[index].subtractingReportingOverflow(word)
      let (difference, second) = partial.subtractingReportingOverflow(borrow)
      words[index] = difference
      borrow = first || second ? 1 : 0
    }
  }
}
