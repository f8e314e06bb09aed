import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("Restricted bodies given again", .serialized)
struct DisclosureTests {
  @Test(
    "A body is recorded when it is given first; given again and again it is counted, and the hour's sum is one event")
  func again() async throws {
    let folder = try ScratchFolder()
    let nodes = try startRegions(["310000", "320000"], in: folder.path, pollSeconds: 0.5)
    let (writer, reader) = (nodes[0], nodes[1])
    for number in 0..<3 {
      let manifest =
        #"{"id":"310000/given/\#(number)","title":"限","shareType":"conditional","useConditions":"限"}"#
      #expect(try writer.publish(json: manifest, ["--to", "320000"]).status == 0)
    }
    try Programs.wait(for: "the bodies") { try reader.json(["search", "限"])["total"]?.integer == 3 }
    try reader.stop()
    let region = try #require(RegionCode("310000"))
    let names = (0..<3).map { EntryName(region, $0) }
    for _ in 0..<5 {
      let answer = try await reader.askBodies(names, of: writer)
      #expect(answer.status == 200 && answer.frames.count == 3 && answer.frames.allSatisfy { $0.body != nil })
    }
    #expect(try writer.auditKinds().filter { $0 == "disclosed" }.count == 3)

    // One that is named twice would be given twice.
    for wrong in [[names[1], names[1]], [names[2], names[0]]] {
      #expect(try await reader.askBodies(wrong, of: writer).status == 400)
    }

    // An hour later, which is in the row that counts them.
    try writer.stop()
    try writer.changeLocals(prefix: "given:") { [UInt8](repeating: 0, count: 8) + $0.dropFirst(8) }
    try writer.start()
    try Programs.wait(for: "the hour's sum") { try writer.auditKinds().filter { $0 == "disclosed" }.count == 4 }
    let sum = try #require(try writer.json(["audit", "log", "--kind", "disclosed"]).list.last)
    #expect(sum["count"]?.integer == 15 && sum["entryIndex"]?.integer == 0 && sum["lastIndex"]?.integer == 2)
    #expect(sum["regions"]?.list == [.string("320000")])
    #expect(try await reader.askBodies(names, of: writer).status == 200)
    #expect(try writer.auditKinds().filter { $0 == "disclosed" }.count == 4)
    #expect(try writer.json(["audit", "verify"])["ok"] == .bool(true))
    try writer.stop()
    #expect(try writer.isSound())
  }
}
