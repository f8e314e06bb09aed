/// What is wrong with cards (`PeerCard`, `Node+Peers`), what a peer did (`PeerFailure`: `lastError` of `status`), and what
/// forks, cuts and quotas mean.
extension Reason {
  static let cards: Sentences = [
    "{what} is no usable peer card: {why}": "{what}不可用：{why}",
    "the card": "所给的名片",
    "it is over {most} KiB": "超过 {most} KiB",
    "it is no JSON object": "不是 JSON 对象",
    "\"tongyuanCard\" is not {version}: print one with `tongyuan card`":
      "“tongyuanCard”不是 {version}：请用 `tongyuan card` 输出",
    "\"{name}\" is no text": "“{name}”不是文本",
    "\"federation\" or \"region\" is malformed": "“federation”或“region”格式不对",
    "\"endpoints\" must be 1 to 8 addresses": "“endpoints”须为 1 到 8 个地址",
    "an endpoint is no text": "端点不是文本",
    "its CA certificate or revocation list cannot be read: {why}": "其 CA 证书或吊销列表无法读取：{why}",
    "\"keys\" is no object": "“keys”不是对象",
    "its {name} key is not of the kind or name that it must have, {key}": "其 {name} 密钥的种类或名称不对，应为 {key}",
    "its {word} key cannot be read: {why}": "其 {word} 密钥无法读取：{why}",
    "its \"{name}\" key is missing": "缺少“{name}”密钥",
    "\"{name}\" contains a private key; take it out of what the card was made of: make new keys if it left this machine":
      "“{name}”含有私钥；请从制作名片的文件中移出：如已离开那台机器，请换新密钥",
    "\"{name}\" is not one PEM block, {label}, and nothing else": "“{name}”应只是一个 PEM 块（{label}）",
    "its three keys must differ": "三个密钥不能相同",
    "\"checkpoints\" is no list": "“checkpoints”不是列表",
    "a checkpoint is no text": "检查点不是文本",
    "a checkpoint is false: {why}": "检查点有假：{why}",
    "the CA certificate of {region} cannot be read: {why}": "{region} 的 CA 证书无法读取：{why}",
    "{path} is the card of {region}: name it {name}.json": "{path} 是 {region} 的名片：请命名为 {name}.json",
    "{what} is a card of the federation \"{federation}\", this node is of \"{own}\"":
      "{what}属于联邦“{federation}”，本节点属于“{own}”",
    "{what} is this region's own card: give it to the others": "{what}是本地区自己的名片：请交给其他地区",
    """
    {what} has other keys than the card of {region} that is known here: nothing was changed; ask that region by telephone
    """:
      "{what}与这里已有的 {region} 的名片密钥不同：没有改动；请打电话向该地区核实",
    "peer {region} is not suspended": "{region} 没有被暂停",
    "{region} is no peer of this node: see `tongyuan peer list`": "本节点没有 {region} 的名片：见 `tongyuan peer list`",
    "{region} is suspended, retired or relayed: it is not dialled": "{region} 已暂停、已停用或经中继：不主动连接",
    "{region} is suspended, retired, relayed or without a card: it is not dialled":
      "{region} 已暂停、已停用、经中继或没有名片：不主动连接",
    "{path} is missing": "缺少 {path}",
    "{why}; put it right": "{why}；请改正",
    "{why}; put it back, or add the region's card with `tongyuan peer add`":
      "{why}；请放回，或用 `tongyuan peer add` 加入该地区的名片",
    "this node holds {count} entries of {origin}, fewer than the cut at {size}: sync first, or cut at a smaller size":
      "本节点持有 {origin} 的 {count} 个条目，少于截断处 {size}：请先同步，或截断在较小处",
    """
    this node holds another branch of {origin}: its root at size {size} is {root}, not {other}; cut at a size that all \
    branches share
    """:
      "本节点持有 {origin} 的另一支：大小 {size} 处的根是 {root}，不是 {other}；请截断在各支共有之处",
  ]

  static let peers: Sentences = [
    "{region} does not answer: {why}": "{region} 没有应答：{why}",
    "it serves no checkpoint (status {status})": "它没有提供检查点（状态 {status}）",
    "its checkpoint is not signed by its key: {why}": "其检查点不是由其密钥签名的：{why}",
    "its checkpoint is of a size that no log has": "其检查点的大小是日志不可能有的",
    "it does not serve the hashes of entries from {size} on (status {status})": "它没有提供条目 {size} 起的哈希（状态 {status}）",
    "its first {count} entries are not those that are known of it here": "其前 {count} 个条目与这里所知的不同",
    "its own log went back to {size} of the {held} entries that are known of it here":
      "它自己的日志退回到 {size} 个条目，这里所知的有 {held} 个",
    "its own log went back to {size} of the {held} entries that are known of it here, and those are other entries":
      "它自己的日志退回到 {size} 个条目，这里所知的有 {held} 个，且内容不同",
    "its hashes do not lead to the root that it signed": "其哈希推不出它所签的根",
    "serves entry {index} of {origin}, and not the list's text that it names": "提供 {origin} 的条目 {index}，却不提供它所指的清单文本",
    "answered for more bodies than were asked for": "所给的正文多于所要的",
    "sent a false body of entry {entry}: {why}": "条目 {entry} 的正文有假：{why}",
    "sent no entry of {origin} though it offered some": "说有 {origin} 的条目，却一个也没有给",
    "there is nothing to tell yet": "尚无可告知的内容",
    "its card cannot be used to reach it": "其名片无法用来连接",
    "answered with status {status}": "以状态 {status} 应答",
    "answered with no root and proof of {origin}": "没有给出 {origin} 的根和证明",
    "sent no proof of a fork of {origin}: {why}": "没有给出 {origin} 分叉的证明：{why}",
    "sent a false proof of a fork of {origin}: {why}": "所给的 {origin} 分叉的证明有假：{why}",
    """
    fork: {origin} signed two histories, size {size} root {root} and size {size2} root {root2}, which had {branch} at size \
    {size3}; found with what {region} sent; nothing further of it is processed
    """:
      """
    日志分叉：{origin} 签署了两段历史，大小 {size} 的根为 {root}，大小 {size2} 的根为 {root2}（在大小 {size3} 处为 {branch}）；\
    由 {region} 所给的内容发现；此后的条目不再处理
    """,
    "sent a checkpoint of {origin} that its key did not sign: {why}": "所给的 {origin} 的检查点不是由其密钥签名的：{why}",
    """
    {origin} grew by more than this node takes of a log in a day ({count} entries, {size} MiB): {held} are held, the rest \
    comes from 00:00 UTC on
    """:
      "{origin} 一天的增长超过本节点的限额（{count} 个条目，{size} MiB）：已持有 {held} 个，其余自 UTC 0 时起再取",
    "speaks protocol versions {versions}, this node {own}: update the older": "其协议版本为 {versions}，本节点为 {own}：请升级较旧的一方",
    "shows {count} entries that this region's own log has signed, this store holds {size}: it was restored from an old copy":
      "出示了本地区日志已签的 {count} 个条目，本节点只有 {size} 个：本节点是从旧副本恢复的",
    "its log went back to {size} entries, {held} are held here: it was restored from an old copy":
      "其日志退回到 {size} 个条目，这里持有 {held} 个：它是从旧副本恢复的",
    "the request for bodies does not name each entry once, in order": "索取正文的请求没有按顺序、不重复地列出条目",
    "answered for other entries of {origin} than were asked for": "所给的 {origin} 的条目不是所要的",
    "sent proofs from {from} over {over} to {to} entries that have no such length":
      "所给的从 {from} 经 {over} 到 {to} 个条目的证明长度不对",
    "a proof from {from} over {over} to {to} has other lengths": "从 {from} 经 {over} 到 {to} 的证明长度不对",
    "sent entry {index} of {origin} with a false body: {why}": "{origin} 的条目 {index} 的正文有假：{why}",
    "sent entries {range} of {origin} that do not lead to its checkpoint: {why}":
      "{origin} 的条目 {range} 推不出其检查点：{why}",
    "sent a text of {size} bytes that no entry of {origin} names": "所给的 {size} 字节的文本，{origin} 没有条目指明",
    """
    the log {origin} does not extend the checkpoint of size {size} on its card: ask that region for its card anew, by \
    telephone
    """:
      "日志 {origin} 不是其名片上大小 {size} 的检查点的延续：请打电话向该地区重新索取名片",
    "this node could not write: {why}": "本节点无法写入：{why}",
    "sent a false consistency proof of {origin}: {why}": "{origin} 的一致性证明有假：{why}",
    "the heads answer": "日志头的应答",
    "the nudge": "提醒",
    "the request for bodies": "索取正文的请求",
    "the heads answer has an oversized cursor or version list": "日志头的应答中游标或版本列表过大",
    "the nudge has entries but names no log": "提醒带有条目，却没有写明日志",
    "{count} bodies are asked for, {most} is the most": "索取 {count} 个正文，最多 {most} 个",
    "the request for bodies names no entry": "索取正文的请求没有写明条目",
    "a head names no origin line": "日志头没有写明来源",
    "the head of {origin} claims more entries than its checkpoint covers": "{origin} 的日志头所称的条目多于其检查点",
    "the head of {origin} has an oversized proof": "{origin} 的日志头的证明过大",
    "the head of {origin} has a hash that is not 32 bytes": "{origin} 的日志头的哈希不是 32 字节",
    "the {what} of {origin} is over {most} bytes": "{origin} 的{what}超过 {most} 字节",
    "the {what} of {origin} is of a size that no log has": "{origin} 的{what}的大小是日志不可能有的",
    "the {what} of {origin} is of another log": "{origin} 的{what}属于另一日志",
    "the {what} of {origin} is no signed checkpoint: {why}": "{origin} 的{what}不是签名的检查点：{why}",
    "checkpoint": "检查点",
    "stamp": "时间戳",
    "{what} is over {most} bytes": "{what}超过 {most} 字节",
    "{what} is not the protobuf message that it should be": "{what}不是应有的 protobuf",
  ]
}
