/// One decoder that somebody outside can reach, and what must hold whatever it is given.
struct FuzzTarget: Sendable {
  /// The folder of its corpus, and what `make fuzz ONLY=` takes.
  let name: String
  /// Bytes of the longest input that is tried.
  let lengthMax: Int
  /// Inputs made by the real encoders, from which libFuzzer goes on.
  let seeds: @Sendable () throws -> [[UInt8]]
  /// Returns for every input. A trap, a time-out, memory without bound or a broken claim is a finding.
  let check: @Sendable ([UInt8]) throws -> Void

  /// To add one: write it beside its kin, and name it here.
  static let all: [FuzzTarget] = logTargets + entryTargets + peerTargets + userTargets
}

/// What the program claims of every input; `claim` ends the run where it does not hold.
func claim(_ isTrue: Bool, _ what: @autoclosure () -> String) {
  if !isTrue { fatalError("claim broken: \(what())") }
}
