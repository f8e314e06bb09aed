import Catalog
import Foundation
import NodeProcesses
import Testing

/// An ext4 file system of its own in a file; nil where this process may not mount one.
///
/// The kernel lets nobody make a file system read-only under files that are open for writing. It does so itself when it
/// finds an error (`errors=remount-ro`), and `remount,abort` makes it believe that it did; that lasts until the file system
/// is mounted anew. Files that nobody may write any more, open ones included, can be made writable again meanwhile.
final class LoopDisk: Sendable {
  let path: String
  private let image: String

  static let isPossible: Bool = (try? LoopDisk(mebibytes: 8)) != nil
  static let notice: Comment = "mounting a file system of its own needs root, mkfs.ext4 and a loop device"

  init(mebibytes: Int) throws {
    path = "/tmp/ty-loop-\(UUID().uuidString.prefix(8))"
    image = path + ".img"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    FileManager.default.createFile(atPath: image, contents: nil)
    do {
      guard truncate(image, off_t(mebibytes) << 20) == 0 else { throw ProcessFailure("\(image) cannot be made") }
      try Self.run("mkfs.ext4", ["-q", image])
      try mount()
    } catch {
      clear()
      throw error
    }
  }

  deinit {
    umount2(path, Int32(MNT_DETACH))
    clear()
  }

  private func clear() {
    try? FileManager.default.removeItem(atPath: path)
    try? FileManager.default.removeItem(atPath: image)
  }

  private static func run(_ name: String, _ arguments: [String]) throws {
    let run = try Programs.run("/usr/bin/env", [name] + arguments, timeoutSeconds: 20)
    guard run.status == 0 else { throw ProcessFailure("\(name): \(run.errors)") }
  }

  private func mount() throws { try Self.run("mount", ["-o", "loop", image, path]) }

  /// As after an error of the device.
  func abort() throws { try Self.run("mount", ["-o", "remount,abort", path]) }

  func mountAnew() throws {
    try Self.run("umount", [path])
    try mount()
  }

  /// Of the store of a node in `directory`.
  func setWritable(_ isWritable: Bool, _ directory: String) throws {
    let files = ["store.sqlite", "store.sqlite-wal"].map { "\(directory)/\($0)" }
    try Self.run("chattr", [isWritable ? "-i" : "+i"] + files)
  }
}

@Suite("A file system turned read-only", .serialized)
struct ReadOnlyTests {
  @Test(
    "A node whose files may not be written reads on, says so in one line, takes nothing, and catches up by itself",
    .enabled(if: LoopDisk.isPossible, LoopDisk.notice))
  func forAWhile() throws {
    let folder = try ScratchFolder()
    let disk = try LoopDisk(mebibytes: 32)
    let writer = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    let node = try NodeProcess(region: "320000", name: "江苏省", in: disk.path)
    for node in [writer, node] {
      try node.setPollSeconds(0.5)
      try node.start()
    }
    try NodeProcess.introduce(writer, node)
    #expect(try writer.publish("310000/before").status == 0)
    #expect(try node.publish("320000/before").status == 0)
    try waitForAgreement([writer, node])
    try disk.setWritable(false, node.directory)
    defer { try? disk.setWritable(true, node.directory) }
    let refused = try node.run(["publish", "-"], input: Array(#"{"id":"320000/no","title":"否"}"#.utf8))
    #expect(refused.status == 1 && refused.errors.split(separator: "\n").count == 1, "\(refused.errors)")
    #expect(refused.errors.contains("check the file system"), "\(refused.errors)")
    #expect(try writer.publish("310000/during").status == 0)
    #expect(try node.status()["problem"]?.string?.contains("check the file system") == true)
    #expect(try node.run(["show", "310000/before"]).status == 0)
    #expect(try node.run(["search", "测试"]).status == 0)
    // What it held is served on.
    #expect(try writer.json(["sync", "--wait"])["complete"] == .bool(true))
    try disk.setWritable(true, node.directory)
    try waitForAgreement([writer, node], seconds: 90)
    #expect(try node.run(["show", "310000/during"]).status == 0)
    #expect(try node.publish("320000/after").status == 0)
    #expect(try node.status()["problem"] == .null)
    try waitForAgreement([writer, node])
    #expect(try node.stop() == 0)
    #expect(try node.isSound())
  }

  @Test(
    "After the kernel gave up a file system, the node serves what it holds, ends with 0, and nothing acknowledged is lost",
    .enabled(if: LoopDisk.isPossible, LoopDisk.notice))
  func forGood() throws {
    let disk = try LoopDisk(mebibytes: 32)
    let node = try NodeProcess(region: "310000", name: "上海市", in: disk.path)
    try node.start()
    for number in 0..<5 { #expect(try node.publish("310000/ro/\(number)").status == 0) }
    try disk.abort()
    #expect(try node.publish("310000/no").status == 1)
    #expect(try node.run(["show", "310000/ro/4"]).status == 0)
    #expect(try node.status()["problem"]?.string?.contains("check the file system") == true)
    #expect(try node.stop() == 0)
    let start = try node.run(["serve", "--node", node.directory])
    #expect(start.status == 1 && start.errors.contains("Read-only file system"), "\(start.errors)")
    try disk.mountAnew()
    #expect(try node.isSound())
    try node.start()
    #expect(try node.count("resources") == 5)
    #expect(try node.publish("310000/after").status == 0)
    #expect(try node.stop() == 0)
  }
}
