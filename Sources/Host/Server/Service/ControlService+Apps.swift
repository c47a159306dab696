import AppModel
import AppScript
import ControlAPI
import EngineCore

extension ControlService {
  func apps(_ request: APIRequest) async throws -> APIAnswer {
    let environment = request.text(.environment)
    if let environment { try await checkEnvironment(environment) }
    let now = clock.now
    let apps = await engine.view.apps.values.filter { app in
      app.removal == nil && (environment == nil || app.id.environment == environment)
    }
    let deploys = deploys.reached(at: request.base)
    return try .json(
      AppList(apps: apps.sorted { $0.id < $1.id }.map { AppInfo($0, url: deploys.url(of: $0.id), at: now) }))
  }

  func app(_ request: APIRequest) async throws -> APIAnswer {
    let app = try await known(request.appID)
    return try .json(AppInfo(app, url: deploys.reached(at: request.base).url(of: app.id), at: clock.now))
  }

  func deleteApp(_ request: APIRequest) async throws -> APIAnswer {
    let grace = try Self.grace(request)
    try await engine.remove(try await known(request.appID).id, grace: grace)
    return .empty(status: 204)
  }

  func revisions(_ request: APIRequest) async throws -> APIAnswer {
    let app = try await known(request.appID)
    return try .json(RevisionList(revisions: app.revisions.reversed().map { RevisionInfo($0, of: app) }))
  }

  func deleteRevision(_ request: APIRequest) async throws -> APIAnswer {
    let app = try await known(request.appID)
    let revision = try Self.revision(request.parameter("revision"), of: app)
    try await engine.deleteRevision(app.id, revision.id)
    return .empty(status: 204)
  }

  func scale(_ request: APIRequest) async throws -> APIAnswer {
    let wanted = try await request.json(ScaleRequest.self)
    let app = try await known(request.appID)
    guard let revision = app.active ?? app.candidate else {
      throw APIFailure(409, "no-revision", "\(app.id) has no revision that takes requests", fix: "deploy it again")
    }
    let current = app.definition(of: revision)
    var change = wanted.settings
    // Machines come by the names of their types only: nobody makes up what a type has.
    change.machines = nil
    var problems: [Diagnostic] = []
    if wanted.machineTypes != nil || wanted.gpuCount != nil {
      let names = wanted.machineTypes ?? current.machines.map(\.type)
      let (machines, wrong) = settings.machines(names, gpuCount: wanted.gpuCount)
      problems += wrong
      if !machines.isEmpty { change.machines = machines }
    }
    problems += settings.problems(of: change, to: current)
    guard problems.isEmpty else {
      throw APIFailure(422, "settings-invalid", problems[0].message, fix: problems[0].fix, diagnostics: problems)
    }
    guard !change.isEmpty else {
      throw APIFailure(422, "nothing-to-change", "no setting was given", fix: "name at least one")
    }
    try await engine.change(app.id, change)
    let changed = try await known(app.id)
    return try .json(
      ScaleResult(
        app: AppInfo(changed, url: deploys.reached(at: request.base).url(of: app.id), at: clock.now),
        untilNextDeploy: Self.codeBound(change)))
  }

  /// Names of the changed options that the next deploy takes from the script again.
  private static func codeBound(_ change: SettingsChange) -> [String] {
    var names: [String] = []
    if change.maxMultiplexing != nil { names.append("max_multiplexing") }
    if change.startupTimeout != nil { names.append("startup_timeout") }
    if change.machines != nil { names.append("machine_type") }
    return names
  }

  func replaceRunners(_ request: APIRequest) async throws -> APIAnswer {
    let order = try await request.json(RunnersReplacement.self, standard: RunnersReplacement())
    try await engine.replaceRunners(try await known(request.appID).id, forced: order.forces)
    return .empty(status: 202)
  }

  func history(_ request: APIRequest) async throws -> APIAnswer {
    let limit = try request.count(.limit, max: 1000) ?? Self.historyStandard
    let before = try request.number(.before)
    let id = request.appID
    let facts = try await disk.run { [store] in try store.history(app: id, before: before, limit: limit) }
    // Also of an app that is gone: what happened to it is still there for a while.
    if facts.isEmpty, before == nil { _ = try await known(id) }
    let entries = facts.map { HistoryPage.Entry($0) }
    return try .json(HistoryPage(entries: entries, next: facts.count == limit ? facts.last?.sequence : nil))
  }

  private static let historyStandard = 100
}
