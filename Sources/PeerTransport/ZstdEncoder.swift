import CZstd

/// One zstd frame (RFC 8878), made piece by piece. Used by one task.
final class ZstdEncoder {
  private let context: OpaquePointer
  private var buffer: [UInt8]

  /// nil: out of memory.
  init?() {
    guard let context = ZSTD_createCCtx() else { return nil }
    self.context = context
    // Level 1: 600 MB/s; a sender must not become slower by saving bytes.
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1)
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    buffer = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
  }

  deinit { ZSTD_freeCCtx(context) }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// What is ready to be sent; often nothing until the frame is finished.
  func encode(_ bytes: [UInt8], finish: Bool) throws(Failure) -> [UInt8] {
    var encoded: [UInt8] = []
    var consumed = 0
    while true {
      var remaining = 0
      let produced: Int = bytes.withUnsafeBytes { input in
        buffer.withUnsafeMutableBytes { output in
          var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: consumed)
          var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
          remaining = ZSTD_compressStream2(context, &target, &source, finish ? ZSTD_e_end : ZSTD_e_continue)
          consumed = source.pos
          return target.pos
        }
      }
      guard ZSTD_isError(remaining) == 0 else {
        throw Failure(description: String(cString: ZSTD_getErrorName(remaining)))
      }
      encoded += buffer[..<produced]
      if finish ? remaining == 0 : consumed == bytes.count { return encoded }
    }
  }
}
