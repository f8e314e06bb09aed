import Cryptography

/// The id and the region that a portal's record gets in the catalog of the node that imports it.
///
/// `310000-x` becomes `310000/x` at 310000; `310115-x` there becomes `310000/310115/x`; an id that begins with no region
/// gets the record's own region, or the node's.
struct PortalID {
  let id: ResourceID
  /// The region that the id names, or that was put in its place.
  let region: RegionCode
  /// The local part could not be kept as it was.
  let isChanged: Bool

  enum Failure: Error, Hashable {
    /// Nothing is left of the id after the region.
    case empty
    case foreign(RegionCode)
  }

  init(_ text: String, stated: RegionCode?, node: RegionCode) throws(Failure) {
    var (prefix, local) = Self.split(text)
    // What is already written as an id of this node's stays: `310000/310115/x` is not doubled.
    if prefix == node, let below = Self.below(local), below.region != node, node.isAtOrAbove(below.region) {
      (prefix, local) = (below.region, below.local)
    }
    guard !local.unicodeScalars.allSatisfy(\.properties.isWhitespace) else { throw .empty }
    region = prefix ?? stated ?? node
    guard node.isAtOrAbove(region) else { throw .foreign(region) }
    let namespace = region == node ? node.text : "\(node.text)/\(region.text)"
    if let id = ResourceID("\(namespace)/\(local)") {
      self.id = id
      isChanged = false
      return
    }
    isChanged = true
    if let id = ResourceID("\(namespace)/\(Self.escaped(local))") {
      self.id = id
      return
    }
    // Too long even so: a digest is as stable, and fits beside any two region codes.
    let digest = SHA256.hash("tongyuan/portal-id/v1\n" + local).hex.prefix(32)
    guard let id = ResourceID("\(namespace)/\(digest)") else {
      preconditionFailure("two region codes and hexadecimal digits make an id")
    }
    self.id = id
  }

  /// A region code at the beginning, and what follows the `-` or `/` after it.
  private static func split(_ text: String) -> (RegionCode?, Substring) {
    for length in [7 + SocialCreditCode.length, 6] where text.utf8.count > length {
      let end = text.utf8.index(text.startIndex, offsetBy: length)
      let separator = text.utf8[end]
      guard separator == 0x2D || separator == 0x2F, let region = RegionCode(Substring(text.utf8[..<end])) else {
        continue
      }
      return (region, Substring(text.utf8[text.utf8.index(after: end)...]))
    }
    return (nil, text[...])
  }

  private static func below(_ local: Substring) -> (region: RegionCode, local: Substring)? {
    guard let slash = local.utf8.firstIndex(of: 0x2F), let region = RegionCode(local[..<slash]) else { return nil }
    let rest = local[local.utf8.index(after: slash)...]
    return rest.isEmpty ? nil : (region, rest)
  }

  /// Bytes of characters outside the alphabet as `=` and two hexadecimal digits (`=` itself too, so that two ids stay two),
  /// and `/` and points where they would make a component that no id may have.
  private static func escaped(_ local: Substring) -> String {
    let parts = local.split(separator: "/", omittingEmptySubsequences: false)
    let keepsSlashes = parts.allSatisfy { !$0.isEmpty }
    var output = ""
    for (index, part) in parts.enumerated() {
      if index > 0 { output += keepsSlashes ? "/" : "=2F" }
      let onlyPoints = part == "." || part == ".."
      for scalar in part.unicodeScalars {
        if ResourceID.isAllowed(scalar), scalar != "=", !onlyPoints {
          output.unicodeScalars.append(scalar)
        } else {
          for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
            output += "=" + [byte].hex.uppercased()
          }
        }
      }
    }
    return output
  }
}
