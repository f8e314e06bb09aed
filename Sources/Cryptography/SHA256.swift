import COpenSSL

/// SHA-256 (FIPS 180-4) by the system's OpenSSL.
package enum SHA256 {
  // EVP_sha256() fetches anew on every call in OpenSSL 3.0; one explicit fetch triples the rate of small digests.
  // An EVP_MD is immutable and reference-counted: sharing it is safe.
  nonisolated(unsafe) private static let algorithm: OpaquePointer = {
    guard let fetched = EVP_MD_fetch(nil, "SHA256", nil) else { fatalError("OpenSSL provides no SHA-256") }
    return fetched
  }()

  package static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest {
    withUnsafeTemporaryAllocation(byteCount: Digest.byteCount, alignment: 8) { output in
      var length: UInt32 = 0
      let done = EVP_Digest(bytes.baseAddress, bytes.count, output.baseAddress, &length, algorithm, nil)
      precondition(done == 1 && length == 32, "OpenSSL could not hash: out of memory")
      return Digest(UnsafeRawBufferPointer(output))
    }
  }

  package static func hash(_ bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { hash($0) } }
  package static func hash(_ text: String) -> Digest { hash(Array(text.utf8)) }

  /// Digests what comes in parts.
  package struct Incremental: ~Copyable {
    private let context: OpaquePointer

    package init() {
      guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, SHA256.algorithm, nil) == 1 else {
        preconditionFailure("OpenSSL could not start a digest: out of memory")
      }
      self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    package func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }
    package func update(_ text: String) { update(Array(text.utf8)) }
    package func update(_ digest: Digest) { digest.withUnsafeBytes { update($0) } }
    package func update(_ bytes: UnsafeRawBufferPointer) {
      precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "OpenSSL could not hash")
    }

    package consuming func finalize() -> Digest {
      withUnsafeTemporaryAllocation(byteCount: Digest.byteCount, alignment: 8) { output in
        var length: UInt32 = 0
        precondition(EVP_DigestFinal_ex(context, output.baseAddress, &length) == 1, "OpenSSL could not hash")
        return Digest(UnsafeRawBufferPointer(output))
      }
    }
  }
}
