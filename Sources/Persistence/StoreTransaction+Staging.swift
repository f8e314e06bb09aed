import Catalog
import Replication

/// Logs that are configured and do not count yet.
extension StoreTransaction {
  /// Holds a proven group of a log that does not count yet: its entries are judged when it does.
  func holdUnjudged(_ group: ProvenGroup) throws {
    for (digest, text) in group.texts.sorted(by: { $0.key < $1.key }) where try !isListTextHeld(digest) {
      try hold(listText: text, digest: digest, list: try? ListText(bytes: text))
    }
    for (offset, entry) in group.entries.enumerated() {
      guard try entry.namedList.map(isListTextHeld) ?? true else {
        throw StoreError(
          code: .failed,
          reason: "entry \(group.first + UInt64(offset)) of \(group.origin) names a list whose text is not here")
      }
    }
    _ = try logOrNew(group.origin)
    try appendUnjudged(group.entries, to: group.origin)
    writeCount += 1
    // What is known of it was read before it grew.
    states[group.origin.region] = nil
  }
}
