import CCurl
import Synchronization

/// How libcurl ended a transfer.
struct CurlFailure: Error, Sendable {
  let code: CURLcode
  /// The text of libcurl or of the TLS library, for this transfer.
  let detail: String
  var overLimit = false
  /// Whether a connection stood and the request may have been read.
  var requestSent = false

  static let shutDown = CurlFailure(code: CURLE_ABORTED_BY_CALLBACK, detail: "the client was shut down")

  var words: String {
    let name = String(cString: curl_easy_strerror(code))
    return "curl \(code.rawValue): " + (detail.isEmpty ? name : detail)
  }
}

struct ResponseHead: Sendable {
  var status = 0
  /// Names in lower case, in order.
  var headers: [(name: String, value: String)] = []
}

/// One transfer. The easy handle is touched on the loop's thread only, once posted; what is shared is in the mutex.
final class CurlTransfer: @unchecked Sendable {
  private struct State {
    var awaitingHead: CheckedContinuation<ResponseHead, any Error>?
    var head = ResponseHead()
    var headBytes = 0
    var headDone = false
    var buffer: [UInt8] = []
    var received = 0
    var overLimit = false
    var paused = false
    var reader: CheckedContinuation<[UInt8]?, any Error>?
    var done: Result<Void, CurlFailure>?
    var cancelled = false
  }

  /// Above `high` buffered bytes the transfer pauses; the reader takes all of them at once.
  private static let high = 1 << 20
  private static let maximumHeadBytes = 64 << 10

  let easy: UnsafeMutableRawPointer
  let loop: CurlLoop
  private let request: CurlRequest
  private let counter: TrafficCounter?
  private let state = Mutex(State())
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private let headerLines: UnsafeMutablePointer<curl_slist>?

  /// nil: out of memory.
  init?(_ request: CurlRequest, loop: CurlLoop, counter: TrafficCounter?) {
    guard let easy = curl_easy_init() else { return nil }
    self.easy = easy
    self.loop = loop
    self.request = request
    self.counter = counter
    errorText[0] = 0
    headerLines = request.apply(to: easy)
    _ = ccurl_set_ptr(easy, CURLOPT_ERRORBUFFER, errorText)
    // The loop's table keeps this object alive for as long as libcurl may call back.
    let pointer = Unmanaged.passUnretained(self).toOpaque()
    _ = ccurl_set_io(easy, CURLOPT_HEADERFUNCTION) { start, size, count, pointer in
      guard let pointer else { return 0 }
      let transfer = Unmanaged<CurlTransfer>.fromOpaque(pointer).takeUnretainedValue()
      return transfer.onHeader(UnsafeRawBufferPointer(start: start, count: size * count))
    }
    _ = ccurl_set_ptr(easy, CURLOPT_HEADERDATA, pointer)
    _ = ccurl_set_io(easy, CURLOPT_WRITEFUNCTION) { start, size, count, pointer in
      guard let pointer else { return 0 }
      let transfer = Unmanaged<CurlTransfer>.fromOpaque(pointer).takeUnretainedValue()
      return transfer.onBody(UnsafeRawBufferPointer(start: start, count: size * count))
    }
    _ = ccurl_set_ptr(easy, CURLOPT_WRITEDATA, pointer)
  }

  deinit {
    // Neither is in use any more: the loop has removed the handle, or never got it.
    curl_easy_cleanup(easy)
    curl_slist_free_all(headerLines)
    errorText.deallocate()
  }

  // MARK: On the loop's thread

  private func onHeader(_ raw: UnsafeRawBufferPointer) -> Int {
    var line = raw[...]
    while let last = line.last, last == 13 || last == 10 || last == 32 { line = line.dropLast() }
    func text(_ part: Slice<UnsafeRawBufferPointer>) -> String {
      String(decoding: part.drop { $0 == 32 }, as: UTF8.self)
    }
    var waiting: (CheckedContinuation<ResponseHead, any Error>, ResponseHead)?
    let taken: Bool = state.withLock { state in
      state.headBytes += raw.count
      guard state.headBytes <= Self.maximumHeadBytes else { return false }
      if line.starts(with: "HTTP/".utf8) {
        state.head = ResponseHead(status: line.split(separator: 32).dropFirst().first.flatMap { Int(text($0)) } ?? 0)
      } else if line.isEmpty {
        // An interim answer (1xx) is not the answer; an empty line after the head ends trailers.
        guard state.head.status >= 200, !state.headDone else { return true }
        state.headDone = true
        let length = state.head.headers.first { $0.name == "content-length" }.flatMap { Int($0.value) }
        if let length, length > request.limit {
          state.overLimit = true
          return false
        }
        if let awaiting = state.awaitingHead { waiting = (awaiting, state.head) }
        state.awaitingHead = nil
      } else if !state.headDone, let colon = line.firstIndex(of: 58) {
        state.head.headers.append((text(line[..<colon]).lowercased(), text(line[(colon + 1)...])))
      }
      return true
    }
    if let (continuation, head) = waiting { continuation.resume(returning: head) }
    return taken ? raw.count : 0
  }

  /// libcurl hands over at most one TLS record (16 KiB) at a time: they are gathered, and the reader is woken once per
  /// `curl_multi_perform`.
  private func onBody(_ bytes: UnsafeRawBufferPointer) -> Int {
    state.withLock { state in
      if !state.buffer.isEmpty, state.buffer.count + bytes.count > Self.high {
        state.paused = true
        return Int(CURL_WRITEFUNC_PAUSE)  // the same bytes come again after the pause
      }
      guard bytes.count <= request.limit - state.received else {
        state.overLimit = true
        return 0
      }
      state.received += bytes.count
      state.buffer.append(contentsOf: bytes)
      return bytes.count
    }
  }

  /// Hands the buffer to a waiting reader. True: the transfer was paused on it and must go on, or it hangs.
  func deliver() -> Bool {
    let (reader, bytes, paused): (CheckedContinuation<[UInt8]?, any Error>?, [UInt8], Bool) = state.withLock { state in
      guard !state.buffer.isEmpty, let reader = state.reader else { return (nil, [], false) }
      let paused = state.paused
      state.reader = nil
      state.paused = false
      return (reader, Self.take(&state.buffer), paused)
    }
    reader?.resume(returning: bytes)
    return paused
  }

  /// The end, on whatever way. Called once, when libcurl holds the handle no more.
  func finish(_ code: CURLcode) {
    _ = deliver()
    count()
    let failure: CurlFailure? =
      code == CURLE_OK
      ? nil
      : CurlFailure(
        code: code, detail: String(cString: errorText), overLimit: state.withLock { $0.overLimit },
        requestSent: ccurl_info_long(easy, CURLINFO_REQUEST_SIZE) > 0)
    let (head, reader) = state.withLock { state in
      state.done = failure.map { .failure($0) } ?? .success(())
      defer {
        state.awaitingHead = nil
        state.reader = nil
      }
      return (state.awaitingHead, state.reader)  // a reader waits on an empty buffer only
    }
    if let failure {
      head?.resume(throwing: failure)
      reader?.resume(throwing: failure)
    } else {
      head?.resume(throwing: CurlFailure(code: CURLE_GOT_NOTHING, detail: "an answer without a head"))
      reader?.resume(returning: nil)
    }
  }

  private func count() {
    guard let counter else { return }
    let request = ccurl_info_long(easy, CURLINFO_REQUEST_SIZE)
    let uploaded = Int(ccurl_info_off(easy, CURLINFO_SIZE_UPLOAD_T))
    counter.add(sent: request + ((self.request.body?.count ?? 0) < CurlRequest.inlinedBody ? 0 : uploaded))
    counter.add(
      received: ccurl_info_long(easy, CURLINFO_HEADER_SIZE) + Int(ccurl_info_off(easy, CURLINFO_SIZE_DOWNLOAD_T)))
  }

  func markCancelled() { state.withLock { $0.cancelled = true } }
  var isCancelled: Bool { state.withLock { $0.cancelled } }

  private static func take(_ buffer: inout [UInt8]) -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &buffer)
    return taken
  }

  // MARK: For the one consumer

  /// Posts the transfer and waits for the head of the answer. Cancelling the task ends it.
  func start() async throws -> ResponseHead {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        state.withLock { $0.awaitingHead = continuation }
        if !loop.post(.add(self)) { finish(CURLE_ABORTED_BY_CALLBACK) }
      }
    } onCancel: {
      loop.post(.cancel(self))
    }
  }

  /// The next bytes; nil at the end. One task at a time.
  func next() async throws -> [UInt8]? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<[UInt8]?, any Error>) in
        enum Step { case bytes([UInt8], resume: Bool), end(Result<Void, CurlFailure>), wait }
        let step: Step = state.withLock { state in
          if !state.buffer.isEmpty {
            let paused = state.paused
            state.paused = false
            return .bytes(Self.take(&state.buffer), resume: paused)
          }
          if let done = state.done { return .end(done) }
          precondition(state.reader == nil, "a body has one reader")
          state.reader = continuation
          return .wait
        }
        switch step {
        case .bytes(let bytes, let resume):
          if resume { loop.post(.unpause(self)) }
          continuation.resume(returning: bytes)
        case .end(.success): continuation.resume(returning: nil)
        case .end(.failure(let failure)): continuation.resume(throwing: failure)
        case .wait: break
        }
      }
    } onCancel: {
      loop.post(.cancel(self))
    }
  }

  func cancel() { loop.post(.cancel(self)) }
}
