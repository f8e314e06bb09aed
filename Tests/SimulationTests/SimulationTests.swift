import Simulator
import Testing
import Foundation

@Suite("Federations with faults, from seeds")
struct SimulationTests {
  @Test("x")
  func x() throws {
    var n = 0
    for seed in UInt64(1000)..<1000+(UInt64(ProcessInfo.processInfo.environment["SEEDS"] ?? "60")!) {
    let outcome = try Simulation(seed: seed).run()
    if outcome.violations != [] { print(seed, outcome.violations.prefix(2), outcome.figures); n += 1; if n > 8 {break} }
    }
  }
}
