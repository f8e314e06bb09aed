import Catalog
import NodeRuntime
import Presentation

/// What `check` prints of a version that it has proven.
struct ProofReport {
  let proven: ProvenVersion

  var json: JSONValue {
    .object([
      .init("valid", .bool(true)),
      .init("origin", .string(proven.origin.text)),
      .init("index", .number(String(proven.index))),
      .init("size", .number(String(proven.size))),
      .init("root", .string(proven.root.hex)),
      .init("key", .string(proven.key.vkey)),
      .init("id", .string(proven.id.text)),
      .init("kind", .string(proven.kind.name)),
      .init("time", .string(Moment(milliseconds: proven.time).rfc3339)),
      .init("actor", .string(proven.actor)),
      .init("cites", cited.map(JSONValue.string) ?? .null),
      .init("rightProven", .bool(!proven.rightIsOpen)),
      .init("reason", proven.reason.map(JSONValue.string) ?? .null),
      .init("manifest", proven.manifest?.json ?? .null),
    ])
  }

  private var cited: String? {
    proven.cites.map { "\($0.origin(in: proven.origin.federation)):\($0.index)" }
  }

  func print(on console: Console) {
    let language = console.language
    let report = ResourceReport(language: language)
    console.print(
      console.style(
        language(
          zh: "证明成立：日志持有此条目，内容与其承诺相符", en: "proven: the log holds this entry, and its content is what it commits to"),
        .green))
    var fields: [(label: String, value: Table.Cell)] = [
      (language(zh: "资源", en: "resource"), Table.Cell(proven.id.text)),
      (language(zh: "条目", en: "entry"), "\(proven.origin):\(proven.index)"),
      (language(zh: "种类", en: "kind"), Table.Cell(report.kind(proven.kind.name))),
      (language(zh: "时间", en: "time"), Table.Cell(Moment(milliseconds: proven.time).beijing)),
      (language(zh: "经办", en: "actor"), Table.Cell(proven.actor)),
    ]
    if let reason = proven.reason { fields.append((language(zh: "理由", en: "reason"), Table.Cell(reason))) }
    fields += [
      (language(zh: "日志大小", en: "log size"), Table.Cell(Quantity.grouped(proven.size))),
      (language(zh: "根", en: "root"), Table.Cell(proven.root.hex)),
      (language(zh: "签名密钥", en: "signed by"), Table.Cell(proven.key.vkey)),
    ]
    if let cited { fields.append((language(zh: "所依清单", en: "rests on"), Table.Cell(cited))) }
    console.print(.fields(fields))
    if let manifest = proven.manifest {
      for table in report.manifest(manifest.json) {
        console.print("")
        console.print(table)
      }
    }
    if proven.rightIsOpen {
      console.note(
        Message(
          zh: "注意：标识属于另一地区，权利依据所引清单 \(cited ?? "–")；仅凭此文件不能证明该权利",
          en:
            "note: the id is another region's, the right rests on the list cited at \(cited ?? "–"): "
            + "this file alone does not prove it"
        ))
    }
  }
}
