import Catalog
import PeerTransport
import Persistence
import Replication

extension PeerFailure {
  init(unexpected status: Int) {
    self.init(code: "unexpectedAnswer", reason: "answered with status \(status)")
  }

  /// Words for whatever a request ended with.
  init(_ error: any Error) {
    switch error {
    case let failure as PeerFailure: self = failure
    // A node that was proven to be the peer's spoke: no link makes an answer too long or unreadable.
    case let error as TransportError where error.code == .tooLarge || error.code == .malformedAnswer:
      self.init(code: error.code.rawValue, reason: error.reason, isFault: true)
    case let error as TransportError: self.init(code: error.code.rawValue, reason: error.description)
    case let error as MalformedMessage: self.init(code: "malformed", reason: error.reason, isFault: true)
    case let error as FrameError: self.init(code: "malformed", reason: error.reason, isFault: true)
    case let error as StoreError: self.init(code: "store", reason: error.reason)
    default: self.init(code: "failed", reason: "\(error)")
    }
  }
}
