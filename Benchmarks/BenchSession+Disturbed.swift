import Foundation
import NodeProcesses

/// What peers that are slow or down cost the others: the same figures without them and beside them.
extension BenchSession {
  /// Of each figure, alone and disturbed in turn, so that what else the machine does meets both.
  private static let rounds = 3
  private static let changesPerRound = 60
  /// More entries would say no more, and take longer.
  private static let sizeMax = 40_000

  mutating func measureDisturbed() async throws {
    let size = min(options.size, Self.sizeMax)
    let folder = folder + "/disturbed"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let pair = try NodePair(sender: Self.senderRegion, receiver: "320000", in: folder)
    // Each is fresh once.
    let receivers = try (0..<2 * Self.rounds).map { number in
      try NodeProcess(region: "\(330_000 + number * 100)", name: "接收方", in: folder)
    }
    let bad = try BadPeers(beside: pair, size: size, in: folder)
    defer { for node in receivers + [pair.sender, pair.receiver] { node.kill9() } }
    Self.say("beside peers that are slow or down: \(size) entries")
    try await bad.start(others: receivers)
    _ = try await Self.fill(pair.senderClient, entries, size, in: folder)
    try await pair.introduce()
    try await pair.awaitShown(entries.id(size - 1), pauseMilliseconds: 5)
    try await bad.awaitFaults()
    var disturbed = DisturbedFigures()
    for isDisturbed in Self.order {
      try await bad.disturb(isDisturbed)
      let receiver = receivers[disturbed.bulk.count]
      let seconds = try await replicate(size, from: pair, to: receiver, beside: isDisturbed ? bad : nil)
      disturbed.bulk.add(seconds, isDisturbed)
      try await bad.check()
    }
    for isDisturbed in Self.order {
      try await bad.disturb(isDisturbed)
      for _ in 0..<Self.changesPerRound {
        let (id, manifest) = try freshEntry()
        let began = ContinuousClock.now
        try await pair.senderClient.publish([manifest])
        try await pair.awaitShown(id, seconds: 60)
        disturbed.oneChange.add(began.elapsedSeconds, isDisturbed)
      }
      for query in entries.queries(size: size) {
        let began = ContinuousClock.now
        try await pair.receiverClient.search(query)
        disturbed.search.add(began.elapsedSeconds, isDisturbed)
      }
      try await bad.check()
    }
    report.disturbed = disturbed
  }

  /// Neither is always the first.
  private static var order: [Bool] { (0..<rounds).flatMap { $0.isMultiple(of: 2) ? [false, true] : [true, false] } }

  /// Seconds from the start of a node that has everybody's card to its holding what the sender holds.
  private func replicate(
    _ size: Int, from pair: NodePair, to receiver: NodeProcess, beside bad: BadPeers?
  ) async throws -> Double {
    try pair.sender.writeCard(to: "\(receiver.directory)/peers/\(pair.sender.region).json")
    try bad?.giveCards(to: receiver)
    let card = receiver.directory + "/card.json"
    try receiver.writeCard(to: card)
    try pair.sender.json(["peer", "add", card])
    let began = ContinuousClock.now
    try receiver.start()
    let fresh = try NodePair(pair.sender, receiver)
    try await fresh.awaitShown(entries.id(size - 1), pauseMilliseconds: 5)
    let seconds = began.elapsedSeconds
    try await bad?.checkMet(at: fresh.receiverClient)
    receiver.kill9()
    // It would be one more peer that is down.
    try await pair.senderClient.setSuspended(true, receiver.region)
    return seconds
  }
}
