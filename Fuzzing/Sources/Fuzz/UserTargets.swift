import Catalog
import Cryptography
import NodeRuntime
import Replication
import Simulator
import TransparencyLog

/// What people give to the command: manifests, portal records, cards, configurations, queries.
extension FuzzTarget {
  static let userTargets = [json, manifestJSON, portal, card, configuration, listFile, vocabulary, search]

  private static let json = FuzzTarget(
    name: "json", lengthMax: 4096,
    seeds: {
      [Array(Examples.manifestJSON.utf8), Array(#"[{"a":[1,-2.5e3,true,null]},"\u4e2d\ud83d\ude00"] {} 3"#.utf8)]
    }
  ) { bytes in
    if let value = try? JSONReader.value(bytes) {
      let text = Array(value.text.utf8)
      claim(try JSONReader.value(text) == value, "a value is read again from what is written of it")
      claim(Array(try JSONReader.value(text).text.utf8) == text, "it is written in one way")
    }
    var reader = JSONReader(bytes)
    do throws(JSONError) { while try reader.next() != nil {} } catch {
      claim(error.line > 0 && error.column > 0, "an error has a place")
    }
  }

  private static let manifestJSON = FuzzTarget(
    name: "manifest-json", lengthMax: 4096,
    seeds: {
      let one = Array(Examples.manifestJSON.utf8)
      return [one, Array("[".utf8) + one + Array(#",{"id":"310000/b","title":"乙"}]"#.utf8), one + one]
    }
  ) { bytes in
    var batch = ManifestBatch(region: Examples.region)
    do throws(ManifestBatchError) { try batch.add(bytes, from: "input") } catch {
      claim(!error.reason.isEmpty, "a refusal has a reason")
      return
    }
    for candidate in batch.candidates {
      let manifest = candidate.manifest
      do {
        let again = try Manifest.decode(manifest.encoded, id: manifest.id, writer: Examples.region)
        claim(again == manifest, "what may be published is read by peers as it was meant")
      } catch { claim(false, "what may be published is no body that peers read: \(error)") }
      checkShown(manifest)
    }
    for refused in batch.refusals { claim(!refused.refusal.reason.isEmpty, "a refusal has a reason") }
  }

  private static let portal = FuzzTarget(
    name: "portal", lengthMax: 4096,
    seeds: {
      let line = """
        {"id":"310000-0a1b","title":"水质监测","tags":"水,监测","region":"310000","department":"水务局","updateCycle":"semiannual",\
        "updated":1700000000000,"published":"2024-05-06","description":"x","fields":[{"name":"a","type":"b"}],"openType":"open"}
        """
      return [Array(line.utf8), Array(#"{"id":"310115-x","title":"y","tags":["z"],"dataVolume":"12"}"#.utf8)]
    }
  ) { bytes in
    var reader = PortalReader(node: Examples.region)
    guard let record = reader.read(bytes, number: 1) else { return }
    switch record {
    case .refused(let refusal): claim(!refusal.reason.isEmpty, "a refusal has a reason")
    case .manifest(let manifest, _):
      do {
        let again = try Manifest.decode(manifest.encoded, id: manifest.id, writer: Examples.region)
        claim(again == manifest, "what is imported is read by peers as it was meant")
      } catch { claim(false, "what is imported is no body that peers read: \(error)") }
      checkShown(manifest)
    }
  }

  private static let card = FuzzTarget(
    name: "card", lengthMax: 8192,
    seeds: {
      let configuration = try NodeConfiguration(
        region: "310000", name: "上海市", federation: "fuzz", listen: "127.0.0.1:7301", advertise: nil)
      var random = SeededGenerator(seed: 9)
      let keys = try NodeKeys(
        catalog: Ed25519.PrivateKey(seed: random.bytes(32)), audit: Ed25519.PrivateKey(seed: random.bytes(32)),
        witness: Ed25519.PrivateKey(seed: random.bytes(32)), region: Examples.region, federation: Examples.federation)
      let checkpoint = try keys.checkpoint(of: Examples.origin, try Examples.log.edge(at: 7))
      let authority = try CertificateAuthority.create(name: "fuzz", now: 1_800_000_000).certificate.pem
      let card = PeerCard(
        configuration: configuration, authority: authority, revocationList: nil, keys: keys, checkpoints: [checkpoint])
      return [Array(card.json.text.utf8)]
    }
  ) { bytes in
    let read: PeerCard
    do throws(NodeError) { read = try PeerCard(parsing: bytes, source: "input") } catch {
      claim(!error.reason.isEmpty, "a refusal has a reason")
      return
    }
    let again = try PeerCard(parsing: Array(read.json.text.utf8), source: "again")
    claim(again == read && again.hasSameKeys(as: read), "a card is read again from what is written of it")
    _ = try? read.fingerprint()
  }

  private static let configuration = FuzzTarget(
    name: "configuration", lengthMax: 2048,
    seeds: {
      [
        Array(
          try NodeConfiguration(
            region: "310000", name: "上海市", federation: "fuzz", listen: "[::1]:7301", advertise: "https://a:1"
          ).yaml().utf8)
      ]
    }
  ) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let read: NodeConfiguration
    do throws(NodeError) { read = try NodeConfiguration(yaml: text, path: "input") } catch {
      claim(!error.reason.isEmpty, "a refusal has a reason")
      return
    }
    let again = try NodeConfiguration(yaml: read.yaml(), path: "again")
    claim(again == read, "a configuration is read again from what is written of it")
  }

  private static let listFile = FuzzTarget(
    name: "list-file", lengthMax: 4096,
    seeds: {
      let list = """
        list: delta-credit
        version: 1
        kind: agreed
        title: 长三角信用信息共享责任清单
        parties: ["310000", "320000", "330000"]
        valid: {from: 2026-01-01, until: 2027-12-31}
        items:
          - resource: 310000/credit/
            source: {region: "310000", department: 上海市发展和改革委员会}
            share: conditional
            recipients: ["32", "330000"]
            purposes: [credit-review]
            fields: {allow: [name, uscc, level], mask: [phone], hash: [idNumber], deny: [address]}
            grade: important
            rowLimit: 1000
            minimumGroup: 5
            duties: {updateWorkdays: 10, answerWorkdays: 10, deliverWorkdays: 20, correctWorkdays: 10}
        """
      return [Array(list.utf8), Array(try listWire().json.text.utf8)]
    }
  ) { bytes in
    guard let tree = try? ListFile.tree(bytes) else { return }
    let reading = ListDocument.read(tree)
    claim((reading.document == nil) == !reading.refusals.isEmpty, "a document, or what is wrong with it")
    guard let document = reading.document else { return }
    let text: ListText
    do { text = try document.text(federation: Examples.federation) } catch {
      claim(false, "what a check passes is no list: \(error)")
      return
    }
    claim((try? ListText(bytes: text.bytes)) == text, "peers read the list that was written")
    let again = ListDocument.read(DocumentNode(text.json)).document
    claim((try? again?.text(federation: Examples.federation)) == text, "what is shown of a list makes the same list")
    checkListShown(text)
  }

  private static let vocabulary = FuzzTarget(
    name: "vocabulary", lengthMax: 2048,
    seeds: {
      let words = """
        purposes: [river-patrol]
        matters: [企业开办]
        calendars:
          - {region: "000000", from: 2026-01-01, until: 2026-12-31, holidays: [2026-01-01], workdays: [2026-02-14]}
        """
      return [Array(words.utf8)]
    }
  ) { bytes in
    guard let tree = try? ListFile.tree(bytes) else { return }
    var around = ListSurroundings()
    let findings = around.add(vocabulary: tree)
    claim(findings.isEmpty || around.calendars.isEmpty, "nothing is taken if anything is refused")
  }

  private static let search = FuzzTarget(
    name: "search", lengthMax: 1024, seeds: { ["企业信用 API 接口", "\"a\" OR b*", "ＡＰＩ、ﬀ"].map { Array($0.utf8) } }
  ) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    checkIndexed(text)
    guard let query = try? SearchQuery(text) else { return }
    claim(query.match.filter { $0 == "\"" }.count.isMultiple(of: 2), "quotation marks are in pairs")
  }
}
