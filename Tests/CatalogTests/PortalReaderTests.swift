import Catalog
import Testing

@Suite("Records of open-data portals")
struct PortalReaderTests {
  private func read(_ json: String, node: String = "310000") throws -> PortalRecord? {
    var reader = PortalReader(node: try #require(RegionCode(node)))
    return reader.read(Array(json.utf8), number: 7)
  }

  private func imported(_ json: String, node: String = "310000") throws -> (manifest: Manifest, defects: [PortalDefect])
  {
    guard case .manifest(let manifest, let defects)? = try read(json, node: node) else {
      throw RefusedRecord()
    }
    return (manifest, defects)
  }

  private struct RefusedRecord: Error {}

  @Test(
    "Ids go into the node's namespace",
    arguments: [
      ("310000-x", nil, "310000", "310000/x", "310000"),
      ("310115-x", nil, "310000", "310000/310115/x", "310115"),
      ("310115-x-y", "310115", "310000", "310000/310115/x-y", "310115"),
      ("310000/x", nil, "310000", "310000/x", "310000"),
      ("310000/310115/x", nil, "310000", "310000/310115/x", "310115"),
      ("310115/x", nil, "310000", "310000/310115/x", "310115"),
      ("310000-x", "310115", "310000", "310000/x", "310115"),
      ("abc", "310115", "310000", "310000/310115/abc", "310115"),
      ("abc", nil, "310000", "310000/abc", "310000"),
      ("000000-91110000600037341l-x", nil, "000000", "000000/000000-91110000600037341l/x", "000000-91110000600037341l"),
      (
        "000000-91110000600037341l-x", nil, "000000-91110000600037341l", "000000-91110000600037341l/x",
        "000000-91110000600037341l"
      ),
    ] as [(String, String?, String, String, String)])
  func ids(id: String, region: String?, node: String, expected: String, provider: String) throws {
    let stated = region.map { ",\"region\":\"\($0)\"" } ?? ""
    let record = try imported("{\"id\":\"\(id)\",\"title\":\"t\"\(stated)}", node: node)
    #expect(record.manifest.id.text == expected)
    #expect(record.manifest.provider.region.text == provider)
    #expect(record.defects.contains(.missingRegion) == (region == nil))
    #expect(!record.defects.contains(.changedID))
  }

  @Test(
    "An id with characters that no id may have is changed, reversibly, and reported; the original is kept",
    arguments: [
      ("310000-a b", "310000/a=20b"), ("310000-é=1", "310000/=C3=A9=3D1"), ("310000-a//b", "310000/a=2F=2Fb"),
      ("310000-a/../b c", "310000/a/=2E=2E/b=20c"), ("310000-x/", "310000/x=2F"), ("310000-水 a", "310000/水=20a"),
    ])
  func changedIDs(id: String, expected: String) throws {
    let record = try imported("{\"id\":\"\(id)\",\"title\":\"t\",\"region\":\"310000\"}")
    #expect(record.manifest.id.text == expected)
    #expect(record.defects.contains(.changedID))
    #expect(record.manifest.source == "{\"id\":\"\(id)\"}")
  }

  @Test("An id that is too long gets a digest, the same each time")
  func longID() throws {
    let json = "{\"id\":\"310000-" + String(repeating: "x", count: 300) + "\",\"title\":\"t\"}"
    let record = try imported(json)
    #expect(record.manifest.id.text.utf8.count == "310000/".utf8.count + 32)
    #expect(record.defects.contains(.changedID))
    #expect(try imported(json).manifest == record.manifest)
  }

  @Test(
    "Refused are a broken line, no id, no title, a foreign region, and too much",
    arguments: [
      ("{\"id\":", "json"), ("[]", "json"), ("{\"id\":\"310000-a\",\"id\":\"310000-b\",\"title\":\"t\"}", "json"),
      ("{\"title\":\"t\"}", "missingID"), ("{\"id\":\"\",\"title\":\"t\"}", "missingID"),
      ("{\"id\":null,\"title\":\"t\"}", "missingID"),
      ("{\"id\":\"310000-\",\"title\":\"t\"}", "missingID"),
      ("{\"id\":\"310000-a\"}", "missingTitle"), ("{\"id\":\"310000-a\",\"title\":\" \"}", "missingTitle"),
      ("{\"id\":\"310000-a\",\"title\":{}}", "missingTitle"),
      ("{\"id\":\"320000-a\",\"title\":\"t\"}", "region"),
      ("{\"id\":\"320000-a\",\"title\":\"t\",\"region\":\"310000\"}", "region"),
      ("{\"id\":\"310000-a\",\"title\":\"t\",\"region\":\"330000\"}", "region"),
      ("{\"id\":\"310000-a\",\"title\":\"t\",\"region\":\"Shanghai\"}", "region"),
      ("{\"id\":\"000000-a\",\"title\":\"t\"}", "region"),
      (
        "{\"id\":\"310000-a\",\"title\":\"t\",\"description\":\"" + String(repeating: "水", count: 21_000) + "\"}",
        "tooLarge"
      ),
      (
        "{\"id\":\"310000-a\",\"title\":\"t\",\"unknown\":\"" + String(repeating: "水", count: 21_000) + "\"}",
        "tooLarge"
      ),
    ])
  func refused(json: String, code: String) throws {
    guard case .refused(let refusal)? = try read(json) else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.code.rawValue == code)
    #expect(refusal.line == 7)
    #expect(refusal.description.hasPrefix("line 7: "))
  }

  @Test("A line of white space is no record", arguments: ["", "  \t\r"])
  func blank(line: String) throws {
    #expect(try read(line) == nil)
  }

  @Test("A record as portals have them")
  func whole() throws {
    let record = try imported(
      #"""
      {"id":"310000-1","title":"拆除施工企业信息","region":"310000","department":"上海市住建委","description":"包含\t信息。",
      "open_attr":"conditional","open_attr_raw":"有条件开放","update_frequency":"semiannual","publish_time":"2020-01-02",
      "update_time":"2023-04-06","tags":"机构,建筑,SODA2022","data_formats":["rdf","csv"],"data_volume":"1,234",
      "url":"https://data.sh.gov.cn/","category":"城市建设","industry":"环境","portal":"shanghai"}
      """#)
    #expect(record.defects.isEmpty)
    #expect(
      record.manifest.json.text
        == #"{"id":"310000/1","title":"拆除施工企业信息","provider":{"region":"310000","department":"上海市住建委"},"#
        + #""abstract":"包含\t信息。","updateCycle":"halfYearly","openType":"conditional","published":"2020-01-02","#
        + #""updated":"2023-04-06","formats":["rdf","csv"],"keywords":["机构","建筑","SODA2022"],"category":"城市建设","#
        + #""url":"https://data.sh.gov.cn/","dataVolume":"1,234","#
        + #""source":{"industry":"环境","open_attr_raw":"有条件开放","portal":"shanghai"}}"#)
  }

  @Test("Fields vary in type")
  func types() throws {
    let record = try imported(
      #"""
      {"id":"310000-1","title":"t","region":310000,"department":["甲","乙"],"description":"d","open_attr":"none",
      "update_frequency":"daily","publish_time":1624612929000,"update_time":"1696010400000","tags":["a b","c"],
      "data_formats":"csv、xls；json","data_volume":3970,"category":["其他"]}
      """#)
    #expect(record.defects.isEmpty)
    #expect(record.manifest.provider.department == "甲、乙")
    #expect(record.manifest.published?.description == "2021-06-25")
    #expect(record.manifest.updated?.description == "2023-09-30")
    #expect(record.manifest.keywords == ["a b", "c"])
    #expect(record.manifest.formats == ["csv", "xls", "json"])
    #expect(record.manifest.dataVolume == "3970")
    #expect(record.manifest.category == "其他")
    #expect(record.manifest.source == nil)
  }

  @Test(
    "Defects are reported, and what cannot be read is kept",
    arguments: [
      (
        #""department":"d","description":"a","open_attr":"x","update_frequency":"daily""#, [.unknownOpenType],
        #"{"open_attr":"x"}"#
      ),
      (
        #""department":"d","description":"a","open_attr":"none","update_frequency":"other""#, [.unknownUpdateCycle], nil
      ),
      (#""department":"d""#, [.missingDescription, .missingOpenType, .missingUpdateCycle], nil),
      (
        #""description":"a","open_attr":"none","update_frequency":"daily","publish_time":"soon","update_time":true"#,
        [.badDate, .missingDepartment], #"{"publish_time":"soon","update_time":true}"#
      ),
      (
        #""department":"d","description":{"zh":"a"},"open_attr":"none","update_frequency":"daily","url":"ftp://x","tags":[[1]]"#,
        [.badURL, .missingDescription, .unreadableField], #"{"description":{"zh":"a"},"tags":[[1]],"url":"ftp://x"}"#
      ),
      (
        #""department":"d","description":"a","open_attr":"none","update_frequency":"daily","publish_time":"2020-01-02","#
          + #""update_time":"0000-00-00""#,
        [.badDate, .updatedBeforePublished], #"{"update_time":"0000-00-00"}"#
      ),
      (
        #""department":"d","description":"a","open_attr":"none","update_frequency":"daily","publish_time":1624612929001,"#
          + #""update_time":1624612929000"#,
        [.updatedBeforePublished], nil
      ),
    ] as [(String, [PortalDefect], String?)])
  func defects(fields: String, defects: [PortalDefect], source: String?) throws {
    let record = try imported("{\"id\":\"310000-1\",\"title\":\"t\",\"region\":\"310000\"," + fields + "}")
    #expect(record.defects == defects)
    #expect(record.manifest.source == source)
  }

  @Test("Repeated ids and titles are seen over the whole file")
  func repeated() throws {
    var reader = PortalReader(node: shanghai)
    func defects(_ id: String, _ title: String, _ department: String) -> [PortalDefect] {
      let line = "{\"id\":\"\(id)\",\"title\":\"\(title)\",\"department\":\"\(department)\",\"region\":\"310000\"}"
      guard case .manifest(_, let defects)? = reader.read(Array(line.utf8), number: 1) else { return [] }
      return defects.filter { $0 == .duplicateID || $0 == .duplicateTitle }
    }
    #expect(defects("310000-1", "t", "d") == [])
    #expect(defects("310000-2", "t", "e") == [])
    #expect(defects("310000-3", "t", "d") == [.duplicateTitle])
    #expect(defects("310000/1", "u", "d") == [.duplicateID])
  }

  @Test("A person's number in an id is reported")
  func personLike() throws {
    #expect(try imported("{\"id\":\"310000-13812345678\",\"title\":\"t\"}").defects.contains(.personLikeID))
  }

  @Test("The order of unknown fields makes no other body")
  func stable() throws {
    let one = try imported(#"{"id":"310000-1","title":"t","b":{"y":1,"x":2},"a":1}"#).manifest
    let other = try imported(#"{"a":1,"b":{"x":2,"y":1},"title":"t","id":"310000-1"}"#).manifest
    #expect(one.encoded == other.encoded)
  }
}
