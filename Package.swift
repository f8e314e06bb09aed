// swift-tools-version: 6.1
import PackageDescription

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
  name: "tongyuan",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "tongyuan", targets: ["tongyuan"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // System libraries; `make setup` installs them.
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // The deterministic core: no I/O, no clock, no randomness.
    .target(name: "Cryptography", dependencies: ["COpenSSL"]),
    .target(name: "TransparencyLog", dependencies: ["Cryptography"]),
    .target(name: "Catalog", dependencies: ["Cryptography", "TransparencyLog", protobuf]),
    .target(name: "Replication", dependencies: ["Catalog", "Cryptography", "TransparencyLog", protobuf]),

    // The node around it.
    .target(
      name: "Persistence",
      dependencies: ["Catalog", "Cryptography", "Replication", "TransparencyLog", grdb, grdbSQLite]),
    .target(
      name: "PeerTransport",
      dependencies: [
        "CCurl", "COpenSSL", "CZstd", "Cryptography", hummingbird, hummingbirdCore, logging, nioCore, nioPosix, nioSSL,
        nioTLS,
      ]),
    .target(
      name: "NodeRuntime",
      dependencies: [
        "CZlib", "Catalog", "Cryptography", "PeerTransport", "Persistence", "Replication", "TransparencyLog", logging,
        yams,
      ]),
    .target(name: "Presentation"),
    .executableTarget(
      name: "tongyuan",
      dependencies: [
        "Catalog", "Cryptography", "NodeRuntime", "PeerTransport", "Presentation", "TransparencyLog", argumentParser,
        logging,
      ]),

    // Tests, and what they stand on.
    .target(
      name: "Simulator", dependencies: ["Catalog", "Cryptography", "Replication", "TransparencyLog", protobuf],
      path: "Tests/Simulator"),
    .target(
      name: "NodeProcesses",
      dependencies: [
        "Catalog", "Cryptography", "NodeRuntime", "PeerTransport", "Persistence", "Replication", "TransparencyLog",
        logging,
      ],
      path: "Tests/NodeProcesses"),
    .executableTarget(name: "tongyuan-hostile", dependencies: ["NodeProcesses"], path: "Tests/HostilePeer"),
    .executableTarget(
      name: "tongyuan-demo", dependencies: ["Catalog", "NodeProcesses"], path: "Demo", exclude: ["samples"]),
    .executableTarget(
      name: "tongyuan-bench",
      dependencies: [
        "Catalog", "Cryptography", "NodeProcesses", "NodeRuntime", "PeerTransport", "Persistence", "Replication",
        "TransparencyLog", grdb, grdbSQLite,
      ],
      path: "Benchmarks"),
    .executableTarget(name: "ModelCheck", dependencies: ["Simulator"], path: "Tests/ModelCheck"),
    .testTarget(name: "CryptographyTests", dependencies: ["COpenSSL", "Cryptography"]),
    .testTarget(name: "TransparencyLogTests", dependencies: ["Cryptography", "TransparencyLog"]),
    .testTarget(
      name: "CatalogTests", dependencies: ["Catalog", "Cryptography", "Simulator", "TransparencyLog", protobuf]),
    .testTarget(
      name: "ReplicationTests",
      dependencies: ["Catalog", "Cryptography", "Replication", "Simulator", "TransparencyLog"]),
    .testTarget(
      name: "SimulationTests",
      dependencies: ["Catalog", "Cryptography", "Replication", "Simulator", "TransparencyLog"]),
    .testTarget(name: "NodeTests", dependencies: ["Catalog", "NodeProcesses", "PeerTransport", grdb]),
    .testTarget(
      name: "PresentationTests",
      dependencies: ["Catalog", "Cryptography", "NodeProcesses", "NodeRuntime", "Presentation", "TransparencyLog"]),
    .testTarget(
      name: "PeerTransportTests", dependencies: ["COpenSSL", "Cryptography", "PeerTransport", logging]),
    .testTarget(
      name: "PersistenceTests",
      dependencies: ["Catalog", "Cryptography", "Persistence", "Replication", "Simulator", "TransparencyLog", grdb]),
    .testTarget(
      name: "NodeRuntimeTests",
      dependencies: ["CZlib", "Catalog", "Cryptography", "NodeRuntime", "TransparencyLog"]),
  ],
  swiftLanguageModes: [.v6]
)
