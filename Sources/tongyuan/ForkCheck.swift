import Catalog
import Presentation
import TransparencyLog

/// The proof that a log signed two histories, checked with a key and nothing else.
enum ForkCheck {
  static func isFork(_ bytes: [UInt8]) -> Bool { bytes.starts(with: "tongyuan/fork/".utf8) }

  static func run(_ bytes: [UInt8], keys: [NoteVerifier], _ console: Console) throws {
    func refuse(_ reason: String) -> CommandError {
      CommandError(
        refused: "fork", Message(zh: "不是分叉的证明：\(Reason.chinese(reason))", en: "this proves no fork: \(reason)"))
    }
    let proof: ForkProof
    do { proof = try ForkProof(parsing: bytes) } catch { throw refuse(error.reason) }
    guard let key = keys.first(where: { $0.name == proof.origin }) else {
      throw refuse("it is of \(proof.origin), and no key given is of that log")
    }
    do { try proof.check(key: key) } catch { throw refuse(error.reason) }
    let (small, large) = (proof.smaller.checkpoint, proof.larger.checkpoint)
    if console.isJSON {
      func branch(_ size: UInt64, _ root: String) -> JSONValue {
        .object([.init("size", .number("\(size)")), .init("root", .string(root))])
      }
      return console.print(
        JSONValue.object([
          .init("fork", .bool(true)), .init("origin", .string("\(proof.origin)")),
          .init("branches", .array([branch(small.size, small.root.hex), branch(large.size, large.root.hex)])),
          .init("otherRoot", .string(proof.branchRoot.hex)),
        ]))
    }
    console.say(
      Message(
        zh:
          "\(proof.origin) 的密钥签署了两段历史：大小 \(small.size) 处根为 \(small.root.hex)，而大小 \(large.size) 的历史在该处根为 \(proof.branchRoot.hex)",
        en:
          "the key of \(proof.origin) signed two histories: at size \(small.size) the root \(small.root.hex), and a history of size "
          + "\(large.size) that had \(proof.branchRoot.hex) there"))
  }
}
