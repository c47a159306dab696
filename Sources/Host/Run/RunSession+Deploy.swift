import AppModel
import Engine
public import EngineCore
import FoundationEssentials
import Providers

/// What became of loading a script again.
public enum ReloadOutcome: Sendable {
  case reloaded([ServedApp])
  /// The script is wrong.
  case refused(EvaluatedScript)
  /// No runner of the app became ready.
  case failed(app: AppID, reason: String)
  /// This machine is at fault.
  case impossible(String)
}

extension RunSession {
  /// Deploys every app of the script, and removes those that it has no longer.
  func deploy(_ script: EvaluatedScript, as strategy: Strategy) async throws {
    for definition in script.definitions { try await deploy(definition, of: script, as: strategy) }
    let names = Set(script.definitions.map { id(of: $0) })
    for app in served.keys.sorted() where !names.contains(app) {
      try await engine.remove(app)
      served[app] = nil
    }
  }

  private func id(of definition: AppDefinition) -> AppID {
    AppID(owner: definition.owner ?? CurrentUser.name(), name: definition.name)
  }

  private func deploy(_ definition: AppDefinition, of script: EvaluatedScript, as strategy: Strategy) async throws {
    let app = id(of: definition)
    let bundle = try prepareLaunch(of: definition, in: script)
    let auth = Self.auth(of: definition)
    let made = NewRevision(definition: definition, auth: auth, bundle: bundle, restart: .ephemeral)
    let revision = try await engine.deploy(app, made, DeployOptions(strategy: strategy, warm: true))
    let outcome = try await engine.outcome(of: app, revision)
    switch outcome {
    case .promoted:
      let path = Self.urlHost(address.host)
      served[app] = ServedApp(
        id: app, definition: definition, revision: revision, auth: auth, url: "http://\(path):\(address.port)/\(app)",
        key: auth == .public ? nil : key, enforcement: provider.enforcement(for: definition.machines[0]))
    case .failed(let failure, let lastLines):
      let lines = lastLines.suffix(Self.lastLinesShown).map { "\n  | \($0.message)" }.joined()
      throw RunFailure.start(app: app, reason: failure.message + lines)
    case .superseded(let other): throw RunFailure.start(app: app, reason: "revision \(other) took its place")
    case .removed, .unfinished, .unknown: throw CancellationError()
    }
  }

  /// Last lines of a runner that are shown when it failed to start.
  private static let lastLinesShown = 10

  private static func urlHost(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

  /// Stores the app's files, and lets the engine know how its runners start.
  private func prepareLaunch(of definition: AppDefinition, in script: EvaluatedScript) throws -> BundleReference {
    let entries = script.bundles[definition.name]?.files ?? []
    let files = entries.map { BundleFile(path: $0.path, source: script.folder + "/" + $0.path) }
    let bundle = try bundles.store(files)
    var mounts: [String: String] = [:]
    for mount in definition.dataMounts {
      // One folder a mount, shared by all runners and revisions of the run, and gone with it.
      let folder = provider.path + "/data/" + mount.split(separator: "/").joined(separator: "-")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      mounts[mount] = folder
    }
    let reference = BundleReference(hash: bundle.hash, script: script.script)
    let template = LaunchTemplate(
      bundle: bundle.folder.path, script: script.script, env: options.variables, secrets: secrets(of: definition),
      dataMounts: mounts, ephemeral: true)
    launches.set(template, for: id(of: definition), bundle: reference)
    return reference
  }

  /// The secrets that the script names, from the `.env` file or else from this process's environment. One that is
  /// nowhere stays unset, and the script is told so when it asks for it.
  private func secrets(of definition: AppDefinition) -> [String: String] {
    var secrets: [String: String] = [:]
    for name in definition.secrets ?? [] { secrets[name] = options.variables[name] ?? options.environment[name] }
    return secrets
  }
}
