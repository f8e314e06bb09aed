import Catalog
import Foundation
import NodeProcesses
import NodeRuntime

/// The entries of real catalogs, all as one region's: repeated with new ids, as many as are asked for.
struct RealEntries {
  let region: RegionCode

  /// A record without its id and region, from the comma after them to the closing brace.
  private var rests: [[UInt8]] = []
  private var locals: [String] = []
  private var titles: [String] = []

  /// Reads `CATALOGS`, else the shared catalogs where they are there, else the samples of the demo.
  init(region: RegionCode) throws {
    self.region = region
    let stated = ProcessInfo.processInfo.environment["CATALOGS"].flatMap { $0.isEmpty ? nil : $0 }
    let shared = ProcessInfo.processInfo.environment["SHARED"].flatMap { $0.isEmpty ? nil : $0 }
    let folder = stated ?? (shared ?? Programs.packageRoot + "/../shared") + "/data/catalogs"
    if stated != nil || FileManager.default.fileExists(atPath: folder) {
      let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      for file in files where file.hasSuffix(".jsonl.gz") || file.hasSuffix(".jsonl") {
        try readPortal(folder + "/" + file)
      }
    } else {
      let samples = Programs.packageRoot + "/Demo/samples"
      for file in try FileManager.default.contentsOfDirectory(atPath: samples).sorted() where file.hasSuffix(".json") {
        try readSamples(samples + "/" + file)
      }
    }
    guard !rests.isEmpty else { throw ProcessFailure("no entry was found: name a folder of portal files in CATALOGS") }
  }

  private mutating func readPortal(_ path: String) throws {
    var lines = try GzipLines(path: path)
    while let line = try lines.next() {
      guard case .object(let members)? = try? JSONReader.value(line) else { continue }
      add(members)
    }
  }

  private mutating func readSamples(_ path: String) throws {
    let names = [
      "title": "title", "abstract": "description", "keywords": "tags", "category": "category",
      "updateCycle": "update_frequency", "updated": "update_time", "published": "publish_time", "openType": "open_attr",
    ]
    for manifest in try JSONReader.value(Array(Data(contentsOf: URL(fileURLWithPath: path)))).list {
      guard case .object(let members) = manifest, let id = manifest["id"] else { continue }
      var record = members.compactMap { member in names[member.name].map { JSONValue.Member($0, member.value) } }
      record.append(.init("id", id))
      if let department = manifest["provider"]?["department"] { record.append(.init("department", department)) }
      add(record)
    }
  }

  private mutating func add(_ members: [JSONValue.Member]) {
    guard let id = members.first(where: { $0.name == "id" })?.value.string,
      let title = members.first(where: { $0.name == "title" })?.value.string
    else { return }
    var rest: [UInt8] = []
    JSONValue.object(members.filter { $0.name != "id" && $0.name != "region" }).write(to: &rest)
    rest[0] = UInt8(ascii: ",")
    // What the importer refuses would leave the catalog smaller than it is said to be.
    var reader = PortalReader(node: region)
    let local = id.replacingOccurrences(of: "/", with: "-")
    guard case .manifest? = reader.read(Self.line(region, local: local, rest), number: 1) else { return }
    rests.append(rest)
    locals.append(local)
    titles.append(title)
  }

  private static func line(_ region: RegionCode, local: String, _ rest: [UInt8]) -> [UInt8] {
    Array("{\"id\":\"\(region)-\(local)\",\"region\":\"\(region)\"".utf8) + rest
  }

  // MARK: Numbered entries

  /// The part of an id behind the region, of any entry from 0 on.
  private func local(_ number: Int) -> String { "\(locals[number % locals.count])-\(number / locals.count)" }

  func id(_ number: Int) -> String { "\(region)/\(local(number))" }

  /// Writes entries as a portal's file.
  func write(_ numbers: Range<Int>, to path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw ProcessFailure("\(path) cannot be written") }
    defer { try? file.close() }
    var buffer: [UInt8] = []
    for number in numbers {
      buffer += Self.line(region, local: local(number), rests[number % rests.count])
      buffer.append(UInt8(ascii: "\n"))
      if buffer.count > 4 << 20 || number == numbers.upperBound - 1 {
        try file.write(contentsOf: Data(buffer))
        buffer.removeAll(keepingCapacity: true)
      }
    }
  }

  /// An entry as `publish` takes it.
  func manifest(_ number: Int) throws -> JSONValue {
    var reader = PortalReader(node: region)
    let line = Self.line(region, local: local(number), rests[number % rests.count])
    guard case .manifest(let manifest, _)? = reader.read(line, number: 1) else {
      throw ProcessFailure("entry \(number) was read before and cannot be read now")
    }
    return manifest.json
  }

  // MARK: Queries

  /// 50 words of two ideographs, the most frequent in the titles of the entries below `size`, each twice; as many phrases
  /// out of titles again.
  func queries(size: Int) -> [String] {
    let titles = self.titles.prefix(size)
    var counts: [String: Int] = [:]
    for title in titles {
      for run in Self.runs(title) where run.count >= 2 {
        for index in 0..<run.count - 1 { counts[String(run[index...index + 1]), default: 0] += 1 }
      }
    }
    let frequent = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(50).map(\.key)
    let stride = max(1, titles.count / 100)
    let phrases = (0..<100).map { number in
      let title = titles[(number * stride) % titles.count]
      let run = Self.runs(title).max { $0.count < $1.count } ?? []
      // Two to six ideographs from somewhere in the title; of a title without any, the title.
      let length = min(run.count, 2 + number % 5)
      let start = run.count > length ? number % (run.count - length) : 0
      return length < 2 ? title : String(run[start..<start + length])
    }
    return zip(frequent + frequent, phrases).flatMap { [$0, $1] }
  }

  /// The runs of ideographs of a text.
  private static func runs(_ text: String) -> [[Character]] {
    text.split { !($0.unicodeScalars.allSatisfy { (0x4E00...0x9FFF).contains($0.value) }) }.map(Array.init)
  }
}
