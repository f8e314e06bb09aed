import Cryptography
import Synchronization

/// What this node holds of one region for telling its node from others.
package struct RegionTrust: Sendable, Equatable {
  package enum State: String, Sendable {
    case known, suspended, retired
  }

  package var authorityPEM: String
  package var revocationListPEM: String?
  package var state: State

  package init(authorityPEM: String, revocationListPEM: String? = nil, state: State = .known) {
    self.authorityPEM = authorityPEM
    self.revocationListPEM = revocationListPEM
    self.state = state
  }
}

/// Certificate → region: the peers of this moment. Replaced whole, while connections are open.
package final class TrustTable: Sendable {
  /// What a certificate is worth right now.
  enum Judgement: Sendable, Equatable {
    case admitted(region: String)
    /// A node of this federation, as far as can be known, that is not served: one fixed 403.
    case stranger(Refusal)
    /// Not who it says: the handshake fails.
    case refused(Refusal)
  }

  private struct Entry {
    let trust: RegionTrust
    let store: Result<TrustStore, OpenSSLError>
  }

  package let federation: String
  private let entries: Mutex<[String: Entry]>
  private let replacements = Atomic<Int>(0)

  package init(federation: String, regions: [String: RegionTrust] = [:]) {
    self.federation = federation
    entries = Mutex([:])
    replace(regions)
  }

  /// Grows with every replacement: a judgement is good for the generation that it was made in.
  var generation: Int { replacements.load(ordering: .acquiring) }

  /// Returns the regions whose authority or revocation list cannot be read, with the reason: their nodes stay refused,
  /// the other regions' are not touched by it.
  @discardableResult
  package func replace(_ regions: [String: RegionTrust]) -> [String: String] {
    let old = entries.withLock { $0 }
    // An unchanged authority keeps its parsed store: parsing costs more than a handshake.
    let new = regions.reduce(into: [String: Entry]()) { new, region in
      if let entry = old[region.key], entry.trust.authorityPEM == region.value.authorityPEM,
        entry.trust.revocationListPEM == region.value.revocationListPEM
      {
        new[region.key] = Entry(trust: region.value, store: entry.store)
      } else {
        new[region.key] = Entry(trust: region.value, store: Self.store(region.value))
      }
    }
    entries.withLock { $0 = new }
    replacements.add(1, ordering: .releasing)
    return new.compactMapValues { entry in
      if case .failure(let error) = entry.store { error.description } else { nil }
    }
  }

  private static func store(_ trust: RegionTrust) -> Result<TrustStore, OpenSSLError> {
    do throws(OpenSSLError) {
      return .success(
        try TrustStore(authorityPEM: trust.authorityPEM, revocationListPEM: trust.revocationListPEM))
    } catch {
      return .failure(error)
    }
  }

  /// All of: exactly one URI name, a node's name in this federation, issued by *that region's* authority and no other,
  /// in date, not revoked, and the region a peer that is neither suspended nor retired.
  func judge(_ certificate: Certificate, as purpose: TrustStore.Purpose) -> Judgement {
    let region: String
    switch NodeName.region(of: certificate, federation: federation) {
    case .success(let named): region = named
    case .failure(let refusal): return .refused(refusal)
    }
    guard let entry = entries.withLock({ $0[region] }) else {
      return .stranger(Refusal(.unknownRegion, "the region \(region) is not a peer: add its card"))
    }
    switch entry.store {
    case .failure(let error):
      return .refused(Refusal(.trustUnreadable, "the card of the region \(region): \(error)"))
    case .success(let store):
      if let rejection = store.verify(certificate, as: purpose) {
        return .refused(
          Refusal(
            Refusal(rejection).code,
            "the certificate names the region \(region), but \(rejection.reason); its issuer: \(certificate.issuer)"))
      }
    }
    switch entry.trust.state {
    case .known: return .admitted(region: region)
    case .suspended: return .stranger(Refusal(.suspended, "the region \(region) is suspended"))
    case .retired: return .stranger(Refusal(.retired, "the region \(region) is retired"))
    }
  }
}
