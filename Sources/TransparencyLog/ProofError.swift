/// Why a proof, or a request for one, is refused.
package struct ProofError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable {
    /// The leaf's index is not below the tree's size.
    case indexOutOfRange
    /// The old tree is larger than the new one.
    case shrunk
    /// Nothing can be proven about a tree without leaves.
    case emptyTree
    /// More or fewer hashes than trees of these sizes need.
    case wrongLength
    /// The hashes lead to another root than the (new) tree's.
    case wrongRoot
    /// The hashes lead to another root than the old tree's: if they do lead to the new one, evidence of a fork.
    case wrongOldRoot
    /// Bytes that are no encoding of the thing at all.
    case malformed
    /// A reader was asked for a node that it does not hold.
    case nodeMissing
  }

  package let code: Code
  package let reason: String

  package init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  package var description: String { "\(code.rawValue): \(reason)" }
}
