import CCurl
import Foundation
import Synchronization

/// One thread that drives one multi handle: transfers to one place, over kept connections.
///
/// All others only post commands and wake it. One loop a peer: libcurl's cache of connections does not know who was
/// expected at the other end, so a connection made for one name would serve a request for another.
final class CurlLoop: Sendable {
  enum Command {
    case add(CurlTransfer)
    case unpause(CurlTransfer)
    /// May be posted before its `add`.
    case cancel(CurlTransfer)
    case stop
  }

  /// Crosses threads for `curl_multi_wakeup` alone.
  private struct Multi: @unchecked Sendable {
    let handle: UnsafeMutableRawPointer
  }

  private struct Queue {
    var commands: [Command] = []
    /// The multi handle is gone: a wake-up would touch freed memory.
    var stopped = false
  }

  private static let initialized: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  private let multi: Multi
  private let queue = Mutex(Queue())
  /// Keeps what the TLS callbacks point to until the last connection is closed.
  private let verifier: PeerVerifier?

  init(verifier: PeerVerifier?, maximumConnections: Int) throws(TransportError) {
    guard Self.initialized, let handle = curl_multi_init() else {
      throw TransportError(.badConfiguration, "libcurl could not be started: out of memory")
    }
    multi = Multi(handle: handle)
    self.verifier = verifier
    _ = ccurl_multi_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, maximumConnections)
    _ = ccurl_multi_long(handle, CURLMOPT_MAXCONNECTS, maximumConnections)
    let thread = Thread { [self] in run() }  // holds this object until `stop`
    thread.name = "curl"
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// False once the loop has stopped. Wakes it inside the lock, so that the handle cannot go meanwhile.
  @discardableResult
  func post(_ command: Command) -> Bool {
    queue.withLock { queue in
      if queue.stopped { return false }
      queue.commands.append(command)
      curl_multi_wakeup(multi.handle)
      return true
    }
  }

  private func run() {
    // TLS writes into a connection that the other side has closed: an error is wanted, not the end of the process.
    var pipe = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, nil)
    var live: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    var stopping = false
    while true {
      let commands = queue.withLock { queue in
        defer { queue.commands.removeAll(keepingCapacity: true) }
        // The second round after `stop`: what was posted meanwhile is answered, and nothing more is taken.
        if stopping { queue.stopped = true }
        return queue.commands
      }
      for command in commands {
        if case .stop = command { stopping = true } else { obey(command, &live, stopping: stopping) }
      }
      if stopping {
        for transfer in live.values { end(transfer, CURLE_ABORTED_BY_CALLBACK, &live) }
        guard queue.withLock({ $0.stopped }) else { continue }
        curl_multi_cleanup(multi.handle)
        return
      }
      turn(&live)
    }
  }

  private func obey(
    _ command: Command, _ live: inout [UnsafeMutableRawPointer: CurlTransfer], stopping: Bool
  ) {
    switch command {
    case .add(let transfer):
      if stopping || transfer.isCancelled {
        transfer.finish(CURLE_ABORTED_BY_CALLBACK)
      } else if curl_multi_add_handle(multi.handle, transfer.easy) == CURLM_OK {
        live[transfer.easy] = transfer
      } else {
        transfer.finish(CURLE_FAILED_INIT)
      }
    case .unpause(let transfer):
      if live[transfer.easy] === transfer { curl_easy_pause(transfer.easy, CURLPAUSE_CONT) }
    case .cancel(let transfer):
      transfer.markCancelled()
      if live[transfer.easy] === transfer { end(transfer, CURLE_ABORTED_BY_CALLBACK, &live) }
    case .stop: break
    }
  }

  private func turn(_ live: inout [UnsafeMutableRawPointer: CurlTransfer]) {
    var running: Int32 = 0
    curl_multi_perform(multi.handle, &running)
    for transfer in live.values where transfer.deliver() { curl_easy_pause(transfer.easy, CURLPAUSE_CONT) }
    var done = ccurl_done()
    while ccurl_next_done(multi.handle, &done) == 1 {
      if let easy = done.easy, let transfer = live[easy] { end(transfer, done.result, &live) }
    }
    // libcurl's own timers shorten this; a posted command ends it.
    if queue.withLock({ $0.commands.isEmpty }) { curl_multi_poll(multi.handle, nil, 0, 60_000, nil) }
  }

  private func end(
    _ transfer: CurlTransfer, _ code: CURLcode, _ live: inout [UnsafeMutableRawPointer: CurlTransfer]
  ) {
    guard live.removeValue(forKey: transfer.easy) != nil else { return }
    curl_multi_remove_handle(multi.handle, transfer.easy)
    transfer.finish(code)
  }
}
