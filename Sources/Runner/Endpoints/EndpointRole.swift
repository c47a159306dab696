import AppScript
import Lua
import RunnerProtocol

/// Serves the endpoints of a script: each request is a coroutine of one Lua state.
final class EndpointRole: Role, ScriptOutput {
  private struct Endpoint {
    var handler: LuaFunction
    var isStreaming = false
    var isRealtime = false
    /// It takes a hook's `ctx` instead of the request's body.
    var isHook = false
  }

  private enum State {
    /// Becomes `loading`.
    case idle
    /// The script loads and `setup` runs. Becomes `serving`, `draining`, or the runner fails.
    case starting
    /// Takes requests. Becomes `draining`.
    case serving
    /// Finishes its requests, then runs `teardown`. Becomes `tearingDown`.
    case draining
    /// `teardown` runs. Becomes `ended`.
    case tearingDown
    /// Final.
    case ended
  }

  /// VM time after which another request gets its turn.
  private static let slice = Duration.milliseconds(2)
  /// VM time of the script's top level, which the loop cannot interrupt. Tasks have limits of their own.
  private static let loadTimeMax = Duration.seconds(10)

  private(set) var spec: LaunchSpec
  unowned let runner: Runner
  private var state = State.idle
  private(set) var lua: LuaState?
  private var script: LoadedScript?
  private var libraries: ScriptLibraries?
  private(set) var invoke: LuaFunction?
  private var endpoints: [String: Endpoint] = [:]
  /// Requests in progress, by stream.
  var exchanges: [UInt32: Exchange] = [:]
  /// Health checks among them: 0 or 1.
  var checksOpen = 0
  /// Hooks in progress.
  private var hooks: [LuaTask] = []

  init(spec: LaunchSpec, runner: Runner) {
    self.spec = spec
    self.runner = runner
  }

  var isServing: Bool { state == .serving }

  /// nil: there is no such endpoint, or it is not one for sessions.
  func realtimeHandler(_ path: String) -> LuaFunction? {
    guard let endpoint = endpoints[path], endpoint.isRealtime else { return nil }
    return endpoint.handler
  }

  var startupProblem: String? { state == .starting ? "setup has not returned" : nil }

  var hasWork: Bool { lua?.hasRunnable ?? false }

  func work() { lua?.runNext() }

  // MARK: Start

  func start() {
    state = .starting
    do {
      let lua = try LuaState(limits: limits)
      self.lua = lua
      try runner.startLifeline()
      let files = try FileTree(bundle: spec.bundle, mounts: spec.dataMounts)
      let libraries = ScriptLibraries(
        state: lua, output: self, loop: runner.loop, files: files, env: spec.env, secrets: spec.secrets)
      self.libraries = libraries
      try libraries.install()
      invoke = try makeInvoke(libraries)
      let script = try loadScript(lua)
      self.script = script
      endpoints = try findEndpoints(script)
      libraries.finishedLoading()
      try setUp(script)
    } catch {
      runner.failed(StartFailure.report(of: error, spec: spec))
    }
  }

  private var limits: LuaLimits {
    var limits = LuaLimits()
    limits.memory = Int(clamping: spec.memoryMax)
    limits.time = Self.loadTimeMax
    limits.slice = Self.slice
    return limits
  }

  private func loadScript(_ lua: LuaState) throws -> LoadedScript {
    let source = try ScriptFile.read("\(spec.bundle)/\(spec.script)")
    let folder = try BundleFolder(root: spec.bundle)
    var loader = ScriptLoader(state: lua, folder: folder)
    // The host has checked the script: columns would only cost time here.
    loader.detail = .lines
    return try loader.load(source: source, name: spec.script)
  }

  private func findEndpoints(_ script: LoadedScript) throws -> [String: Endpoint] {
    guard let app = script.draft.apps.first(where: { $0.name == spec.app }) else {
      throw LibraryError.unavailable("\(spec.script) has no app '\(spec.app)'")
    }
    var found: [String: Endpoint] = [:]
    for endpoint in app.endpoints {
      guard let handler = script.handler(app: spec.app, path: endpoint.path) else { continue }
      found[endpoint.path] = Endpoint(
        handler: handler, isStreaming: endpoint.options?.isTrue("stream") ?? false,
        isRealtime: endpoint.options?.isTrue("realtime") ?? false)
    }
    if found["/health"] == nil, let hook = script.hook(app: spec.app, name: "health") {
      found["/health"] = Endpoint(handler: hook, isHook: true)
    }
    return found
  }

  func limitsChanged(_ spec: LaunchSpec) { self.spec.adopt(limitsOf: spec) }

  private func setUp(_ script: LoadedScript) throws {
    guard let setup = script.hook(app: spec.app, name: "setup") else { return becomeReady() }
    try run(setup, .seconds(spec.startupTimeoutSeconds)) { [unowned self] error in
      guard let error else { return becomeReady() }
      runner.failed(FailureReport(code: "setup-failed", message: Self.text(of: error)))
    }
  }

  private func becomeReady() {
    guard state == .starting else { return }
    state = .serving
    runner.becameReady()
  }

  /// Runs a hook as a task of its own, which may wait.
  private func run(_ hook: LuaFunction, _ time: Duration, _ onFinish: @escaping (LuaError?) -> Void) throws {
    guard let lua else { return }
    let json = hookContext
    let task = try lua.task(
      hook, { arguments in try json.withUnsafeBytes { try arguments.push(json: $0) } },
      onFinish: { [unowned self] outcome in
        hooks.removeAll { $0.isFinished }
        onFinish(outcome.error)
      })
    task.timeLeft = time
    hooks.append(task)
    task.start()
  }

  /// The `ctx` of hooks, as JSON.
  private var hookContext: [UInt8] {
    var context = Array("{".utf8)
    JSONText.append(key: "app", spec.app, to: &context)
    context.append(UInt8(ascii: ","))
    JSONText.append(key: "runner", spec.runnerID, to: &context)
    context.append(UInt8(ascii: "}"))
    return context
  }

  // MARK: Requests

  func receive(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) throws {
    switch header.kind {
    case .request: try startRequest(header.stream, payload, isCheck: false)
    case .check: try startRequest(header.stream, payload, isCheck: true)
    // An exchange that is over may still be cancelled or credited: the frames crossed.
    case .cancel: if let exchange = exchanges[header.stream] { end(exchange, .cancelled) }
    case .session: try startSession(header.stream, payload)
    case .message: try messageArrived(header.stream, payload)
    case .credit:
      var reader = ByteReader(payload)
      let bytes = Int(try reader.integer(UInt32.self))
      guard let exchange = exchanges[header.stream] else { return }
      exchange.credit += bytes
      resumeSender(exchange)
      concludeSession(exchange)
    default: throw FrameError.unexpected(header.kind)
    }
  }

  private func startRequest(_ stream: UInt32, _ payload: UnsafeRawBufferPointer, isCheck: Bool) throws {
    var reader = ByteReader(payload)
    let head = try RequestHead(from: &reader)
    guard exchanges[stream] == nil else { throw FrameError.unexpected(.request) }
    let endpoint = endpoints[head.path]
    let exchange = Exchange(stream: stream, head: head, isStreaming: endpoint?.isStreaming ?? false, credit: spec.streamCredit)
    guard state == .serving else { return refuse(exchange, .draining) }
    // A health check has a place of its own, and the host sends one at a time.
    let placesMax = spec.maxMultiplexing + (isCheck ? 1 : checksOpen)
    guard exchanges.count < placesMax, !isCheck || checksOpen == 0 else { return refuse(exchange, .busy) }
    if endpoint?.isRealtime == true { return refuse(exchange, .realtimeOnly(head.path)) }
    guard let endpoint, let lua, let invoke else {
      return isCheck && head.path == "/health" ? answerWell(exchange) : refuse(exchange, .notFound(head.path))
    }
    let body = reader.rest()
    exchange.isCheck = isCheck
    do {
      let request = RequestObject.json(head)
      let context = endpoint.isHook ? hookContext : []
      let task = try lua.task(
        invoke,
        { arguments in
          guard endpoint.isHook else { return try Self.push(endpoint.handler, body, request, &arguments) }
          try context.withUnsafeBytes { try Self.push(endpoint.handler, $0, request, &arguments) }
        }, context: exchange,
        onFinish: { [unowned self] outcome in finished(exchange, outcome) })
      begin(exchange, task, head)
    } catch {
      refuse(exchange, problem(starting: error, exchange))
    }
  }

  /// A script that says nothing of its health is well when its runner can say so.
  private func answerWell(_ exchange: Exchange) {
    runner.send(.answer, stream: exchange.stream) {
      AnswerHead(status: 200).write(to: &$0)
      $0 += "{}".utf8
    }
  }

  private static func push(
    _ handler: LuaFunction, _ body: UnsafeRawBufferPointer, _ request: [UInt8], _ arguments: inout LuaArguments
  ) throws {
    try arguments.push(handler)
    // No body at all is an empty input, so that a handler can index it.
    if body.isEmpty {
      try Array("{}".utf8).withUnsafeBytes { try arguments.push(json: $0) }
    } else {
      try arguments.push(json: body)
    }
    try request.withUnsafeBytes { try arguments.push(json: $0) }
  }

  private func begin(_ exchange: Exchange, _ task: LuaTask, _ head: RequestHead) {
    let seconds =
      head.timeLimit == 0
      ? spec.requestTimeoutSeconds : min(spec.requestTimeoutSeconds, Double(head.timeLimit) / 1000)
    task.timeLeft = .seconds(seconds)
    exchange.task = task
    exchanges[exchange.stream] = exchange
    if exchange.isCheck { checksOpen += 1 }
    exchange.limit = runner.loop.after(.seconds(seconds)) { exchange.end(.timedOut(seconds: seconds)) }
    task.start()
  }

  func problem(starting error: any Error, _ exchange: Exchange) -> Problem {
    if let error = error as? LuaDataError, error.code == .syntax || error.code == .depth {
      return .invalidJSON("\(error)")
    }
    guard let error = error as? LuaError else {
      log(.error, exchange, "\(exchange.path) could not be started: \(error)")
      return .internalError
    }
    switch error.kind {
    case .data: return .invalidJSON(error.message)
    case .memoryLimit:
      log(.error, exchange, "no memory to start \(exchange.path): \(error.message)")
      return .outOfMemory
    case .syntax, .runtime, .timeLimit, .interrupted, .cancelled, .host:
      log(.error, exchange, Self.text(of: error))
      return .internalError
    }
  }

  // MARK: End

  /// Requests in flight are of nobody's interest any more; the next host sends its own.
  private func end(_ exchange: Exchange, _ ending: Exchange.Ending) {
    if let session = exchange.session { end(exchange, session, ending) } else { exchange.end(ending) }
  }

  func hostLost() {
    for exchange in exchanges.values { end(exchange, .cancelled) }
  }

  func terminationRequested() {
    leaveSessions()
    guard state == .serving || state == .draining, let hook = script?.hook(app: spec.app, name: "handle_exit") else { return }
    do {
      try run(hook, .seconds(spec.graceSeconds)) { [unowned self] error in
        if let error { runner.log(.error, "handle_exit failed: \(Self.text(of: error))") }
      }
    } catch {
      runner.log(.error, "handle_exit failed: \(Self.text(of: error))")
    }
  }

  func drain() {
    switch state {
    case .idle: end()
    case .starting:
      // Nothing was set up that teardown could undo.
      end()
    case .serving:
      state = .draining
      finishDrainIfIdle()
    case .draining, .tearingDown, .ended: return
    }
  }

  /// The last request is over: `teardown` has the grace period for itself.
  func finishDrainIfIdle() {
    guard state == .draining, exchanges.isEmpty else { return }
    state = .tearingDown
    runner.startGrace()
    guard let hook = script?.hook(app: spec.app, name: "teardown") else { return end() }
    do {
      try run(hook, .seconds(spec.graceSeconds)) { [unowned self] error in
        if let error { runner.log(.error, "teardown failed: \(Self.text(of: error))") }
        end()
      }
    } catch {
      runner.log(.error, "teardown failed: \(Self.text(of: error))")
      end()
    }
  }

  private func end() {
    state = .ended
    runner.drained()
  }

  func stopNow() {
    for exchange in exchanges.values { end(exchange, .stopped) }
  }

  func collectChildren() {}

  // MARK: Memory

  /// Above this part of the limit after a collection, the script keeps so much that hardly a request would succeed.
  private static let exhaustedPart = 0.8

  /// A request that ran out of memory leaves a sound state, but where the script holds on to what it filled, another runner
  /// has to take over.
  func replaceIfExhausted(_ error: LuaError) {
    guard case .memoryLimit = error.kind else { return }
    // The request's own coroutine is garbage only when its task is gone.
    runner.loop.atEndOfTick { [unowned self] in replaceIfExhausted() }
  }

  private func replaceIfExhausted() {
    guard let lua, state == .serving else { return }
    // Making a reference takes back those that were released. Should there be no memory even for it, more stays in use.
    _ = try? lua.table()
    lua.collectGarbage()
    guard Double(lua.memoryInUse) > Double(spec.memoryMax) * Self.exhaustedPart else { return }
    runner.retire("the app holds \(lua.memoryInUse) of \(spec.memoryMax) bytes after running out of memory: it is replaced")
  }

  // MARK: ScriptLibraries.Output

  func log(_ level: LogLevel, _ message: String, task: LuaTask?) {
    let request = (task?.context as? Exchange)?.requestID ?? ""
    runner.log(level, source: .script, request: request, message)
  }

  var isCongested: Bool { runner.isCongested }

  func whenDrained(_ body: @escaping () -> Void) { runner.whenDrained(body) }
}

extension DraftValue {
  /// Whether this is a table with `name = true`.
  fileprivate func isTrue(_ name: String) -> Bool {
    guard case .table(_, let fields) = content, let field = fields.first(where: { $0.key == name }) else { return false }
    return field.value.content == .boolean(true)
  }
}
