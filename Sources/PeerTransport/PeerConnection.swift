import Cryptography
import Glibc
import Synchronization

/// One connection's caller: the certificate that it showed, and what that is worth *now*. A connection outlives the
/// handshake in which it was judged, and a resumed session never runs the verification again, so every request asks.
final class PeerConnection: Sendable {
  private struct State {
    var certificate: Certificate?
    var judged: (generation: Int, judgement: TrustTable.Judgement)?
    var counter: TrafficCounter?
  }

  let trust: TrustTable
  let refusals: RefusalLog
  let address: String
  private let ledger: TrafficLedger
  private let state = Mutex(State())

  init(trust: TrustTable, refusals: RefusalLog, ledger: TrafficLedger, address: String) {
    self.trust = trust
    self.refusals = refusals
    self.ledger = ledger
    self.address = address
  }

  /// Set when the handshake has shown a certificate.
  var counter: TrafficCounter? { state.withLock { $0.counter } }

  var hasCertificate: Bool { state.withLock { $0.certificate != nil } }

  /// Judges the leaf alone: an authority issues node certificates itself, so nothing between counts.
  func present(_ der: [UInt8]?) -> TrustTable.Judgement {
    guard let der else { return .refused(Refusal(.noCertificate, "no certificate was shown")) }
    let certificate: Certificate
    do throws(OpenSSLError) {
      certificate = try Certificate(der: der)
    } catch {
      return .refused(Refusal(.unsound, "the certificate cannot be read: \(error)"))
    }
    state.withLock { $0.certificate = certificate }
    return judgement()
  }

  /// Cheap while neither the table nor the certificate's validity has changed.
  func judgement() -> TrustTable.Judgement {
    let generation = trust.generation
    let (certificate, known) = state.withLock { state -> (Certificate?, TrustTable.Judgement?) in
      guard let judged = state.judged, judged.generation == generation, let certificate = state.certificate,
        certificate.notAfter > time(nil)
      else { return (state.certificate, nil) }
      return (certificate, judged.judgement)
    }
    if let known { return known }
    guard let certificate else { return .refused(Refusal(.noCertificate, "no certificate was shown")) }
    let judgement = trust.judge(certificate, as: .client)
    let counter: TrafficCounter? = if case .admitted(let region) = judgement { ledger.counter(of: region) } else { nil }
    state.withLock { state in
      state.judged = (generation, judgement)
      state.counter = counter
    }
    return judgement
  }

  var isAdmitted: Bool { if case .admitted = judgement() { true } else { false } }
}
