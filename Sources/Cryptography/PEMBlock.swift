/// A text of PEM (RFC 7468), looked at before it is believed: OpenSSL's readers pass over whatever stands around the block
/// that they look for, a private key too.
package enum PEMBlock {
  /// What the text holds, if it is not one block of that label and nothing else.
  package enum Fault: Sendable, Equatable {
    case privateKey
    case somethingElse
  }

  /// nil: one block of this label (`CERTIFICATE`, `X509 CRL`), with white space around it at the most.
  package static func fault(in text: String, only label: String) -> Fault? {
    if text.contains("PRIVATE KEY-----") { return .privateKey }
    let lines = text.split(whereSeparator: \.isNewline).map(trimmed).filter { !$0.isEmpty }
    guard lines.first == "-----BEGIN \(label)-----", lines.count > 2, lines.last == "-----END \(label)-----",
      lines.dropFirst().dropLast().allSatisfy({ $0.utf8.allSatisfy(isBase64) })
    else { return .somethingElse }
    return nil
  }

  private static func trimmed(_ line: Substring) -> Substring {
    var line = line
    while line.last == " " || line.last == "\t" { line.removeLast() }
    return line
  }

  private static func isBase64(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2F, 0x3D: true
    default: false
    }
  }
}
