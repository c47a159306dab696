import AppModel
import AppScript
import ArgumentParser
import ControlAPI
import Host

/// `apolune deploy FILE`
struct DeployCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deploy",
    abstract: "Deploy a script as a new revision that stays.",
    discussion: """
      The script is checked first: with an error nothing is changed. Its files travel to the server, the revision is \
      registered, and traffic moves to it by the script's strategy: recreate (default) at once, rolling when a runner \
      of the new revision is ready, and not at all if none becomes so. Settings that were scaled by hand stay, unless \
      --reset-scale is said. Where no server runs on this machine and none is named, \
      one is started in the background.

      EXAMPLES:
        apolune deploy app.lua
        apolune deploy app.lua --strategy rolling --message "better counts"
        apolune deploy app.lua::words --app-name words2 --env staging
        apolune deploy app.lua --check

      \(ExitCodes.rollout)
      """)

  @Argument(help: "The Lua file; with ::NAME, one app of it.", completion: .file(extensions: ["lua"])) var file: String
  @Option(help: "Deploy under this name.") var appName: String?
  @Option(help: "Who may call: private (default), shared or public.") var auth: Auth?
  @Option(help: "How traffic moves: recreate (default) or rolling.") var strategy: Strategy?
  @Option(help: "Machine types in place of the script's, the first one with room wins: S, or M,L.")
  var machineType: String?
  @Option(help: "GPUs of a runner, in place of the script's.") var numGpus: Int?
  @Option(help: "What is new, in up to 2048 characters.") var message: String?
  @Option(help: "KEY=VALUE to keep with the revision; may be said 32 times.") var annotation: [Annotation] = []
  @Flag(help: "Do not wait for the rollout.") var detach = false
  @Flag(help: "Take scaling from the script, not from what the app has now.") var resetScale = false
  @Flag(help: "Show what would change, and ask before it does.") var check = false
  @Flag(name: [.customShort("y"), .long], help: "Do not ask.") var yes = false
  @ArgumentParser.OptionGroup var environment: EnvironmentOptions
  @ArgumentParser.OptionGroup var server: ServerOptions

  func run() async throws {
    let console = Console()
    try await server.reporting(console) {
      let source = DeploySource(file)
      let began = ContinuousClock.now
      let script = try await evaluated(source, console)
      let warnings = Set(script.diagnostics.map(\.message))
      let display = RolloutDisplay(console, isSilent: server.json, warningsSeen: warnings, began: began)
      display.begin("package", since: began)
      let app = try chosen(source, script)
      let files = try fingerprints(script, app)
      let run = DeployRun(
        request: request(script, app: app, files: files, console), files: files, script: script, display: display,
        asks: check, isAgreed: yes)
      try await onServer(run, console)
    }
  }

  /// Starts a server where there is none and nobody named one.
  private func onServer(_ run: DeployRun, _ console: Console) async throws {
    let folder = server.folder(console)
    let location = try ServerLocation.find(named: server.server, folder: folder, environment: console.environment)
    do {
      try await server.with(location, console) { try await run.run($0) }
    } catch let error as CommandError where error.code == ClientFailure.noServer && !location.isNamed {
      run.display.begin("start a server")
      let background = try await BackgroundServer(folder: folder).start()
      run.display.note(background.words)
      let started = try ServerLocation(background.record.url, .record)
      try await server.with(started, console) { try await run.run($0) }
    }
  }

  private func evaluated(_ source: DeploySource, _ console: Console) async throws -> EvaluatedScript {
    let runner = try RunnerExecutable.find(environment: console.environment)
    let overrides = DefinitionOverrides(
      auth: auth, strategy: strategy, machineTypes: machineTypes, gpuCount: numGpus)
    var script = try await ScriptEvaluator(runner: runner).evaluate(source.path, overrides: overrides)
    if script.lacksOnlyMachineTypes, let catalogue = try await catalogue(console) {
      script = try await ScriptEvaluator(runner: runner, catalogue: catalogue).evaluate(source.path, overrides: overrides)
    }
    guard script.hasErrors || !server.json else { return script }
    if server.json {
      var error = CommandError(
        "script-invalid", "\(source.path) has \(DiagnosticRenderer.count(script.diagnostics))",
        fix: "mend it; nothing was changed")
      error.diagnostics = script.diagnostics
      throw error
    }
    var answer = CheckAnswer()
    answer.add(source.path, script)
    let problems = answer.problems(console.errors)
    if !problems.isEmpty { console.complain(problems) }
    if script.hasErrors { throw ExitCode(1) }
    return script
  }

  /// The machine types of the server, its operator's among them; nil where no server runs.
  private func catalogue(_ console: Console) async throws -> [MachineType]? {
    let location = try ServerLocation.find(
      named: server.server, folder: server.folder(console), environment: console.environment)
    do {
      let status = try await server.with(location, console) { try await $0.client.status() }
      return status.machineTypes
    } catch let error as CommandError where error.code == ClientFailure.noServer {
      return nil
    }
  }

  private var machineTypes: [String]? { machineType.flatMap { WordList.split([$0]) } }

  /// The app that is meant; nil for all of the script.
  private func chosen(_ source: DeploySource, _ script: EvaluatedScript) throws(CommandError) -> String? {
    let names = script.definitions.map(\.name)
    if let app = source.app {
      guard names.contains(app) else {
        let near = Suggestion.nearest(to: app, among: names)
        throw CommandError(
          "unknown-app", "\(source.path) defines no app '\(app)'",
          fix: near.map { "did you mean \(source.path)::\($0)?" } ?? "it defines \(names.joined(separator: ", "))")
      }
      return app
    }
    guard appName == nil || names.count == 1 else {
      throw CommandError(
        "several-apps", "\(source.path) defines \(names.count) apps, and they cannot have one name",
        fix: "say which one gets it: \(source.path)::\(names[0])")
    }
    return nil
  }

  private func fingerprints(_ script: EvaluatedScript, _ app: String?) throws(CommandError) -> [Fingerprint] {
    do {
      return try script.fingerprints(app: app)
    } catch {
      throw CommandError("bundle-unusable", "\(error)", fix: "make the file readable, or leave it out with 'files_ignore'")
    }
  }

  func request(_ script: EvaluatedScript, app: String?, files: [Fingerprint], _ console: Console) -> DeployRequest {
    var request = DeployRequest(
      script: script.script,
      files: files.map {
        DeployRequest.File(path: $0.path, hash: $0.hash, size: $0.size, isExecutable: $0.isExecutable)
      },
      environment: environment.name(console.environment))
    request.app = app
    request.name = appName
    request.auth = auth
    request.strategy = strategy
    request.machineTypes = machineTypes
    request.gpuCount = numGpus
    request.message = message
    request.annotations = Dictionary(annotation.map { ($0.key, $0.value) }) { _, last in last }
    request.resetsScaling = resetScale
    request.detaches = detach
    return request
  }
}

extension EvaluatedScript {
  /// Whether all that is wrong is a machine type that is not built in: then the server's operator may have named it.
  fileprivate var lacksOnlyMachineTypes: Bool {
    let errors = diagnostics.filter { $0.severity == .error }
    return !errors.isEmpty && errors.allSatisfy { $0.code == "unknown-machine-type" }
  }
}
