/// The manifests of one `publish` call, out of any number of inputs: JSON values one after another, one a line, or in a list.
///
/// All are read and judged before anything is written: `refusals` empty means that all may be published, else none may.
package struct ManifestBatch: Sendable {
  package static let manifestCountMax = 10_000
  package static let byteCountMax = 16 << 20

  package struct Candidate: Hashable, Sendable {
    package let manifest: Manifest
    package let warnings: [ManifestWarning]
    package let place: Place
  }

  package struct Refused: Hashable, Sendable {
    /// What stands under `id`, as far as it is a text.
    package let id: String?
    package let refusal: ManifestRefusal
    package let place: Place
  }

  /// Where a manifest begins.
  package struct Place: Hashable, Sendable, CustomStringConvertible {
    /// A file's name as the user gave it, `-` for the standard input.
    package let input: String
    package let line: Int

    package var description: String { "\(input), line \(line)" }
  }

  /// The region that publishes.
  package let region: RegionCode
  package private(set) var candidates: [Candidate] = []
  package private(set) var refusals: [Refused] = []

  private var byteCount = 0
  private var manifestCount = 0
  private var places: [ResourceID: Place] = [:]

  package init(region: RegionCode) { self.region = region }

  /// Reads one input. Throws where the whole call has to be given up: no JSON, or too much of it.
  package mutating func add(_ bytes: [UInt8], from input: String) throws(ManifestBatchError) {
    guard byteCount + bytes.count <= Self.byteCountMax else {
      throw ManifestBatchError(
        code: .tooLarge, input: input,
        reason: "more than \(Self.byteCountMax >> 20) MiB in one call of publish; split it, or use import")
    }
    byteCount += bytes.count
    var reader = JSONReader(bytes)
    while true {
      let next: (value: JSONValue, line: Int)?
      do {
        next = try reader.next()
      } catch {
        throw ManifestBatchError(code: .json, input: input, reason: error.description)
      }
      guard let next else { return }
      manifestCount += 1
      guard manifestCount <= Self.manifestCountMax else {
        throw ManifestBatchError(
          code: .tooMany, input: input,
          reason: "more than \(Self.manifestCountMax) manifests in one call of publish; split it, or use import")
      }
      take(Manifest.read(next.value, region: region), at: Place(input: input, line: next.line))
    }
  }

  private mutating func take(_ reading: ManifestReading, at place: Place) {
    refusals += reading.refusals.map { Refused(id: reading.id, refusal: $0, place: place) }
    // Also of refused ones: who corrects the one should learn of the other now.
    if let id = reading.id.flatMap({ ResourceID($0) }) {
      if let first = places[id] {
        let refusal = ManifestRefusal(.duplicate, field: "id", "stands twice in one call, first in \(first)")
        refusals.append(Refused(id: id.text, refusal: refusal, place: place))
        return
      }
      places[id] = place
    }
    if let manifest = reading.manifest {
      candidates.append(Candidate(manifest: manifest, warnings: reading.warnings, place: place))
    }
  }
}

/// Why no manifest of a `publish` call could be considered.
package struct ManifestBatchError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable, CaseIterable {
    case json, tooLarge, tooMany
  }

  package let code: Code
  /// The file, `-` for the standard input.
  package let input: String
  package let reason: String

  package var description: String { "\(input): \(reason)" }
}
