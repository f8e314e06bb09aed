import SwiftProtobuf

/// The body of a proposal or signature: who acted for the region. Persons are stated, not proven.
package struct Responsible: Hashable, Sendable {
  package var actor: String
  package var preparedBy: String
  package var reviewedBy: String
  package var approvedBy: String

  /// Where nobody else is named, the actor stands for all three.
  package init(actor: String, preparedBy: String? = nil, reviewedBy: String? = nil, approvedBy: String? = nil) {
    self.actor = actor
    self.preparedBy = preparedBy ?? actor
    self.reviewedBy = reviewedBy ?? actor
    self.approvedBy = approvedBy ?? actor
  }

  /// Two pairs of eyes are what the rules of most bureaus ask for.
  package var isOnePerson: Bool { Set([preparedBy, reviewedBy, approvedBy]).count < 2 }

  package func encoded() -> [UInt8] {
    var wire = WireResponsible()
    wire.actor = actor
    wire.preparedBy = preparedBy
    wire.reviewedBy = reviewedBy
    wire.approvedBy = approvedBy
    do { return try wire.serializedBytes() } catch {
      preconditionFailure("a proto3 message of bounded size encodes: \(error)")
    }
  }

  /// nil if the bytes are no such message.
  package init?(decoding bytes: [UInt8]) {
    guard let wire = try? WireResponsible(serializedBytes: bytes) else { return nil }
    actor = wire.actor
    preparedBy = wire.preparedBy
    reviewedBy = wire.reviewedBy
    approvedBy = wire.approvedBy
  }
}
