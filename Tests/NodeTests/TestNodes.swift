import Catalog
import Foundation
import NodeProcesses
import Testing

/// A region's node in a folder of its own, with what tests say of it.
extension NodeProcess {
  func publish(_ id: String, title: String = "测试目录") throws -> CommandRun {
    try run(["publish", "-", "--json"], input: Array(#"{"id":"\#(id)","title":"\#(title)"}"#.utf8))
  }

  /// Resources, refused …: a number of `status`.
  func count(_ name: String) throws -> Int64 { try status()["catalog"]?[name]?.integer ?? -1 }

  func digest(_ name: String) throws -> String { try status()[name]?.string ?? "" }

  func isSound() throws -> Bool {
    let check = try run(["fsck", "--node", directory], timeoutSeconds: 300)
    if check.status != 0 { Issue.record("fsck of \(region): \(check.output)\(check.errors)") }
    return check.status == 0
  }
}

/// Where tests find the real catalogs; nil where they are not at hand.
enum RealCatalogs {
  static let folder: String? = {
    let shared = ProcessInfo.processInfo.environment["SHARED"] ?? Programs.packageRoot + "/../shared"
    let folder = shared + "/data/catalogs"
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }()

  static let notice: Comment = "the real catalogs are not at hand: set SHARED"
}

/// Regions that know each other, running.
func startRegions(_ codes: [String], in folder: String, pollSeconds: Double = 1) throws -> [NodeProcess] {
  let nodes = try codes.map { try NodeProcess(region: $0, name: "地区\($0)", in: folder) }
  for node in nodes {
    try node.setPollSeconds(pollSeconds)
    try node.start()
  }
  for (index, one) in nodes.enumerated() {
    for other in nodes[(index + 1)...] { try NodeProcess.introduce(one, other) }
  }
  return nodes
}

/// Waits until all nodes print the same frontier and state digest, and answers it.
@discardableResult
func waitForAgreement(_ nodes: [NodeProcess], seconds: Double = 60) throws -> String {
  var last: [String] = []
  try Programs.wait(for: "nodes \(nodes.map(\.region)) to agree, last \(last)", seconds: seconds) {
    let statuses = try nodes.map { try $0.status() }
    last = statuses.map { ($0["frontierDigest"]?.string ?? "") + ($0["stateDigest"]?.string ?? "") }
    return Set(last).count == 1
  }
  return last[0]
}

extension NodeProcess {
  /// Publishes manifests given as JSON, for everybody or as the arguments say.
  func publish(json manifests: String, _ arguments: [String] = []) throws -> CommandRun {
    try run(["publish", "-", "--json"] + arguments, input: Array(manifests.utf8))
  }

  /// Whether any file of the node's directory has these bytes. Throws if one cannot be read.
  func holds(_ word: String) throws -> Bool {
    var found = false
    var files: [String] = []
    let enumerator = FileManager.default.enumerator(atPath: directory)
    while let file = enumerator?.nextObject() as? String {
      // The socket is no file with bytes.
      guard enumerator?.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
      files.append(file)
      let data = try Data(contentsOf: URL(fileURLWithPath: directory + "/" + file))
      if data.range(of: Data(word.utf8)) != nil { found = true }
    }
    #expect(files.contains("store.sqlite"))
    return found
  }

  func waitUntilGone(_ word: String) throws {
    try Programs.wait(for: "every byte of “\(word)” at \(region) to go", seconds: 120) { try !holds(word) }
  }

  /// The kinds of the events of its audit log, in order.
  func auditKinds() throws -> [String] {
    try json(["audit", "log"]).list.compactMap { $0["kind"]?.string }
  }
}
