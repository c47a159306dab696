/// Who may import whom: the table of layers. Data flows down this list; nothing points up.
enum Layers {
  struct Layer: Sendable {
    /// Modules of this package.
    var house: Set<String>
    /// Modules of other packages.
    var others: Set<String> = []
    /// Whether `FoundationEssentials` may be used. What runs inside a runner, and what is pure, must do without.
    var mayUseFoundation = false
  }

  static let table: [String: Layer] = [
    "CLua": Layer(house: []),
    "CPlatform": Layer(house: []),
    "Platform": Layer(house: []),
    "CCurl": Layer(house: []),
    "CNvidia": Layer(house: []),
    "Lua": Layer(house: ["CLua"]),
    "AppModel": Layer(house: []),
    "RunnerProtocol": Layer(house: []),
    "AppScript": Layer(house: ["Lua", "AppModel"]),
    "Planning": Layer(house: ["AppModel"]),
    "EngineCore": Layer(house: ["AppModel", "Planning"]),
    "ControlAPI": Layer(house: ["AppModel"]),
    "Access": Layer(house: ["AppModel"], others: ["Crypto"], mayUseFoundation: true),
    "Queueing": Layer(house: ["AppModel", "EngineCore", "RunnerProtocol"], others: ["HeapModule"]),
    "Store": Layer(
      house: ["AppModel", "Planning", "EngineCore", "RunnerProtocol", "Access", "Queueing"], others: ["GRDB", "Crypto"],
      mayUseFoundation: true),
    "Runner": Layer(house: ["Lua", "RunnerProtocol", "AppScript", "AppModel", "Platform", "CPlatform", "CCurl"]),
    "apolune-runner": Layer(house: ["Runner"]),
    "Providers": Layer(
      house: ["AppModel", "Planning", "RunnerProtocol", "Platform", "CPlatform", "CNvidia"], mayUseFoundation: true),
    "Engine": Layer(
      house: ["AppModel", "Planning", "EngineCore", "Providers", "RunnerProtocol"], others: ["HeapModule"], mayUseFoundation: true
    ),
    "Gateway": Layer(
      house: ["AppModel", "EngineCore", "RunnerProtocol", "Queueing"], others: nio.union(["NIOSSL", "NIOWebSocket"]),
      mayUseFoundation: true),
    "Host": Layer(
      house: [
        "AppModel", "AppScript", "CPlatform", "Planning", "EngineCore", "RunnerProtocol", "Providers", "Engine", "Gateway",
        "Store", "Access", "Queueing", "ControlAPI", "Platform",
      ],
      others: nio.union(["Crypto", "X509", "SwiftASN1", "NIOSSL", "AsyncHTTPClient", "Hummingbird", "HTTPTypes", "Logging"]),
      mayUseFoundation: true),
    "Commands": Layer(
      house: ["Host", "AppModel", "AppScript", "EngineCore", "RunnerProtocol", "Platform", "CPlatform", "ControlAPI"],
      others: nio.union(["ArgumentParser", "AsyncHTTPClient", "NIOSSL"]), mayUseFoundation: true),
    "apolune": Layer(house: ["Commands"]),
    "Simulation": Layer(house: ["AppModel", "Planning", "EngineCore", "Store"], mayUseFoundation: true),
    "apolune-simulate": Layer(house: ["Simulation"]),
    "TestKit": Layer(house: ["AppModel", "Planning", "EngineCore", "Providers", "Engine", "RunnerProtocol"]),
  ]

  private static let nio: Set<String> = ["NIOCore", "NIOPosix", "NIOHTTP1"]

  /// What the toolchain brings. Foundation as a whole is not among them: it would add tens of megabytes to the binaries.
  static let system: Set<String> = ["Glibc", "Synchronization", "Dispatch"]

  static let foundation = "FoundationEssentials"
}
