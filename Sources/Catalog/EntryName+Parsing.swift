extension EntryName {
  /// Reads what `description` prints: `310000:12`, or `310000/2:12` of a log that succeeds another. nil for anything else.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = UInt64(parts[1]) else { return nil }
    let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(names.count), let region = RegionCode(String(names[0])) else { return nil }
    var generation: UInt32 = 0
    if names.count == 2 {
      guard let number = UInt32(names[1]), number > 1 else { return nil }
      generation = number - 1
    }
    self.init(region, index, generation: generation)
    // One spelling: no sign, no leading zero.
    guard description.utf8.elementsEqual(text.utf8) else { return nil }
  }

  /// Reads `ORIGIN:INDEX` with the whole origin line of a catalog log: `310000.local.tongyuan/catalog:12`.
  package init?(originAndIndex text: String, federation: FederationName) {
    guard let colon = text.lastIndex(of: ":"), let index = UInt64(text[text.index(after: colon)...]),
      let origin = Origin(String(text[..<colon])), origin.log == .catalog, origin.federation == federation
    else { return nil }
    self.init(origin.region, index, generation: origin.generation - 1)
  }
}
