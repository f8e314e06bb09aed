import Cryptography

/// A shared-responsibility list as people write it: the YAML of `docs/LISTS.md`, groups already expanded to codes.
///
/// `docs/list.schema.json` publishes its form. What is optional and not stated is nil or empty; texts are never empty.
package struct ListDocument: Hashable, Sendable {
  package static let itemCountMax = 100_000
  /// Of one text, in bytes.
  package static let textLengthMax = 16_384

  package var list: String
  package var version: UInt32
  package var kind: ListTerms.Kind
  package var title: String
  /// Sorted, each once.
  package var parties: [RegionCode]
  package var authority: RegionCode?
  /// The first and the last day, in Beijing: it ends at 24:00 of the last.
  package var validFrom: CalendarDate
  package var validUntil: CalendarDate
  package var replaces: Digest?
  /// 清单编号
  package var number: String?
  /// 批次
  package var batch: String?
  package var issuer: String?
  /// 文号
  package var documentNumber: String?
  package var issuedOn: CalendarDate?
  /// 依据
  package var basis: String?
  /// SHA-256 of the stamped scan.
  package var scanDigest: Digest?
  /// What a decided list decides (809 art. 28).
  package var dispute: String?
  package var calendars: [WorkCalendar] = []
  package var items: [Item] = []

  /// One line: who alone may publish a resource, who may have it, on which terms, and what is owed by when.
  package struct Item: Hashable, Sendable {
    /// An id, or a prefix that ends in `/`.
    package var resource: String
    package var source: RegionCode
    /// 数源部门
    package var department: String?
    package var share: Manifest.ShareType
    /// Region codes and beginnings of them, sorted, each once.
    package var recipients: [String] = []
    /// Requesting departments; empty: every department of a recipient.
    package var departments: [String] = []
    package var purposes: [String] = []
    package var fields = FieldRules()
    package var grade: Manifest.Grade?
    package var rowLimit: UInt64?
    package var minimumGroup: UInt32?
    package var duties = Duties()
    package var number: String?
    /// 信息资源代码
    package var catalogCode: String?
    /// 数据项
    package var dataItems: [String] = []
    /// 事项
    package var matters: [String] = []
    package var legalBasis: String?
    package var conditions: String?
    package var accessForms: [AccessForm] = []
    /// 完成时限
    package var mountBy: CalendarDate?
    package var office: String?
    package var retention: String?
    package var disposal: String?
    /// Whether a recipient may pass it on.
    package var onward = false
    package var crossBorderBasis: String?
    /// 数源认定: the act that names the source (809 art. 19).
    package var sourceDesignation: String?
    /// Of the file; 0 where there are no lines. No part of the list.
    package var line = 0

    package var owner: RegionCode? { RegionCode(resource.prefix { $0 != "/" }) }
  }

  /// Which columns go out, and how. A field stands under one rule.
  package struct FieldRules: Hashable, Sendable {
    package var allow: [String] = []
    package var deny: [String] = []
    package var mask: [String] = []
    package var hash: [String] = []
  }

  /// Working days, in the calendar of the region that owes them.
  package struct Duties: Hashable, Sendable {
    package var update: UInt32?
    package var answer: UInt32?
    package var deliver: UInt32?
    package var correct: UInt32?
    /// The region whose calendar counts; nil: the source's.
    package var calendar: RegionCode?
    package var updateCycle: String?
  }
}

/// How data may be had: from the least that leaves the provider to the most.
package enum AccessForm: String, CaseIterable, Hashable, Sendable {
  /// 核验: a match or none, no row leaves.
  case verify
  /// One record by its key.
  case lookup
  /// Figures over groups.
  case aggregate
  case batch
  case sql
}

/// The days on which a region works otherwise than Monday to Friday, and how far they are known.
package struct WorkCalendar: Hashable, Sendable {
  /// `000000`: the national one; another region's adds to it.
  package let region: RegionCode
  package let from: CalendarDate
  /// A deadline past this day is provisional.
  package let until: CalendarDate
  /// Sorted, each once.
  package let holidays: [CalendarDate]
  /// Make-up workdays (调休). Sorted, each once.
  package let workdays: [CalendarDate]

  package init(
    region: RegionCode, from: CalendarDate, until: CalendarDate, holidays: [CalendarDate], workdays: [CalendarDate]
  ) {
    self.region = region
    self.from = from
    self.until = until
    self.holidays = Set(holidays).sorted()
    self.workdays = Set(workdays).sorted()
  }
}

/// What a check may know beside the file. Whatever is nil is not known, and then not asked.
package struct ListSurroundings: Sendable {
  /// Regions of which there is a card, this node's own among them.
  package var regions: Set<RegionCode>?
  /// Who is about to propose the list.
  package var proposer: RegionCode?
  /// Purposes beside `Purpose.known`.
  package var purposes: Set<String> = []
  package var matters: Set<String>?
  /// Those that a list which states none is given when it is proposed.
  package var calendars: [WorkCalendar] = []
  /// Ids that the catalog shares unconditionally.
  package var unconditional: Set<ResourceID> = []
  package var limits = DutyLimits()

  package init() {}
}

/// The most working days that the law leaves (Decree 809). A deployment may set its own.
package struct DutyLimits: Hashable, Sendable {
  /// Art. 16: the catalog, after a change of law or duty.
  package var update: UInt32 = 10
  /// Art. 21.
  package var answerUnconditional: UInt32 = 1
  /// Art. 21.
  package var answerConditional: UInt32 = 10
  /// Art. 22.
  package var deliver: UInt32 = 20
  /// Art. 26.
  package var correct: UInt32 = 10

  package init() {}
}

/// What came of reading a document: a list, unless something is wrong with it.
package struct ListReading: Hashable, Sendable {
  /// nil exactly if there are refusals.
  package let document: ListDocument?
  package let refusals: [ListFinding]
  package let warnings: [ListFinding]
}
