import Catalog
import Cryptography
import Foundation
import PeerTransport
import Persistence

/// Publishing, importing and withdrawing: routes of the local API.
extension LocalService {
  /// Bytes of a `publish` call besides what the batch itself bounds.
  private static let publishBytes = ManifestBatch.byteCountMax + (1 << 10)

  func publish(_ request: LocalRequest) async throws -> LocalResponse {
    let body = try await request.body(limit: Self.publishBytes)
    var batch = ManifestBatch(region: node.configuration.region)
    var rest = body[...]
    for input in request.query.filter({ $0.name == "input" }) {
      let halves = input.value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2, let length = Int(halves[0]), length >= 0, length <= rest.count else {
        throw NodeError.usage("input", "an input must be named as LENGTH:NAME")
      }
      do { try batch.add(Array(rest.prefix(length)), from: String(halves[1])) } catch {
        throw NodeError.refused(error.code.rawValue, error.description)
      }
      rest = rest.dropFirst(length)
    }
    var supersedes: [EntryName]?
    for item in request.query where item.name == "supersedes" {
      guard let name = EntryName(originAndIndex: item.value, federation: node.configuration.federation) else {
        throw NodeError.usage(
          "supersedes", "\"\(item.value)\" is no ORIGIN:INDEX of this federation: `tongyuan show` prints them")
      }
      supersedes = (supersedes ?? []) + [name]
    }
    if supersedes != nil, batch.candidates.count + batch.refusals.count != 1 {
      throw NodeError.usage("supersedes", "--supersedes goes with exactly one manifest")
    }
    guard !batch.candidates.isEmpty || !batch.refusals.isEmpty else {
      throw NodeError.refused("empty", "there is no manifest to publish in what was given")
    }
    var refused = batch.refusals.map { refusal in
      Self.refusal(
        id: refusal.id, code: refusal.refusal.code.rawValue, reason: refusal.refusal.description, place: refusal.place)
    }
    var published: [PublishedEntry] = []
    if refused.isEmpty {
      let result = try await node.publish(
        batch.candidates.map(\.manifest), supersedes: supersedes, audience: try audience(request),
        actor: Self.actor(request))
      published = result.published
      refused = result.refused.map { refusal in
        let place = batch.candidates.first { $0.manifest.id.text == refusal.id }?.place
        return Self.refusal(id: refusal.id, code: refusal.code, reason: refusal.reason, place: place)
      }
    }
    let origin = node.configuration.catalogOrigin.text
    let answer = JSONValue.members(
      (
        "published",
        .array(
          published.map {
            .members(
              ("id", .string($0.id.text)), ("origin", .string(origin)), ("index", .count($0.name.index)),
              ("new", .bool($0.isNew)))
          })
      ),
      ("refused", .array(refused)),
      (
        "warnings",
        .array(
          batch.candidates.flatMap { candidate in
            candidate.warnings.map {
              .members(
                ("id", .string(candidate.manifest.id.text)), ("code", .string($0.code.rawValue)),
                ("reason", .string($0.description)))
            }
          })
      ))
    return json(answer, status: refused.isEmpty ? 200 : 422)
  }

  private static func refusal(id: String?, code: String, reason: String, place: ManifestBatch.Place?) -> JSONValue {
    .members(
      ("id", .text(id)), ("code", .string(code)), ("reason", .string(reason)), ("place", .text(place?.description)))
  }

  func importing(_ request: LocalRequest) throws -> LocalResponse {
    guard request.queryValue("format") == "portal" else {
      throw NodeError.usage("format", "the format must be portal")
    }
    guard let path = request.queryValue("path"), path.hasPrefix("/") else {
      throw NodeError.usage("path", "the file must be named by its absolute path")
    }
    let actor = Self.actor(request)
    return .stream(contentType: "application/x-ndjson", compressed: false) { [node] stream in
      @Sendable func line(_ name: String, _ value: JSONValue) -> [UInt8] {
        Array((JSONValue.members((name, value)).text + "\n").utf8)
      }
      do {
        let report = try await node.importPortal(path: path, actor: actor) { report in
          try await stream.write(
            line(
              "progress",
              .members(
                ("lines", .count(report.lines)), ("published", .count(report.published)),
                ("unchanged", .count(report.unchanged)), ("refused", .count(report.refused)))))
        }
        try await stream.write(line("result", report.json))
      } catch let error as NodeError {
        try await stream.write(line("problem", Self.document(Self.status(of: error), error.code, error.reason)))
      } catch let error as StoreError {
        try await stream.write(line("problem", Self.document(503, "store", error.reason)))
      }
    }
  }

  func withdraw(_ request: LocalRequest) async throws -> JSONValue {
    let body = try await object(request)
    let id = try id(body["id"]?.string)
    let name = try await node.withdraw(
      id, reason: try words(body, "reason"), actor: Self.actor(request, stated: body["actor"]?.string))
    return .members(
      ("id", .string(id.text)), ("origin", .string(node.configuration.catalogOrigin.text)),
      ("index", .count(name.index)))
  }
}

extension ImportReport {
  var json: JSONValue {
    .members(
      ("published", .count(published)), ("unchanged", .count(unchanged)), ("refused", .count(refused)),
      ("defects", .object(defects.sorted { $0.key < $1.key }.map { .init($0.key, .count($0.value)) })),
      (
        "refusals",
        .array(
          refusals.map {
            .members(
              ("line", .count($0.line)), ("id", .text($0.id)), ("code", .string($0.code)),
              ("reason", .string($0.reason)))
          })
      ))
  }
}
