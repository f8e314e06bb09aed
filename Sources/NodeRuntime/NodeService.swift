import Catalog
import Cryptography
import Dispatch
import Foundation
import Logging
import PeerTransport
import Persistence
import Synchronization

/// `tongyuan serve`: one node, from its lock to its graceful end.
package enum NodeService {
  /// Returns after SIGTERM or SIGINT, when everything under way has ended. `onReady` is called when both listeners answer.
  package static func run(
    directory: DataDirectory, recording: String? = nil, logger: Logger,
    onReady: @Sendable (_ region: String, _ endpoint: String) -> Void
  ) async throws {
    let configuration = try directory.configuration()
    try directory.checkSocketPath()
    let lock = try directory.lock()
    defer { withExtendedLifetime(lock) {} }
    let keys = try directory.keys(configuration)
    let credentials = try directory.credentials()
    try check(credentials, of: configuration, authority: try directory.authority())
    // The port first: whatever else is wrong, nothing was touched when it is taken.
    let peerSocket = try BoundSocket.tcp(host: configuration.listen.host, port: configuration.listen.port)
    let store = try open(directory, configuration, keys)
    let localSocket = try BoundSocket.unix(path: directory.absolute(directory.socketPath))
    let stopped = Signals.termination()
    let node = try Node(
      directory: directory, configuration: configuration, keys: keys, credentials: credentials, store: store,
      logger: logger, recording: recording)
    do {
      try await node.start()
      let peers = PeerService(node: node, store: store, writer: node.writer, federation: configuration.federation)
      let trust = TrustTable(federation: configuration.federation.text, regions: await node.trust())
      let server = try await PeerServer.start(
        on: peerSocket, credentials: credentials, trust: trust,
        limits: ServerLimits(descriptors: DescriptorLimit.raise()), logger: logger
      ) { try await peers.answer($0) }
      await node.serve(with: server)
      let local = LocalService(node: node)
      let localServer = try await LocalServer.start(on: localSocket, logger: logger) { try await local.answer($0) }
      onReady(configuration.region.text, configuration.endpoint)
      await stopped()
      logger.notice("stopping")
      node.beginStopping()
      await localServer.stop()
      await server.stop()
    } catch {
      await node.stop()
      try? store.close()
      throw error
    }
    await node.stop()
    do { try store.seal(configuration.catalog(replicating: [])) } catch {
      logger.warning("fsck will prove less: the store could not be sealed: \(error)")
    }
    try store.close()
  }

  /// Another region's certificate, or one that is out of date, would be refused by every peer: better here, by name.
  private static func check(
    _ credentials: NodeCredentials, of configuration: NodeConfiguration, authority: String
  ) throws(NodeError) {
    let wanted = NodeName.uri(region: configuration.region.text, federation: configuration.federation.text)
    do {
      let certificate = try Certificate(pem: credentials.certificatePEM)
      guard certificate.uriNames == [wanted] else {
        throw NodeError.refused(
          "certificate", "certs/node.pem names \(certificate.uriNames.joined(separator: ", ")), this node is \(wanted)")
      }
      let store = try TrustStore(authorityPEM: authority, revocationListPEM: nil)
      if let rejection = store.verify(certificate, as: .server) {
        throw NodeError.refused("certificate", "certs/node.pem cannot be used: \(rejection.reason)")
      }
    } catch let error as NodeError { throw error } catch {
      throw .refused("certificate", "certs/node.pem or certs/ca.pem cannot be read: \(error)")
    }
  }

  /// Opens the store and makes sure that it is this node's.
  static func open(
    _ directory: DataDirectory, _ configuration: NodeConfiguration, _ keys: NodeKeys
  ) throws -> Store {
    let store: Store
    let identity: [UInt8]?
    do {
      store = try Store.open(at: directory.storePath)
      identity = try store.read(configuration.catalog(replicating: [])) { try $0.local("identity") }
    } catch let error as StoreError { throw NodeError.refused("store", error.reason) }
    guard identity == DataDirectory.identity(configuration, keys) else {
      try store.close()
      throw NodeError.refused(
        "foreignStore",
        "\(directory.storePath) is the store of another node than \(directory.path)/config.yaml and its keys: restore the directory whole"
      )
    }
    return store
  }
}

/// SIGTERM and SIGINT as something to wait for.
enum Signals {
  /// From the call on both signals end no process any more; what comes back returns when one has come.
  static func termination() -> @Sendable () async -> Void {
    let (signals, arrived) = AsyncStream<Int32>.makeStream()
    let sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { arrived.yield(number) }
      source.resume()
      return UncheckedSource(source)
    }
    return {
      for await _ in signals { break }
      withExtendedLifetime(sources) {}
    }
  }

  /// A resumed source is only kept.
  private struct UncheckedSource: @unchecked Sendable {
    let source: any DispatchSourceSignal
    init(_ source: any DispatchSourceSignal) { self.source = source }
  }
}

extension Node {
  /// From now on changes of trust reach the listener too.
  func serve(with server: PeerServer) {
    self.server = server
    server.replaceTrust(trust())
  }
}
