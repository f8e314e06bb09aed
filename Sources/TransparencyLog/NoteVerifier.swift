import Cryptography

/// How a key signs, the byte before the public key in a verifier key (C2SP signed-note, "Signature types").
package enum SignatureType: UInt8, Sendable, CaseIterable {
  /// Ed25519 over the note's text: how a log signs its checkpoints.
  case ed25519 = 0x01
  /// Ed25519 over a time and a checkpoint (C2SP tlog-cosignature, "Ed25519 signed message"): how a witness signs.
  case cosignature = 0x04
}

/// A known key: what a note's signature is checked against.
package struct NoteVerifier: Hashable, Sendable, CustomStringConvertible {
  package let name: ExactText
  package let type: SignatureType
  package let publicKey: Ed25519.PublicKey
  /// SHA-256(name || 0x0A || type || public key)[:4], big-endian
  package let keyID: UInt32

  package static let vkeyLengthMax = 4096

  package init(name: ExactText, type: SignatureType, publicKey: Ed25519.PublicKey) throws(NoteError) {
    guard name.isKeyName else {
      throw NoteError(.keyName, "\"\(name)\" names no key: it is empty or has a space, a plus or a control character")
    }
    self.name = name
    self.type = type
    self.publicKey = publicKey
    keyID = SHA256.hash(name.utf8 + [newline, type.rawValue] + publicKey.bytes).bytes[..<4]
      .reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// `<key name>+hex(key ID)+base64(type || public key)`, in that one spelling only.
  package init(vkey: String) throws(NoteError) {
    guard vkey.utf8.count <= Self.vkeyLengthMax else {
      throw NoteError(.tooLarge, "a verifier key of \(vkey.utf8.count) bytes: at most \(Self.vkeyLengthMax) are read")
    }
    // Neither name nor key ID can hold a plus; the base64 can.
    let fields = vkey.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3, let name = ExactText(utf8: fields[0]), let material = Base64.decode(fields[2]),
      let typeByte = material.first
    else {
      throw NoteError(.verifierKey, "a verifier key is NAME+KEYID+BASE64, \"\(vkey)\" is not")
    }
    guard let type = SignatureType(rawValue: typeByte) else {
      throw NoteError(
        .verifierKey, "the key of \(name) is of type 0x\([typeByte].hex): only 0x01 and 0x04 (Ed25519) are supported")
    }
    guard material.count == 1 + Ed25519.publicKeyLength else {
      throw NoteError(
        .verifierKey, "the key of \(name) has \(material.count - 1) bytes: Ed25519 keys have \(Ed25519.publicKeyLength)"
      )
    }
    let publicKey: Ed25519.PublicKey
    do { publicKey = try Ed25519.PublicKey(bytes: Array(material[1...])) } catch {
      throw NoteError(.verifierKey, "the key of \(name) is no Ed25519 key: \(error)")
    }
    try self.init(name: name, type: type, publicKey: publicKey)
    guard fields[1].elementsEqual(keyID.bigEndianBytes.hex.utf8) else {
      throw NoteError(
        .verifierKey, "the key ID of \(name) is \(keyID.bigEndianBytes.hex), the verifier key says otherwise: \(vkey)")
    }
  }

  package var vkey: String {
    "\(name)+\(keyID.bigEndianBytes.hex)+\(Base64.encode([type.rawValue] + publicKey.bytes))"
  }

  package var description: String { vkey }

  package func isNamed(by signature: NoteSignature) -> Bool {
    signature.keyID == keyID && signature.name == name
  }

  /// Throws `wrongSignature` unless the signature names this key and is by it.
  package func verify(_ signature: NoteSignature, of text: [UInt8]) throws(NoteError) -> VerifiedSignature {
    guard isNamed(by: signature) else { throw wrong(signature, "names another key") }
    switch type {
    case .ed25519:
      guard publicKey.verify(signature.signature, of: text) else { throw wrong(signature, "does not fit the text") }
      return VerifiedSignature(verifier: self, signature: signature, time: nil)
    case .cosignature:
      guard let (time, ed25519) = Cosigner.split(signature.signature) else {
        throw wrong(signature, "is no time and Ed25519 signature")
      }
      guard publicKey.verify(ed25519, of: Cosigner.message(time: time, text: text)) else {
        throw wrong(signature, "does not fit the text")
      }
      return VerifiedSignature(verifier: self, signature: signature, time: time)
    }
  }

  private func wrong(_ signature: NoteSignature, _ what: String) -> NoteError {
    NoteError(.wrongSignature, "the signature by \(signature.name) \(what); known key: \(vkey)")
  }
}

/// A signature that a known key made on the text at hand.
package struct VerifiedSignature: Hashable, Sendable {
  package let verifier: NoteVerifier
  package let signature: NoteSignature
  /// When a cosigner signed, in seconds since the epoch; nil for signatures without a time.
  package let time: UInt64?
}
