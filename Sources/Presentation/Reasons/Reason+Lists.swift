/// What is wrong with a list's text, and why an act on a list, a recall, a grant or a settlement is not done
/// (`ListDefect`; `Node+Lists`, `Node+Sharing`). What `list check` finds has its Chinese beside it in `Catalog`.
extension Reason {
  static let lists: Sentences = [
    "the text has {size} bytes, {most} is the most": "文本有 {size} 字节，最多 {most} 字节",
    "the text is no protobuf message": "文本不是 protobuf",
    "the text is not written in the one way that lists are written in": "文本不是清单的规范写法",
    "a text holds the character U+0000, or an empty one is listed": "文本含有字符 U+0000，或列出了空文本",
    "“{name}” is no federation's name": "“{name}”不是联邦名称",
    "a list's id has 1–64 of a-z 0-9 -, “{name}” has not": "清单标识为 1–64 个 a-z 0-9 -，“{name}”不是",
    "the validity ends before it begins": "有效期的结束早于开始",
    "a digest has {count} bytes": "摘要应有 {count} 字节",
    "the list has no kind": "清单没有种类",
    "the list has no parties": "清单没有当事地区",
    "an agreed list has no authority: its parties sign": "协议清单由各方签署，没有签发机关（authority）",
    "the list is {kind} and names no authority": "清单的种类是 {kind}，却没有写明签发机关（authority）",
    "the authority {authority} does not stand above the party {party}": "签发机关 {authority} 不是当事地区 {party} 的上级",
    "a decision needs two regions that dispute": "裁定须有两个有争议的地区",
    "the authority {authority} decides its own dispute": "签发机关 {authority} 裁定了自己的争议",
    "item {place}: “{text}” is no id and no prefix: {why}": "第 {place} 项：“{text}”既不是标识也不是前缀：{why}",
    "item {place}: the recipient “{code}” is no region code and no beginning of one":
      "第 {place} 项：接收方“{code}”不是地区代码，也不是其开头",
    "calendar “{region}” is no region's, or that region's second": "日历“{region}”不属于任何地区，或重复给出",
    "the calendar of {region} names “{day}”, which is no day": "{region} 的日历中“{day}”不是日期",
  ]

  static let acts: Sentences = [
    "a list is signed, ended, suspended or resumed": "对清单可以签署、终止、暂停、恢复",
    "items are counted from 1": "清单的项从 1 数起",
    "name a list by its id": "请写明清单标识",
    "the list is of federation {federation}, this node of {own}": "清单属于联邦 {federation}，本节点属于 {own}",
    "the list has no items": "清单没有任何一项",
    "the list's validity is over already: correct `valid`": "清单的有效期已过：请改正 `valid`",
    "another text is version {version} of {list} already ({digest}): count on":
      "{list} 的第 {version} 版已是另一个文本（{digest}）：请用下一个版本号",
    """
    the list does not bind all parties of version {version}, which it replaces: keep them, or `list end` that one first
    """:
      "清单没有约束所取代的第 {version} 版的全部当事地区：请保留它们，或先用 `list end` 终止那一版",
    "version {version} of {list} is in force and this text does not replace it ({digest})":
      "{list} 的第 {version} 版有效，而本文本不取代它（{digest}）",
    "several texts of {list} wait for a signature: {rivals}; name one with --digest":
      "{list} 有几个文本待签：{rivals}；请用 --digest 指明一个",
    "no text of {list} waits for the signature of {own}: see `tongyuan list show {name}`":
      "{list} 没有待 {own} 签署的文本：见 `tongyuan list show {name}`",
    "the list expires before {day}: there is nothing to end": "清单在 {day} 之前就到期：无须终止",
    "the list can end from {day} on: the notice period of {days} days (noticeDays in config.yaml)":
      "清单最早从 {day} 起终止：通知期为 {days} 天（config.yaml 的 noticeDays）",
    "this is suspended by {own} already": "{own} 先前已暂停",
    "nothing of that is suspended: see `tongyuan list show {list}`": "所说的没有被暂停：见 `tongyuan list show {list}`",
    "that was suspended by {others}: who suspended resumes, or the list's authority": "是 {others} 暂停的：由暂停者或清单的签发机关恢复",
    "no text of {list} has the digest {digest}: see `tongyuan list ls --json`":
      "{list} 没有摘要为 {digest} 的文本：见 `tongyuan list ls --json`",
    "no list {list} is known here: see `tongyuan list ls`": "这里没有清单 {list}：见 `tongyuan list ls`",
    "several texts of {list} are in force: {rivals}; name one with --digest":
      "{list} 有几个文本有效：{rivals}；请用 --digest 指明一个",
    "no text of {list} is in force: see `tongyuan list show {name}`": "{list} 没有有效的文本：见 `tongyuan list show {name}`",
    "list {list} has no version {version} here": "这里没有清单 {list} 的第 {version} 版",
    "a manifest is for everybody or for some, not both": "目录条目要么给所有地区，要么给部分地区，不能兼有",
    "name the regions with --to": "请用 --to 写明地区",
    "no version of {id} stands that this region published for some only (publish --to), its body not recalled":
      "{id} 没有由本地区只发布给部分地区（publish --to）且未召回的现行版本",
    "all of these are recipients of {id} already": "这些地区先前已是 {id} 的接收方",
    "no version of {id} is here whose body this region may recall, or all are recalled already":
      "这里没有本地区可以召回的 {id} 的版本，或已全部召回",
    "{id} is not in dispute, and nothing of it is contested: see `tongyuan conflicts`":
      "{id} 没有争议，也没有存疑的版本：见 `tongyuan conflicts`",
    "no version of {region} stands for {id}: see `tongyuan conflicts`": "{id} 没有 {region} 的现行版本：见 `tongyuan conflicts`",
    "the version of {region} is a withdrawal, or its body is not here: withdraw or publish instead":
      "{region} 的版本是撤回，或其正文不在这里：请改用 withdraw 或 publish",
    "{entry} is no contested version of {id}: see `tongyuan conflicts`": "{entry} 不是 {id} 的存疑版本：见 `tongyuan conflicts`",
    "give --keep REGION, or --accept ORIGIN:INDEX as `tongyuan conflicts` prints":
      "请给出 --keep 地区，或 `tongyuan conflicts` 所列的 --accept 条目",
  ]
}
