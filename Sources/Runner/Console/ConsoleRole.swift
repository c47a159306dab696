import Lua
import RunnerProtocol

/// Evaluates what a person types, in one environment that lasts.
final class ConsoleRole: Role, ScriptOutput {
  /// VM time after which the loop looks for an `interrupt`.
  private static let slice = Duration.milliseconds(10)
  /// What one person types at once.
  private static let sourceMax = 1_048_576
  /// Questions to the host whose answers are due.
  private static let hostCallsMax = 32
  static let chunkName = "console"

  private let spec: LaunchSpec
  unowned let runner: Runner
  private var lua: LuaState?
  private var libraries: ScriptLibraries?
  private var environment: LuaTable?
  private var show: LuaFunction?
  /// Evaluations in progress, by stream.
  private var evaluations: [UInt32: LuaTask] = [:]
  private var hostCalls: [UInt32: LuaSuspension] = [:]
  private var hostCallLast: UInt32 = 0
  private var isDraining = false

  init(spec: LaunchSpec, runner: Runner) {
    self.spec = spec
    self.runner = runner
  }

  var startupProblem: String? { nil }

  func start() {
    do {
      var limits = LuaLimits()
      limits.memory = Int(clamping: spec.memoryMax)
      limits.slice = Self.slice
      let lua = try LuaState(limits: limits)
      self.lua = lua
      try runner.startLifeline()
      let files = try FileTree(bundle: spec.bundle, mounts: spec.dataMounts)
      let libraries = ScriptLibraries(
        state: lua, output: self, loop: runner.loop, files: files, env: spec.env, secrets: spec.secrets)
      self.libraries = libraries
      try libraries.install()
      libraries.finishedLoading()
      try installHostCalls(libraries)
      try makeEnvironment(libraries)
      runner.becameReady()
    } catch {
      runner.failed(StartFailure.report(of: error, spec: spec))
    }
  }

  /// A table of its own for what the person defines, which the library's own code does not see.
  private func makeEnvironment(_ libraries: ScriptLibraries) throws {
    guard case .function(let show) = try libraries.run(ConsolePrinter.source, name: "printer") else {
      throw LibraryError.unavailable("the console does not load")
    }
    environment = try libraries.state.environment(writable: true)
    self.show = show
  }

  // MARK: Evaluation

  func receive(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) throws {
    switch header.kind {
    case .evaluate:
      guard evaluations[header.stream] == nil, payload.count <= Self.sourceMax else {
        throw FrameError.unexpected(.evaluate)
      }
      evaluate(Array(payload), stream: header.stream)
    case .interrupt: evaluations[header.stream]?.cancel(Interruption())
    case .hostAnswer:
      var reader = ByteReader(payload)
      answered(header.stream, try HostAnswer(from: &reader))
    default: throw FrameError.unexpected(header.kind)
    }
  }

  private func evaluate(_ source: [UInt8], stream: UInt32) {
    do {
      guard !isDraining, let chunk = try compile(source) else {
        return send(Evaluation(isDraining ? .error : .incomplete, text: isDraining ? "the console is closing" : ""), stream)
      }
      guard let lua, let show else { return }
      let task = try lua.task(
        show, { arguments in try arguments.push(chunk) },
        onFinish: { [unowned self] outcome in finished(stream, outcome) })
      evaluations[stream] = task
      task.start()
    } catch {
      send(Evaluation(.error, text: EndpointRole.text(of: error)), stream)
    }
  }

  /// The source as an expression if it is one, else as statements whose locals persist; nil when more lines are needed.
  private func compile(_ source: [UInt8]) throws -> LuaFunction? {
    let source = ReplSource.withoutLeadingEquals(source)
    do {
      return try load(ReplSource.expression(source))
    } catch let asExpression as LuaError {
      do {
        return try load(ReplSource(source).withPersistentLocals())
      } catch let asStatements as LuaError {
        if case .syntax(incomplete: true) = asExpression.kind { return nil }
        if case .syntax(incomplete: true) = asStatements.kind { return nil }
        throw asStatements
      }
    }
  }

  private func load(_ source: [UInt8]) throws -> LuaFunction? {
    try lua?.load(source, name: Self.chunkName, environment: environment)
  }

  private func finished(_ stream: UInt32, _ outcome: borrowing LuaOutcome) {
    evaluations[stream] = nil
    send(evaluation(of: outcome), stream)
    if isDraining, evaluations.isEmpty { runner.drained() }
  }

  private func evaluation(of outcome: borrowing LuaOutcome) -> Evaluation {
    guard let error = outcome.error else {
      return Evaluation(.value, text: text(of: outcome))
    }
    if error.underlying is Interruption { return Evaluation(.error, text: "interrupted") }
    if let failure = error.underlying as? FailError { return Evaluation(.error, text: failure.description) }
    return Evaluation(.error, text: EndpointRole.text(of: ConsoleTraceback.shortened(error)))
  }

  /// What the printer returned.
  private func text(of outcome: borrowing LuaOutcome) -> String {
    do {
      guard case .string(let text) = try outcome.value(1) else { return "" }
      return String(decoding: text, as: UTF8.self)
    } catch {
      return "the result cannot be shown: \(error)"
    }
  }

  private func send(_ evaluation: Evaluation, _ stream: UInt32) {
    do {
      try runner.send(.evaluated, stream: stream, evaluation)
    } catch {
      runner.log(.error, "an evaluation could not be sent: \(error)")
    }
  }

  // MARK: Questions to the host

  private func installHostCalls(_ libraries: ScriptLibraries) throws {
    for name in ["call", "runners", "logs", "reload"] {
      try libraries.global(name) { [unowned self] call in try ask(name, call) }
    }
    try libraries.global("help") { [unowned self] call in
      log(.info, Self.help, task: call.task)
      return call.returns()
    }
  }

  private func ask(_ name: String, _ call: borrowing LuaCall) throws -> LuaReturn {
    guard hostCalls.count < Self.hostCallsMax else { throw LibraryError.unavailable("too many questions to the host at once") }
    var arguments = Array("[".utf8)
    var index = 1
    while index <= call.count {
      if index > 1 { arguments.append(UInt8(ascii: ",")) }
      arguments += try call.json(at: index, limit: FrameHeader.payloadMax / 2)
      index += 1
    }
    arguments.append(UInt8(ascii: "]"))
    let question = HostCall(name: name, arguments: arguments)
    hostCallLast &+= 1
    let stream = hostCallLast
    return try call.suspend { [unowned self] suspension in
      hostCalls[stream] = suspension
      suspension.onCancel = { [unowned self] in hostCalls[stream] = nil }
      runner.send(.hostCall, stream: stream) { question.write(to: &$0) }
    }
  }

  private func answered(_ stream: UInt32, _ answer: HostAnswer) {
    // An interrupted question is answered all the same.
    guard let suspension = hostCalls.removeValue(forKey: stream) else { return }
    if answer.succeeded {
      suspension.resume(pushing: { arguments in try answer.payload.withUnsafeBytes { try arguments.push(json: $0) } })
    } else {
      suspension.resume(throwing: LibraryError.unavailable(HostProblem.text(of: answer.payload)))
    }
  }

  private static let help = """
    call(path, input)   calls the app: call("/", { text = "a" })
    runners()           the app's runners
    logs(n)             its last log lines
    reload()            loads the script again
    Expressions print, statements run, locals stay. json, http, files, time, crypto … are the script's own libraries.
    """

  // MARK: The rest of a role

  var hasWork: Bool { lua?.hasRunnable ?? false }

  func work() { lua?.runNext() }

  func drain() {
    isDraining = true
    if evaluations.isEmpty { runner.drained() }
  }

  func hostLost() {
    for task in evaluations.values { task.cancel(Interruption()) }
  }

  func stopNow() {
    for task in evaluations.values { task.cancel(Interruption()) }
  }

  func limitsChanged(_ spec: LaunchSpec) {}
  func terminationRequested() {}
  func collectChildren() {}

  func log(_ level: LogLevel, _ message: String, task: LuaTask?) { runner.log(level, source: .script, message) }
  var isCongested: Bool { runner.isCongested }
  func whenDrained(_ body: @escaping () -> Void) { runner.whenDrained(body) }
}
