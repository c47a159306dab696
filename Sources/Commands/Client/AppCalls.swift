import ControlAPI
import NIOHTTP1

/// The calls that concern one app in one environment.
struct AppCalls: Sendable {
  let client: ControlClient
  let owner: String
  let name: String
  let environment: String

  private func query(_ more: [ControlQuery: String] = [:]) -> [ControlQuery: String] {
    more.merging([.environment: environment]) { first, _ in first }
  }

  private func path(_ part: ControlPath.AppPart) -> String { ControlPath.app(owner, name, part) }

  func info() async throws -> AppInfo { try await client.call(.GET, ControlPath.app(owner, name), query: query()) }

  func delete() async throws { try await client.call(.DELETE, ControlPath.app(owner, name), query: query()) }

  func revisions() async throws -> RevisionList { try await client.call(.GET, path(.revisions), query: query()) }

  func deleteRevision(_ revision: String) async throws {
    try await client.call(.DELETE, ControlPath.revision(owner, name, revision), query: query())
  }

  func move(_ change: AliasChange, _ take: (DeployEvent) async throws -> Bool) async throws {
    try await client.lines(.PUT, path(.alias), query: query(), body: .value(change), take)
  }

  func scale(_ request: ScaleRequest) async throws -> ScaleResult {
    try await client.call(.PATCH, path(.settings), query: query(), body: .value(request))
  }

  func replaceRunners(_ request: RunnersReplacement) async throws {
    try await client.call(.POST, path(.rollout), query: query(), body: .value(request))
  }

  func runners(_ more: [ControlQuery: String]) async throws -> RunnerList {
    try await client.call(.GET, path(.runners), query: query(more))
  }

  func gpus() async throws -> GPUCounts { try await client.call(.GET, path(.gpus), query: query()) }

  func queue() async throws -> QueueInfo { try await client.call(.GET, path(.queue), query: query()) }

  /// - Parameter user: whose requests; nil: everybody's.
  func flushQueue(of user: String?) async throws -> QueueFlush {
    try await client.call(.DELETE, path(.queue), query: query(user.map { [.user: $0] } ?? [:]))
  }

  func history(limit: Int, before: Int64?) async throws -> HistoryPage {
    var more: [ControlQuery: String] = [.limit: "\(limit)"]
    if let before { more[.before] = "\(before)" }
    return try await client.call(.GET, path(.history), query: query(more))
  }
}

extension ServerContext {
  func app(_ app: AppReference, _ environment: EnvironmentOptions) async throws -> AppCalls {
    AppCalls(
      client: client, owner: try await owner(of: app), name: app.name,
      environment: environment.name(console.environment))
  }
}
