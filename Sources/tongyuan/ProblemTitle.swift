import Presentation

/// What kind of failure a code is, for people: the title of a problem object, and before words that have no Chinese.
enum ProblemTitle {
  static func of(_ code: String, _ exitCode: CommandError.ExitCode) -> Message {
    if let title = titles[code] { return title }
    switch exitCode {
    case .refused: return Message(zh: "已拒绝", en: "Refused")
    case .usage: return Message(zh: "用法错误", en: "Wrong usage")
    case .unreachable: return Message(zh: "无法连接节点", en: "The node cannot be reached")
    case .internal: return Message(zh: "内部错误", en: "Internal error")
    }
  }

  private static let titles: [String: Message] = [
    "addressUnavailable": Message(zh: "无法监听该地址", en: "The address cannot be listened on"),
    "body": Message(zh: "正文与承诺不符", en: "The body is not the one committed to"),
    "card": Message(zh: "名片不可用", en: "The peer card cannot be used"),
    "config": Message(zh: "配置不可用", en: "The configuration cannot be used"),
    "disputed": Message(zh: "条目有争议", en: "The resource is in dispute"),
    "exists": Message(zh: "已存在", en: "It is there already"),
    "file": Message(zh: "文件不可用", en: "The file cannot be used"),
    "foreignLog": Message(zh: "不是目录日志", en: "Not a catalog log"),
    "json": Message(zh: "不是合法的 JSON", en: "Not JSON"),
    "keys": Message(zh: "密钥不可用", en: "The keys cannot be used"),
    "list": Message(zh: "清单有错误", en: "The lists have errors"),
    "locked": Message(zh: "目录正被使用", en: "The directory is in use"),
    "malformedEntry": Message(zh: "条目文件格式错误", en: "The entry file is malformed"),
    "malformedProof": Message(zh: "证明文件格式错误", en: "The proof file is malformed"),
    "namespace": Message(zh: "越出命名空间", en: "Outside the namespace"),
    "noDirectory": Message(zh: "目录不存在", en: "There is no such directory"),
    "noNode": Message(zh: "没有节点在运行", en: "No node runs"),
    "noProof": Message(zh: "无法给出证明", en: "No proof can be given"),
    "notIncluded": Message(zh: "条目不在日志中", en: "The entry is not in the log"),
    "notVersion": Message(zh: "不是可展示的条目", en: "Not a version that may be shown"),
    "pathTooLong": Message(zh: "路径过长", en: "The path is too long"),
    "portInUse": Message(zh: "端口被占用", en: "Port in use"),
    "signature": Message(zh: "签名不成立", en: "The signature does not hold"),
    "stale": Message(zh: "所改的版本已不是现行版本", en: "What was edited no longer stands"),
    "store": Message(zh: "存储不可写", en: "The store cannot be written"),
    "timedOut": Message(zh: "超时", en: "Timed out"),
    "vocabulary": Message(zh: "词表不可用", en: "The vocabulary cannot be used"),
    "tooLarge": Message(zh: "过大", en: "Too large"),
    "tooMany": Message(zh: "过多", en: "Too many"),
    "unknownField": Message(zh: "未知字段", en: "Unknown field"),
    "unknownPeer": Message(zh: "不认识的地区", en: "No such peer"),
    "unknownResource": Message(zh: "没有此资源", en: "No such resource"),
    "unsound": Message(zh: "检验未通过", en: "Not sound"),
    "usage": Message(zh: "用法错误", en: "Wrong usage"),
  ]
}
