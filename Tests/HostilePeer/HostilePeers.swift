import Foundation
import NodeProcesses

/// `tongyuan-hostile DIR…`: a hostile peer on each directory, until the process is killed.
@main enum HostilePeers {
  static func main() async throws {
    let peers = try CommandLine.arguments.dropFirst().map { try HostilePeer(directory: $0) }
    let (ready, isReady) = AsyncStream<Void>.makeStream()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for peer in peers { group.addTask { try await peer.run { isReady.yield() } } }
      group.addTask {
        var left = peers.count
        for await _ in ready {
          left -= 1
          if left == 0 { break }
        }
        FileHandle.standardOutput.write(Data("ready\n".utf8))
      }
      try await group.waitForAll()
    }
  }
}
