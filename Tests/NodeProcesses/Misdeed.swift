/// What a hostile peer does wrong. Everything else about it is right: certificate, card, keys, log.
///
/// A peer reads its misdeed anew from the file `misdeed` in its directory at each request, so that a test can make it
/// honest again.
package enum Misdeed: String, CaseIterable, Sendable {
  case none

  // The answer to "what is new?"
  case garbageHeads, oversizedHeads, endlessHeads, bombHeads, silentHeads, drippingHeads, headBeyondCheckpoint
  case foreignSignature, rolledBack, unknownVersion
  /// Says of every other log that it forked, and serves a proof that proves nothing.
  case falseForkFlag

  // The answer to "which entries?"
  case garbageEntries, oversizedLeaf, oversizedBody, endlessEntries, bombEntries, silentEntries, drippingEntries
  /// Half of a body, and then nothing.
  case stalledBody
  case falseBody, falseProof, noEntries

  // What it says unasked.
  case garbageNudge, oversizedNudge, falseNudge

  // What its own key signed.
  case undecodableLeaf, unsignedRoot

  // What it serves to verifiers of its own log: half of what it served before, or half of another history.
  case shorterTiles, otherTiles

  // A relay, about the logs of others.
  case alteredFrame, droppedEntry, reorderedEntries, oldHead
  /// Slowly enough to hold up whoever waits for it, fast enough not to be taken for dead.
  case trickledEntries

  /// Lies about the logs of others rather than its own.
  var isOfRelay: Bool {
    switch self {
    case .alteredFrame, .droppedEntry, .reorderedEntries, .oldHead, .trickledEntries: true
    default: false
    }
  }
}
