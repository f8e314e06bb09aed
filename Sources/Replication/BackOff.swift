/// SplitMix64: a small generator whose whole state is one word, so that a run replays from its seed.
struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// When to ask a peer again: at rest every `restMilliseconds`, after failures exponentially later, always with jitter,
/// so that nodes which lost a peer at the same moment do not return to it at the same moment.
package struct BackOff: Sendable, Equatable {
  /// The distance of polls while nothing fails.
  package var restMilliseconds: Int64 = 30_000
  /// The distance after the first failure; it doubles with each further one.
  package var firstMilliseconds: Int64 = 500
  /// The distance never grows beyond this.
  package var longestMilliseconds: Int64 = 60_000

  /// A year: no node waits longer, and no sum of it and a time overflows.
  package static let millisecondsMax: Int64 = 366 * 86_400_000

  package init() {}

  /// Milliseconds until the next attempt: between half and all of the nominal distance after failures, within 20 % of
  /// the distance at rest otherwise.
  package func delay(failures: Int, using generator: inout some RandomNumberGenerator) -> Int64 {
    if failures == 0 {
      return restMilliseconds * 4 / 5 + Int64.random(in: 0...max(1, restMilliseconds * 2 / 5), using: &generator)
    }
    let nominal = min(longestMilliseconds, firstMilliseconds << Int64(min(failures - 1, 20)))
    return nominal / 2 + Int64.random(in: 0...max(1, nominal / 2), using: &generator)
  }
}
