/// What is wrong with an imported record without being a reason to refuse it. Reported, never repaired: the raw values are
/// the stable names under which `import` counts.
package enum PortalDefect: String, Hashable, Sendable, CaseIterable, Comparable {
  case missingDescription
  case missingOpenType
  case missingUpdateCycle
  case missingDepartment
  /// No region is stated; the one in the id, or this node's, stands in.
  case missingRegion
  /// Kept under `source`.
  case unknownOpenType
  /// Kept as it is.
  case unknownUpdateCycle
  /// Neither a day of the calendar nor milliseconds since 1970; kept under `source`.
  case badDate
  /// Not http or https; kept under `source`.
  case badURL
  /// Of a type from which nothing can be read for its field; kept under `source`.
  case unreadableField
  case updatedBeforePublished
  /// Title and department stand in an earlier record of the file.
  case duplicateTitle
  /// The id stands in an earlier record of the file, which counts; this one must not be published.
  case duplicateID
  /// The id had characters that no id may have, or was too long; the original is kept under `source`.
  case changedID
  case personLikeID

  package static func < (a: PortalDefect, b: PortalDefect) -> Bool {
    a.rawValue.utf8.lexicographicallyPrecedes(b.rawValue.utf8)
  }
}

/// Why a record of a portal's file is not imported.
package struct PortalRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable, CaseIterable {
    /// The line is no JSON object.
    case json
    case missingID
    case missingTitle
    /// A region that is neither this node's nor below it.
    case region
    case tooLarge
  }

  package let code: Code
  /// Counts from 1.
  package let line: Int
  /// As the record states it, as far as it does.
  package let id: String?
  package let reason: String

  package var description: String { "line \(line): \(reason)" }
}
