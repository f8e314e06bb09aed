/// Why a manifest is refused: a stable code, the field's path (`items[2].type`, empty for the whole), and a sentence that
/// names what was given and what is allowed.
package struct ManifestRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable, CaseIterable {
    /// Not JSON, or no JSON object.
    case json
    case unknownField
    case missingField
    /// A number where a text belongs, and the like.
    case type
    /// Not one of the values that the field takes.
    case value
    case id
    case date
    case uscc
    /// No region code, or a region that is not the publisher's to speak for.
    case region
    /// `conditional` without conditions, `none` without reason or legal basis (809 art. 14–15).
    case shareTerms
    case tooLarge
    /// The id stands twice in one call.
    case duplicate
  }

  package let code: Code
  package let field: String
  package let reason: String

  package init(_ code: Code, field: String, _ reason: String) {
    self.code = code
    self.field = field
    self.reason = reason
  }

  package var description: String { field.isEmpty ? reason : "\(field): \(reason)" }
}

/// What a person should look at though it is no reason to refuse.
package struct ManifestWarning: Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable, CaseIterable {
    /// The id outlives every recall, and looks like a person's number.
    case personLikeID
    case updatedBeforePublished
    /// A level is defined within the grade `general` only.
    case levelOutsideGeneral
    /// The grade of an item is higher than that of the whole.
    case gradeBelowItem
  }

  package let code: Code
  package let field: String
  package let reason: String

  package init(_ code: Code, field: String, _ reason: String) {
    self.code = code
    self.field = field
    self.reason = reason
  }

  package var description: String { field.isEmpty ? reason : "\(field): \(reason)" }
}
