/// The origin line of a region's log: `<region>.<federation>.tongyuan/catalog` or `/audit`, with `/2`, `/3` … after it for
/// a log that succeeds another.
package struct Origin: Hashable, Sendable, Comparable, LosslessStringConvertible {
  package enum Log: String, Sendable, CaseIterable {
    case catalog, audit
  }

  package let region: RegionCode
  package let federation: FederationName
  package let log: Log
  /// 1 for the first log of its kind; a succession counts up.
  package let generation: UInt32
  /// The line without its line feed. ASCII, under 100 bytes.
  package let text: String

  package var description: String { text }

  /// A generation of 0 is a programmer's error.
  package init(region: RegionCode, federation: FederationName, log: Log, generation: UInt32 = 1) {
    precondition(generation > 0, "generations count from 1")
    self.region = region
    self.federation = federation
    self.log = log
    self.generation = generation
    let first = "\(region.text).\(federation.text).tongyuan/\(log.rawValue)"
    text = generation == 1 ? first : "\(first)/\(generation)"
  }

  /// nil unless the text is exactly what `text` prints for some origin.
  package init?(_ text: String) {
    guard text.utf8.count < 128 else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let log = Log(rawValue: String(parts[1])) else { return nil }
    let names = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard names.count == 3, names[2] == "tongyuan", let region = RegionCode(names[0]),
      let federation = FederationName(names[1])
    else { return nil }
    var generation: UInt32 = 1
    if parts.count == 3 {
      guard let number = UInt32(parts[2]), number > 1 else { return nil }
      generation = number
    }
    self.init(region: region, federation: federation, log: log, generation: generation)
    // A number has one spelling here: no sign, no leading zero.
    guard self.text.utf8.elementsEqual(text.utf8) else { return nil }
  }

  package static func == (a: Origin, b: Origin) -> Bool { a.text == b.text }
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }

  package static func < (a: Origin, b: Origin) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
}
