import Foundation
import Simulator
import Testing

@Suite("Federations with faults, from seeds")
struct SimulationTests {
  /// `SIMULATION_SEEDS=2000` runs as many, from `SIMULATION_FIRST` on.
  private static let seeds: Range<UInt64> = {
    let environment = ProcessInfo.processInfo.environment
    let first = environment["SIMULATION_FIRST"].flatMap(UInt64.init) ?? 0
    return first..<first + (environment["SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 60)
  }()

  /// Seeds that once failed, with what they found.
  private static let onceFailed: [UInt64] = [
    // A relay that held part of a log was accused where its answer was cut.
    103, 1332,
  ]

  @Test("Every order of arrival ends in one state; nothing acknowledged is lost, nothing false taken in")
  func oneState() throws {
    var total = SimulationFigures()
    for seed in Self.onceFailed + Self.seeds {
      let outcome = try Simulation(seed: seed).run()
      #expect(
        outcome.violations.isEmpty, "seed \(seed): \(outcome.violations.joined(separator: "\n")) \(outcome.figures)")
      total.add(outcome.figures)
    }
    // A simulation in which nothing happens proves nothing.
    #expect(total.crashes > 0)
    #expect(total.lost > 0)
    #expect(total.repeated > 0)
    #expect(total.lies > 0)
    #expect(total.accusations > 0)
    #expect(total.refused > 0)
    #expect(total.stripped > 0)
    #expect(total.filled > 0)
    print("simulated: \(total)")
  }

  @Test("A seed is a run: the same events and effects, to the byte")
  func sameSeed() throws {
    for seed in 0..<UInt64(3) {
      let first = try Simulation(seed: seed).run()
      #expect(try Simulation(seed: seed).run().trace == first.trace)
    }
    #expect(try Simulation(seed: 3).run().trace != Simulation(seed: 4).run().trace)
  }

  @Test("Where nobody faults, all is one within seconds of the last write")
  func quiet() throws {
    var settings = SimulationSettings()
    settings.regions = 5
    settings.lossChance = 0
    settings.lateChance = 0
    settings.partitions = 0
    settings.crashChance = 0
    settings.diskFailureChance = 0
    settings.lieChance = 0
    settings.duplicateChance = 0
    let outcome = try Simulation(seed: 1, settings: settings).run()
    #expect(outcome.violations.isEmpty)
    #expect(outcome.figures.milliseconds < settings.troubleMilliseconds + 20_000)
    #expect(outcome.figures.accusations == 0)
  }

  @Test("Many crashes: what was acknowledged is there after each")
  func crashes() throws {
    var settings = SimulationSettings()
    settings.crashChance = 150
    settings.bursts = 30
    let outcome = try Simulation(seed: 2, settings: settings).run()
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.figures.crashes > 10)
  }

  @Test("Disks that fail at every third write delay what arrives, and lose nothing", arguments: 0..<UInt64(4))
  func failingDisks(seed: UInt64) throws {
    var settings = SimulationSettings()
    settings.regions = 2
    settings.diskFailureChance = 330
    settings.crashChance = 0
    settings.lieChance = 0
    settings.delayMillisecondsMax = 20
    settings.groupEntries = 1
    settings.bursts = 800
    settings.burstEntriesMax = 1
    settings.troubleMilliseconds = 20_000
    let outcome = try Simulation(seed: seed, settings: settings).run()
    #expect(outcome.violations.isEmpty, "seed \(seed): \(outcome.violations)")
  }

  @Test("Entries in others' namespaces are mirrored everywhere, and refused everywhere")
  func trespassers() throws {
    var settings = SimulationSettings()
    settings.trespassers = 4
    let outcome = try Simulation(seed: 3, settings: settings).run()
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.figures.refused > 5)
  }

  @Test("Cards that come midway: no clock goes back, nothing is judged without what it names, and all become one")
  func lateCards() throws {
    var total = SimulationFigures()
    for seed in Self.seeds {
      var settings = SimulationSettings.drawn(seed: seed)
      settings.lateCards = 6
      let outcome = try Simulation(seed: seed, settings: settings).run()
      #expect(
        outcome.violations.isEmpty, "seed \(seed): \(outcome.violations.joined(separator: "\n")) \(outcome.figures)")
      total.add(outcome.figures)
    }
    #expect(total.blocked > 0)
    #expect(total.judgedAnew > 0)
    print("simulated, with late cards: \(total)")
  }
}
