import Foundation

/// `Fuzz --list`, `Fuzz --seeds FOLDER`, or `Fuzz NAME` with libFuzzer's arguments. libFuzzer brings the `main`, and calls the two
/// functions below.
enum Fuzz {
  /// Set once, before the first input.
  nonisolated(unsafe) static var target = FuzzTarget.all[0]

  static func choose(_ arguments: [String]) {
    switch arguments.dropFirst().first {
    case "--list":
      for target in FuzzTarget.all { print(target.name) }
      exit(0)
    case "--seeds" where arguments.count == 3:
      do { try writeSeeds(to: arguments[2]) } catch { fail("\(error)") }
      exit(0)
    case let name?:
      guard let known = FuzzTarget.all.first(where: { $0.name == name }) else { fail("there is no fuzzer \(name)") }
      target = known
    case nil: fail("usage: Fuzz --list | --seeds FOLDER | NAME [libFuzzer's arguments]")
    }
  }

  private static func fail(_ reason: String) -> Never {
    FileHandle.standardError.write(Data("Fuzz: \(reason)\n".utf8))
    exit(2)
  }

  private static func writeSeeds(to folder: String) throws {
    for target in FuzzTarget.all {
      let place = "\(folder)/\(target.name)"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      for (number, seed) in try target.seeds().enumerated() {
        try Data(seed).write(to: URL(fileURLWithPath: "\(place)/seed-\(number)"))
      }
    }
  }
}

/// libFuzzer's optional hook ("Startup initialization"): the name of the fuzzer becomes the length that it tries at most.
@_cdecl("LLVMFuzzerInitialize") func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>
) -> CInt {
  Fuzz.choose((0..<Int(count.pointee)).map { String(cString: arguments.pointee[$0]) })
  // libFuzzer keeps it as long as the process lives.
  guard let length = strdup("-max_len=\(Fuzz.target.lengthMax)") else { return 1 }
  arguments.pointee[1] = length
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput") func check(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: bytes, count: count))
  do { try Fuzz.target.check(input) } catch { fatalError("claim broken: an error went through: \(error)") }
  return 0
}
