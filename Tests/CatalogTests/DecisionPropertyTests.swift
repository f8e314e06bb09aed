import Catalog
import Simulator
import Testing

/// What must hold of every decision, on random lists over a small world: few ids, regions and purposes, so that items
/// overlap, contradict and miss each other often.
@Suite("Properties of decisions")
struct DecisionPropertyTests {
  private static let regions: [RegionCode] = [.shanghai, .jiangsu, .zhejiang]
  private static let resources = [
    "310000/", "310000/a/", "310000/a/b/", "310000/a/b/c", "310000/a/b", "310000/a/bc", "310000/d", "320000/a/",
  ]
  private static let purposes = ["credit-review", "audit"]
  private static let now: Int64 = 1000

  private struct World {
    var random: SeededGenerator

    mutating func one<Element>(of elements: [Element]) -> Element {
      elements.randomElement(using: &random) ?? elements[0]
    }
    mutating func some<Element>(of elements: [Element]) -> [Element] {
      elements.filter { _ in Bool.random(using: &random) }
    }

    mutating func list() throws -> AccessList {
      var wire = ListText.wire(
        "310000/", source: .shanghai, parties: one(of: [regions, [.shanghai, .jiangsu]]),
        validity: one(of: [0..<2000, 0..<1000, 1001..<2000]))
      wire.terms.version = UInt32.random(in: 1...9, using: &random)
      wire.items = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        var item = WireListItem()
        item.resource = one(of: resources)
        item.source = one(of: regions).text
        item.share = one(of: ["conditional", "conditional", "unconditional", "none"])
        item.recipients = some(of: ["32", "330000", "320500"])
        item.purposes = some(of: purposes)
        item.fields.deny = some(of: ["x"])
        item.grade = one(of: ["", "", "", "core"])
        return item
      }
      let suspensions =
        one(of: [true, false, false])
        ? [Suspension(by: one(of: regions), item: one(of: [nil, 0]), recipient: one(of: [nil, .jiangsu]))] : []
      return AccessList(
        try ListText(wire), state: one(of: [.complete, .complete, .complete, .ended]), suspensions: suspensions)
    }

    mutating func lists() throws -> [AccessList] {
      var lists: [AccessList] = []
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        var list = try list()
        list.completedKnowing = Set(some(of: lists.map(\.text.digest)))
        if !lists.contains(where: { $0.text.digest == list.text.digest }) { lists.append(list) }
      }
      return lists
    }

    mutating func request() -> AccessRequest {
      var request = AccessRequest(
        ResourceID(one(of: ["310000/a/b/c", "310000/a/b", "310000/a/bc", "310000/d", "310000/e/f"]))!,
        region: one(of: regions + [.suzhou]), purpose: one(of: purposes))
      request.fields = some(of: ["x", "y"])
      return request
    }

    mutating func manifest(_ id: ResourceID, _ share: Manifest.ShareType?) -> Manifest {
      var manifest = Manifest(id: id, title: "t", provider: .init(region: .shanghai))
      manifest.shareType = share
      return manifest
    }
  }

  /// The deciding item by reading every item of every list.
  private static func scanned(_ id: ResourceID, _ lists: [AccessList]) -> (list: AccessList, place: Int)? {
    var found: [(list: AccessList, place: Int)] = []
    for list in lists where list.state == .complete && list.text.terms.validity.contains(now) {
      var seen: Set<String> = []
      for (place, item) in list.text.items.enumerated()
      where list.text.terms.counts(item) && seen.insert(item.resource).inserted {
        let covers = item.resource.hasSuffix("/") ? id.matches(prefix: item.resource) : item.resource == id.text
        if covers { found.append((list, place)) }
      }
    }
    func length(_ match: (list: AccessList, place: Int)) -> Int {
      match.list.text.items[match.place].resource.utf8.count
    }
    let longest = found.map(length).max()
    let rivals = found.filter { length($0) == longest }
    let last = rivals.filter { rival in
      !rivals.contains { $0.list.completedKnowing.contains(rival.list.text.digest) }
    }
    return (last.isEmpty ? rivals : last).min { $0.list.text.digest < $1.list.text.digest }
  }

  @Test("A conditional resource goes out exactly where reading every item says so", arguments: 0..<40)
  func againstScan(seed: Int) throws {
    var world = World(random: SeededGenerator(seed: UInt64(seed)))
    for _ in 0..<50 {
      let (lists, request) = (try world.lists(), world.request())
      let decision = decide(
        request, manifest: world.manifest(request.resource, .conditional), lists: AccessLists(lists), at: Self.now)
      let match = Self.scanned(request.resource, lists)
      let item = match.map { $0.list.text.items[$0.place] }
      let isOwn = request.region == item?.source ?? request.resource.owner || request.region == .shanghai
      var isPermitted = isOwn
      if let match, let item, !isOwn {
        isPermitted =
          item.wire.share == "conditional" && item.wire.grade != "core"
          && item.wire.recipients.contains { request.region.text.hasPrefix($0) }
          && item.wire.purposes.contains(request.purpose ?? "")
          && !(item.wire.fields.deny.contains("x") && request.fields.contains("x"))
          && !match.list.suspensions.contains { stop in
            (stop.item == nil || stop.item == match.place)
              && (stop.recipient == nil || stop.recipient == request.region)
              && (stop.by == item.source || stop.by == item.owner)
          }
      }
      #expect((decision.effect == .permit) == isPermitted, "seed \(seed): \(decision.code) \(request)")
      if decision.code == "listItem" {
        #expect(decision.citation?.digest == match?.list.text.digest && decision.citation?.item == match?.place)
      }
    }
  }

  @Test(
    "Whatever lists say, unconditional goes to every department and none to nobody but its source", arguments: 0..<20)
  func base(seed: Int) throws {
    var world = World(random: SeededGenerator(seed: UInt64(seed) + 1000))
    for _ in 0..<50 {
      let (lists, request) = (AccessLists(try world.lists()), world.request())
      for share in [Manifest.ShareType.unconditional, .some(.none), nil] {
        let decision = decide(request, manifest: world.manifest(request.resource, share), lists: lists, at: Self.now)
        let isPermitted = share == .unconditional || decision.code == "ownData"
        #expect((decision.effect == .permit) == isPermitted, "seed \(seed): \(decision.code)")
        #expect(!decision.obligations.contains { ["mask", "hash", "omit", "only", "rowLimit"].contains($0.kind) })
      }
    }
  }

  @Test("The order in which lists are given changes nothing", arguments: 0..<20)
  func order(seed: Int) throws {
    var world = World(random: SeededGenerator(seed: UInt64(seed) + 2000))
    for _ in 0..<30 {
      let (lists, request) = (try world.lists(), world.request())
      let manifest = world.manifest(request.resource, .conditional)
      func decision(_ lists: [AccessList]) -> Decision {
        decide(request, manifest: manifest, lists: AccessLists(lists), at: Self.now)
      }
      #expect(decision(lists) == decision(lists.shuffled(using: &world.random)), "seed \(seed)")
    }
  }

  @Test("A restricted manifest goes to those that are named, unless their item is suspended")
  func disclosure() throws {
    let id = ResourceID("310000/a/b")!
    var wire = ListText.wire("310000/a/", source: .shanghai, parties: Self.regions, validity: 0..<2000)
    wire.items[0].recipients = ["33"]
    let text = try ListText(wire)
    func code(
      _ region: RegionCode, _ suspensions: [Suspension] = [], state: AccessList.State = .complete
    ) -> String {
      decideDisclosure(
        of: id, by: .shanghai, to: region, named: [.jiangsu], granted: [.zhejiang],
        lists: AccessLists([AccessList(text, state: state, suspensions: suspensions)]), at: Self.now
      ).code
    }
    #expect(code(.jiangsu) == "named")
    #expect(code(.zhejiang) == "granted")
    #expect(code(.suzhou) == "notNamed")
    #expect(code(.shanghai) == "ownData")
    let all = Suspension(by: .shanghai, item: nil, recipient: nil)
    let one = Suspension(by: .shanghai, item: 0, recipient: .jiangsu)
    #expect(code(.jiangsu, [one]) == "suspended")
    #expect(code(.zhejiang, [one]) == "granted")
    #expect(code(.zhejiang, [all]) == "suspended")
    #expect(code(.suzhou, [all]) == "notNamed")
    #expect(code(.shanghai, [all]) == "ownData")
    #expect(code(.jiangsu, [all], state: .ended) == "named")
    #expect(code(.jiangsu, [Suspension(by: .jiangsu, item: nil, recipient: nil)]) == "named")
  }
}
