/// What is wrong with ids, manifests, portal records and the JSON that they are written in (`Sources/Catalog`).
extension Reason {
  static let ids: Sentences = [
    "an id has at least one character": "标识至少有一个字符",
    "an id has at most 256 bytes, this has {count}": "标识最多 256 字节，这里有 {count} 字节",
    "an empty component before character {position}: no / at the start, at the end, or beside another":
      "第 {position} 个字符前有空的一段：/ 不能在开头、结尾，也不能连写",
    "the component before character {position} is “{dots}”: neither . nor .. may stand alone":
      "第 {position} 个字符前的一段是“{dots}”：. 和 .. 不能单独成段",
    """
    character {position}, {character}, is not allowed: ASCII letters and digits, -._~:@+=(), unified ideographs, and / \
    between components are
    """:
      "第 {position} 个字符 {character} 不可用：可用的是 ASCII 字母和数字、-._~:@+=()、汉字，以及分段的 /",
    "is no id": "不是标识",
    "it is malformed": "格式不对",
    "\"{text}\" is no id: {why}": "“{text}”不是标识：{why}",
    "\"{text}\" is no region code": "“{text}”不是地区代码",
    "“{text}” is no region code": "“{text}”不是地区代码",
    "is no region code": "不是地区代码",
    """
    {text} is no region code: six digits of GB/T 2260, or 000000- and a ministry's social credit code in lower case
    """:
      "{text} 不是地区代码：应为 GB/T 2260 的六位数字，或 000000- 加部委的小写统一社会信用代码",
    "a social credit code has 18 characters, this has {count}": "统一社会信用代码有 18 位，这里有 {count} 位",
    "character {position} is none of 0-9 and A-Y without I, O, S, V, Z": "第 {position} 位不是 0-9 或 A-Y（不含 I、O、S、V、Z）",
    "the check character is {character}, by GB 32100 it would be {expected}":
      "校验码是 {character}，按 GB 32100 应为 {expected}",
    "is no social credit code": "不是统一社会信用代码",
  ]

  static let manifests: Sentences = [
    "no such field; the nearest is “{name}”": "没有这个字段；最接近的是“{name}”",
    "is required": "必须填写",
    "is missing": "缺失",
    "is empty; leave it out": "为空，请删去",
    "{value} is {what}, this takes {what2}": "{value} 是{what}，这里应为{what2}",
    "{value} is none of {allowed}": "{value} 不在可选值之内：{allowed}",
    "{value} is no whole number from {least} to {most}": "{value} 不是 {least} 到 {most} 的整数",
    "{value} is no date of the calendar written yyyy-mm-dd": "{value} 不是写作 yyyy-mm-dd 的日期",
    "is no date of the calendar written yyyy-mm-dd": "不是写作 yyyy-mm-dd 的日期",
    "{value} is not 1–64 of A-Z a-z 0-9 / _ -": "{value} 不是 1–64 个 A-Z a-z 0-9 / _ -",
    "{value} is no address that begins with http:// or https://": "{value} 不是以 http:// 或 https:// 开头的网址",
    "a manifest is a JSON object, this is {what}": "目录条目应为 JSON 对象，这里是{what}",
    "a text": "文本",
    "a number": "数字",
    "a list": "列表",
    "an object": "对象",
    "a list of texts": "文本的列表",
    "a list of objects": "对象的列表",
    "true or false": " true 或 false",
    "true, false or a text": " true、false 或文本",
    "null": "空值",
    "one of {allowed}": "下列之一：{allowed}",
    "a whole number from {least} to {most}": " {least} 到 {most} 的整数",
    "a date such as \"2026-01-31\"": "日期，如 \"2026-01-31\"",
    "an object with {names}": "含下列字段的对象：{names}",
    "{region} is neither at or below {own}, which publishes, nor at or below the region of the id":
      "{region} 既不是发布方 {own} 或其下级，也不是标识所属地区或其下级",
    "{region} is at or below neither the writer's region nor the id's": "{region} 既不是写入方或其下级，也不是标识所属地区或其下级",
    "takes {size} bytes, a manifest has at most {most}: shorten it": "占 {size} 字节，目录条目最多 {most} 字节：请缩短",
    "takes {size} bytes, a manifest has at most {most}": "占 {size} 字节，目录条目最多 {most} 字节",
    "{size} bytes, a manifest has at most {most}": "{size} 字节，目录条目最多 {most} 字节",
    "the manifest takes {size} bytes, {most} is the most: shorten its texts": "目录条目占 {size} 字节，最多 {most} 字节：请缩短文字",
    "the manifest cannot be encoded": "目录条目无法编码",
    "is required where shareType is conditional: for whom and for what purpose":
      "有条件共享（shareType: conditional）须写明：供谁使用、作何用途",
    "is required where shareType is none": "不予共享（shareType: none）须写明",
    "is required where shareType is none: a law, an administrative regulation or a State Council decision":
      "不予共享（shareType: none）须写明：法律、行政法规或国务院决定",
    "“{number}” looks like a person's number; an id can never be erased, choose another":
      "“{number}”像是个人号码；标识永远无法清除，请另选",
    "{updated} is before published, {published}": "{updated} 早于发布日期 {published}",
    "levels are defined within the grade general, the grade is {grade}": "级别（level）只在一般数据（general）内划分，这里的分级是 {grade}",
    "{grade} is lower than an item's, {highest}; the higher one wins": "{grade} 低于某数据项的 {highest}；以较高者为准",
    "more than {most} MiB in one call of publish; split it, or use import": "一次发布超过 {most} MiB；请分次，或用 import",
    "more than {most} manifests in one call of publish; split it, or use import": "一次发布超过 {most} 个目录条目；请分次，或用 import",
    "stands twice in one call, first in {what}": "在一次发布中出现两次，第一次在 {what}",
    "not a manifest's protobuf: {why}": "不是目录条目的 protobuf：{why}",
    "not a publication's protobuf": "不是发布内容的 protobuf",
    "the body names another id than its entry": "正文所写的标识与条目的不同",
    "{level} is above 4": "{level} 大于 4",
    "holds the character U+0000": "含有字符 U+0000",
    "value {number} is not known to this version": "本版本不认识值 {number}",
    // Of a portal.
    "the record has no id": "记录没有标识",
    "the record has no title": "记录没有名称",
    "region {stated} is neither {own} nor below it": "地区 {stated} 不是 {own}，也不是其下级",
    "the id names region {region}, which is neither {own} nor below it": "标识所写的地区 {region} 不是 {own}，也不是其下级",
    "nothing follows the region in the id {text}": "标识 {text} 的地区之后没有内容",
    "a record is a JSON object, this is {what}": "记录应为 JSON 对象，这里是{what}",
    "the id stands on an earlier line already: the first one counts": "标识已在前面的行出现：以第一个为准",
    "it was withdrawn here: `tongyuan publish` brings it back": "已在本地区撤回：用 `tongyuan publish` 重新发布",
    "line {line} is longer than {most} bytes: is this a file of JSON lines?": "第 {line} 行超过 {most} 字节：这是 JSONL 文件吗？",
    "ends inside its compressed data; copy the file again": "压缩数据不完整；请重新复制文件",
    "the compressed data is damaged; copy the file again": "压缩数据已损坏；请重新复制文件",
    "holds more than {most} bytes of text; split it": "文字超过 {most} 字节；请拆分",
  ]

  static let json: Sentences = [
    "something follows the value": "值之后还有内容",
    "a comma before ]": "] 前多了逗号",
    "a comma before }": "} 前多了逗号",
    "expected , or ] after an element": "元素之后应为 , 或 ]",
    "expected , or } after a member": "成员之后应为 , 或 }",
    "expected : after a name": "名称之后应为 :",
    "expected a value, found {what}": "这里应为值，却是 {what}",
    "expected a name in double quotes, found {what}": "这里应为双引号中的名称，却是 {what}",
    "expected a value; text stands in double quotes": "这里应为值；文本须用双引号",
    "nothing": "没有内容",
    "the input ends inside a list": "输入在列表中间结束",
    "the input ends inside an object": "输入在对象中间结束",
    "the input ends where a value is expected": "输入在应有值之处结束",
    "lists and objects are nested deeper than {most}": "列表和对象的嵌套超过 {most} 层",
    "text stands in double quotes, not in '": "文本须用双引号，不用 '",
    "the name “{name}” stands twice in one object": "名称“{name}”在一个对象中出现两次",
    "a digit is missing in a number": "数字不完整",
    "a number begins with 0": "数字以 0 开头",
    "a digit is missing after the point": "小数点后缺数字",
    "a digit is missing in the exponent": "指数缺数字",
    "a number has more than {most} characters": "数字超过 {most} 个字符",
    "a control character inside a text; write it as an escape such as \\n or \\u0009": "文本中有控制字符；请写成 \\n、\\u0009 之类的转义",
    "the text that begins here does not end": "从这里开始的文本没有结束",
    "an unknown escape; a backslash is written \\\\": "不认识的转义；反斜杠写作 \\\\",
    "the character U+0000 cannot stand in a text": "文本中不能有字符 U+0000",
    "half of a surrogate pair": "代理对只有一半",
    "\\u takes four hexadecimal digits": "\\u 之后应为四位十六进制数字",
    "the text is not UTF-8 here (byte {byte}); convert the file to UTF-8": "此处不是 UTF-8（字节 {byte}）；请把文件转换为 UTF-8",
    "the request's body is no JSON: {why}": "请求的正文不是 JSON：{why}",
  ]
}
