import Foundation
import Simulator

/// Runs every history of a folder through the node's own admission: `make model VECTORS=<folder>`.
@main
struct ModelCheck {
  /// Orders of arrival beside the given one.
  static let orders = 8

  static func main() {
    guard CommandLine.arguments.count == 2 else {
      print("usage: ModelCheck FOLDER")
      exit(2)
    }
    let files = ModelHistory.files(below: URL(fileURLWithPath: CommandLine.arguments[1], isDirectory: true))
    var agreeing = 0
    var differing = 0
    for file in files {
      let defects: [String]
      do { defects = try ModelHistory(contentsOf: file).differences(orders: orders) } catch { defects = ["\(error)"] }
      if let first = defects.first {
        differing += 1
        print("\(file.lastPathComponent): \(first)" + (defects.count > 1 ? " (and \(defects.count - 1) more)" : ""))
      } else {
        agreeing += 1
      }
    }
    if files.isEmpty { print("no history in \(CommandLine.arguments[1])") }
    print("\(agreeing) agree, \(differing) differ")
    exit(differing > 0 || files.isEmpty ? 1 : 0)
  }
}
