import AppModel
import AppScript
import ControlAPI
import Engine
import EngineCore
import Planning
import Store

/// Makes apps of the files that a client sent: evaluates the script here, whatever the client thinks of it, compares, and
/// hands revisions to the engine.
struct DeployService: Sendable {
  var store: Store
  var engine: Engine
  var evaluator: ScriptEvaluator
  /// A script that is evaluated costs a process with a core of its own.
  let evaluations = Turnstile(width: 4)
  var disk: DiskWork
  var clock: any EngineClock
  var server: ServerFacts
  var limits: ServerConfiguration.Limits
  /// Address of this server as who asks knows it; nil: the plain listener's.
  private(set) var base: String?

  /// The same, for one who reached this server under that address.
  func reached(at base: String?) -> DeployService {
    var service = self
    service.base = base
    return service
  }

  /// A deploy whose script is right, before anything has changed.
  struct Prepared: Sendable {
    var request: DeployRequest
    var apps: [PreparedApp]
    var warnings: [String]
    var begin: Moment
  }

  struct PreparedApp: Sendable {
    var id: AppID
    /// As the script says, with what the request overrides.
    var definition: AppDefinition
    var auth: Auth
    var bundle: BundleReference
    var differences: [SettingDifference]
    /// What takes the app's traffic now.
    var active: RevisionID?
  }

  /// Everything that can be wrong is found here, and nothing is changed. Throws `APIFailure`, 422 with the diagnostics of a
  /// script that is wrong.
  func prepare(_ request: DeployRequest) async throws -> Prepared {
    let begin = clock.now
    try request.check(limits)
    let (hash, folder) = try await keep(request)
    let script = try await evaluate(request, in: folder)
    let definitions = try choose(from: script.definitions, request)
    let bundle = BundleReference(hash: hash, script: request.script)
    let view = await engine.view
    var apps: [PreparedApp] = []
    for definition in definitions {
      let app = try prepare(definition, request, bundle, view)
      apps.append(app)
    }
    let warnings = script.diagnostics.map(Self.line) + apps.flatMap { Self.secretWarnings($0.id, $0.definition) }
    return Prepared(request: request, apps: apps, warnings: warnings, begin: begin)
  }

  /// The bundle in the store and as a folder.
  private func keep(_ request: DeployRequest) async throws -> (hash: String, folder: String) {
    let files = request.bundleEntries
    let limits = BundleLimits(filesMax: BundleManifest.filesMax, bytesMax: Int(limits.bundle.bytes))
    return try await disk.run { [store] in
      let hash = try store.putBundle(files: files, limits: limits)
      return (hash, try store.materialize(hash))
    }
  }

  private func evaluate(_ request: DeployRequest, in folder: String) async throws -> EvaluatedScript {
    let overrides = DefinitionOverrides(
      auth: request.auth, strategy: request.strategy, machineTypes: request.machineTypes, gpuCount: request.gpuCount)
    var script = try await evaluations.pass {
      try await evaluator.evaluate(folder + "/" + request.script, overrides: overrides)
    }
    for index in script.diagnostics.indices {
      guard let file = script.diagnostics[index].position?.file, file.hasPrefix(folder + "/") else { continue }
      script.diagnostics[index].position?.file = String(file.dropFirst(folder.utf8.count + 1))
    }
    guard !script.hasErrors else {
      let errors = script.diagnostics.filter { $0.severity == .error }
      let message = errors.count == 1 ? errors[0].message : "the script has \(errors.count) errors"
      throw APIFailure(422, "script-invalid", message, fix: errors.first?.fix, diagnostics: script.diagnostics)
    }
    return script
  }

  private func choose(from definitions: [AppDefinition], _ request: DeployRequest) throws -> [AppDefinition] {
    let names = definitions.map(\.name)
    var chosen = definitions
    if let app = request.app {
      chosen = definitions.filter { $0.name == app }
      guard !chosen.isEmpty else {
        throw APIFailure(
          422, "unknown-app", "the script defines no app '\(app)'",
          fix: Suggestion.nearest(to: app, among: names).map { "did you mean '\($0)'?" }
            ?? "it defines \(names.joined(separator: ", "))")
      }
    }
    guard let name = request.name, chosen.count != 1 else { return chosen }
    throw APIFailure(
      422, "name-ambiguous", "the script defines \(chosen.count) apps, which cannot all be called '\(name)'",
      fix: "say which one is meant: \(names.joined(separator: ", "))")
  }

  private func prepare(
    _ definition: AppDefinition, _ request: DeployRequest, _ bundle: BundleReference, _ view: EngineState
  ) throws -> PreparedApp {
    let owner = definition.owner ?? server.owner
    guard owner == server.owner else {
      throw APIFailure(
        422, "wrong-owner", "the script's owner is '\(owner)', and this server's is '\(server.owner)'",
        fix: "leave 'owner' out of the script")
    }
    let runners = definition.scaling.maxConcurrency
    guard runners <= limits.runnersPerApp else {
      throw APIFailure(
        422, "out-of-range", "max_concurrency cannot be \(runners) here",
        fix: "this server allows \(limits.runnersPerApp) runners of one app")
    }
    // The definition keeps the name that the script gives it: by that name its runners find it there.
    let id = AppID(owner: owner, name: request.name ?? definition.name, environment: request.environment)
    let auth = definition.auth ?? .private
    let app = view.apps[id]
    try checkPlaces(definition, request, app, view)
    return PreparedApp(
      id: id, definition: definition, auth: auth, bundle: bundle,
      differences: differences(definition, auth, app, resets: request.resetsScaling), active: app?.active?.id)
  }

  /// What no node could ever hold is refused before anything is made. The engine looks again: nodes come and go.
  private func checkPlaces(
    _ definition: AppDefinition, _ request: DeployRequest, _ app: AppState?, _ view: EngineState
  ) throws {
    let regions = request.resetsScaling ? nil : app.flatMap { app in app.active.map { app.definition(of: $0).regions } }
    let wish = Wish(machines: definition.machines, regions: regions ?? definition.regions)
    if let obstacle = view.pool.obstacleForGood(to: wish) {
      throw APIFailure(EngineRejection.neverPlaceable(obstacle))
    }
  }

  private func differences(
    _ definition: AppDefinition, _ auth: Auth, _ app: AppState?, resets: Bool
  ) -> [SettingDifference] {
    guard let app, let active = app.active else { return [] }
    let now = app.definition(of: active)
    let before = SettingsComparison.Settings(definition: now, auth: app.auth(of: active))
    let kept = resets ? SettingsChange() : SettingsChange(inheritedFrom: now)
    return SettingsComparison.differences(
      before: before, after: .init(definition: kept.applied(to: definition), auth: auth), code: definition)
  }

  /// `app.lua:3:5: what is wrong (what to do)`
  private static func line(_ warning: Diagnostic) -> String {
    let place = warning.position.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
    return place + warning.message + (warning.fix.map { " (\($0))" } ?? "")
  }

  private static func secretWarnings(_ app: AppID, _ definition: AppDefinition) -> [String] {
    guard let secrets = definition.secrets, !secrets.isEmpty else { return [] }
    return ["\(app.name): this server keeps no secrets yet, so \(secrets.joined(separator: ", ")) stay unset"]
  }
}
