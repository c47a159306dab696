// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "apolune", path: "..")],
  targets: [
    .target(
      name: "CBaseline", cSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [.linkedLibrary(":liblua5.4.a"), .linkedLibrary("m"), .linkedLibrary("dl")]),
    .executableTarget(name: "bridge", dependencies: ["CBaseline", .product(name: "Lua", package: "apolune")]),
    .executableTarget(name: "engine-core", dependencies: [.product(name: "EngineCore", package: "apolune")]),
  ],
  swiftLanguageModes: [.v6]
)
