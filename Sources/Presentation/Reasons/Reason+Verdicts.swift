/// Why an entry is refused, waits, or would be refused and is not written (`Sources/Catalog`: `Judge`, `ReadAlone`, `Wait`,
/// `Drafting`; `Node+Writing`).
extension Reason {
  static let verdicts: Sentences = [
    "{id} lies outside region {region}, and no list is cited that gives the right":
      "{id} 不在地区 {region} 的命名空间内，也没有引用给予此权的清单",
    "{id} belongs to region {source}, and no list in force lets {writer} publish it":
      "{id} 属于地区 {source}，没有有效的清单允许 {writer} 发布",
    "by list “{list}” region {source} alone publishes {id}, {writer} does not":
      "依清单“{list}”，{id} 只由数源地区 {source} 发布，{writer} 无权发布",
    "it does not cite a proposal or signature of the list that decides, “{list}”": "没有引用起决定作用的清单“{list}”的提出或签署条目",
    "it names entry {entry}, which does not lie in its past": "所指的条目 {entry} 不在它之前的历史中",
    "it recalls entry {entry}, which is neither region {writer}'s own nor a version of one of its ids":
      "所召回的条目 {entry} 既不是地区 {writer} 自己的，也不是其标识的版本",
    "it grants entry {entry}, which is not a restricted one of region {writer}":
      "所增加接收方的条目 {entry} 不是地区 {writer} 的受限条目",
    "its time lies {time} ms before that of an earlier entry of its log": "其时间比本日志中较早的条目还早 {time} 毫秒",
    "its clock names its own log, which every entry implies": "其时钟写了自己的日志，这是每个条目本已包含的",
    "its clock names {what} of region {region}, after an earlier entry named {size}":
      "其时钟写地区 {region} 的{what}，而较早的条目已写到 {size}",
    "{count} entries": " {count} 个条目",
    "another root at {count} entries": "另一个根（{count} 个条目处）",
    "a {what} entry names the entries that it is about": "“{what}”条目须写明所针对的条目",
    "the resource's id is none: {why}": "资源标识不成立：{why}",
    "it is missing": "缺失",
    "it is not UTF-8": "不是 UTF-8",
    "only the region that an id begins with accepts versions of it, {writer} does not":
      "只有标识所属的地区可以接受其版本，{writer} 不可以",
    "it names no version that it accepts": "没有写明所接受的版本",
    "it names no list": "没有写明清单",
    "the text of list {digest} is not one that a list may have": "清单 {digest} 的文本不合格式",
    "list “{name}” is of federation {federation}, not of this one": "清单“{name}”属于联邦 {federation}，不属于本联邦",
    "region {writer} may not {what} list “{name}”: {what2} may": "地区 {writer} 无权{what}清单“{name}”：有权的是{what2}",
    "those who must sign it": "须签署的各方",
    "an item's source, the region of its id and the list's authority": "该项的数源地区、其标识所属的地区和清单的签发机关",
    "its parties and its authority": "当事地区和签发机关",
    "it does not say from when the list is over": "没有写明清单从何时起失效",
    "it ends list “{name}” {time} ms before its own time": "终止清单“{name}”的时间比本条目早 {time} 毫秒",
    // Articles.
    "809 art. {article}": "第 809 号令第 {article} 条",
    "Data Security Law art. {article}": "《数据安全法》第 {article} 条",
    // Kinds of entries, as verbs.
    "publish": "发布", "withdraw": "撤回", "accept": "接受", "recall": "召回", "grant": "增加接收方", "propose": "提出",
    "sign": "签署", "end": "终止", "suspend": "暂停", "resume": "恢复",
    // What waits.
    "its log signed two histories: cut it with `tongyuan peer retire` --at where all regions do, see `tongyuan status`":
      "其日志签署了两段历史：用 `tongyuan peer retire` --at 截断于各地区共同的位置，见 `tongyuan status`",
    """
    it names a history of region {region} at size {size} that differs from the one held here: either log may be forked
    """:
      "所写的地区 {region} 在大小 {size} 处的历史与本节点所持的不同：两个日志之一可能已分叉",
    """
    it rests on the log of region {region}, which binds regions here and is not replicated: add that region's card
    """:
      "它依据地区 {region} 的日志，该地区的清单约束这里的地区，而其日志不在本节点：请加入该地区的名片",
    "it waits for {size} entries of region {region} to arrive": "等待地区 {region} 的 {size} 个条目到达",
    "its time lies in the future": "其时间在未来",
    "an earlier entry of its log waits": "本日志中较早的条目在等待",
    "this version of Tongyuan does not know this kind of entry": "本版本不认识这种条目",
    "the right to it rests on the log of {region}, which is not replicated here": "其权利依据 {region} 的日志，该日志不在本节点",
    // What is not written.
    "entries of region {region}'s own log wait to be judged; nothing is written before they are":
      "地区 {region} 自己的日志中有条目尚待判定；判定之前不写入",
    "whether region {region} may write this rests on the log of region {other}, which is not replicated here":
      "地区 {region} 能否写入，依据地区 {other} 的日志，该日志不在本节点",
    "{id} is in dispute between regions {regions}: say which versions this one supersedes":
      "{id} 在地区 {regions} 之间有争议：请写明取代哪些版本",
    "version {entry} of {id} no longer stands: look at what does, and edit that":
      "{id} 的版本 {entry} 已不是现行版本：请查看现行版本，在其上修改",
    "it is in dispute: settle that with `tongyuan resolve {id}` first, then withdraw it":
      "有争议：请先用 `tongyuan resolve {id}` 解决，再撤回",
    "{id} is withdrawn already": "{id} 先前已撤回",
    """
    what is shared unconditionally goes to every government department (809 art. 15): it cannot be published to some; \
    leave --to out, or state another share type
    """:
      "无条件共享的数据提供给所有政务部门（第 809 号令第十五条），不能只发布给部分地区：去掉 --to，或改写共享属性",
    """
    what is shared unconditionally goes to every government department (809 art. 15): it cannot be published to some, as what it \
    replaces was; say --to-all, or state another share type
    """:
      "无条件共享的数据提供给所有政务部门（第 809 号令第十五条），不能像所取代的版本那样只给部分地区：请写 --to-all，或改写共享属性",
    "{why}: publish it with --to REGION for some only, or with --to-all": "{why}：请用 --to 只发布给部分地区，或用 --to-all",
    "what it replaces was not for the same regions ({list})": "所取代的各版本的接收地区不同（{list}）",
    "what it replaces was withdrawn more often than can be looked through": "所取代的版本撤回次数过多，无法逐一查看",
    "it was recalled: correct the record at the portal, then `tongyuan publish` it anew":
      "已召回：请先在门户更正该记录，再用 `tongyuan publish` 重新发布",
    """
    the newest entry of this log is dated {minutes} minutes ahead of this machine's clock: set the clock right, or write \
    again when it has caught up
    """:
      "本日志最新条目的时间比本机时钟超前 {minutes} 分钟：请校准时钟，或等时钟赶上后再写",
    "entry {entry} was drafted as sound and is not: report this": "条目 {entry} 起草时合规，写入时却不合规：请报告",
    """
    {region} has shown {count} entries that this region's own log has signed, this store holds {size}: it was restored from an old \
    copy; nothing is written, or the log would fork: put the newest copy of this directory back
    """:
      "{region} 出示了本地区日志已签的 {count} 个条目，本节点只有 {size} 个：本节点是从旧副本恢复的；不再写入，否则日志会分叉；请放回本目录的最新副本",
  ]
}
