import ControlAPI
import NIOHTTP1

/// The calls of the control API, as values in and values out.
extension ControlClient {
  func whoAmI() async throws -> WhoAmI { try await call(.GET, ControlPath.whoAmI) }

  func status() async throws -> ServerStatus { try await call(.GET, ControlPath.status) }

  func stop(_ request: ServerStop) async throws { try await call(.POST, ControlPath.stop, body: .value(request)) }

  func nodes() async throws -> NodeList { try await call(.GET, ControlPath.nodes) }

  func gpus() async throws -> GPUCounts { try await call(.GET, ControlPath.gpus) }

  func missing(_ wanted: BlobsWanted) async throws -> BlobsMissing {
    try await call(.POST, ControlPath.blobsMissing, body: .value(wanted))
  }

  func upload(_ hash: String, _ content: FileChunks) async throws {
    try await call(.PUT, ControlPath.blob(hash), body: .file(content))
  }

  /// Until the last line of every app, or until `take` has enough.
  func deploy(_ request: DeployRequest, _ take: (DeployEvent) async throws -> Bool) async throws {
    try await lines(.POST, ControlPath.deploys, body: .value(request), take)
  }

  func apps(environment: String) async throws -> AppList {
    try await call(.GET, ControlPath.apps, query: [.environment: environment])
  }

  func runners(_ query: [ControlQuery: String]) async throws -> RunnerList {
    try await call(.GET, ControlPath.runners, query: query)
  }

  func stopRunner(_ id: String, _ request: RunnerStop) async throws {
    try await call(.POST, ControlPath.runner(id, .stop), body: .value(request))
  }

  func killRunner(_ id: String) async throws { try await call(.POST, ControlPath.runner(id, .kill)) }

  func logs(_ id: String, _ query: [ControlQuery: String], _ take: (LogLine) async throws -> Bool) async throws {
    try await lines(.GET, ControlPath.runner(id, .logs), query: query, take)
  }

  func environments() async throws -> EnvironmentList { try await call(.GET, ControlPath.environments) }

  func createEnvironment(_ creation: EnvironmentCreation) async throws -> EnvironmentInfo {
    try await call(.POST, ControlPath.environments, body: .value(creation))
  }

  func users() async throws -> UserList { try await call(.GET, ControlPath.users) }

  func createUser(_ creation: UserCreation) async throws -> UserInfo {
    try await call(.POST, ControlPath.users, body: .value(creation))
  }

  func deleteUser(_ name: String) async throws { try await call(.DELETE, ControlPath.user(name)) }

  func usage(_ query: [ControlQuery: String]) async throws -> UsageReport {
    try await call(.GET, ControlPath.usage, query: query)
  }

  func keys() async throws -> KeyList { try await call(.GET, ControlPath.keys) }

  func createKey(_ creation: KeyCreation) async throws -> KeyCreated {
    try await call(.POST, ControlPath.keys, body: .value(creation))
  }

  func webhooks(dead: Bool) async throws -> WebhookList {
    try await call(.GET, ControlPath.webhooks, query: dead ? [.dead: "true"] : [:])
  }

  func retryWebhook(_ request: String) async throws { try await call(.POST, ControlPath.webhookRetry(request)) }

  func retryWebhooks() async throws { try await call(.POST, ControlPath.webhooksRetry) }

  func revokeKey(_ id: String) async throws { try await call(.DELETE, ControlPath.key(id)) }

  func deleteEnvironment(_ name: String) async throws { try await call(.DELETE, ControlPath.environment(name)) }
}
