// swift-tools-version: 6.2
import PackageDescription

// Data flows one way through these targets; Tests/HouseTests holds the table of who may import whom.

let house: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: house)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
]
let http: [Target.Dependency] = nio + [.product(name: "NIOHTTP1", package: "swift-nio")]
let webSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let tls: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let certificates: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let sqlite: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let pages: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let client: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "apolune",
  products: [
    .library(name: "Lua", targets: ["Lua"]),
    .library(name: "EngineCore", targets: ["EngineCore", "Planning", "AppModel"]),
    .executable(name: "apolune", targets: ["apolune"]),
    .executable(name: "apolune-runner", targets: ["apolune-runner"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    .target(
      name: "CLua",
      linkerSettings: [
        .linkedLibrary(":liblua5.4.a"), .linkedLibrary("m"), .linkedLibrary("dl"),
      ]),
    library("Lua", ["CLua"]),

    library("AppModel"),
    library("AppScript", ["Lua", "AppModel"]),

    library("Planning", ["AppModel"]),
    library("EngineCore", ["AppModel", "Planning"]),
    library("Access", ["AppModel", crypto]),
    library("Queueing", ["AppModel", "EngineCore", "RunnerProtocol", heap]),
    library("Store", ["AppModel", "Planning", "EngineCore", "RunnerProtocol", "Access", "Queueing", sqlite, crypto]),
    library("ControlAPI", ["AppModel"]),
    library("RunnerProtocol"),

    library("Platform"),
    .target(name: "CPlatform"),
    .target(name: "CNvidia", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl")]),
    library("Runner", ["Lua", "RunnerProtocol", "AppScript", "AppModel", "Platform", "CPlatform", "CCurl"]),
    .executableTarget(name: "apolune-runner", dependencies: ["Runner"], swiftSettings: house),

    library("Providers", ["AppModel", "Planning", "RunnerProtocol", "Platform", "CPlatform", "CNvidia"]),
    library("Engine", ["AppModel", "Planning", "EngineCore", "Providers", "RunnerProtocol", heap]),
    library("TestKit", ["AppModel", "Planning", "EngineCore", "Providers", "Engine", "RunnerProtocol"]),
    library("Simulation", ["AppModel", "Planning", "EngineCore", "Store"]),
    .executableTarget(name: "apolune-simulate", dependencies: ["Simulation"], swiftSettings: house),
    library("Gateway", ["AppModel", "EngineCore", "RunnerProtocol", "Queueing", webSocket, tls] + http),
    library(
      "Host",
      [
        "AppModel", "AppScript", "Planning", "EngineCore", "RunnerProtocol", "Providers", "Engine", "Gateway", "Store",
        "Access", "Queueing", "ControlAPI", "Platform", "CPlatform", crypto, certificates, asn1, client, pages,
        logging,
      ] + nio),
    library(
      "Commands",
      ["Host", "AppModel", "AppScript", "RunnerProtocol", "ControlAPI", "Platform", "CPlatform", arguments, client, tls]),
    .executableTarget(name: "apolune", dependencies: ["Commands"], swiftSettings: house),

    tests("HouseTests", []),
    tests("LuaTests", ["Lua", "CLua"]),
    tests(
      "HostTests",
      [
        "Host", "Access", "AppModel", "AppScript", "ControlAPI", "Engine", "EngineCore", "Platform", "Store", "Gateway",
        "apolune-runner", "Queueing", "TestKit", crypto, certificates, logging,
      ]
        + nio),
    tests("CommandsTests", ["Commands", "Host", "AppModel", "AppScript", "RunnerProtocol", "ControlAPI", arguments] + http),
    tests("AccessTests", ["Access", "AppModel"]),
    tests("QueueingTests", ["Queueing", "AppModel", "EngineCore", "RunnerProtocol"]),
    tests("RunnerProtocolTests", ["RunnerProtocol"]),
    tests(
      "GatewayTests",
      ["Gateway", "Queueing", "AppModel", "EngineCore", "RunnerProtocol", tls, certificates, asn1, crypto] + http),
    tests("AppModelTests", ["AppModel"]),
    tests("RunnerTests", ["Runner", "Lua", "RunnerProtocol", "apolune-runner"]),
    .testTarget(
      name: "LuaDataTests", dependencies: ["Lua", "CLua"], resources: [.copy("strings.lua")], swiftSettings: house),
    tests("AppScriptTests", ["AppScript", "AppModel", "Lua"]),
    tests("PlanningTests", ["Planning", "AppModel"]),
    .testTarget(
      name: "EngineCoreTests", dependencies: ["EngineCore", "Planning", "AppModel"], resources: [.copy("facts.jsonl")],
      swiftSettings: house),
    tests("ProvidersTests", ["Providers", "Planning", "TestKit", "AppModel", "Platform", "CPlatform"]),
    tests("StoreTests", ["Store", "Access", "Queueing", "EngineCore", "AppModel", "RunnerProtocol", sqlite, crypto]),
    tests("EngineTests", ["Engine", "EngineCore", "Planning", "Providers", "TestKit", "AppModel", "RunnerProtocol"]),
    tests("SimulationTests", ["Simulation"]),
    tests("EndToEndTests", ["apolune", "apolune-runner"]),
  ],
  swiftLanguageModes: [.v6]
)
