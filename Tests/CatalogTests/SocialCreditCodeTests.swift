import Catalog
import Testing

@Suite("Unified social credit codes (GB 32100-2015)")
struct SocialCreditCodeTests {
  @Test("A code with its check character is valid")
  func valid() {
    #expect(SocialCreditCode("91110000600037341L")?.text == "91110000600037341L")
  }

  @Test("Every change of one character is found")
  func singleErrors() {
    let valid = Array("91110000600037341L".utf8)
    for index in valid.indices {
      for replacement in "0123456789ABCDEFGHJKLMNPQRTUWXY".utf8 where replacement != valid[index] {
        var changed = valid
        changed[index] = replacement
        #expect(SocialCreditCode(String(decoding: changed, as: UTF8.self)) == nil)
      }
    }
  }

  @Test(
    "What is wrong is said",
    arguments: [
      ("91110000600037341", "18 characters, this has 17"), ("", "this has 0"),
      ("911100006000373411", "by GB 32100 it would be L"),
      ("91110000600037341l", "character 18"), ("9111000O600037341L", "character 8"),
      ("9111000060003734１L", "18 characters"),
      ("é110000600037341L", "character 1 "),
    ])
  func defects(text: String, reason: String) throws {
    #expect(SocialCreditCode(text) == nil)
    let defect = try #require(SocialCreditCode.defect(of: text))
    #expect(defect.contains(reason), "\(defect)")
  }
}
