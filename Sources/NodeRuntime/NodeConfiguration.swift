import Catalog
import Foundation
import Replication
import Yams

/// `config.yaml`: what a node is, and how it is reached.
package struct NodeConfiguration: Sendable, Equatable {
  package static let fileName = "config.yaml"
  /// A file over this is refused before it is parsed.
  static let maximumBytes = 64 << 10

  package var region: RegionCode
  package var name: String
  package var federation: FederationName
  package var listen: ListenAddress
  /// The endpoint that peers are told; nil: `https://<listen>`.
  package var advertise: String?
  /// The distance of polls at rest, in milliseconds.
  package var pollMilliseconds: Int64 = 30_000
  /// How much of each other log is taken in a day.
  package var quota = Quota()

  /// Days between ending a list and the end's effect, at the least.
  package var noticeDays = 0

  package var endpoint: String { advertise ?? "https://\(listen)" }
  package var catalogOrigin: Origin { Origin(region: region, federation: federation, log: .catalog) }
  package var auditOrigin: Origin { Origin(region: region, federation: federation, log: .audit) }
  /// The name of the key that states the age of what others show of this region.
  package var witnessName: String { "\(region).\(federation).tongyuan/witness" }

  /// Refuses what cannot work, in words for the operator.
  package init(
    region: String, name: String, federation: String, listen: String, advertise: String?, pollSeconds: Double? = nil,
    entriesPerDay: Int? = nil, mebibytesPerDay: Int? = nil
  ) throws(NodeError) {
    guard let region = RegionCode(region) else {
      throw .usage("region", "region \"\(region)\" is no region code: give six digits such as 310000")
    }
    let trimmed = name.trimmingCharacters(in: .whitespacesAndNewlines)
    try Self.checkName(trimmed)
    guard let federation = FederationName(federation) else {
      throw .usage("federation", "federation \"\(federation)\" does not match [a-z][a-z0-9-]{0,31}")
    }
    let address = try ListenAddress(listen)
    if let advertise { try Self.checkEndpoint(advertise) }
    if advertise == nil, address.isWildcard {
      throw .usage("advertise", "\(listen) is no address that peers can dial: add --advertise https://HOST:PORT")
    }
    if let pollSeconds {
      guard pollSeconds >= 0.05, pollSeconds <= 86_400 else {
        throw .usage("pollSeconds", "pollSeconds must lie between 0.05 and 86400")
      }
      pollMilliseconds = Int64(pollSeconds * 1000)
    }
    for (name, value) in [("entriesPerDay", entriesPerDay), ("mebibytesPerDay", mebibytesPerDay)] {
      guard let value else { continue }
      guard 1...Self.quotaMax ~= value else {
        throw .usage("quota", "\(name) must lie between 1 and \(Self.quotaMax)")
      }
    }
    quota = Quota(
      entriesPerDay: entriesPerDay.map(UInt64.init) ?? Quota().entriesPerDay,
      bytesPerDay: mebibytesPerDay.map { UInt64($0) << 20 } ?? Quota().bytesPerDay)
    self.region = region
    self.name = trimmed
    self.federation = federation
    self.listen = address
    self.advertise = advertise
  }

  private static let quotaMax = 1_000_000_000

  static func checkName(_ name: String) throws(NodeError) {
    guard !name.isEmpty, name.utf8.count <= 256,
      !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw .usage("name", "the region's name must have 1 to 256 bytes and no control characters") }
  }

  /// An endpoint is `https://host:port` with no path.
  package static func checkEndpoint(_ text: String) throws(NodeError) {
    guard text.utf8.count <= 300, let url = URLComponents(string: text), url.scheme == "https", let host = url.host,
      !host.isEmpty, let port = url.port, (1...65535).contains(port), url.path.isEmpty, url.query == nil,
      url.user == nil, url.fragment == nil
    else { throw .usage("endpoint", "\"\(text)\" is no endpoint: give https://HOST:PORT") }
  }

  private struct File: Codable {
    var region: String
    var name: String
    var federation: String
    var listen: String
    var advertise: String?
    var pollSeconds: Double?
    var noticeDays: Int?
    var entriesPerDay: Int?
    var mebibytesPerDay: Int?
  }

  package init(yaml: String, path: String) throws(NodeError) {
    let file: File
    do { file = try YAMLDecoder().decode(File.self, from: yaml) } catch {
      throw .refused("config", "\(path): \(ConfigurationDefect(error, in: yaml).reason)")
    }
    do throws(NodeError) {
      try self.init(
        region: file.region, name: file.name, federation: file.federation, listen: file.listen,
        advertise: file.advertise, pollSeconds: file.pollSeconds, entriesPerDay: file.entriesPerDay,
        mebibytesPerDay: file.mebibytesPerDay)
      if let days = file.noticeDays {
        guard (0...3650).contains(days) else {
          throw NodeError.usage("noticeDays", "noticeDays must lie between 0 and 3650")
        }
        noticeDays = days
      }
    } catch {
      throw .refused("config", "\(path): \(error.reason)")
    }
  }

  package func yaml() -> String {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    var lines = [
      "# A Tongyuan node. Restart it after a change.",
      "region: \(quoted(region.text))",
      "name: \(quoted(name))",
      "# Part of every origin and certificate name: it cannot be changed later.",
      "federation: \(quoted(federation.text))",
      "# Where peers connect to.",
      "listen: \(quoted(listen.description))",
    ]
    if let advertise { lines.append("advertise: \(quoted(advertise))") }
    lines.append("# Seconds between polls of a peer while nothing happens; a change is told at once by a nudge.")
    lines.append("pollSeconds: \(Double(pollMilliseconds) / 1000)")
    lines.append("# At most this much of each other region's log is taken in a day (UTC); the rest comes on the next.")
    lines.append("entriesPerDay: \(quota.entriesPerDay)")
    lines.append("mebibytesPerDay: \(quota.bytesPerDay >> 20)")
    lines.append("# Days, at the least, between `list end` and the end's effect.")
    lines.append("noticeDays: \(noticeDays)")
    return lines.joined(separator: "\n") + "\n"
  }
}

/// `host:port` or `[v6]:port`.
package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
  package let host: String
  package let port: Int

  package init(_ text: String) throws(NodeError) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (1...65535).contains(port), text.utf8.count <= 300
    else { throw .usage("listen", "\"\(text)\" is no address: give HOST:PORT such as 127.0.0.1:7301") }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      throw .usage("listen", "\"\(text)\": an IPv6 address stands in brackets, such as [::1]:7301")
    }
    guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else {
      throw .usage("listen", "\"\(text)\" is no address: give HOST:PORT such as 127.0.0.1:7301")
    }
    self.host = host
    self.port = port
  }

  /// Every address of the machine, however it is spelled: `0.0.0.0`, `0`, `::`, `[::0]`, `::ffff:0.0.0.0`, `*`.
  package var isWildcard: Bool {
    if host == "*" { return true }
    var four = in_addr()
    if inet_aton(host, &four) != 0 { return four.s_addr == 0 }
    var six = in6_addr()
    guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
    let bytes = withUnsafeBytes(of: six) { Array($0) }
    return bytes.allSatisfy { $0 == 0 } || bytes == [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 0, 0, 0, 0]
  }
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
