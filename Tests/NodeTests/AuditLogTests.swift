import Catalog
import Foundation
import NodeProcesses
import Testing

@Suite("The audit log")
struct AuditLogTests {
  @Test("An audit log of more than one page is listed whole, and each answer of the node is a page")
  func pages() throws {
    let folder = try ScratchFolder()
    let node = try NodeProcess(region: "310000", name: "上海市", in: folder.path)
    let peer = try NodeProcess(region: "320000", name: "江苏省", in: folder.path)
    try node.start()
    let card = folder.path + "/card.json"
    try peer.writeCard(to: card)
    try node.json(["peer", "add", card])
    let grounds = Array(#"{"reason":"核查"}"#.utf8)
    for _ in 0..<520 {
      for act in ["suspend", "resume"] {
        #expect(try node.call("POST", "/v1/peers/320000/\(act)", body: grounds).status == 200)
      }
    }
    let first = try JSONReader.value(try node.call("GET", "/v1/audit").body)
    #expect(first["events"]?.list.count == 1000 && first["next"]?.integer == 1000 && first["size"]?.integer == 1041)
    // What does not fit is passed over, and does not count for the page.
    let resumed = try JSONReader.value(try node.call("GET", "/v1/audit?kind=peerResumed").body)
    #expect(resumed["events"]?.list.count == 520 && resumed["next"]?.integer == 1041)
    let beyond = try JSONReader.value(try node.call("GET", "/v1/audit?from=5000").body)
    #expect(beyond["events"]?.list.isEmpty == true && beyond["next"] == beyond["size"])
    let all = try node.json(["audit", "log"]).list.compactMap { $0["index"]?.integer }
    #expect(all == Array(0..<1041))
    #expect(try node.json(["audit", "log", "--kind", "peerSuspended"]).list.count == 520)
  }
}
