/// Why a note, a key, or a text that is signed as a note is refused.
package struct NoteError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable {
    /// Not the form that the specification gives: control characters, missing lines, non-canonical numbers or base64.
    case malformed
    /// More bytes or signatures than are read.
    case tooLarge
    /// A name that no key may have.
    case keyName
    /// A verifier key whose parts do not belong together, or of a type that is not supported or not meant here.
    case verifierKey
    /// Two different keys with one name and key ID: no signature says which.
    case ambiguousKey
    /// A signature that names a known key and is not by it.
    case wrongSignature
    /// No signature by a known key.
    case unsigned
    /// The checkpoint is of no log whose key was given.
    case unknownOrigin
    /// The cryptographic library failed: nothing that the input did.
    case signingFailed
  }

  package let code: Code
  package let reason: String

  package init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  package var description: String { "\(code.rawValue): \(reason)" }
}
