import Lua

/// The libraries that scripts use besides Lua's own: `log`, `http`, `files`, `time`, `crypto`, `base64`, `env`, `secret`,
/// `sleep`, `fail` and `print`.
///
/// While a script loads, what needs a running app (requests, waiting, secrets) gives an error that says so.
final class ScriptLibraries {
  let state: LuaState
  let files: FileTree?
  let env: [String: String]
  let secrets: [String: String]
  unowned let output: any ScriptOutput
  /// nil when the script is only evaluated.
  let loop: EventLoop?
  private(set) lazy var http: HTTPClient? = loop.map { HTTPClient(loop: $0) }
  /// From the start until `finishedLoading()`.
  private(set) var isLoading = true

  init(
    state: LuaState, output: any ScriptOutput, loop: EventLoop?, files: FileTree?, env: [String: String] = [:],
    secrets: [String: String] = [:]
  ) {
    self.state = state
    self.output = output
    self.loop = loop
    self.files = files
    self.env = env
    self.secrets = secrets
  }

  /// Adds the libraries to the state's globals.
  func install() throws {
    try state.openJSON()
    try installLog()
    try installFail()
    try installTime()
    try installFiles()
    try installCrypto()
    try installBase64()
    try installEnvironment()
    try installHTTP()
  }

  /// The script's top level has run: its handlers may wait from now on.
  func finishedLoading() { isLoading = false }

  /// The loop, for a function that needs the app to run.
  func running(_ name: String) throws -> EventLoop {
    guard let loop, !isLoading else { throw LibraryError.notWhileLoading(name) }
    return loop
  }

  // MARK: For the libraries

  /// A global table of host functions.
  func library(
    _ name: String, _ functions: [(String, (borrowing LuaCall) throws -> LuaReturn)]
  ) throws {
    let table = try state.table()
    for (function, body) in functions {
      try table.set(function, try state.function("\(name).\(function)", body))
    }
    try state.globals.set(name, table)
  }

  func global(_ name: String, _ body: @escaping (borrowing LuaCall) throws -> LuaReturn) throws {
    try state.globals.set(name, try state.function(name, body))
  }

  /// Runs a chunk of the libraries' own and gives its first result.
  func run(_ source: String, name: String, _ arguments: [any LuaPushable] = []) throws -> LuaValue {
    let chunk = try state.load(source, name: name)
    return try chunk.call(arguments: arguments).first ?? .nilValue
  }
}

/// Where a script's log records go.
protocol ScriptOutput: AnyObject {
  func log(_ level: LogLevel, _ message: String, task: LuaTask?)

  /// Whether records should wait.
  var isCongested: Bool { get }

  /// Calls `body` when they need not any more.
  func whenDrained(_ body: @escaping () -> Void)
}

/// Why a library refuses. The script can catch it.
enum LibraryError: Error, CustomStringConvertible {
  case notWhileLoading(String)
  case unavailable(String)
  case invalid(String)

  var description: String {
    switch self {
    case .notWhileLoading(let name):
      "\(name) works in setup, endpoints and hooks, not while the script loads"
    case .unavailable(let message), .invalid(let message): message
    }
  }
}
