import Catalog
import Cryptography
import Foundation
import NodeRuntime
import Persistence
import TransparencyLog

/// What a region could do with its own key if it ignored its own program: the rules of the others must hold.
package enum ForeignEntry {
  /// Appends a signed `publish` of `id` to the log of the stopped node in `directory`, without asking whether it may.
  package static func append(id: String, to directory: String, title: String = "伪造的数据") throws {
    let directory = DataDirectory(directory)
    let configuration = try directory.configuration()
    let keys = try directory.keys(configuration)
    let lock = try directory.lock()
    defer { withExtendedLifetime(lock) {} }
    guard let resource = ResourceID(id) else { throw ProcessFailure("\(id) is no id") }
    let store = try Store.open(at: directory.storePath)
    let view = try store.read(configuration.catalog(replicating: [])) { try $0.viewConfiguration() }
    let origin = configuration.catalogOrigin
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    try store.write(view) { transaction in
      var manifest = Manifest(
        id: resource, title: title, provider: Manifest.Provider(region: resource.owner ?? configuration.region))
      manifest.abstract = "这条目录由无权发布的地区签名"
      let content = try Publication(manifest: manifest, actor: "forger").encoded()
      guard let body = Body(nonce: [UInt8](repeating: 7, count: Body.nonceLength), content: content) else {
        throw ProcessFailure("the nonce cannot be carried")
      }
      var leaf = Leaf(.publish, time: max(now, try transaction.logState(configuration.region).latestTime))
      leaf.id = resource.bytes
      leaf.body = BodyCommitment(.open, to: body, origin: origin, id: resource.bytes)
      let entry = try LogEntry(Frame(leaf: try leaf.encoded(), body: body), origin: origin)
      _ = try Admission(transaction, now: now).commit([entry], of: configuration.region)
      guard let edge = try transaction.heldLog(origin)?.edge else { throw ProcessFailure("there is no log") }
      try transaction.setCheckpoint(try keys.checkpoint(of: origin, edge), of: origin)
    }
    try store.close()
  }
}
