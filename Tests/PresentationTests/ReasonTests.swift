import NodeProcesses
import Presentation
import Testing

@Suite("Reasons in Chinese")
struct ReasonTests {
  @Test(
    "A reason is a sentence with gaps; a gap that holds a reason is put into Chinese too",
    arguments: [
      (
        "320000/x lies outside region 310000, and no list is cited that gives the right",
        "320000/x 不在地区 310000 的命名空间内，也没有引用给予此权的清单"
      ),
      ("titel: no such field; the nearest is “title”", "titel：没有这个字段；最接近的是“title”"),
      ("items[0].type: 5 is a number, this takes a text", "items[0].type：5 是数字，这里应为文本"),
      ("\"a b\" is no id: an id has at least one character", "“a b”不是标识：标识至少有一个字符"),
      ("-, line 3", "- 第 3 行"),
      ("320000 at https://a:1 cannot be reached [curl 7]", "320000（https://a:1）无法连接 [curl 7]"),
      ("310000:5 被拒绝：its time lies in the future", "310000:5 被拒绝：其时间在未来"),
      (
        "sent a false body of entry 310000:4: the entry is not in the log: there is no leaf 4 in a tree of 3",
        "条目 310000:4 的正文有假：条目不在日志中：大小 3 的树没有第 4 叶"
      ),
    ])
  func sentences(english: String, chinese: String) {
    #expect(Reason.chinese(english) == chinese)
    #expect(Reason.in(.en, english) == english)
    #expect(Message(reason: english) == Message(zh: chinese, en: english))
  }

  @Test(
    "What no sentence fits is printed as it is, whatever it holds",
    arguments: [
      "", ":", ": ", "a: b", "the moon is made of cheese", "{id} {why}: {reason}", "line 3: {", "\u{1F600}: \u{0}",
      "备注：nothing known", "其他理由",
    ])
  func unknown(text: String) { #expect(Reason.chinese(text) == text) }

  @Test("A place before a reason is kept only where the reason is known")
  func place() {
    #expect(Reason.chinese("a: b: is required") == "a：b：必须填写")
    #expect(Reason.chinese("a: b: is desired") == "a: b: is desired")
  }

  @Test("Of a text that a peer chose no part is lost, and sentences within sentences come to an end")
  func hostile() {
    let deep = String(repeating: "a: ", count: 1_000) + "is required"
    #expect(Reason.chinese(deep) == deep)
    let long = String(repeating: " lies outside region ", count: 10_000)
    #expect(Reason.chinese(long) == long)
    let text = "“, line 2: x; the nearest is “"
    #expect(Reason.chinese("no such field; the nearest is “\(text)”") == "没有这个字段；最接近的是“\(text)”")
  }

  @Test("Every sentence is found by its own pattern, and keeps what stands in its gaps")
  func ownPattern() {
    for (subject, sentences) in Reason.tables {
      for (english, chinese) in sentences {
        #expect(Self.gaps(of: english).sorted() == Self.gaps(of: chinese).sorted(), "\(subject): “\(english)”")
        #expect(
          Reason.chinese(Self.filled(english)) == Self.filled(chinese, "必须填写"), "\(subject): another fits “\(english)”")
        #expect(Self.filled(chinese, "必须填写").englishRun == nil, "\(subject): “\(chinese)”")
      }
    }
  }

  private static func gaps(of sentence: String) -> [String] {
    sentence.matches(of: /\{([A-Za-z][A-Za-z0-9]*)\}/).map { String($0.output.1) }
  }

  /// Each gap with its name in it, and what has to be a reason with one.
  private static func filled(_ sentence: String, _ reason: String = "is required") -> String {
    sentence.replacing(/\{([A-Za-z][A-Za-z0-9]*)\}/) { $0.output.1 == "reason" ? reason : "⟨\($0.output.1)⟩" }
  }
}
