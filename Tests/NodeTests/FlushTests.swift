import Catalog
import Foundation
import NodeProcesses
import Testing

/// A library that makes the flush of a write-ahead log fail once that has more than a quarter of a mebibyte, as a failing disk does;
/// nil where there is no C compiler.
struct FailingFlush {
  let path: String

  static let isPossible = FileManager.default.isExecutableFile(atPath: "/usr/bin/cc")
  static let notice: Comment = "a failing flush needs a C compiler"

  init(in folder: ScratchFolder) throws {
    path = folder.path + "/flush.so"
    let source = """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <errno.h>
      #include <stdio.h>
      #include <string.h>
      #include <sys/stat.h>
      #include <unistd.h>
      static int fails(int fd) {
        char link[64], name[4096]; struct stat information;
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, name, sizeof name);
        if (length < 4 || memcmp(name + length - 4, "-wal", 4) || fstat(fd, &information)) return 0;
        return information.st_size > 1 << 18;
      }
      #define FLUSH(name) int name(int fd) { \\
        if (fails(fd)) { errno = EIO; return -1; } \\
        return ((int (*)(int))dlsym(RTLD_NEXT, #name))(fd); }
      FLUSH(fsync)
      FLUSH(fdatasync)
      """
    try source.write(toFile: folder.path + "/flush.c", atomically: true, encoding: .utf8)
    let run = try Programs.run(
      "/usr/bin/cc", ["-shared", "-fPIC", "-o", path, folder.path + "/flush.c", "-ldl"])
    guard run.status == 0 else { throw ProcessFailure("cc: \(run.errors)") }
  }
}

@Suite("A disk that does not confirm", .serialized)
struct FlushTests {
  @Test(
    "A node ends where it cannot know whether all was judged anew, and is right again once it is started",
    .enabled(if: FailingFlush.isPossible, FailingFlush.notice))
  func judgingAnew() throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path, pollSeconds: 0.5)
    let (node, peer) = (nodes[0], nodes[1])
    let many = (0..<2000).map { #"{"id":"310000/anew/\#($0)","title":"重新判定\#($0)"}"# }.joined()
    #expect(try node.publish(json: many).status == 0)
    #expect(try peer.publish("320000/one").status == 0)
    try waitForAgreement(nodes)
    let digest = try node.digest("stateDigest")
    let cut = try head(of: peer)
    try node.stop()
    node.environment = ["LD_PRELOAD": try FailingFlush(in: folder).path]
    try node.start()
    let retired = try node.run(["peer", "retire", "320000", "--at", cut])
    #expect(retired.status != 0, "\(retired.output)")
    try Programs.wait(for: "the node to end") { !node.isRunning }
    #expect(node.errorLog.contains("whether it happened is not known"))
    node.environment = [:]
    #expect(try node.isSound())
    try node.start()
    #expect(try node.json(["peer", "show", "320000"])["state"]?.string == "retired")
    #expect(try node.digest("stateDigest") == digest)
    try node.stop()
    #expect(try node.isSound())
  }

  /// SIZE:ROOT of a node's catalog log, from the checkpoint in its card.
  private func head(of node: NodeProcess) throws -> String {
    let notes = try node.json(["card"])["checkpoints"]?.list.compactMap(\.string) ?? []
    let lines = try #require(notes.first { $0.contains("/catalog\n") }).split(separator: "\n")
    let root = try #require(Data(base64Encoded: String(lines[2])))
    return "\(lines[1]):\(root.map { String(format: "%02x", $0) }.joined())"
  }
}
