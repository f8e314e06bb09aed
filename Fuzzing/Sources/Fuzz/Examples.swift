import Catalog
import Cryptography
import Replication
import Simulator
import TransparencyLog

/// What seeds are made of, and the keys that verdicts are asked with. Keys are drawn from fixed seeds: they sign nothing else.
enum Examples {
  static let federation = sure(FederationName("fuzz"))
  static let region = sure(RegionCode("310000"))
  static let other = sure(RegionCode("320000"))
  static let id = sure(ResourceID("310000/credit/penalties"))
  static let origin = Origin(region: region, federation: federation, log: .catalog)
  static let log: SimulatedLog = {
    do { return try SimulatedLog(region, federation: federation, entries: 11) } catch { fatalError("\(error)") }
  }()
  static let otherLog: SimulatedLog = {
    do { return try SimulatedLog(other, federation: federation, entries: 5) } catch { fatalError("\(error)") }
  }()

  static func sure<Value>(_ value: Value?) -> Value {
    guard let value else { preconditionFailure("a name of the examples is none") }
    return value
  }

  static func manifest() -> Manifest {
    var manifest = Manifest(
      id: id, title: "行政处罚决定", provider: Manifest.Provider(region: region, department: "上海市发展和改革委员会"))
    manifest.abstract = "对法人的行政处罚"
    manifest.keywords = ["信用", "处罚"]
    manifest.category = "credit"
    return manifest
  }

  static let manifestJSON = """
    {"id":"310000/credit/penalties","title":"行政处罚决定","code":"3100001","provider":{"region":"310000","department":"发改委",
    "uscc":"11310000MB2F12345X"},"abstract":"x","items":[{"name":"name","type":"string","length":20}],"format":"database",
    "updateCycle":"daily","shareType":"conditional","useConditions":"y","shareMode":"api","openType":"none","grade":"important",
    "keywords":["信用"],"published":"2026-01-01","updated":"2026-11-24","url":"https://example.org/a","dataVolume":12}
    """

  static func leaves() throws -> [[UInt8]] {
    var withdraw = Leaf(.withdraw, time: 1_800_000_000_000)
    withdraw.clock = [ClockChange(other, LogHead(size: 5, root: otherLog.tree.root))]
    withdraw.id = id.bytes
    withdraw.supersedes = [EntryName(region, 3), EntryName(other, 2, generation: 1)]
    let grounds = sure(Body(nonce: [UInt8](repeating: 1, count: Body.nonceLength), content: groundsBytes))
    withdraw.body = BodyCommitment(.open, to: grounds, origin: origin, id: withdraw.id)
    var restricted = Leaf(.publish, time: 5)
    restricted.id = id.bytes
    restricted.recipients = [region, other]
    restricted.body = BodyCommitment(.restricted, to: grounds, origin: origin, id: restricted.id)
    var end = Leaf(.end, time: 7)
    end.list = SHA256.hash("a list")
    end.effective = 8
    end.body = BodyCommitment(.open, to: grounds, origin: origin, id: [])
    var grant = Leaf(.grant, time: 9)
    grant.entries = [EntryName(region, 0)]
    grant.recipients = [other]
    return log.frames.prefix(2).map(\.leaf) + [withdraw, restricted, end, grant].compactMap { try? $0.encoded() }
  }

  static var groundsBytes: [UInt8] { Grounds(actor: "chen", reason: "机构撤销", consultation: "第3号").encoded() }

  static func fork() throws -> ForkProof {
    ForkProof(try log.checkpoint(at: 10), try log.keys.checkpoint(size: 10, root: .zero))
  }
}
