import Cryptography

/// The one URI name of a node's certificate: `spiffe://<region>.<federation>.tongyuan/node`, lower case.
package enum NodeName {
  package static func uri(region: String, federation: String) -> String {
    "spiffe://\(region).\(federation).tongyuan/node"
  }

  /// The common name of a region's certificate authority.
  package static func authority(region: String, federation: String) -> String {
    "\(region).\(federation).tongyuan CA"
  }

  /// The region that a URI names; nil unless the URI is, byte for byte, a node's name in that federation.
  package static func region(of uri: String, federation: String) -> String? {
    guard
      let label = uri.utf8.dropFirst("spiffe://".utf8.count).split(separator: UInt8(ascii: "."), maxSplits: 1).first,
      (1...64).contains(label.count),
      label.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "-") })
    else { return nil }
    let region = String(decoding: label, as: UTF8.self)
    // Rebuilt and compared as bytes: `String` would call canonically equivalent spellings equal.
    return uri.utf8.elementsEqual(self.uri(region: region, federation: federation).utf8) ? region : nil
  }

  /// What the names alone say, whoever issued the certificate.
  static func region(of certificate: Certificate, federation: String) -> Result<String, Refusal> {
    guard certificate.uriNames.count == 1, let uri = certificate.uriNames.first else {
      return .failure(
        Refusal(.uriNames, "the certificate carries \(certificate.uriNames.count) URI names, a node's exactly one"))
    }
    guard let region = region(of: uri, federation: federation) else {
      return .failure(Refusal(.foreignName, "\(uri) is no node's name in the federation \(federation)"))
    }
    return .success(region)
  }
}
