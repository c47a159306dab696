import ControlAPI
import EngineCore
import Store

extension ControlService {
  func environments() async throws -> APIAnswer {
    let all = try await disk.run { [store] in try store.environments() }
    let apps = Dictionary(grouping: await engine.view.apps.keys, by: \.environment).mapValues(\.count)
    return try .json(
      EnvironmentList(environments: all.map { Self.info($0, apps: apps[$0.name] ?? 0) }))
  }

  func createEnvironment(_ request: APIRequest) async throws -> APIAnswer {
    let creation = try await request.json(EnvironmentCreation.self)
    if let description = creation.description, description.count > DeployLimits.messageMax {
      throw APIFailure(
        422, "description-too-long", "the description has \(description.count) characters",
        fix: "at most \(DeployLimits.messageMax) are allowed")
    }
    let now = clock.now
    try await disk.run { [store] in
      try store.createEnvironment(creation.name, description: creation.description, at: now)
    }
    let made = StoredEnvironment(name: creation.name, description: creation.description, createdAt: now)
    return try .json(Self.info(made, apps: 0), status: 201)
  }

  /// Everything in it goes first, so that nothing is left where the server fails in between; and what was deployed into it
  /// meanwhile goes with its name.
  func deleteEnvironment(_ request: APIRequest) async throws -> APIAnswer {
    let name = request.parameter("environment")
    guard name != AppID.environmentDefault else {
      throw APIFailure(409, "environment-main", "the environment main cannot be deleted: it is where apps are by default")
    }
    try await checkEnvironment(name)
    let grace = try Self.grace(request)
    try await removeApps(in: name, grace)
    try await disk.run { [store] in try store.deleteEnvironment(name) }
    try await removeApps(in: name, grace)
    return .empty(status: 204)
  }

  private func removeApps(in environment: String, _ grace: Duration) async throws {
    for app in await engine.view.apps.values.sorted(by: { $0.id < $1.id })
    where app.id.environment == environment && app.removal == nil {
      try await engine.remove(app.id, grace: grace)
    }
  }

  /// Throws 404 for an environment that does not exist.
  func checkEnvironment(_ name: String) async throws {
    guard try await !disk.run({ [store] in try store.hasEnvironment(name) }) else { return }
    throw APIFailure(
      404, "environment-not-found", "there is no environment '\(name)'", fix: "apolune environments create \(name)")
  }

  private static func info(_ stored: StoredEnvironment, apps: Int) -> EnvironmentInfo {
    EnvironmentInfo(
      name: stored.name, description: stored.description, createdAt: stored.createdAt?.secondsSince1970, apps: apps)
  }
}

extension Moment {
  /// As the control API writes times.
  var secondsSince1970: Double { Double(nanoseconds) / 1e9 }

  /// nil for a time that no clock shows.
  init?(secondsSince1970 seconds: Double) {
    guard seconds.isFinite, abs(seconds) < 9e9 else { return nil }
    self.init(nanoseconds: Int64(seconds * 1e9))
  }
}
