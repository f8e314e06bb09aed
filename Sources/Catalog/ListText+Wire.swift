import Cryptography
import SwiftProtobuf

extension ListTerms {
  init(_ wire: WireListTerms) throws(ListDefect) {
    guard let federation = FederationName(wire.federation) else {
      throw ListDefect("“\(wire.federation.prefix(32))” is no federation's name")
    }
    let name = wire.list
    guard (1...64).contains(name.utf8.count),
      name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
    else { throw ListDefect("a list's id has 1–64 of a-z 0-9 -, “\(name.prefix(80))” has not") }
    guard wire.from >= 0, wire.from < wire.until else { throw ListDefect("the validity ends before it begins") }
    guard wire.replaces.isEmpty || wire.replaces.count == Digest.byteCount,
      wire.scanDigest.isEmpty || wire.scanDigest.count == Digest.byteCount
    else { throw ListDefect("a digest has \(Digest.byteCount) bytes") }
    self.federation = federation
    self.name = name
    version = wire.version
    parties = try wire.parties.map(ListText.region)
    authority = wire.authority.isEmpty ? nil : try ListText.region(wire.authority)
    validity = wire.from..<wire.until
    replaces = Digest(bytes: wire.replaces)
    title = wire.title
    switch wire.kind {
    case .agreed: kind = .agreed
    case .issued: kind = .issued
    case .decided: kind = .decided
    case .unspecified, .UNRECOGNIZED: throw ListDefect("the list has no kind")
    }
    try checkSigners()
  }

  private func checkSigners() throws(ListDefect) {
    guard !parties.isEmpty else { throw ListDefect("the list has no parties") }
    if kind == .agreed {
      guard authority == nil else { throw ListDefect("an agreed list has no authority: its parties sign") }
      return
    }
    guard let authority else { throw ListDefect("the list is \(kind.rawValue) and names no authority") }
    if let other = parties.first(where: { !authority.isAtOrAbove($0) }) {
      throw ListDefect("the authority \(authority) does not stand above the party \(other)")
    }
    if kind == .decided {
      guard parties.count >= 2 else { throw ListDefect("a decision needs two regions that dispute") }
      guard !parties.contains(authority) else { throw ListDefect("the authority \(authority) decides its own dispute") }
    }
  }
}

extension ListItem {
  init(_ wire: WireListItem, place: Int) throws(ListDefect) {
    let id = wire.resource.hasSuffix("/") ? wire.resource.dropLast() : wire.resource[...]
    if let defect = ResourceID.defect(of: id) {
      throw ListDefect("item \(place): “\(wire.resource.prefix(300))” is no id and no prefix: \(defect)")
    }
    for code in wire.recipients where !Self.isRecipient(code) {
      throw ListDefect("item \(place): the recipient “\(code.prefix(32))” is no region code and no beginning of one")
    }
    resource = wire.resource
    source = try ListText.region(wire.source)
    self.wire = wire
  }

  /// A code is that region alone, a prefix all of it.
  private static func isRecipient(_ code: String) -> Bool {
    RegionCode(code) != nil || (1...5).contains(code.utf8.count) && code.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}

extension ListText {
  /// Deadlines are counted in these alike on every node: what is no day refuses the text.
  static func checkCalendars(_ calendars: [WireWorkCalendar]) throws(ListDefect) {
    var last: String?
    for calendar in calendars {
      guard RegionCode(calendar.region) != nil, calendar.region != last else {
        throw ListDefect("calendar “\(calendar.region.prefix(32))” is no region's, or that region's second")
      }
      last = calendar.region
      for day in [calendar.from, calendar.until] + calendar.holidays + calendar.workdays where CalendarDate(day) == nil
      {
        throw ListDefect("the calendar of \(calendar.region) names “\(day.prefix(32))”, which is no day")
      }
    }
  }

  static func region(_ code: String) throws(ListDefect) -> RegionCode {
    guard let region = RegionCode(code) else { throw ListDefect("“\(code.prefix(32))” is no region code") }
    return region
  }
}

// MARK: - The one way of writing

extension WireListText {
  /// The same list, written canonically: SwiftProtobuf writes fields in the order of their numbers, in their shortest
  /// encoding and without defaults; this leaves out unknown fields and empty messages, and sorts what is a set.
  var canonical: WireListText {
    var text = WireListText()
    text.terms = terms
    text.terms.unknownFields = UnknownStorage()
    text.terms.parties = terms.parties.canonicalSet
    text.items = items.map(\.canonical)
    text.calendars = calendars.map(\.canonical).sorted { $0.region.utf8.lexicographicallyPrecedes($1.region.utf8) }
    return text
  }
}

extension WireWorkCalendar {
  fileprivate var canonical: WireWorkCalendar {
    var calendar = self
    calendar.unknownFields = UnknownStorage()
    calendar.holidays = holidays.canonicalSet
    calendar.workdays = workdays.canonicalSet
    return calendar
  }
}

extension WireListItem {
  fileprivate var canonical: WireListItem {
    var item = self
    item.unknownFields = UnknownStorage()
    item.recipients = recipients.canonicalSet
    item.departments = departments.canonicalSet
    item.purposes = purposes.canonicalSet
    item.dataItems = dataItems.canonicalSet
    item.matters = matters.canonicalSet
    item.accessForms = accessForms.canonicalSet
    let fields = WireFieldRules.with {
      $0.allow = self.fields.allow.canonicalSet
      $0.deny = self.fields.deny.canonicalSet
      $0.mask = self.fields.mask.canonicalSet
      $0.hash = self.fields.hash.canonicalSet
    }
    var duties = duties
    duties.unknownFields = UnknownStorage()
    item.clearFields()
    item.clearDuties()
    if fields != WireFieldRules() { item.fields = fields }
    if duties != WireDuties() { item.duties = duties }
    return item
  }
}

extension [String] {
  /// Sorted as bytes, each once: `String` would take two spellings of one character for equal.
  var canonicalSet: [String] {
    let sorted = map { [UInt8]($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    var set: [[UInt8]] = []
    for bytes in sorted where set.last != bytes { set.append(bytes) }
    return set.map { String(decoding: $0, as: UTF8.self) }
  }
}
