import Catalog
import Cryptography
import Foundation
import PeerTransport
import Persistence
import TransparencyLog

/// A node's directory: `config.yaml`, `keys/`, `certs/`, `peers/`, `store.sqlite`, `node.sock`. Unknown files do no harm.
package struct DataDirectory: Sendable {
  package let path: String

  package init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  package var configurationPath: String { path + "/" + NodeConfiguration.fileName }
  package var storePath: String { path + "/" + Store.fileName }
  package var socketPath: String { path + "/node.sock" }
  package var peersPath: String { path + "/peers" }
  private var lockPath: String { path + "/lock" }

  func keyPath(_ name: String) -> String { "\(path)/keys/\(name).pem" }
  func certificatePath(_ name: String) -> String { "\(path)/certs/\(name).pem" }

  /// sun_path has 108 bytes, the last for NUL.
  package func checkSocketPath() throws(NodeError) {
    // The socket is bound by its absolute path: commands may run elsewhere.
    guard absolute(socketPath).utf8.count <= 107 else {
      throw .refused(
        "pathTooLong",
        "\(absolute(socketPath)) is over the 107 bytes that a socket's path may have: choose a shorter directory")
    }
  }

  package func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }

  // MARK: Reading

  package func configuration() throws(NodeError) -> NodeConfiguration {
    if let denial { throw denial }
    guard FileManager.default.fileExists(atPath: path) else {
      throw .refused("noDirectory", "\(path) is not there: make a node with `tongyuan init`")
    }
    guard FileManager.default.fileExists(atPath: configurationPath) else {
      throw .refused("noNode", "\(path) holds no node: make one with `tongyuan init`")
    }
    let yaml = try Self.read(configurationPath, atMost: NodeConfiguration.maximumBytes)
    return try NodeConfiguration(yaml: String(decoding: yaml, as: UTF8.self), path: configurationPath)
  }

  package func keys(_ configuration: NodeConfiguration) throws(NodeError) -> NodeKeys {
    do {
      return try NodeKeys(
        catalog: try signingKey("catalog"), audit: try signingKey("audit"), witness: try signingKey("witness"),
        region: configuration.region, federation: configuration.federation)
    } catch let error as NodeError { throw error } catch { throw .refused("keys", "\(error)") }
  }

  private func signingKey(_ name: String) throws(NodeError) -> Ed25519.PrivateKey {
    let pem = try text(keyPath(name))
    do { return try Ed25519.PrivateKey(pem: pem) } catch {
      throw .refused("keys", "\(keyPath(name)) holds no Ed25519 key: \(error); restore it from a backup")
    }
  }

  package func credentials() throws(NodeError) -> NodeCredentials {
    NodeCredentials(certificatePEM: try text(certificatePath("node")), keyPEM: try text(keyPath("node")))
  }

  /// It goes into the card, which everybody gets: nothing but the certificate may stand in the file.
  package func authority() throws(NodeError) -> String { try text(certificatePath("ca"), only: "CERTIFICATE") }

  /// nil while nothing was revoked.
  package func revocationList() throws(NodeError) -> String? {
    FileManager.default.fileExists(atPath: certificatePath("crl"))
      ? try text(certificatePath("crl"), only: "X509 CRL") : nil
  }

  private func text(_ path: String, only label: String) throws(NodeError) -> String {
    let text = try text(path)
    switch PEMBlock.fault(in: text, only: label) {
    case nil: return text
    case .privateKey:
      throw .refused(
        "keys", "\(path) contains a private key: take it out; make new keys if it left this machine")
    case .somethingElse:
      throw .refused("certificate", "\(path) must hold one PEM block, \(label), and nothing else: take the rest out")
    }
  }

  private func text(_ path: String) throws(NodeError) -> String {
    String(decoding: try Self.read(path, atMost: 1 << 20), as: UTF8.self)
  }

  /// Reads a file whole. Refuses one over `limit` bytes before reading it.
  package static func read(_ path: String, atMost limit: Int) throws(NodeError) -> [UInt8] {
    var information = stat()
    guard stat(path, &information) == 0 else {
      throw .refused("file", "\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    guard information.st_mode & S_IFMT != S_IFDIR else { throw .refused("file", "\(path) is a directory, not a file") }
    guard information.st_size <= limit else {
      throw .refused("file", "\(path) has \(information.st_size) bytes, at most \(limit) are read")
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw .refused("file", "\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { try? handle.close() }
    let bytes: [UInt8]
    do { bytes = [UInt8](try handle.read(upToCount: limit + 1) ?? Data()) } catch {
      throw .refused("file", "\(path) cannot be read: \(error.localizedDescription)")
    }
    // A pipe states no size beforehand.
    guard bytes.count <= limit else { throw .refused("file", "\(path) has more than the \(limit) bytes that are read") }
    return bytes
  }

  // MARK: The lock

  /// Holds the directory for one process until it ends, however it ends.
  package final class Lock: Sendable {
    private let descriptor: Int32
    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }
  }

  package func lock() throws(NodeError) -> Lock {
    let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .refused("file", "\(lockPath) cannot be opened: \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .refused("locked", "\(path) is in use by another process: stop that node first")
    }
    return Lock(descriptor)
  }

  // MARK: Making

  /// Makes a node: keys, certificate authority, certificate, configuration, and a store with both logs. All or nothing: it
  /// is made beside and moved into place.
  package func create(_ configuration: NodeConfiguration, nowSeconds: Int) throws(NodeError) {
    try checkSocketPath()
    let files = FileManager.default
    if files.fileExists(atPath: configurationPath) {
      throw .refused("exists", "\(path) holds a node already: nothing was changed; choose another directory")
    }
    if let content = try? files.contentsOfDirectory(atPath: path), !content.isEmpty {
      throw .refused("exists", "\(path) is not empty: choose a new directory")
    }
    // An empty directory that is there stays the one that it is: it may be a mount point, or the current one.
    let isThere = files.fileExists(atPath: path)
    let draft = DataDirectory(isThere ? "\(path)/.init-\(getpid())" : "\(path).init-\(getpid())")
    do {
      try? files.removeItem(atPath: draft.path)
      for folder in ["keys", "certs", "peers"] {
        try files.createDirectory(
          atPath: "\(draft.path)/\(folder)", withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700])
      }
      try draft.fill(configuration, nowSeconds: nowSeconds)
      if isThere {
        // The configuration last: without it the directory holds no node.
        let names = try files.contentsOfDirectory(atPath: draft.path).filter { $0 != NodeConfiguration.fileName }
        for name in names.sorted() + [NodeConfiguration.fileName] {
          try files.moveItem(atPath: "\(draft.path)/\(name)", toPath: "\(path)/\(name)")
        }
        try files.removeItem(atPath: draft.path)
      } else if rename(draft.path, path) != 0 {
        throw NodeError.refused("file", "\(path) cannot be made: \(String(cString: strerror(errno)))")
      }
    } catch {
      try? files.removeItem(atPath: draft.path)
      if let error = error as? NodeError { throw error }
      throw .refused("file", "\(path) cannot be made: \((error as? StoreError)?.reason ?? error.localizedDescription)")
    }
  }

  private func fill(_ configuration: NodeConfiguration, nowSeconds: Int) throws {
    let (region, federation) = (configuration.region.text, configuration.federation.text)
    let authority = try CertificateAuthority.create(
      name: NodeName.authority(region: region, federation: federation), now: nowSeconds)
    let nodeKey = try P256.PrivateKey.generate()
    let certificate = try authority.issueNode(
      uri: NodeName.uri(region: region, federation: federation), key: nodeKey, now: nowSeconds)
    let signing = (
      catalog: try Ed25519.PrivateKey.generate(), audit: try Ed25519.PrivateKey.generate(),
      witness: try Ed25519.PrivateKey.generate()
    )
    try write(try authority.key.pem, to: keyPath("ca"), mode: 0o600)
    try write(try nodeKey.pem, to: keyPath("node"), mode: 0o600)
    try write(try signing.catalog.pem, to: keyPath("catalog"), mode: 0o600)
    try write(try signing.audit.pem, to: keyPath("audit"), mode: 0o600)
    try write(try signing.witness.pem, to: keyPath("witness"), mode: 0o600)
    try write(authority.certificate.pem, to: certificatePath("ca"), mode: 0o644)
    try write(certificate.pem, to: certificatePath("node"), mode: 0o644)
    let keys = try NodeKeys(
      catalog: signing.catalog, audit: signing.audit, witness: signing.witness, region: configuration.region,
      federation: configuration.federation)
    let store = try Store.create(at: storePath)
    try store.write(configuration.catalog(replicating: [])) { transaction in
      for origin in [configuration.catalogOrigin, configuration.auditOrigin] {
        try transaction.createLog(origin, checkpoint: try keys.checkpoint(of: origin, RightEdge()))
      }
      try transaction.setRegion(configuration.region)
      try transaction.setLocal("identity", Self.identity(configuration, keys))
      try transaction.setViewConfiguration(transaction.configuration)
    }
    try store.seal(configuration.catalog(replicating: []))
    try store.close()
    try write(configuration.yaml(), to: configurationPath, mode: 0o644)
  }

  /// What a store is the store of: a directory that was put together from two nodes is refused.
  static func identity(_ configuration: NodeConfiguration, _ keys: NodeKeys) -> [UInt8] {
    Array(
      [
        configuration.catalogOrigin.text, keys.catalog.verifier.vkey, keys.audit.verifier.vkey,
        keys.witness.verifier.vkey,
      ]
      .joined(separator: "\n").utf8)
  }

  private func write(_ text: String, to path: String, mode: mode_t) throws {
    try Self.write(Array(text.utf8), to: path, mode: mode)
  }

  /// Throws unless the path is free or a plain file, which alone are replaced: no device, link or folder is.
  package static func checkReplaceable(_ path: String) throws(NodeError) {
    guard !path.isEmpty, !path.hasSuffix("/") else { throw .usage("file", "\"\(path)\" names no file to write") }
    var information = stat()
    guard lstat(path, &information) == 0, information.st_mode & S_IFMT != S_IFREG else { return }
    throw .refused("file", "\(path) is there and no plain file: name another")
  }

  /// Writes a file so that after a crash either the old or the new content is there, whole.
  package static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(NodeError) {
    func fail() -> NodeError { .refused("file", "\(path) cannot be written: \(String(cString: strerror(errno)))") }
    let draft = path + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw fail() }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else {
        let error = fail()
        close(descriptor)
        unlink(draft)
        throw error
      }
      rest = rest.dropFirst(written)
    }
    guard fsync(descriptor) == 0, close(descriptor) == 0, rename(draft, path) == 0 else {
      let error = fail()
      unlink(draft)
      throw error
    }
    // The rename itself is durable once the folder is.
    let folder = open(path.lastIndex(of: "/").map { path[...$0] + "." } ?? ".", O_RDONLY | O_DIRECTORY)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }
}

extension NodeConfiguration {
  /// What verdicts depend on, with these regions' logs replicated besides this one's own.
  package func catalog(
    replicating regions: some Sequence<RegionCode>, cuts: [RegionCode: LogHead] = [:]
  ) -> CatalogConfiguration {
    CatalogConfiguration(federation: federation, replicated: Set(regions).union([region]), cuts: cuts)
  }
}
