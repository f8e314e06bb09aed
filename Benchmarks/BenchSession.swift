import Catalog
import Foundation
import NodeProcesses

/// One run: what is measured, in an order in which nothing disturbs what comes later.
struct BenchSession {
  let options: BenchOptions
  let entries: RealEntries
  let folder: String
  var report: Report
  /// Entries from `size` on, for what is published one by one.
  private var nextNumber: Int

  static let senderRegion = "310000"

  init(_ options: BenchOptions) throws {
    self.options = options
    guard let region = RegionCode(Self.senderRegion) else { throw ProcessFailure("\(Self.senderRegion) is no region") }
    Self.say("reading the catalogs")
    entries = try RealEntries(region: region)
    // Short: a socket's path has at most 107 bytes.
    folder = "\(ProcessInfo.processInfo.environment["BENCH_DIR"] ?? "/tmp")/ty-bench-\(getpid())"
    report = Report(size: options.size)
    nextNumber = options.size
  }

  mutating func run() async throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer {
      if options.keepsFolder {
        Self.say("the nodes are in \(folder)")
      } else {
        try? FileManager.default.removeItem(atPath: folder)
      }
    }
    if options.parts.contains(.decide) {
      Self.say("deciding about access")
      report.decide = try DecisionFigures.measured()
    }
    if options.parts.contains(.disturbed) { try await measureDisturbed() }
    guard !options.parts.isSubset(of: [.decide, .disturbed]) else { return try finish() }
    if options.parts.contains(.idle) { try await measureSmallPair() }
    let pair = try NodePair(sender: Self.senderRegion, receiver: "320000", in: folder)
    defer {
      pair.sender.kill9()
      pair.receiver.kill9()
    }
    Self.say("importing \(options.size) entries")
    report.publish = Report.Publishing(bulk: try await Self.fill(pair.senderClient, entries, options.size, in: folder))
    // Afterwards the sender's peak of memory is that of serving, not of the import.
    report.startSeconds = try pair.restartSender()
    if !options.parts.isDisjoint(with: [.bulk, .change, .idle, .ten, .search, .fsck]) { try await replicate(pair) }
    if options.parts.contains(.search) { try await search(pair) }
    if !options.parts.isDisjoint(with: [.idle, .ten]) { try await exchange(pair) }
    if options.parts.contains(.change) { try await change(pair) }
    try pair.receiver.stop()
    if options.parts.contains(.fsck) { try checkStore(pair.receiver) }
    if options.parts.contains(.publish) { try await publish(pair) }
    try pair.sender.stop()
    if options.parts.isSuperset(of: [.bulk, .lists]) { try await replicateUnderList() }
    try finish()
  }

  private func finish() throws {
    print(report.text)
    if let output = options.output {
      try Data((report.json.text + "\n").utf8).write(to: URL(fileURLWithPath: output))
    }
  }

  static func say(_ text: String) { FileHandle.standardError.write(Data("· \(text)\n".utf8)) }

  /// A manifest with an id that no entry has had. What an import keeps and `publish` refuses is passed over.
  mutating func freshEntry() throws -> (id: String, manifest: JSONValue) {
    while true {
      defer { nextNumber += 1 }
      let manifest = try entries.manifest(nextNumber)
      var batch = ManifestBatch(region: entries.region)
      try batch.add(Array(manifest.text.utf8), from: "bench")
      if batch.refusals.isEmpty { return (entries.id(nextNumber), manifest) }
    }
  }

  /// Imports the first entries; how many a second.
  static func fill(_ client: NodeClient, _ entries: RealEntries, _ size: Int, in folder: String) async throws -> Double
  {
    let file = "\(folder)/entries-\(size).jsonl"
    try entries.write(0..<size, to: file)
    defer { try? FileManager.default.removeItem(atPath: file) }
    let began = ContinuousClock.now
    let answer = try await client.request(
      "POST", "/v1/import?format=portal&actor=bench&path=\(NodeClient.encoded(file))", [])
    let seconds = began.elapsedSeconds
    guard let last = String(decoding: answer.body, as: UTF8.self).split(separator: "\n").last,
      let result = try JSONReader.value(Array(last.utf8))["result"],
      result["published"]?.integer == Int64(size)
    else { throw ProcessFailure("the import failed: \(String(decoding: answer.body.suffix(2000), as: UTF8.self))") }
    return Double(size) / seconds
  }

  // MARK: Bulk

  private mutating func replicate(_ pair: NodePair) async throws {
    Self.say("replicating them")
    let began = ContinuousClock.now
    try await pair.introduce()
    try await pair.awaitShown(entries.id(options.size - 1), pauseMilliseconds: 5)
    let seconds = began.elapsedSeconds
    guard options.parts.contains(.bulk) else { return }
    guard let sender = pair.sender.processIdentifier.flatMap(Machine.peakMiB),
      let receiver = pair.receiver.processIdentifier.flatMap(Machine.peakMiB)
    else { throw ProcessFailure("the nodes' memory cannot be read from /proc") }
    Self.say("replicated in \(String(format: "%.2f", seconds)) s; writing the same rows with nothing else")
    let store = pair.receiver.directory + "/store.sqlite"
    let bytes = try Database(store, readOnly: true)
      .integer("SELECT sum(8 + length(leaf) + ifnull(length(nonce), 0) + ifnull(length(body), 0)) FROM entry")
    let copy = try RowCopy(from: store, to: folder + "/floor.sqlite")
    try copy.run()
    for suffix in ["", "-wal", "-shm"] where !options.keepsFolder {
      try? FileManager.default.removeItem(atPath: folder + "/floor.sqlite" + suffix)
    }
    report.bulk = Report.Bulk(
      seconds: seconds, floorSeconds: copy.seconds, bytes: bytes, entries: options.size, senderPeakMiB: sender,
      receiverPeakMiB: receiver)
  }

  // MARK: Reading

  private mutating func search(_ pair: NodePair) async throws {
    Self.say("searching")
    var milliseconds: [Double] = []
    for query in entries.queries(size: options.size) {
      let began = ContinuousClock.now
      try await pair.receiverClient.search(query)
      milliseconds.append(began.elapsedSeconds * 1000)
    }
    report.search = milliseconds
  }

  private mutating func checkStore(_ node: NodeProcess) throws {
    Self.say("checking the store")
    let run = try node.run(["fsck"], timeoutSeconds: 7200)
    guard run.status == 0 else { throw ProcessFailure("fsck: \(run.output)\(run.errors)") }
    report.fsckSeconds = run.seconds
  }

  // MARK: Writing

  /// With the peer away, so that its work does not count.
  private mutating func publish(_ pair: NodePair) async throws {
    Self.say("publishing one by one")
    var manifests: [JSONValue] = []
    for _ in 0..<300 { manifests.append(try freshEntry().manifest) }
    var began = ContinuousClock.now
    for manifest in manifests { try await pair.senderClient.publish([manifest]) }
    report.publish?.oneClient = Double(manifests.count) / began.elapsedSeconds
    var shares: [(client: NodeClient, manifests: [JSONValue])] = []
    for _ in 0..<32 {
      let client = try NodeClient(pair.sender)
      // The connection is made before the clock runs.
      try await client.idle()
      var share: [JSONValue] = []
      for _ in 0..<60 { share.append(try freshEntry().manifest) }
      shares.append((client, share))
    }
    began = .now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for share in shares {
        group.addTask { for manifest in share.manifests { try await share.client.publish([manifest]) } }
      }
      try await group.waitForAll()
    }
    report.publish?.clients32 = Double(shares.reduce(0) { $0 + $1.manifests.count }) / began.elapsedSeconds
  }
}
