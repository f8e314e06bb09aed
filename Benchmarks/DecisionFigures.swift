import Catalog
import NodeProcesses

/// What a decision about access costs under a list of many items, beside one look-up of the same id in a dictionary.
struct DecisionFigures {
  let items: Int
  let nanoseconds: Double
  let lookupNanoseconds: Double
  /// Under a hundred items: the number of items should not matter.
  let ratioAt100Items: Double

  var ratio: Double { nanoseconds / lookupNanoseconds }

  static func measured(items: Int = 10_000) throws -> DecisionFigures {
    let small = try Run(items: 100)
    let large = try Run(items: items)
    // Both warm, then each in turn: the least of several rounds is the least disturbed.
    let rounds = try (0..<5).map { _ in try (small.measured(), large.measured()) }
    func least(_ figure: ((Run.Figures, Run.Figures)) -> Double) -> Double { rounds.map(figure).min() ?? .nan }
    return DecisionFigures(
      items: items, nanoseconds: least { $0.1.decision }, lookupNanoseconds: least { $0.1.lookup },
      ratioAt100Items: least { $0.0.decision } / least { $0.0.lookup })
  }

  /// One list, as many ids as it has items, and the same question for each.
  private struct Run {
    typealias Figures = (decision: Double, lookup: Double)

    static let time: Int64 = 1_780_000_000_000
    let lists: AccessLists
    let dictionary: [ResourceID: Int]
    /// 10,000 questions, spread over all items.
    let cases: [(request: AccessRequest, manifest: Manifest)]

    init(items: Int) throws {
      guard let shanghai = RegionCode("310000"), let jiangsu = RegionCode("320000"),
        let federation = FederationName("local")
      else { preconditionFailure("a constant is no region or name") }
      let ids = (0..<items).compactMap { ResourceID("310000/credit/resource-\($0)") }
      let lines = ids.map {
        #"{"resource":"\#($0)","source":{"region":"310000"},"share":"conditional","recipients":["32"],"#
          + #""purposes":["credit-review"]}"#
      }
      let json =
        #"{"list":"bench","version":1,"kind":"agreed","title":"bench","parties":["310000","320000"],"#
        + #""valid":{"from":"2026-01-01","until":"2027-12-31"},"items":[\#(lines.joined(separator: ","))]}"#
      guard let document = ListDocument.read(DocumentNode(try JSONReader.value(Array(json.utf8)))).document else {
        throw ProcessFailure("the list of \(items) items is refused")
      }
      lists = AccessLists([AccessList(try document.text(federation: federation))])
      dictionary = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($0.element, $0.offset) })
      cases = (0..<10_000).map { number in
        // 7919 is prime: neighbours in time are none in memory.
        let id = ids[number * 7919 % items]
        var manifest = Manifest(id: id, title: "bench", provider: .init(region: shanghai))
        manifest.shareType = .conditional
        return (AccessRequest(id, region: jiangsu, purpose: "credit-review"), manifest)
      }
    }

    func measured() throws -> Figures {
      var permitted = 0
      var began = ContinuousClock.now
      for (request, manifest) in cases
      where decide(request, manifest: manifest, lists: lists, at: Self.time).effect == .permit { permitted += 1 }
      let decision = began.elapsedSeconds
      var sum = 0
      began = ContinuousClock.now
      for (request, _) in cases { sum &+= dictionary[request.resource] ?? -1 }
      let lookup = began.elapsedSeconds
      guard permitted == cases.count, sum > 0 else { throw ProcessFailure("a decision or a look-up found nothing") }
      let nanoseconds = 1e9 / Double(cases.count)
      return (decision * nanoseconds, lookup * nanoseconds)
    }
  }
}
