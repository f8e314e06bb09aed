// swift-tools-version: 6.1
// A package of its own, so that the build of those who run a node knows nothing of sanitizers. What is fuzzed is linked in from
// ../Sources file by file; `make fuzz` builds and runs it.
import PackageDescription

let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
  name: "fuzzing",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .target(name: "Cryptography", dependencies: ["COpenSSL"]),
    .target(name: "TransparencyLog", dependencies: ["Cryptography"]),
    .target(name: "Catalog", dependencies: ["Cryptography", "TransparencyLog", protobuf]),
    .target(name: "Replication", dependencies: ["Catalog", "Cryptography", "TransparencyLog", protobuf]),
    .target(name: "Simulator", dependencies: ["Catalog", "Cryptography", "Replication", "TransparencyLog", protobuf]),
    // Its files of cards, configurations and lists alone.
    .target(name: "NodeRuntime", dependencies: ["Catalog", "Cryptography", "Replication", "TransparencyLog", yams]),
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "Catalog", "Cryptography", "NodeRuntime", "Replication", "Simulator", "TransparencyLog", protobuf,
      ]),
  ],
  swiftLanguageModes: [.v6]
)
