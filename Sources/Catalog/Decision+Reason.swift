extension Decision {
  /// Why, in a sentence for the people on both sides: who asked for what, what decided, what to do.
  package var reason: Wording {
    let (id, region) = (request.resource, request.region)
    let item = citation.map {
      Wording(
        zh: "清单 \($0.list) 第 \($0.version) 版\($0.words.zh)",
        en: "list \($0.list) version \($0.version), \($0.words.en)")
    }
    let zh = item?.zh ?? "清单"
    let en = item?.en ?? "the list"
    switch ground {
    case .ownData:
      return Wording(zh: "\(id) 由 \(region) 自己提供", en: "\(id) is \(region)'s own")
    case .unconditional:
      return Wording(
        zh: "\(id) 为无条件共享，提供给所有政务部门，清单不得另设条件（第 809 号令第十五条）",
        en:
          "\(id) is shared unconditionally: it goes to every government department, and no list may add conditions (809 art. 15)"
      )
    case .listItem:
      return Wording(
        zh: "\(zh)允许 \(region) 为\(purpose.zh)使用 \(id)", en: "\(en), lets \(region) use \(id) for \(purpose.en)")
    case .agreedRequest(let number):
      return Wording(
        zh: "提供方已同意申请 \(number)（第 809 号令第二十一条）", en: "the provider agreed to request \(number) (809 art. 21)")
    case .named: return Wording(zh: "\(region) 是所列的接收方", en: "\(region) is named as a recipient")
    case .granted: return Wording(zh: "\(region) 由后来的授予列为接收方", en: "a later grant names \(region) as a recipient")
    case .notHere(Standing.Status.contested.rawValue):
      return Wording(
        zh: "\(id) 没有现行版本：所有版本都存疑（见 `tongyuan conflicts`），不予提供",
        en: "nothing of \(id) stands: all its versions are contested (see `tongyuan conflicts`), so it is denied")
    case .notHere(let label):
      return Wording(
        zh: "\(id) 的目录内容不在本节点（\(label)），不知其共享属性，不予提供",
        en: "what the catalog says of \(id) is not here (\(label)): without its share type it is denied")
    case .unknownResource:
      return Wording(zh: "目录中没有 \(id)", en: "the catalog has no \(id)")
    case .noShareType:
      return Wording(
        zh: "\(id) 没有写明共享属性，一律不予提供：请提供方补全目录（第 809 号令第十四条）",
        en: "\(id) states no share type, so it is denied: its provider should complete the entry (809 art. 14)")
    case .notShared(let reason, let basis):
      let (why, law) = (reason?.shortened(to: 1000), basis?.shortened(to: 1000))
      let by = citation == nil ? Wording(zh: "\(id) ", en: "\(id)") : Wording(zh: zh, en: en + ",")
      return Wording(
        zh: "\(by.zh)为不予共享" + (why.map { "：\($0)" } ?? "") + "；依据：\(law ?? "未写明")",
        en: "\(by.en) is not shared" + (why.map { ": \($0)" } ?? "") + "; legal basis: \(law ?? "not stated")")
    case .notGovernment:
      return Wording(
        zh: "申请方不是政务部门：第 809 号令只适用于政务部门之间，社会公众请看开放属性",
        en: "no government department asks: Decree 809 is for these alone, for the public see what is open")
    default: return denial(zh, en)
    }
  }

  private var purpose: Wording {
    request.purpose.map { Purpose.named($0) } ?? Wording(zh: "未写明的用途", en: "no stated purpose")
  }

  /// The denials that concern a list or its item.
  private func denial(_ zh: String, _ en: String) -> Wording {
    let (id, region) = (request.resource, request.region)
    func words(_ texts: [String]) -> Wording {
      // Others' texts can be of any length and number.
      let shown = texts.prefix(20).map { $0.shortened(to: 80) } + (texts.count > 20 ? ["…"] : [])
      return texts.isEmpty
        ? Wording(zh: "无", en: "none")
        : Wording(zh: shown.joined(separator: "、"), en: shown.joined(separator: ", "))
    }
    switch ground {
    case .crossBorder:
      return Wording(
        zh: "港澳台在第 809 号令之外：须有列明 \(region) 为接收方且写明跨境依据（crossBorderBasis）的清单项",
        en:
          "Hong Kong, Macao and Taiwan lie outside Decree 809: it takes an item that names \(region) as a recipient and "
          + "cites a crossBorderBasis")
    case .coreGrade:
      return Wording(
        zh: "\(id) 为核心数据（《数据安全法》第二十一条）：不随清单提供，须逐案申请并经同意",
        en:
          "\(id) is core data (Data Security Law art. 21): no list gives it out, only a request that its provider agreed to"
      )
    case .noItem:
      return Wording(
        zh: "\(id) 为有条件共享，没有有效的清单项：请向提供方提出申请（第 809 号令第二十条）",
        en:
          "\(id) is shared on conditions, and no item of a list in force covers it: request it from its provider (809 art. 20)"
      )
    case .notInForce(let why):
      return Wording(zh: "\(zh)\(why.wording.zh)", en: "\(en), \(why.wording.en)")
    case .shareConflict(let share):
      return Wording(
        zh: "目录中 \(id) 为有条件共享，\(zh)却写 \(share)：以目录为准，请改其一",
        en:
          "the catalog shares \(id) on conditions, but \(en), says “\(share)”: the catalog counts, correct one of them")
    case .recipient(let codes):
      return Wording(
        zh: "\(zh)的接收方是 \(words(codes).zh)，不含 \(region)",
        en: "\(en), names as recipients \(words(codes).en), not \(region)")
    case .department(let names):
      return Wording(
        zh: "\(zh)只供 \(words(names).zh)，不含\(request.department.map { "“\($0)”" } ?? "未写明的部门")",
        en:
          "\(en), is for \(words(names).en), not for \(request.department.map { "“\($0)”" } ?? "an unnamed department")"
      )
    case .purpose(let codes):
      return Wording(
        zh: "\(zh)只供用于 \(words(codes.map { Purpose.named($0).zh }).zh)，不含\(purpose.zh)（第 809 号令第二十五条）",
        en: "\(en), is for \(words(codes).en), not for \(purpose.en) (809 art. 25)")
    case .accessForm(let forms):
      return Wording(
        zh: "\(zh)只允许 \(words(forms).zh) 方式，不含 \(request.form?.rawValue ?? "")",
        en: "\(en), allows \(words(forms).en), not \(request.form?.rawValue ?? "")")
    case .field(let fields):
      return Wording(zh: "\(zh)不提供字段 \(words(fields).zh)", en: "\(en), does not give out \(words(fields).en)")
    case .suspended:
      return Wording(
        zh: "\(zh)对 \(region) 已暂停（第 809 号令第二十七条）：整改后可恢复",
        en: "\(en), is suspended for \(region) (809 art. 27), until somebody resumes it")
    case .requestOver(let number):
      return Wording(
        zh: "申请 \(number) 已到期、暂停或终止，也没有有效的清单项",
        en: "request \(number) is over, suspended or terminated, and no item of a list in force covers \(id)")
    default:
      return Wording(zh: "\(region) 不是 \(id) 的接收方", en: "\(region) is not named as a recipient of \(id)")
    }
  }
}

extension Decision.Citation {
  fileprivate var words: Wording {
    let number = self.number.isEmpty ? Wording(zh: "", en: "") : Wording(zh: "（\(number)）", en: " (\(self.number))")
    return Wording(zh: "第 \(position) 项\(number.zh)", en: "item \(position)\(number.en)")
  }
}

extension Decision.NotInForce {
  fileprivate var wording: Wording {
    switch self {
    case .proposed(let missing):
      let regions = missing.map(\.text)
      return Wording(
        zh: "尚未生效：缺 \(regions.joined(separator: "、")) 的签署",
        en: "is not in force: the signature of \(regions.joined(separator: ", ")) is missing")
    case .notBegun(let day):
      return Wording(
        zh: "自 \(day?.description ?? "以后") 起才有效", en: "holds only from \(day?.description ?? "later") on")
    case .expired(let day):
      return Wording(zh: "已于 \(day?.description ?? "此前") 到期", en: "expired after \(day?.description ?? "its last day")")
    case .replaced: return Wording(zh: "已被新版取代", en: "has been replaced")
    case .ended: return Wording(zh: "已终止", en: "has been ended")
    }
  }
}

extension String {
  fileprivate func shortened(to count: Int) -> String {
    unicodeScalars.count <= count ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(count - 1))) + "…"
  }
}
