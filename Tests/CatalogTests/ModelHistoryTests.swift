import Foundation
import Simulator
import Testing

/// The reference model's histories, in `$SHARED/model/vectors`, beside the checkout unless the environment says where.
private enum Vectors {
  static let files: [URL] = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let shared = ProcessInfo.processInfo.environment["SHARED"] ?? root.appending(path: "../shared").path
    return ModelHistory.files(below: URL(fileURLWithPath: shared, isDirectory: true).appending(path: "model/vectors"))
  }()
}

// The histories are no part of the repository.
@Suite("The reference model", .enabled(if: !Vectors.files.isEmpty, "needs the folder model/vectors under $SHARED"))
struct ModelHistoryTests {
  @Test(
    "Every history comes to what the model says, as signed logs, in every order of arrival", arguments: Vectors.files)
  func agrees(file: URL) throws {
    let defects = try ModelHistory(contentsOf: file).differences(orders: 2)
    #expect(defects.isEmpty, "\(file.lastPathComponent): \(defects.joined(separator: "\n"))")
  }
}
