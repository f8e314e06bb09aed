import GRDB

/// Why the store cannot do what it was asked to: one error for the whole adapter.
package struct StoreError: Error, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable {
    /// A stored value contradicts another: run `tongyuan fsck`.
    case damaged
    /// No room, or the file system forbids writing. What was asked for was not done, and may be asked for again.
    case cannotWrite
    /// The file is of a newer version, or no store at all.
    case unsupported
    /// Whether the last commit happened is not known: the store must be opened anew.
    case unknownOutcome
    case failed
  }

  package let code: Code
  package let reason: String

  package var description: String { reason }

  static func damaged(_ reason: String) -> StoreError { StoreError(code: .damaged, reason: reason) }

  /// Words for what SQLite reported.
  init(_ error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let error as DatabaseError:
      switch error.resultCode {
      case .SQLITE_FULL:
        self.init(code: .cannotWrite, reason: "the disk is full: free some space; nothing was written")
      case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
        self.init(
          code: .cannotWrite,
          reason: "the store cannot be written (\(error.message ?? "read-only")): check the file system")
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        self.init(
          code: .damaged,
          reason: "the store's file is damaged (\(error.message ?? "corrupt")): restore it from a backup")
      case .SQLITE_IOERR
      where [.SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC].contains(error.extendedResultCode):
        self.init(
          code: .unknownOutcome,
          reason:
            "the disk did not confirm a write (\(error.message ?? "fsync failed")): whether it happened is not known")
      case .SQLITE_IOERR:
        // SQLite may report a full disk as an I/O error; the journal rolls the transaction back.
        self.init(
          code: .cannotWrite, reason: "the disk failed (\(error.message ?? "I/O error")): check the file system")
      default: self.init(code: .failed, reason: "the store failed: \(error.message ?? "\(error)")")
      }
    default: self.init(code: .failed, reason: "\(error)")
    }
  }

  init(code: Code, reason: String) {
    self.code = code
    self.reason = reason
  }
}
