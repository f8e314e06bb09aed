import GRDB

/// Changes a store behind the node's back.
enum Tampering {
  static func run(_ sql: String, on path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: sql)
      _ = try database.checkpoint(.truncate)
    }
    try queue.close()
  }
}
