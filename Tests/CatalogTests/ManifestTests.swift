import Catalog
import Testing

/// Every field of a manifest, synthetic.
let fullManifestJSON = #"""
  {"id":"310000/credit/enterprise-penalties","title":"企业行政处罚信息","code":"306001/0001","provider":{"region":"310115",
  "department":"上海市发展和改革委员会","uscc":"91110000600037341L"},"abstract":"企业行政处罚决定。","items":[{"name":"企业名称",
  "type":"string","description":"全称","personal":false,"grade":"general"},{"name":"法定代表人","personal":true,
  "grade":"important"}],"format":2,"updateCycle":"halfYearly","shareType":"conditional","shareMode":"api",
  "useConditions":"用于信用审查","openType":"none","classification":"信用","grade":"important","level":3,"shareReason":"—",
  "legalBasis":"《征信业管理条例》","published":"2025-08-01","updated":"2026-01-31","related":["306001/0002"],
  "catalogKind":"government","mounts":[{"shareMode":"api","state":"mounted"},{"state":"broken"}],"secrecyReview":true,
  "privacyAssessment":"完成","approvedBy":"甲","reviewedBy":"乙","matters":["企业信用查询"],"registrationNo":"R-1",
  "tradeSecret":false,"sourceDesignation":{"act":"沪数〔2025〕1号","date":"2025-07-01"},"formats":["csv","xlsx"],
  "keywords":["信用","处罚"],"category":"信用","url":"https://data.sh.gov.cn/view?id=1","dataVolume":"1,234",
  "source":{"scene":"信用","version":1.0}}
  """#

let shanghai = RegionCode("310000")!

func readManifest(_ json: String, region: RegionCode = shanghai) throws -> ManifestReading {
  Manifest.read(try JSONReader.value(Array(json.utf8)), region: region)
}

@Suite("Manifests from JSON")
struct ManifestTests {
  @Test("Id and title are enough; the provider's region defaults to the node's")
  func minimal() throws {
    let manifest = try #require(try readManifest(#"{"id":"310000/a","title":"水质"}"#).manifest)
    #expect(manifest.provider.region == shanghai)
    #expect(manifest.json.text == #"{"id":"310000/a","title":"水质","provider":{"region":"310000"}}"#)
  }

  @Test("All fields come out as they went in, in a fixed order")
  func full() throws {
    let reading = try readManifest(fullManifestJSON)
    #expect(reading.refusals.isEmpty)
    let text = try #require(reading.manifest).json.text
    #expect(text == (try JSONReader.value(Array(fullManifestJSON.utf8))).text)
    #expect(try readManifest(text).manifest == reading.manifest)
  }

  @Test("What is stated as null or empty is not stated")
  func notStated() throws {
    let json =
      #"{"id":"310000/a","title":"t","abstract":"","keywords":[],"grade":null,"provider":{"department":""},"source":{}}"#
    #expect(
      try readManifest(json).manifest?.json.text == #"{"id":"310000/a","title":"t","provider":{"region":"310000"}}"#)
  }

  @Test(
    "A refusal names the field, what was given and what is allowed",
    arguments: [
      (#""titel":"x""#, "unknownField", "titel", "the nearest is “title”"),
      (#""sharetype":"x""#, "unknownField", "sharetype", "“shareType”"),
      (#""provider":{"departement":"x"}"#, "unknownField", "provider.departement", "“department”"),
      (#""items":[{"name":"a"},{"name":"b","personl":true}]"#, "unknownField", "items[1].personl", "“personal”"),
      (#""abstract":7"#, "type", "abstract", "7 is a number, this takes a text"),
      (#""keywords":"a""#, "type", "keywords", "this takes a list of texts"),
      (#""keywords":["a",1]"#, "type", "keywords[1]", "this takes a text"),
      (#""items":[1]"#, "type", "items[0]", "an object with name, type"),
      (#""items":[{"type":"t"}]"#, "missingField", "items[0].name", "is required"),
      (#""items":[{"name":"n","personal":"yes"}]"#, "type", "items[0].personal", "true or false"),
      (#""items":[{"name":"n","grade":"secret"}]"#, "value", "items[0].grade", "none of general, important, core"),
      (#""provider":"x""#, "type", "provider", "an object with region, department, uscc"),
      (#""provider":{"region":310000}"#, "type", "provider.region", "a text"),
      (#""provider":{"region":"31"}"#, "region", "provider.region", "\"31\" is no region code"),
      (#""provider":{"region":"320000"}"#, "region", "provider.region", "neither at or below 310000"),
      (#""provider":{"uscc":"911100006000373411"}"#, "uscc", "provider.uscc", "it would be L"),
      (#""provider":{"uscc":""}"#, "uscc", "provider.uscc", "18 characters"),
      (#""shareType":"open""#, "value", "shareType", "\"open\" is none of unconditional, conditional, none"),
      (#""shareType":1"#, "type", "shareType", "one of unconditional"),
      (#""updateCycle":"semiannual""#, "value", "updateCycle", "halfYearly"),
      (#""format":7"#, "value", "format", "from 1 to 6"), (#""format":"csv""#, "value", "format", "2 spreadsheet"),
      (#""level":2.5"#, "value", "level", "from 1 to 4"), (#""level":"2""#, "type", "level", "whole number"),
      (#""published":"2025-02-29""#, "date", "published", "\"2025-02-29\" is no date"),
      (#""published":"2025/02/01""#, "date", "published", "yyyy-mm-dd"),
      (#""updated":20250201"#, "type", "updated", "a date such as"),
      (#""shareType":"conditional""#, "shareTerms", "useConditions", "is required"),
      (#""shareType":"conditional","useConditions":" ""#, "shareTerms", "useConditions", "is required"),
      (#""shareType":"none","legalBasis":"x""#, "shareTerms", "shareReason", "is required"),
      (#""shareType":"none","shareReason":"x""#, "shareTerms", "legalBasis", "State Council"),
      (#""code":"a b""#, "value", "code", "1–64"), (#""url":"javascript:alert(1)""#, "value", "url", "http://"),
      (#""mounts":[{"shareMode":"api"}]"#, "missingField", "mounts[0].state", "is required"),
      (#""secrecyReview":1"#, "type", "secrecyReview", "true, false or a text"),
      (#""source":"x""#, "type", "source", "an object"),
    ])
  func refusals(field: String, code: String, path: String, reason: String) throws {
    let reading = try readManifest(#"{"id":"310000/a","title":"t","# + field + "}")
    #expect(reading.manifest == nil)
    let refusal = try #require(reading.refusals.first)
    #expect(reading.refusals.count == 1, "\(reading.refusals)")
    #expect(refusal.code.rawValue == code)
    #expect(refusal.field == path)
    #expect(refusal.reason.contains(reason), "\(refusal)")
  }

  @Test("All refusals of a manifest come at once")
  func together() throws {
    let reading = try readManifest(#"{"id":"310000/a b","shareType":"none","grade":"x"}"#)
    #expect(reading.id == "310000/a b")
    #expect(
      reading.refusals.map(\.description) == [
        "id: " + (ResourceID.defect(of: "310000/a b") ?? ""), "title: is required",
        "grade: \"x\" is none of general, important, core", "shareReason: is required where shareType is none",
        "legalBasis: is required where shareType is none: a law, an administrative regulation or a State Council decision",
      ])
  }

  @Test("A provider below the id's region is allowed though another region publishes")
  func foreignProvider() throws {
    let json = #"{"id":"320000/a","title":"t","provider":{"region":"320500"}}"#
    #expect(try readManifest(json).manifest?.provider.region.text == "320500")
  }

  @Test("A manifest of more than 60 KiB is refused")
  func tooLarge() throws {
    let reading = try readManifest(
      #"{"id":"310000/a","title":"t","abstract":""# + String(repeating: "水", count: 20_480) + "\"}")
    #expect(reading.refusals.map(\.code) == [.tooLarge])
  }

  @Test("What is no object is no manifest", arguments: ["[]", "1", "\"x\"", "null"])
  func noObject(json: String) throws {
    #expect(try readManifest(json).refusals.map(\.code) == [.json])
  }

  @Test(
    "An id that looks like a person's number is warned about",
    arguments: [
      ("310000/11010519491231002X", true), ("310000/x-13812345678", true), ("310000/110105194912310021", true),
      ("310000/110105194913310021", false), ("310000/12812345678", false), ("310000/138123456789", false),
      ("310000/ace13812345678", false), ("310000/a", false),
    ])
  func personLike(id: String, isWarned: Bool) throws {
    let reading = try readManifest("{\"id\":\"\(id)\",\"title\":\"t\"}")
    #expect(reading.manifest != nil)
    #expect(reading.warnings.map(\.code) == (isWarned ? [.personLikeID] : []))
  }

  @Test("What contradicts itself without breaking a rule is warned about")
  func warnings() throws {
    let json = """
      {"id":"310000/a","title":"t","published":"2026-01-02","updated":"2026-01-01","grade":"important","level":1,
      "items":[{"name":"n","grade":"core"}]}
      """
    let reading = try readManifest(json)
    #expect(reading.warnings.map(\.code) == [.updatedBeforePublished, .levelOutsideGeneral, .gradeBelowItem])
    #expect(reading.manifest?.effectiveGrade == .core)
  }
}
