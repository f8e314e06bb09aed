import Cryptography
import SwiftProtobuf

extension ListDocument {
  /// The list's text for a federation, in the one way of writing. `replaces` stands in where the document names no
  /// predecessor. Throws only for what a check of the document refuses too, or for a text over 16 MiB.
  package func text(federation: FederationName, replacing: Digest? = nil) throws(ListDefect) -> ListText {
    let text = try ListText(wire(federation: federation, replacing: replacing))
    guard text.bytes.count <= ListText.lengthMax else {
      throw ListDefect("the text has \(text.bytes.count) bytes, \(ListText.lengthMax) is the most")
    }
    return text
  }

  /// The same with the calendars that its duties are counted in, where it states none itself: the national one, and
  /// those of the regions that owe something.
  package func adding(calendars known: [WorkCalendar]) -> ListDocument {
    var counted: Set<RegionCode> = [.national]
    for item in items { counted.insert(item.duties.calendar ?? item.source) }
    let stated = Set(calendars.map(\.region))
    var document = self
    document.calendars += known.filter { calendar in
      !stated.contains(calendar.region)
        && counted.contains { calendar.region == .national || calendar.region.isAtOrAbove($0) }
    }
    document.calendars.sort { $0.region < $1.region }
    return document
  }

  private func wire(federation: FederationName, replacing: Digest?) -> WireListText {
    var text = WireListText()
    text.terms = .with {
      $0.federation = federation.text
      $0.list = list
      $0.version = version
      $0.kind = kind.wire
      $0.parties = parties.map(\.text)
      $0.authority = authority?.text ?? ""
      $0.from = validFrom.beijingMilliseconds
      $0.until = validUntil.beijingMilliseconds + CalendarDate.dayMilliseconds
      $0.replaces = .init((replaces ?? replacing)?.bytes ?? [])
      $0.title = title
      $0.number = number ?? ""
      $0.batch = batch ?? ""
      $0.issuer = issuer ?? ""
      $0.documentNumber = documentNumber ?? ""
      $0.issuedOn = issuedOn?.description ?? ""
      $0.basis = basis ?? ""
      $0.scanDigest = .init(scanDigest?.bytes ?? [])
      $0.dispute = dispute ?? ""
    }
    text.items = items.map(\.wire)
    text.calendars = calendars.map(\.wire)
    return text
  }
}

extension ListTerms.Kind {
  fileprivate var wire: WireListKind {
    switch self {
    case .agreed: .agreed
    case .issued: .issued
    case .decided: .decided
    }
  }
}

extension ListDocument.Item {
  fileprivate var wire: WireListItem {
    .with {
      $0.resource = resource
      $0.source = source.text
      $0.department = department ?? ""
      $0.share = share.rawValue
      $0.recipients = recipients
      $0.departments = departments
      $0.purposes = purposes
      $0.fields = .with {
        $0.allow = fields.allow
        $0.deny = fields.deny
        $0.mask = fields.mask
        $0.hash = fields.hash
      }
      $0.grade = grade?.rawValue ?? ""
      $0.rowLimit = rowLimit ?? 0
      $0.minimumGroup = minimumGroup ?? 0
      $0.duties = .with {
        $0.updateWorkdays = duties.update ?? 0
        $0.answerWorkdays = duties.answer ?? 0
        $0.deliverWorkdays = duties.deliver ?? 0
        $0.correctWorkdays = duties.correct ?? 0
        $0.calendar = duties.calendar?.text ?? ""
        $0.updateCycle = duties.updateCycle ?? ""
      }
      $0.number = number ?? ""
      $0.catalogCode = catalogCode ?? ""
      $0.dataItems = dataItems
      $0.matters = matters
      $0.legalBasis = legalBasis ?? ""
      $0.conditions = conditions ?? ""
      $0.accessForms = accessForms.map(\.rawValue)
      $0.mountBy = mountBy?.description ?? ""
      $0.office = office ?? ""
      $0.retention = retention ?? ""
      $0.disposal = disposal ?? ""
      $0.onward = onward
      $0.crossBorderBasis = crossBorderBasis ?? ""
      $0.sourceDesignation = sourceDesignation ?? ""
    }
  }
}

extension WorkCalendar {
  fileprivate var wire: WireWorkCalendar {
    .with {
      $0.region = region.text
      $0.from = from.description
      $0.until = until.description
      $0.holidays = holidays.map(\.description)
      $0.workdays = workdays.map(\.description)
    }
  }
}
