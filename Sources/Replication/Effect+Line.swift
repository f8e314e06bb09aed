import Catalog
import Cryptography
import TransparencyLog

extension Replication.Effect {
  /// One line that says all that the effect holds; what is long (entries, checkpoints, proofs) by its SHA-256. Equal
  /// effects have equal lines, and different ones different lines.
  package var line: String {
    switch self {
    case .requestHeads(let region, let cursor): "requestHeads \(region) since \(cursor ?? "-")"
    case .requestEntries(let region, let pull, let origin, let from, let to, let treeSize):
      "requestEntries \(region) pull \(pull) \(origin) \(from)..<\(to) of \(treeSize)"
    case .cancelEntries(let region, let pull): "cancelEntries \(region) pull \(pull)"
    case .commit(let group):
      "commit \(group.origin) \(group.first)..<\(group.edge.size) entries \(group.entriesDigest) texts \(group.textsDigest)"
        + " edge \(group.edge.digest) checkpoint \(group.checkpoint.digest) consistency \(group.consistency.digest)"
    case .nudge(let region, let origin, let from): "nudge \(region) \(origin) from \(from.map(String.init) ?? "-")"
    case .setTimer(let region, let time): "setTimer \(region) at \(time)"
    case .storeStamp(let origin, let stamp): "storeStamp \(origin) \(stamp.digest)"
    case .readBranch(let region, let origin, let from, let to): "readBranch \(region) \(origin) from \(from) to \(to)"
    case .requestBranch(let region, let origin, let from, let to):
      "requestBranch \(region) \(origin) from \(from) to \(to)"
    case .requestBodies(let region, let after): "requestBodies \(region) after \(after?.description ?? "-")"
    case .requestFork(let region, let origin): "requestFork \(region) \(origin)"
    case .keepFork(let origin, let proof, let region):
      "keepFork \(origin) \(SHA256.hash(proof.bytes)) from \(region)"
    }
  }
}

extension ProvenGroup {
  fileprivate var entriesDigest: Digest {
    let hash = SHA256.Incremental()
    for entry in entries { hash.update(entry.frame.bytes) }
    return hash.finalize()
  }

  fileprivate var textsDigest: Digest { texts.keys.sorted().digest }
}

extension RightEdge {
  fileprivate var digest: Digest { SHA256.hash(bytes) }
}

extension SignedCheckpoint {
  fileprivate var digest: Digest { SHA256.hash(bytes) }
}

extension [Digest] {
  fileprivate var digest: Digest { SHA256.hash(flatMap(\.bytes)) }
}
