import Catalog
import Foundation

/// Everything that was measured. What was not asked for is nil, and null in the JSON.
struct Report {
  struct Bulk {
    var seconds: Double
    var floorSeconds: Double
    /// Frames as they are served: leaf, random bytes, body.
    var bytes: Int
    var entries: Int
    var senderPeakMiB: Double
    var receiverPeakMiB: Double

    var ratio: Double { seconds / floorSeconds }
  }

  struct OneChange {
    /// From the call of `publish` to the first `show` at the peer that finds it.
    var milliseconds: [Double]
    /// To the answer of `publish`: durable at its source.
    var acknowledgedMilliseconds: [Double]
    var floorMilliseconds: [Double]

    var ratio: Double { milliseconds.median / floorMilliseconds.median }
  }

  /// What one exchange cost on the wire, TLS records included, connections kept.
  struct Exchange {
    var bytes: Int
    var roundTrips: Int
    var milliseconds: Double
  }

  struct Publishing {
    /// Entries acknowledged a second.
    var bulk: Double
    var oneClient: Double?
    var clients32: Double?
  }

  var size: Int
  var machine: String
  var bulk: Bulk?
  /// The same under a list of 10,000 items.
  var bulkUnderListSeconds: Double?
  var underListRatio: Double? { bulk.flatMap { bulk in bulkUnderListSeconds.map { $0 / bulk.seconds } } }
  var oneChange: OneChange?
  var idlePoll: Exchange?
  var idlePollAt1000: Exchange?
  var tenChanges: Exchange?
  /// The same ten after a cut link: asked for, not told.
  var tenChangesMissed: Exchange?
  var publish: Publishing?
  var search: [Double]?
  var fsckSeconds: Double?
  var startSeconds: Double?
  var decide: DecisionFigures?
  var disturbed: DisturbedFigures?

  init(size: Int) {
    self.size = size
    machine = Machine.description
  }

  // MARK: As JSON

  /// The names are a contract: other programs read them.
  var json: JSONValue {
    func part(_ members: KeyValuePairs<String, Double?>?) -> JSONValue {
      members.map { .object($0.map { JSONValue.Member($0.key, Self.number($0.value)) }) } ?? .null
    }
    return .object([
      .init("size", .number("\(size)")), .init("machine", .string(machine)),
      .init(
        "bulk",
        part(
          bulk.map {
            [
              "seconds": $0.seconds, "floorSeconds": $0.floorSeconds, "ratio": $0.ratio,
              "entriesPerSecond": Double($0.entries) / $0.seconds,
              "megabytesPerSecond": Double($0.bytes) / 1e6 / $0.seconds, "senderPeakMiB": $0.senderPeakMiB,
              "receiverPeakMiB": $0.receiverPeakMiB, "underListSeconds": bulkUnderListSeconds,
              "underListRatio": underListRatio,
            ]
          })),
      .init(
        "oneChange",
        part(
          oneChange.map {
            [
              "medianMs": $0.milliseconds.median, "p99Ms": $0.milliseconds.quantile(0.99),
              "floorMedianMs": $0.floorMilliseconds.median, "ratio": $0.ratio,
              "acknowledgedMedianMs": $0.acknowledgedMilliseconds.median,
            ]
          })),
      .init(
        "idlePoll",
        part(
          idlePoll.map {
            [
              "bytes": Double($0.bytes), "roundTrips": Double($0.roundTrips),
              "bytesAt1000": idlePollAt1000.map { Double($0.bytes) },
            ]
          })),
      .init("tenChanges", part(tenChanges.map(Self.members))),
      .init("tenChangesMissed", part(tenChangesMissed.map(Self.members))),
      .init(
        "publish",
        part(publish.map { ["oneClient": $0.oneClient, "clients32": $0.clients32, "bulk": $0.bulk] })),
      .init("search", part(search.map { ["medianMs": $0.median, "p99Ms": $0.quantile(0.99)] })),
      .init("fsckSeconds", Self.number(fsckSeconds)), .init("startSeconds", Self.number(startSeconds)),
      .init(
        "decide",
        part(
          decide.map {
            [
              "items": Double($0.items), "nanoseconds": $0.nanoseconds, "lookupNanoseconds": $0.lookupNanoseconds,
              "ratio": $0.ratio, "ratioAt100Items": $0.ratioAt100Items,
            ]
          })),
      .init(
        "disturbed",
        part(
          disturbed.map {
            ["bulkRatio": $0.bulk.ratio, "oneChangeRatio": $0.oneChange.ratio, "searchRatio": $0.search.ratio]
          })),
    ])
  }

  private static func members(_ exchange: Exchange) -> KeyValuePairs<String, Double?> {
    ["bytes": Double(exchange.bytes), "roundTrips": Double(exchange.roundTrips), "ms": exchange.milliseconds]
  }

  private static func number(_ value: Double?) -> JSONValue {
    guard let value, value.isFinite else { return .null }
    return .number(value == value.rounded() ? "\(Int(value))" : String(format: "%.3f", value))
  }

  // MARK: As text

  var text: String {
    var lines = ["\(size) entries on \(machine)", ""]
    func line(_ name: String, _ what: String) {
      lines.append(name.padding(toLength: 14, withPad: " ", startingAt: 0) + what)
    }
    if let bulk {
      line("bulk", "\(Self.seconds(bulk.seconds)), floor \(Self.seconds(bulk.floorSeconds)): \(Self.ratio(bulk.ratio))")
      line(
        "",
        String(
          format: "%.0f entries/s, %.1f MB/s; at most %.0f MiB in the sender, %.0f MiB in the receiver",
          Double(bulk.entries) / bulk.seconds, Double(bulk.bytes) / 1e6 / bulk.seconds, bulk.senderPeakMiB,
          bulk.receiverPeakMiB))
      if let seconds = bulkUnderListSeconds, let ratio = underListRatio {
        line("", String(format: "under a list of 10000 items %.2f s: %.2f × the time without", seconds, ratio))
      }
    }
    if let oneChange {
      line(
        "one change",
        String(
          format: "median %.2f ms, p99 %.2f ms; floor %.2f ms, p99 %.2f ms: ", oneChange.milliseconds.median,
          oneChange.milliseconds.quantile(0.99), oneChange.floorMilliseconds.median,
          oneChange.floorMilliseconds.quantile(0.99)) + Self.ratio(oneChange.ratio))
      line("", String(format: "acknowledged after %.2f ms", oneChange.acknowledgedMilliseconds.median))
    }
    if let idlePoll {
      line("idle poll", Self.words(idlePoll))
      if let idlePollAt1000 { line("", "at 1000 entries " + Self.words(idlePollAt1000)) }
    }
    if let tenChanges { line("ten changes", Self.words(tenChanges)) }
    if let tenChangesMissed { line("", "after a cut link " + Self.words(tenChangesMissed)) }
    if let publish {
      line("publish", String(format: "in bulk %.0f/s", publish.bulk))
      if let one = publish.oneClient, let many = publish.clients32 {
        line("", String(format: "one at a time: 1 client %.0f/s, 32 clients %.0f/s", one, many))
      }
    }
    if let search {
      line("search", String(format: "median %.2f ms, p99 %.2f ms", search.median, search.quantile(0.99)))
    }
    if let fsckSeconds { line("fsck", Self.seconds(fsckSeconds)) }
    if let startSeconds { line("start", Self.seconds(startSeconds)) }
    if let decide {
      line(
        "decide",
        String(
          format: "%.0f ns under %d items, a look-up %.0f ns: %.1f look-ups, under 100 items %.1f", decide.nanoseconds,
          decide.items, decide.lookupNanoseconds, decide.ratio, decide.ratioAt100Items))
    }
    if let disturbed {
      line("disturbed", "× the same without peers that are slow or down:")
      line("", disturbed.text)
    }
    return lines.joined(separator: "\n")
  }

  private static func seconds(_ value: Double) -> String { String(format: "%.2f s", value) }
  private static func ratio(_ value: Double) -> String { String(format: "%.2f × the floor", value) }

  private static func words(_ exchange: Exchange) -> String {
    let trips = exchange.roundTrips == 1 ? "1 round trip" : "\(exchange.roundTrips) round trips"
    return "\(exchange.bytes) bytes, \(trips)" + String(format: ", %.1f ms", exchange.milliseconds)
  }
}

extension [Double] {
  /// The value that this share of all does not exceed (nearest rank).
  func quantile(_ share: Double) -> Double {
    precondition(!isEmpty, "a quantile of nothing")
    let rank = Int((share * Double(count)).rounded(.up))
    return sorted()[Swift.min(Swift.max(rank, 1), count) - 1]
  }

  var median: Double { quantile(0.5) }
}

/// The machine under the figures, in one line.
enum Machine {
  static var description: String {
    let processor = field("model name", in: "/proc/cpuinfo") ?? "unknown processor"
    let memory = field("MemTotal", in: "/proc/meminfo").flatMap { Double($0.split(separator: " ")[0]) } ?? 0
    var system = utsname()
    uname(&system)
    let release = withUnsafeBytes(of: &system.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return "\(ProcessInfo.processInfo.activeProcessorCount) × \(processor), "
      + String(format: "%.0f GiB, Linux ", memory / 1_048_576) + release
  }

  /// Peak resident memory of a process so far, in MiB.
  static func peakMiB(of process: Int32) -> Double? {
    field("VmHWM", in: "/proc/\(process)/status").flatMap { Double($0.split(separator: " ")[0]) }.map { $0 / 1024 }
  }

  private static func field(_ name: String, in path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") where line.hasPrefix(name) {
      return line.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
    return nil
  }
}
