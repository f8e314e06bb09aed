import Catalog
import Cryptography
import TransparencyLog

/// The three keys that sign for a region: its two logs', and its witness's.
package struct NodeKeys: Sendable {
  package let catalog: NoteSigner
  package let audit: NoteSigner
  package let witness: Cosigner

  package init(
    catalog: Ed25519.PrivateKey, audit: Ed25519.PrivateKey, witness: Ed25519.PrivateKey, region: RegionCode,
    federation: FederationName
  ) throws {
    self.catalog = try NoteSigner(
      name: ExactText(Origin(region: region, federation: federation, log: .catalog).text), key: catalog)
    self.audit = try NoteSigner(
      name: ExactText(Origin(region: region, federation: federation, log: .audit).text), key: audit)
    self.witness = try Cosigner(name: ExactText(Self.witnessName(region: region, federation: federation)), key: witness)
  }

  package static func witnessName(region: RegionCode, federation: FederationName) -> String {
    "\(region).\(federation).tongyuan/witness"
  }

  /// Signs what a log of this region is now.
  package func checkpoint(of origin: Origin, _ edge: RightEdge) throws -> SignedCheckpoint {
    try SignedCheckpoint(
      Checkpoint(origin: ExactText(origin.text), size: edge.size, root: edge.root),
      signers: [origin.log == .catalog ? catalog : audit])
  }

  /// States that this was the newest checkpoint of this region's log at a time, in seconds since the epoch.
  package func stamp(_ checkpoint: SignedCheckpoint, seconds: UInt64) throws -> SignedCheckpoint {
    try checkpoint.adding([try witness.cosign(checkpoint.checkpoint, time: seconds)])
  }
}
