import AppModel
import EngineCore
import RunnerProtocol

/// What is the same in the launch of every runner of a revision.
///
/// Kept in memory only, and never in a fact: it holds secrets.
public struct LaunchTemplate: Sendable, Hashable {
  /// Absolute path of the bundle's folder.
  public var bundle: String
  /// The script's path within the bundle.
  public var script: String
  /// Added to the definition's own `env`, and stronger.
  public var env: [String: String]
  public var secrets: [String: String]
  /// Mount name to folder of the host.
  public var dataMounts: [String: String]
  /// Runners end with their connection: nobody will adopt them.
  public var ephemeral: Bool

  public init(
    bundle: String, script: String, env: [String: String] = [:], secrets: [String: String] = [:],
    dataMounts: [String: String] = [:], ephemeral: Bool
  ) {
    self.bundle = bundle
    self.script = script
    self.env = env
    self.secrets = secrets
    self.dataMounts = dataMounts
    self.ephemeral = ephemeral
  }

  /// - Parameter definition: what is in force.
  func spec(for runner: Runner, _ definition: AppDefinition) -> LaunchSpec {
    let role: LaunchSpec.Role
    let command: [String]
    switch definition.program {
    case .endpoints: (role, command) = (.endpoints, [])
    case .command(let words): (role, command) = (.command, words)
    }
    var spec = LaunchSpec(
      role: role, bundle: bundle, script: script, app: definition.name, runnerID: runner.id.text)
    spec.command = command
    spec.env = definition.env.merging(env) { _, ours in ours }
    spec.secrets = secrets
    spec.dataMounts = dataMounts
    spec.maxMultiplexing = max(1, definition.scaling.maxMultiplexing)
    if let machine = runner.placement?.machine ?? definition.machines.first { spec.memoryMax = machine.memory.bytes }
    spec.requestTimeoutSeconds = definition.timeouts.request.inSeconds
    spec.startupTimeoutSeconds = definition.timeouts.startup.inSeconds
    spec.graceSeconds = definition.timeouts.terminationGrace.inSeconds
    if let health = definition.healthAsked {
      spec.healthPath = health.path
      spec.healthMethod = health.method.rawValue
      spec.healthRegularly = health.callRegularly
      spec.healthStartSeconds = health.startPeriod.inSeconds
      spec.healthTimeoutSeconds = health.timeout.inSeconds
      spec.healthFailureThreshold = health.failureThreshold
    }
    spec.ephemeral = ephemeral
    return spec
  }
}
