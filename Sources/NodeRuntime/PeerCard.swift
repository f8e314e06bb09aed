import Catalog
import Cryptography
import Foundation
import TransparencyLog

/// What a region must be known by: `peers/<region>.json`. Who holds a card can check everything that the region signs, and
/// tell its node from any other.
package struct PeerCard: Sendable, Equatable {
  package static let version = 1
  /// A file over this is not read.
  package static let maximumBytes = 256 << 10

  package var federation: FederationName
  package var region: RegionCode
  package var name: String
  /// `https://host:port`, tried in order.
  package var endpoints: [String]
  /// PEM: the region's own certificate authority.
  package var authority: String
  /// PEM: certificates that the region took back.
  package var revocationList: String?
  package var catalogKey: NoteVerifier
  package var auditKey: NoteVerifier
  package var witnessKey: NoteVerifier
  /// Of the day the card was made; what is fetched first must extend them.
  package var checkpoints: [SignedCheckpoint]

  package var catalogOrigin: Origin { Origin(region: region, federation: federation, log: .catalog) }
  package var auditOrigin: Origin { Origin(region: region, federation: federation, log: .audit) }

  /// The checkpoint of a log that the card carries; nil if there is none.
  package func checkpoint(of origin: Origin) -> SignedCheckpoint? {
    checkpoints.first { $0.checkpoint.origin == ExactText(origin.text) }
  }

  /// SHA-256 of the authority's certificate in pairs of hexadecimal digits: what two people compare by telephone.
  package func fingerprint() throws(NodeError) -> String {
    do { return try Certificate(pem: authority).fingerprintText } catch {
      throw .refused("card", "the CA certificate of \(region) cannot be read: \(error)")
    }
  }

  package var json: JSONValue {
    .object([
      .init("tongyuanCard", .number("\(Self.version)")),
      .init("federation", .string(federation.text)),
      .init("region", .string(region.text)),
      .init("name", .string(name)),
      .init("endpoints", .array(endpoints.map(JSONValue.string))),
      .init("ca", .string(authority)),
      .init("crl", revocationList.map(JSONValue.string) ?? .null),
      .init(
        "keys",
        .object([
          .init("catalog", .string(catalogKey.vkey)), .init("audit", .string(auditKey.vkey)),
          .init("witness", .string(witnessKey.vkey)),
        ])),
      .init("checkpoints", .array(checkpoints.map { .string(String(decoding: $0.bytes, as: UTF8.self)) })),
    ])
  }

  package init(
    configuration: NodeConfiguration, authority: String, revocationList: String?, keys: NodeKeys,
    checkpoints: [SignedCheckpoint]
  ) {
    federation = configuration.federation
    region = configuration.region
    name = configuration.name
    endpoints = [configuration.endpoint]
    self.authority = authority
    self.revocationList = revocationList
    catalogKey = keys.catalog.verifier
    auditKey = keys.audit.verifier
    witnessKey = keys.witness.verifier
    self.checkpoints = checkpoints
  }

  /// Reads a card and checks all that it can prove by itself: form, names and kinds of keys, signatures of checkpoints.
  /// `source` names it in errors. Where it is for a node, whether it can be a peer's of that one is asked first: keys of
  /// another federation are no fault of theirs.
  package init(parsing bytes: [UInt8], source: String, for node: NodeConfiguration? = nil) throws(NodeError) {
    func fail(_ reason: String) -> NodeError { .refused("card", "\(source) is no usable peer card: \(reason)") }
    guard bytes.count <= Self.maximumBytes else { throw fail("it is over \(Self.maximumBytes >> 10) KiB") }
    let members: [String: JSONValue]
    do {
      guard case .object(let list) = try JSONReader.value(bytes) else { throw fail("it is no JSON object") }
      members = Dictionary(list.map { ($0.name, $0.value) }) { first, _ in first }
    } catch let error as NodeError { throw error } catch { throw fail("\(error)") }
    guard members["tongyuanCard"]?.integer == Int64(Self.version) else {
      throw fail("\"tongyuanCard\" is not \(Self.version): print one with `tongyuan card`")
    }
    func text(_ name: String) throws(NodeError) -> String {
      guard case .string(let text)? = members[name], text.utf8.count <= 64 << 10 else {
        throw fail("\"\(name)\" is no text")
      }
      return text
    }
    guard let federation = FederationName(try text("federation")), let region = RegionCode(try text("region")) else {
      throw fail("\"federation\" or \"region\" is malformed")
    }
    self.federation = federation
    self.region = region
    try node?.check(federation, region, source: source)
    name = try text("name")
    do { try NodeConfiguration.checkName(name) } catch { throw fail(error.reason) }
    guard case .array(let list)? = members["endpoints"], (1...8).contains(list.count) else {
      throw fail("\"endpoints\" must be 1 to 8 addresses")
    }
    var endpoints: [String] = []
    for value in list {
      guard case .string(let endpoint) = value else { throw fail("an endpoint is no text") }
      do { try NodeConfiguration.checkEndpoint(endpoint) } catch { throw fail(error.reason) }
      endpoints.append(endpoint)
    }
    self.endpoints = endpoints
    func block(_ name: String, _ label: String) throws(NodeError) -> String {
      let pem = try text(name)
      switch PEMBlock.fault(in: pem, only: label) {
      case nil: return pem
      case .privateKey:
        throw fail(
          "\"\(name)\" contains a private key; take it out of what the card was made of: "
            + "make new keys if it left this machine")
      case .somethingElse: throw fail("\"\(name)\" is not one PEM block, \(label), and nothing else")
      }
    }
    authority = try block("ca", "CERTIFICATE")
    revocationList = members["crl"] == nil || members["crl"] == .null ? nil : try block("crl", "X509 CRL")
    do { _ = try TrustStore(authorityPEM: authority, revocationListPEM: revocationList) } catch {
      throw fail("its CA certificate or revocation list cannot be read: \(error)")
    }
    guard case .object(let keys)? = members["keys"] else { throw fail("\"keys\" is no object") }
    func key(_ name: String, _ type: SignatureType, _ keyName: String) throws(NodeError) -> NoteVerifier {
      guard case .string(let vkey)? = keys.first(where: { $0.name == name })?.value else {
        throw fail("its \"\(name)\" key is missing")
      }
      let verifier: NoteVerifier
      do { verifier = try NoteVerifier(vkey: vkey) } catch {
        throw fail("its \(name) key cannot be read: \(error.reason)")
      }
      guard verifier.type == type, verifier.name == ExactText(keyName) else {
        throw fail("its \(name) key is not of the kind or name that it must have, \(keyName)")
      }
      return verifier
    }
    let catalog = Origin(region: region, federation: federation, log: .catalog)
    let audit = Origin(region: region, federation: federation, log: .audit)
    catalogKey = try key("catalog", .ed25519, catalog.text)
    auditKey = try key("audit", .ed25519, audit.text)
    witnessKey = try key("witness", .cosignature, NodeKeys.witnessName(region: region, federation: federation))
    guard Set([catalogKey, auditKey, witnessKey].map(\.publicKey)).count == 3 else {
      throw fail("its three keys must differ")
    }
    guard case .array(let notes)? = members["checkpoints"], notes.count <= 8 else {
      throw fail("\"checkpoints\" is no list")
    }
    var checkpoints: [SignedCheckpoint] = []
    for note in notes {
      guard case .string(let note) = note else { throw fail("a checkpoint is no text") }
      do {
        let checkpoint = try SignedCheckpoint(parsing: Array(note.utf8))
        let isAudit = checkpoint.checkpoint.origin == ExactText(audit.text)
        _ = try checkpoint.verified(log: isAudit ? auditKey : catalogKey)
        checkpoints.append(checkpoint)
      } catch { throw fail("a checkpoint is false: \(error)") }
    }
    self.checkpoints = checkpoints
  }

  /// Whether the keys are the same: then the card may take the other's place.
  package func hasSameKeys(as other: PeerCard) -> Bool {
    catalogKey == other.catalogKey && auditKey == other.auditKey && witnessKey == other.witnessKey
  }
}
