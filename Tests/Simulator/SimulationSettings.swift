/// What a simulated federation goes through. Times are milliseconds of virtual time, chances are of 1,000.
package struct SimulationSettings: Sendable {
  package var regions = 4
  /// Peers that a node dials beside its two neighbours on the ring, at most; the logs of the others come through
  /// relays.
  package var chords = 1
  /// Small, so that a burst takes many groups.
  package var groupEntries: UInt64 = 5
  package var groupBytes = 2_000
  /// How long faults and writes go on. Afterwards the network heals, and every node comes back.
  package var troubleMilliseconds: Int64 = 60_000
  /// In which all must become one, after that.
  package var healingMilliseconds: Int64 = 30 * 60_000

  package var bursts = 12
  package var burstEntriesMax = 12
  /// Regions that sign entries in others' namespaces, from the first on.
  package var trespassers = 1

  package var delayMillisecondsMax: Int64 = 300
  /// Some messages take much longer, past the time-out even.
  package var lateChance = 30
  package var lateMillisecondsMax: Int64 = 9_000
  package var lossChance = 60
  package var duplicateChance = 60
  package var partitions = 3
  package var partitionMillisecondsMax: Int64 = 15_000
  /// At each write to a disk.
  package var crashChance = 15
  package var diskFailureChance = 15
  package var downMillisecondsMax: Int64 = 8_000
  package var slowDiskChance = 50
  package var slowDiskMillisecondsMax: Int64 = 4_000
  /// A served answer is false: a bit of an entry, of a proof, or a checkpoint by a wrong key.
  package var lieChance = 20
  /// A relay serves an entry without its body.
  package var stripChance = 20
  /// Cards that come midway: until then a node does not replicate that log.
  package var lateCards = 0
  /// A clock is wrong by up to this.
  package var skewMillisecondsMax: Int64 = 3_000
  /// Of the last region: past what other nodes accept at once.
  package var largeSkewMilliseconds: Int64 = 0

  package init() {}

  /// A federation and faults drawn from a seed.
  package static func drawn(seed: UInt64) -> SimulationSettings {
    var random = SeededGenerator(seed: seed ^ 0x7365_7474_696E_6773)
    var settings = SimulationSettings()
    settings.regions = Int.random(in: 2...5, using: &random)
    settings.chords = Int.random(in: 0...2, using: &random)
    settings.groupEntries = UInt64.random(in: 1...12, using: &random)
    settings.groupBytes = Int.random(in: 300...6_000, using: &random)
    settings.bursts = Int.random(in: 4...16, using: &random)
    settings.burstEntriesMax = Int.random(in: 1...25, using: &random)
    settings.trespassers = Int.random(in: 0...2, using: &random)
    for chance in [
      \SimulationSettings.lateChance, \.lossChance, \.duplicateChance, \.crashChance, \.diskFailureChance, \.lieChance,
      \.stripChance,
    ] {
      settings[keyPath: chance] =
        Bool.random(using: &random) ? 0 : Int.random(in: 1...2 * settings[keyPath: chance], using: &random)
    }
    settings.partitions = Int.random(in: 0...5, using: &random)
    if Int.random(in: 0..<4, using: &random) == 0 { settings.largeSkewMilliseconds = 11 * 60_000 }
    return settings
  }
}
