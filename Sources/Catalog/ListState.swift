import Cryptography

/// What a list is at a node's frontier and clock: `state` of `list show`.
package enum ListState: String, Hashable, Sendable {
  /// Signatures that it needs are missing here.
  case proposed
  /// Complete; its validity has not begun.
  case scheduled
  case inForce
  case replaced, ended, expired
  /// Its text is not one that a list may have.
  case refused

  package var isOver: Bool { self == .replaced || self == .ended || self == .expired }
}

/// A list as a node sees it: its text, who signed it, and what became of it.
package struct ListView: Hashable, Sendable {
  package var digest: Digest
  package var state: ListState
  package var terms: ListTerms
  /// First proposals and signatures, sorted.
  package var signatures: [EntryName]
  /// When an end that is known takes effect, milliseconds since the epoch; nil if none is known.
  package var endsAt: Int64?
  /// The text that replaced it.
  package var successor: Digest?
}

extension CatalogReader {
  /// A list at this node's frontier, at a time; nil if its text is not held or not one that a list may have.
  ///
  /// `own` is this region: its log is processed as far as it is held.
  package func listView(_ digest: Digest, own: RegionCode, at time: Int64) throws -> ListView? {
    let lists = ListsInPast(reading: self)
    guard let record = try lists.record(digest) else { return nil }
    let size = try logState(own).processed
    let past = Past.frontier(after: StatedClock(of: own, size: size, reading: self), ownSize: size, reading: self)
    var view = ListView(
      digest: digest, state: .proposed, terms: record.terms,
      signatures: try record.signatures.filter(past.contains))
    view.endsAt = try lists.end(of: digest, in: past)
    view.successor = try lists.successor(of: digest, record, in: past, at: time).known
    view.state = try state(view, lists, past, time)
    return view
  }

  private func state(_ view: ListView, _ lists: ListsInPast, _ past: Past, _ time: Int64) throws -> ListState {
    switch try lists.ending(of: view.digest, in: past, at: time) {
    case .ended: return .ended
    case .replaced: return .replaced
    case .expired: return .expired
    // What cannot be judged here does not end it here.
    case .notOver, .unjudged: break
    }
    guard try lists.isComplete(view.digest, in: past) == .yes else { return .proposed }
    return time < view.terms.validity.lowerBound ? .scheduled : .inForce
  }
}
