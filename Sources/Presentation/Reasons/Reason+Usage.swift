/// Words of others: of the parser of arguments (swift-argument-parser 1.8, `MessageInfo` and `UsageGenerator`), and of the
/// machine (`strerror` of the GNU C library, SQLite, Foundation). A sentence that is not here stays in English.
extension Reason {
  static let usage: Sentences = [
    "Missing expected argument '{name}'": "缺少参数 {name}",
    "Missing one of: '{names}'": "须给出其中之一：{names}",
    "Missing value for '{name}'": "{name} 缺少值",
    "Missing required subcommand": "缺少子命令",
    "Unknown option '{name}'": "没有选项 {name}",
    "Unknown option '{name}'. Did you mean '{other}'?": "没有选项 {name}；是否想用 {other}？",
    "Unexpected argument '{name}'": "多余的参数“{name}”",
    "{count} unexpected arguments: {names}": "{count} 个多余的参数：{names}",
    "The option '{name}' does not take any value, but '{value}' was specified": "选项 {name} 不带值，却给出了“{value}”",
    "Value to be set with flag '{name}' had already been set with flag '{other}'": "{name} 与 {other} 不能同用",
    "The value '{value}' is invalid for '{name}'": "{name} 的值“{value}”无效",
    "The value '{value}' is invalid for '{name}'. Please provide one of {allowed}": "{name} 的值“{value}”无效；可选：{allowed}",
    "The value '{value}' is invalid for '{name}'. Please provide {allowed}": "{name} 的值“{value}”无效；可选：{allowed}",
  ]

  static let machine: Sentences = [
    "No such file or directory": "没有这个文件或目录",
    "Permission denied": "没有权限",
    "Operation not permitted": "不允许此操作",
    "Is a directory": "是目录",
    "Not a directory": "不是目录",
    "File exists": "文件已存在",
    "File name too long": "文件名过长",
    "No space left on device": "磁盘空间不足",
    "Read-only file system": "文件系统只读",
    "Too many open files": "打开的文件过多",
    "Too many levels of symbolic links": "符号链接层数过多",
    "Input/output error": "输入输出错误",
    "attempt to write a readonly database": "数据库只读",
    "read-only": "只读",
    "corrupt": "损坏",
    "database disk image is malformed": "数据库文件格式损坏",
    "file is not a database": "文件不是数据库",
    "disk I/O error": "磁盘读写错误",
    "I/O error": "读写错误",
    "Address already in use": "地址已被占用",
    "Cannot assign requested address": "本机没有这个地址",
    "Name or service not known": "没有这个名称",
    "database or disk is full": "数据库或磁盘已满",
  ]
}
