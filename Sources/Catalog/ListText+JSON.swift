import SwiftProtobuf

extension ListText {
  /// The text as a document has it, with all that the text says and nothing that it does not: `ListDocument.read` takes it
  /// back. A validity that begins or ends within a day, which no document states, is told in milliseconds.
  package var json: JSONValue {
    let wire: WireListText
    do { wire = try WireListText(serializedBytes: bytes) } catch {
      preconditionFailure("these bytes were read when the value was made: \(error)")
    }
    let terms = wire.terms
    var members = Members()
    members.add("list", terms.list)
    members.add("version", UInt64(terms.version))
    members.add("kind", self.terms.kind.rawValue)
    members.add("title", terms.title)
    members.add("parties", terms.parties)
    members.add("authority", terms.authority)
    var valid = Members()
    valid.list.append(.init("from", Self.day(terms.from)))
    valid.list.append(.init("until", Self.day(terms.until, isEnd: true)))
    members.add("valid", valid)
    members.add("replaces", [UInt8](terms.replaces).hex)
    members.add("number", terms.number)
    members.add("batch", terms.batch)
    members.add("issuer", terms.issuer)
    members.add("documentNumber", terms.documentNumber)
    members.add("issuedOn", terms.issuedOn)
    members.add("basis", terms.basis)
    members.add("scanDigest", [UInt8](terms.scanDigest).hex)
    members.add("dispute", terms.dispute)
    members.add("calendars", wire.calendars.map(\.json))
    members.list.append(.init("items", .array(items.map(\.wire.json))))
    return .object(members.list)
  }

  private static func day(_ milliseconds: Int64, isEnd: Bool = false) -> JSONValue {
    guard let day = CalendarDate(beijingMilliseconds: milliseconds - (isEnd ? 1 : 0)),
      day.beijingMilliseconds + (isEnd ? CalendarDate.dayMilliseconds : 0) == milliseconds
    else { return .number(String(milliseconds)) }
    return .string(day.description)
  }
}

/// Members of an object; what is empty or zero is not stated and left out.
private struct Members {
  var list: [JSONValue.Member] = []

  mutating func add(_ name: String, _ text: String) { if !text.isEmpty { list.append(.init(name, .string(text))) } }
  mutating func add(_ name: String, _ number: UInt64) {
    if number > 0 { list.append(.init(name, .number("\(number)"))) }
  }
  mutating func add(_ name: String, _ texts: [String]) { add(name, texts.map { JSONValue.string($0) }) }

  mutating func add(_ name: String, _ values: [JSONValue]) {
    if !values.isEmpty { list.append(.init(name, .array(values))) }
  }

  mutating func add(_ name: String, _ members: Members) {
    if !members.list.isEmpty { list.append(.init(name, .object(members.list))) }
  }
}

extension WireListItem {
  var json: JSONValue {
    var (members, origin, rules, days) = (Members(), Members(), Members(), Members())
    members.add("resource", resource)
    origin.add("region", source)
    origin.add("department", department)
    members.add("source", origin)
    members.add("share", share)
    members.add("recipients", recipients)
    members.add("departments", departments)
    members.add("purposes", purposes)
    rules.add("allow", fields.allow)
    rules.add("mask", fields.mask)
    rules.add("hash", fields.hash)
    rules.add("deny", fields.deny)
    members.add("fields", rules)
    members.add("grade", grade)
    members.add("rowLimit", rowLimit)
    members.add("minimumGroup", UInt64(minimumGroup))
    days.add("updateWorkdays", UInt64(duties.updateWorkdays))
    days.add("answerWorkdays", UInt64(duties.answerWorkdays))
    days.add("deliverWorkdays", UInt64(duties.deliverWorkdays))
    days.add("correctWorkdays", UInt64(duties.correctWorkdays))
    days.add("calendar", duties.calendar)
    days.add("updateCycle", duties.updateCycle)
    members.add("duties", days)
    addPractice(to: &members)
    return .object(members.list)
  }

  private func addPractice(to members: inout Members) {
    members.add("number", number)
    members.add("catalogCode", catalogCode)
    members.add("dataItems", dataItems)
    members.add("matters", matters)
    members.add("legalBasis", legalBasis)
    members.add("conditions", conditions)
    members.add("accessForms", accessForms)
    members.add("mountBy", mountBy)
    members.add("office", office)
    members.add("retention", retention)
    members.add("disposal", disposal)
    if onward { members.list.append(.init("onward", .bool(true))) }
    members.add("crossBorderBasis", crossBorderBasis)
    members.add("sourceDesignation", sourceDesignation)
  }
}

extension WireWorkCalendar {
  fileprivate var json: JSONValue {
    var members = Members()
    members.add("region", region)
    members.add("from", from)
    members.add("until", until)
    members.add("holidays", holidays)
    members.add("workdays", workdays)
    return .object(members.list)
  }
}
