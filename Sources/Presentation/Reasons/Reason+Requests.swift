/// Why the local API does not do what it was asked (`LocalService`, `Node+Queries`, `Node+Sync`, `Node+Import`), and what is
/// wrong with a node's directory and settings (`DataDirectory`, `NodeConfiguration`, `NodeService`).
extension Reason {
  static let requests: Sentences = [
    "no such route: {path}": "没有这个接口：{path}",
    "\"{text}\" is no digest": "“{text}”不是摘要",
    "\"{text}\" is no number": "“{text}”不是数字",
    "say why with --{name}, in at most 4096 bytes": "请用 --{name} 写明，最多 4096 字节",
    "share type \"{type}\" is not unconditional, conditional or none":
      "共享属性“{type}”不是 unconditional、conditional、none 之一",
    "the limit \"{limit}\" is not a number from 1 to 1000": "条数“{limit}”不是 1 到 1000 的数字",
    "an input must be named as LENGTH:NAME": "输入须以 LENGTH:NAME 写明",
    "\"{text}\" is no ORIGIN:INDEX of this federation: `tongyuan show` prints them":
      "“{text}”不是本联邦的 ORIGIN:INDEX：见 `tongyuan show`",
    "--supersedes goes with exactly one manifest": "--supersedes 只能与一个目录条目同用",
    "there is no manifest to publish in what was given": "所给的内容中没有可发布的目录条目",
    "the format must be portal": "格式须为 portal",
    "the file must be named by its absolute path": "文件须以绝对路径写明",
    "the time-out must lie between 0 and 86400 seconds": "时限须在 0 到 86400 秒之间",
    "\"{text}\" is not SIZE:ROOT as `tongyuan status --json` prints them":
      "“{text}”不是 `tongyuan status --json` 所列的 SIZE:ROOT",
    "The node refused the request": "节点拒绝了请求",
    "\"{kind}\" is no kind of event: {kinds}": "“{kind}”不是事件种类：{kinds}",
    "there is no resource {id}: see `tongyuan search`": "没有资源 {id}：见 `tongyuan search`",
    "no version of {id} stands whose log is held whole: see `tongyuan show {name}`":
      "{id} 没有日志完整的现行版本：见 `tongyuan show {name}`",
    "the body of {id} is not here ({what}), and a proof file brings entry and body: see `tongyuan explain {name}`":
      "{id} 的正文不在这里（{what}），而证明文件须带条目和正文：见 `tongyuan explain {name}`",
    "it has none": "没有正文",
    "withheld": "未向本地区提供", "recalled": "已召回", "missing": "正文缺失", "invalid": "无效",
    "nothing has been received from it yet": "尚未从该地区收到任何内容",
    "it has not answered in time": "没有按时应答",
    "a search has at most {most} characters": "检索词最多 {most} 个字符",
    "there is no letter, digit or Chinese character to search for": "检索词中没有字母、数字或汉字",
    "{path} is no file that can be read": "{path} 不是可读的文件",
    "the node is stopping; {count} records are published, run the import again": "节点正在停止；已发布 {count} 条记录，请再次导入",
    "{count} records are published, then {why}": "已发布 {count} 条记录，然后：{why}",
    "a request of {size} bytes, where at most {most} are taken": "请求有 {size} 字节，最多接受 {most} 字节",
    "{why}: shorten it, or send it in parts": "{why}：请缩短，或分次发送",
    "the node answered HTTP {status} without a reason": "节点以 HTTP {status} 应答，没有说明理由",
  ]

  static let directories: Sentences = [
    "{path} is over the 107 bytes that a socket's path may have: choose a shorter directory":
      "{path} 超过套接字路径的 107 字节：请选较短的目录",
    "{path} is not there: make a node with `tongyuan init`": "{path} 不存在：用 `tongyuan init` 新建节点",
    "{path} holds no node: make one with `tongyuan init`": "{path} 中没有节点：用 `tongyuan init` 新建",
    "{path} holds no Ed25519 key: {why}; restore it from a backup": "{path} 中没有 Ed25519 密钥：{why}；请从备份恢复",
    "{path} cannot be read: {why}": "{path} 无法读取：{why}",
    "{path} cannot be read": "{path} 无法读取",
    "permission denied: {path} is for its owner, {user}: run the command as that user":
      "没有权限：{path} 只供其所有者 {user} 使用：请以该用户执行命令",
    "{path} contains a private key: take it out; make new keys if it left this machine":
      "{path} 含有私钥：请将其移出；如已离开本机，请换新密钥",
    "{path} must hold one PEM block, {label}, and nothing else: take the rest out":
      "{path} 只能含有一个 PEM 块（{label}）：请移出其余内容",
    "it holds no settings: restore config.yaml from a backup": "其中没有任何设置：请从备份恢复 config.yaml",
    "the line “{name}” is missing: put it back as it was, such as `{line}`, or restore config.yaml from a backup":
      "缺少“{name}”一行：请照原样补回，如 `{line}`，或从备份恢复 config.yaml",
    "line {line}: “{name}” takes {what}: correct it, or restore config.yaml from a backup":
      "第 {line} 行：“{name}”应为{what}：请改正，或从备份恢复 config.yaml",
    "a whole number": "整数",
    "a plain text": "单行文本",
    "line {line} is not of the form `name: value` (YAML): correct it, or restore config.yaml from a backup":
      "第 {line} 行不是 `name: value` 的形式（YAML）：请改正，或从备份恢复 config.yaml",
    "line {line} gives “{name}” twice: keep one": "第 {line} 行重复写了“{name}”：请只保留一处",
    "it is not written as lines `name: value` (YAML): correct it, or restore config.yaml from a backup":
      "没有写成 `name: value` 的各行（YAML）：请改正，或从备份恢复 config.yaml",
    "{path} cannot be opened: {why}": "{path} 无法打开：{why}",
    "{path} cannot be made: {why}": "{path} 无法建立：{why}",
    "{path} cannot be written: {why}": "{path} 无法写入：{why}",
    "{path} is a directory, not a file": "{path} 是目录，不是文件",
    "{path} has {size} bytes, at most {most} are read": "{path} 有 {size} 字节，最多读取 {most} 字节",
    "{path} has more than the {most} bytes that are read": "{path} 超过所读取的 {most} 字节",
    "{path} is in use by another process: stop that node first": "{path} 正被另一进程使用：请先停止那个节点",
    "{path} holds a node already: nothing was changed; choose another directory": "{path} 中已有节点：没有改动；请另选目录",
    "{path} is not empty: choose a new directory": "{path} 不是空目录：请选新目录",
    "\"{path}\" names no file to write": "“{path}”不是可写的文件名",
    "{path} is there and no plain file: name another": "{path} 已存在，且不是普通文件：请另选",
    "{path} is no recording of a node: {why}": "{path} 不是节点的记录：{why}",
    "region \"{code}\" is no region code: give six digits such as 310000": "地区“{code}”不是地区代码：请给出六位数字，如 310000",
    "federation \"{name}\" does not match [a-z][a-z0-9-]{0,31}": "联邦名称“{name}”不合 [a-z][a-z0-9-]{0,31}",
    "{address} is no address that peers can dial: add --advertise https://HOST:PORT":
      "其他地区无法连接 {address}：请加 `--advertise https://HOST:PORT`",
    "pollSeconds must lie between 0.05 and 86400": "pollSeconds 须在 0.05 到 86400 之间",
    "noticeDays must lie between 0 and 3650": "noticeDays 须在 0 到 3650 之间",
    "{name} must lie between 1 and {most}": "{name} 须在 1 到 {most} 之间",
    "the region's name must have 1 to 256 bytes and no control characters": "地区名称须有 1 到 256 字节，不含控制字符",
    "\"{text}\" is no endpoint: give https://HOST:PORT": "“{text}”不是端点：请给出 https://HOST:PORT",
    "\"{text}\" is no address: give HOST:PORT such as 127.0.0.1:7301": "“{text}”不是地址：请给出 HOST:PORT，如 127.0.0.1:7301",
    "\"{text}\": an IPv6 address stands in brackets, such as [::1]:7301": "“{text}”：IPv6 地址须加方括号，如 [::1]:7301",
    "certs/node.pem names {names}, this node is {own}": "certs/node.pem 写的是 {names}，本节点是 {own}",
    "certs/node.pem cannot be used: {why}": "certs/node.pem 不可用：{why}",
    "certs/node.pem or certs/ca.pem cannot be read: {why}": "certs/node.pem 或 certs/ca.pem 无法读取：{why}",
    "{store} is the store of another node than {path}/config.yaml and its keys: restore the directory whole":
      "{store} 与 {path}/config.yaml 及密钥不属于同一节点：请整体恢复目录",
  ]
}
