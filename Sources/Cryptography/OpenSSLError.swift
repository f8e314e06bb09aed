import COpenSSL

/// A failed call into OpenSSL: what was tried, and the library's own words.
package struct OpenSSLError: Error, CustomStringConvertible, Sendable {
  package let description: String

  /// Drains the thread's error queue, so that no later call reports this failure again.
  package init(_ operation: String) {
    var reasons: [String] = []
    while true {
      let code = ERR_get_error()
      if code == 0 { break }
      var buffer = [CChar](repeating: 0, count: 256)
      ERR_error_string_n(code, &buffer, buffer.count)
      reasons.append(String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
    description = reasons.isEmpty ? operation : operation + ": " + reasons.joined(separator: "; ")
  }
}

@inline(__always) func require(_ result: Int32, _ operation: @autoclosure () -> String) throws(OpenSSLError) {
  if result != 1 { throw OpenSSLError(operation()) }
}

@inline(__always) func require<T>(_ pointer: T?, _ operation: @autoclosure () -> String) throws(OpenSSLError) -> T {
  guard let pointer else { throw OpenSSLError(operation()) }
  return pointer
}
