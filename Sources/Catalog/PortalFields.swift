/// The fields of one portal record on their way into a manifest. Fields vary in type between portals: list or text, epoch
/// milliseconds or date, number or text. What has no place in a manifest, or cannot be read for its place, is kept as it is.
struct PortalFields {
  private var members: [JSONValue.Member]
  private(set) var defects: Set<PortalDefect> = []

  init(_ members: [JSONValue.Member]) { self.members = members }

  mutating func report(_ defect: PortalDefect) { defects.insert(defect) }

  /// Puts a value back under its portal's name, to be kept under `source`.
  mutating func keep(_ name: String, _ value: JSONValue, as defect: PortalDefect) {
    defects.insert(defect)
    members.append(JSONValue.Member(name, value))
  }

  /// Takes all that a manifest has a place for; the rest becomes its `source`.
  mutating func fill(_ manifest: inout Manifest) {
    manifest.provider.department = takeText("department")
    if manifest.provider.department == nil { report(.missingDepartment) }
    manifest.abstract = takeText("description")
    if manifest.abstract == nil { report(.missingDescription) }
    manifest.category = takeText("category")
    manifest.dataVolume = takeText("data_volume")
    manifest.keywords = takeTexts("tags")
    manifest.formats = takeTexts("data_formats")
    manifest.url = takeAddress("url")
    takeOpenType(into: &manifest)
    takeUpdateCycle(into: &manifest)
    takeDates(into: &manifest)
    let rest = members.filter { $0.value != .null }
    if !rest.isEmpty { manifest.source = JSONValue.object(rest).sorted.text }
  }

  private mutating func take(_ name: String) -> JSONValue? {
    guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
    let value = members.remove(at: index).value
    return value == .null ? nil : value
  }

  /// A text with something in it, unchanged; a number as it is written; a list of these, joined by 、.
  mutating func takeText(_ name: String) -> String? {
    guard let value = take(name) else { return nil }
    if case .array(let values) = value {
      let texts = values.map(Self.text)
      if !texts.contains(nil) {
        let stated = texts.compactMap { $0 }.filter { !Self.isBlank($0) }
        return stated.isEmpty ? nil : stated.joined(separator: "、")
      }
    } else if let text = Self.text(value) {
      return Self.isBlank(text) ? nil : text
    }
    keep(name, value, as: .unreadableField)
    return nil
  }

  /// A list as it is, or one text that white space or `、，,；;` divide.
  private mutating func takeTexts(_ name: String) -> [String] {
    guard let value = take(name) else { return [] }
    if case .array(let values) = value {
      let texts = values.map(Self.text)
      if !texts.contains(nil) { return texts.compactMap { $0 }.filter { !Self.isBlank($0) } }
    } else if let text = Self.text(value) {
      return text.unicodeScalars.split { Self.separators.contains($0) || $0.properties.isWhitespace }.map { String($0) }
    }
    keep(name, value, as: .unreadableField)
    return []
  }

  private mutating func takeAddress(_ name: String) -> String? {
    guard let text = takeText(name) else { return nil }
    if Manifest.isWebAddress(text) { return text }
    keep(name, .string(text), as: .badURL)
    return nil
  }

  private mutating func takeOpenType(into manifest: inout Manifest) {
    guard let text = takeText("open_attr") else { return report(.missingOpenType) }
    manifest.openType = Manifest.OpenType(rawValue: text)
    if manifest.openType == nil { keep("open_attr", .string(text), as: .unknownOpenType) }
  }

  private mutating func takeUpdateCycle(into manifest: inout Manifest) {
    guard let text = takeText("update_frequency") else { return report(.missingUpdateCycle) }
    let cycle = Manifest.UpdateCycle(name: text == "semiannual" ? "halfYearly" : text)
    if case .other = cycle { report(.unknownUpdateCycle) }
    manifest.updateCycle = cycle
  }

  private mutating func takeDates(into manifest: inout Manifest) {
    let published = takeDay("publish_time")
    let updated = takeDay("update_time")
    manifest.published = published?.date
    manifest.updated = updated?.date
    guard let published, let updated else { return }
    // Two times of one day can be out of order too, where both are known to the millisecond.
    if let earlier = updated.milliseconds, let later = published.milliseconds {
      if earlier < later { report(.updatedBeforePublished) }
    } else if updated.text.utf8.lexicographicallyPrecedes(published.text.utf8) {
      report(.updatedBeforePublished)
    }
  }

  private struct Day {
    /// `yyyy-mm-dd`. A day that no calendar has (`0000-00-00`) still comes before or after others.
    let text: String
    var date: CalendarDate? { CalendarDate(text) }
    let milliseconds: Int64?
  }

  /// Milliseconds since 1970 as a number or as digits, or a date, which a time may follow.
  private mutating func takeDay(_ name: String) -> Day? {
    guard let value = take(name) else { return nil }
    if case .string(let text) = value {
      if Self.isBlank(text) { return nil }
      if let day = Self.leadingDay(text) {
        if CalendarDate(day) == nil { keep(name, value, as: .badDate) }
        return Day(text: day, milliseconds: nil)
      }
    }
    if let milliseconds = Self.milliseconds(value), let date = CalendarDate(beijingMilliseconds: milliseconds) {
      return Day(text: date.description, milliseconds: milliseconds)
    }
    keep(name, value, as: .badDate)
    return nil
  }

  /// Ten characters in the form of a date, with nothing, a space or a T after them.
  private static func leadingDay(_ text: String) -> String? {
    let follows = text.utf8.dropFirst(10).first
    guard follows == nil || follows == 0x20 || follows == 0x54 else { return nil }
    let day = text.utf8.prefix(10)
    let hasForm =
      day.count == 10
      && zip(0..., day).allSatisfy { index, byte in
        index == 4 || index == 7 ? byte == 0x2D : (0x30...0x39).contains(byte)
      }
    return hasForm ? String(Substring(day)) : nil
  }

  private static func milliseconds(_ value: JSONValue) -> Int64? {
    if case .string(let text) = value {
      guard (12...14).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return nil
      }
      return Int64(text)
    }
    return value.integer
  }

  private static let separators: Set<Unicode.Scalar> = ["、", "，", ",", "；", ";"]

  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  private static func isBlank(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
}
