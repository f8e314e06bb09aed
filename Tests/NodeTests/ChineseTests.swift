import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("What a steward reads in Chinese", .serialized)
struct ChineseTests {
  @Test("Whatever a command refuses is said in Chinese under --lang zh; with --json the reason stays English")
  func refusals() throws {
    let folder = try ScratchFolder()
    let node = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    let broken = folder.path + "/broken.json"
    try #"{"id":"310000/x/2","title":}"#.write(toFile: broken, atomically: true, encoding: .utf8)
    let list = folder.path + "/list.yaml"
    try "list: x\nversion: 1\nkind: agreed\nvalid: {from: 2026-01-01}\nitems:\n  - resource: 310000//x\n".write(
      toFile: list, atomically: true, encoding: .utf8)
    let (cut, bad) = (folder.path + "/trunc.gz", folder.path + "/bad.jsonl")
    try Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB]).write(to: URL(fileURLWithPath: cut))
    try #"{"id":"310000-a","title":"x",}"#.write(toFile: bad, atomically: true, encoding: .utf8)
    let taken = try NodeProcess(region: "320000", name: "江苏省", in: folder.path, port: node.port)
    let foreign = #"{"id":"320000/x","title":"别人的"}"#
    let cases: [(arguments: [String], input: String?)] = [
      (["init", node.directory, "--region", "310000", "--name", "x", "--listen", "127.0.0.1:1"], nil),
      (["init", folder.path + "/new", "--region", "31", "--name", "x", "--listen", "127.0.0.1:1"], nil),
      (["publish", broken], nil), (["publish", folder.path + "/absent"], nil), (["publish", "-"], "[]"),
      (["publish", "-"], foreign), (["publish", "-"], #"{"id":"310000/x","titel":"三"}"#),
      (["publish", "-"], #"{"id":"310000/x","title":"x","shareType":"conditional"}{"id":"310000/y z","title":"x"}"#),
      (["publish", "-", "--supersedes", "x"], #"{"id":"310000/x","title":"x"}"#),
      (["import", broken, "--format", "csv"], nil), (["import", folder.path + "/absent", "--format", "portal"], nil),
      (["show", "310000/none"], nil), (["show", "310000//x"], nil),
      (["withdraw", "310000/none", "--reason", "x"], nil),
      (["proof", "310000/none", "--out", folder.path + "/p"], nil), (["search", "!!!"], nil),
      (["peer", "show", "330000"], nil), (["peer", "add", broken], nil), (["sync", "330000"], nil),
      (["list", "check", list], nil), (["list", "propose", list], nil), (["list", "show", "nope"], nil),
      (["list", "sign", "nope"], nil), (["list", "end", "nope", "--reason", "x", "--record", "1"], nil),
      (["list", "suspend", "nope", "--for", "320000", "--reason", "x"], nil),
      (["recall", "310000/none", "--reason", "x"], nil), (["grant", "310000/none", "--to", "320000"], nil),
      (["resolve", "310000/none", "--keep", "310000"], nil), (["resolve", "310000/none", "--accept", "x"], nil),
      (["audit", "log", "--kind", "x"], nil), (["explain", "x y"], nil), (["check", broken, "--key", "x"], nil),
      (["fsck"], nil), (["show"], nil), (["show", "--nonsense"], nil), (["show", "a", "b"], nil),
      (["withdraw", "a"], nil), (["import", cut, "--format", "portal"], nil),
      (["import", bad, "--format", "portal"], nil),
      (["search", String(repeating: "信", count: 2_500)], nil), (["audit", "verify", "--from", "999"], nil),
      (["withdraw", "310000/none", "--reason", String(repeating: "长", count: 30_000)], nil),
      (["show", "310000/" + String(repeating: "a", count: 20_000)], nil), (["serve", "--node", taken.directory], nil),
      (["list", "suspend", "a", "--for", "b", "--item", "x", "--reason", "x"], nil), (["nonsense"], nil),
    ]
    try node.start()
    for (arguments, input) in cases {
      let run = try node.run(arguments + ["--lang", "zh"], input: input.map { Array($0.utf8) })
      #expect(run.status != 0, "\(run.line)")
      // The line begins with the command's name; tables and places quote what was given.
      let text = (run.errors + run.output).replacing("tongyuan: ", with: "").replacing(folder.path, with: "")
      #expect(text.englishRun == nil, "\(run.line): \(run.errors)\(run.output)")
      #expect(!text.isEmpty, "\(run.line)")
    }
    let refused = try node.run(["publish", "-", "--json", "--lang", "zh"], input: Array(foreign.utf8)).json()
    #expect(
      refused["refused"]?.list.first?["reason"]?.string
        == "320000/x lies outside region 310000, and no list is cited that gives the right")
    let note = try node.run(["explain", "320000/x", "--lang", "zh"])
    #expect(note.output.englishRun == nil, "\(note.output)")
  }
}
