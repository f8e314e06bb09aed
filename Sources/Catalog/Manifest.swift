/// One catalog entry (政务数据目录, Decree 809 art. 13) as its source states it: the body of a `publish` entry.
///
/// Only `id`, `title` and `provider` are always there. Text is never empty: what was stated as empty is not stated.
package struct Manifest: Hashable, Sendable {
  /// Of the protobuf encoding.
  package static let byteCountMax = 60 * 1024

  package var id: ResourceID
  package var title: String
  /// 信息资源代码, the official code: `[A-Za-z0-9/_-]{1,64}`.
  package var code: String?
  package var provider: Provider
  package var abstract: String?
  package var items: [DataItem] = []
  package var format: Format?
  package var updateCycle: UpdateCycle?
  package var shareType: ShareType?
  package var shareMode: ShareMode?
  package var useConditions: String?
  package var openType: OpenType?
  package var classification: String?
  package var grade: Grade?
  /// 1–4, within the grade `general`.
  package var level: Int?
  package var shareReason: String?
  package var legalBasis: String?
  package var published: CalendarDate?
  package var updated: CalendarDate?
  package var related: [String] = []
  package var catalogKind: CatalogKind?
  package var mounts: [Mount] = []
  package var secrecyReview: Statement?
  package var privacyAssessment: Statement?
  package var approvedBy: String?
  package var reviewedBy: String?
  package var matters: [String] = []
  package var registrationNo: String?
  package var tradeSecret: Statement?
  package var sourceDesignation: SourceDesignation?
  package var formats: [String] = []
  package var keywords: [String] = []
  package var category: String?
  package var url: String?
  /// As stated, without a unit: portals count rows, bytes or files.
  package var dataVolume: String?
  /// Fields of an imported record that have no place above, as one JSON object with sorted names.
  package var source: String?

  package init(id: ResourceID, title: String, provider: Provider) {
    self.id = id
    self.title = title
    self.provider = provider
  }

  /// The grade of the whole: the highest of its own and its items' (GB/T 43697-2024). nil if none is stated.
  package var effectiveGrade: Grade? { (items.map(\.grade) + [grade]).compactMap { $0 }.max() }
}

extension Manifest {
  /// 提供单位. `region` lies at or below the publishing region or the region of the id.
  package struct Provider: Hashable, Sendable {
    package var region: RegionCode
    package var department: String?
    package var uscc: SocialCreditCode?

    package init(region: RegionCode, department: String? = nil, uscc: SocialCreditCode? = nil) {
      self.region = region
      self.department = department
      self.uscc = uscc
    }

    /// Whether this provider may stand in a version of `id` that `writer` publishes. Otherwise the version is `invalid`.
    package func isAllowed(writer: RegionCode, id: ResourceID) -> Bool {
      writer.isAtOrAbove(region) || id.owner?.isAtOrAbove(region) == true
    }
  }

  /// 数据项
  package struct DataItem: Hashable, Sendable {
    package var name: String
    package var type: String?
    package var description: String?
    /// Personal information.
    package var personal: Bool?
    package var grade: Grade?

    package init(
      name: String, type: String? = nil, description: String? = nil, personal: Bool? = nil, grade: Grade? = nil
    ) {
      self.name = name
      self.type = type
      self.description = description
      self.personal = personal
      self.grade = grade
    }
  }

  /// 挂接: the resource behind a line of the catalog.
  package struct Mount: Hashable, Sendable {
    package enum State: String, CaseIterable, Sendable {
      case unmounted, mounted, broken
    }

    package var shareMode: ShareMode?
    package var state: State

    package init(shareMode: ShareMode?, state: State) {
      self.shareMode = shareMode
      self.state = state
    }
  }

  /// 数源认定: the act by which the authority named the one source (809 art. 19).
  package struct SourceDesignation: Hashable, Sendable {
    package var act: String
    package var date: CalendarDate?

    package init(act: String, date: CalendarDate? = nil) {
      self.act = act
      self.date = date
    }
  }

  /// What can be answered with yes or no, or told in words.
  package enum Statement: Hashable, Sendable {
    case answer(Bool)
    case text(String)
  }

  /// 数据格式; the raw value is the official number.
  package enum Format: Int, CaseIterable, Sendable {
    case electronicFile = 1
    case spreadsheet, database, image, streamingMedia, selfDescribing
  }

  /// 更新频率. Portals use words of their own, which are kept.
  package enum UpdateCycle: Hashable, Sendable {
    case realtime, minutely, hourly, daily, weekly, semimonthly, monthly, quarterly, halfYearly, annual, irregular,
      never
    case other(String)

    package static let known: [UpdateCycle] = [
      .realtime, .minutely, .hourly, .daily, .weekly, .semimonthly, .monthly, .quarterly, .halfYearly, .annual,
      .irregular, .never,
    ]

    private static let byName = Dictionary(uniqueKeysWithValues: known.map { ($0.name, $0) })

    package var name: String {
      if case .other(let name) = self { return name }
      return "\(self)"
    }

    /// A known cycle, or `.other`.
    package init(name: String) { self = Self.byName[name] ?? .other(name) }
  }

  /// 共享属性 (809 art. 14–15)
  package enum ShareType: String, CaseIterable, Sendable {
    case unconditional, conditional, none
  }

  /// 共享方式 (809 art. 22)
  package enum ShareMode: String, CaseIterable, Sendable {
    case api, batch, file
  }

  /// 开放属性: open to the public.
  package enum OpenType: String, CaseIterable, Sendable {
    case unconditional, conditional, none
  }

  /// 分级 (GB/T 43697-2024), in rising order.
  package enum Grade: String, CaseIterable, Sendable, Comparable {
    case general, important, core

    private var rank: Int {
      switch self {
      case .general: 1
      case .important: 2
      case .core: 3
      }
    }

    package static func < (a: Grade, b: Grade) -> Bool { a.rank < b.rank }
  }

  /// 政务数据目录, 公共数据资源目录 (derived from the former), 开放目录
  package enum CatalogKind: String, CaseIterable, Sendable {
    case government, publicResource, open
  }
}
