import Foundation
import NodeProcesses

/// `make bench`: what the node does, in figures, each beside what this machine allows in the same run.
///
/// The nodes are real processes that hold real entries, repeated with new ids up to the size asked for.
@main
struct Bench {
  static func main() async {
    let options: BenchOptions
    do { options = try BenchOptions(CommandLine.arguments.dropFirst()) } catch {
      fail("\(error)\n\(BenchOptions.usage)", status: 2)
    }
    do {
      var session = try BenchSession(options)
      try await session.run()
    } catch { fail("\(error)", status: 1) }
  }

  private static func fail(_ reason: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data("tongyuan-bench: \(reason)\n".utf8))
    exit(status)
  }
}

/// What the command line asks for.
struct BenchOptions {
  /// What can be measured alone.
  enum Part: String, CaseIterable {
    case bulk, lists, change, idle, ten, publish, search, fsck, start, decide, disturbed
  }

  static let usage = """
    usage: tongyuan-bench [--size N] [--out FILE] [--only PART,…] [--keep]
    parts: \(Part.allCases.map(\.rawValue).joined(separator: ", "))
    """

  var size = 40_000
  var output: String?
  var parts = Set(Part.allCases)
  /// Leave the nodes' directories where they are, for a look with other tools.
  var keepsFolder = false

  init(_ arguments: some Sequence<String>) throws {
    var arguments = arguments.makeIterator()
    while let argument = arguments.next() {
      func value() throws -> String {
        guard let value = arguments.next() else { throw ProcessFailure("\(argument) needs a value") }
        return value
      }
      switch argument {
      case "--size":
        let text = try value()
        guard let size = Int(text), (1000...10_000_000).contains(size) else {
          throw ProcessFailure("the size \(text) is not a number from 1000 to 10000000")
        }
        self.size = size
      case "--out": output = try value()
      case "--only":
        parts = Set(
          try value().split(separator: ",").map { name in
            guard let part = Part(rawValue: String(name)) else { throw ProcessFailure("there is no part \(name)") }
            return part
          })
      case "--keep": keepsFolder = true
      default: throw ProcessFailure("\(argument) is not known")
      }
    }
  }
}
