import AppModel
import AppScript
import ControlAPI
import Engine
import EngineCore
import FoundationEssentials
import Gateway
import Logging
import Store

/// Does what the control API is asked for.
struct ControlService: Sendable {
  var store: Store
  var requests: RequestStore
  var keyring: LiveKeyring
  var logs: LogFiles
  var usage: UsageMeter
  var gateway: Gateway
  var engine: Engine
  var deploys: DeployService
  var disk: DiskWork
  var clock: any EngineClock
  var server: ServerFacts
  var settings: SettingsValidator
  /// What is enforced for the machines of this place, in words.
  var enforcement: @Sendable (Machine) -> [String]
  /// Begins to end the server, with its runners if so asked.
  var stop: @Sendable (_ endsRunners: Bool) -> Void

  func perform(_ operation: Operation, _ request: APIRequest) async throws -> APIAnswer {
    do {
      return try await answer(operation, request)
    } catch {
      guard let failure = APIFailure(error) else { throw error }
      throw failure
    }
  }

  private func answer(_ operation: Operation, _ request: APIRequest) async throws -> APIAnswer {
    switch operation {
    case .health: try .json(ServerHealth(version: server.version))
    case .openAPI: .json(status: 200, try OpenAPIDocument.json(version: server.version))
    case .status: try .json(await status())
    case .stop: try await stop(request)
    case .nodes: try .json(await nodes())
    case .gpus: try await gpus(of: nil)
    case .blobsMissing: try await blobsMissing(request)
    case .putBlob: try await putBlob(request)
    case .deploy: try await deploy(request)
    case .apps: try await apps(request)
    case .app: try await app(request)
    case .deleteApp: try await deleteApp(request)
    case .revisions: try await revisions(request)
    case .deleteRevision: try await deleteRevision(request)
    case .setRevision: try await setRevision(request)
    case .scale: try await scale(request)
    case .replaceRunners: try await replaceRunners(request)
    case .appRunners: try await runners(request, of: try await known(request.appID).id)
    case .appGPUs: try await gpus(of: try await known(request.appID).id)
    case .history: try await history(request)
    case .queue: try .json(await queue(of: try await known(request.appID).id))
    case .flushQueue: try await flushQueue(request)
    case .runners: try await runners(request, of: nil)
    case .runner: try await runner(request)
    case .stopRunner: try await stopRunner(request)
    case .killRunner: try await killRunner(request)
    case .runnerLogs: try await runnerLogs(request)
    case .environments: try await environments()
    case .createEnvironment: try await createEnvironment(request)
    case .deleteEnvironment: try await deleteEnvironment(request)
    case .users: try await users()
    case .createUser: try await createUser(request)
    case .deleteUser: try await deleteUser(request)
    case .keys: try await keys(request)
    case .createKey: try await createKey(request)
    case .revokeKey: try await revokeKey(request)
    case .whoAmI: try whoAmI(request)
    case .usage: try await usage(request)
    case .webhooks: try await webhooks(request)
    case .retryWebhook: try await retryWebhook(request)
    case .retryWebhooks: try await retryWebhooks(request)
    }
  }

  /// The app, or 404.
  func known(_ id: AppID) async throws -> AppState {
    if let app = await engine.view.apps[id], app.removal == nil { return app }
    let environment = id.environment == AppID.environmentDefault ? "" : " in the environment '\(id.environment)'"
    throw APIFailure(
      404, "app-not-found", "there is no app '\(id.owner)/\(id.name)'\(environment)",
      fix: "apolune apps list shows those there are")
  }

  /// Seconds that requests have to finish.
  static func grace(_ request: APIRequest) throws -> Duration {
    let seconds = try request.seconds(.grace) ?? graceStandard
    guard (0...graceMax).contains(seconds) else {
      throw APIFailure(400, "bad-query", "grace cannot be \(seconds)", fix: "it is 0 to \(Int(graceMax)) seconds")
    }
    return .milliseconds(Int64(seconds * 1000))
  }

  private static let graceStandard = 5.0
  /// As long as scripts may ask for.
  private static let graceMax = 3600.0
}

/// What does not change while a server runs.
struct ServerFacts: Sendable {
  var version: String
  var owner: String
  var pid: Int32
  var startedAt: Moment
  var address: BoundAddress
  var tls: BoundTLS
  var folder: DataFolder
  var adopted: AdoptedRunners
}
