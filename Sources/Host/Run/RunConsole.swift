import AppModel
import EngineCore
import Gateway
import Planning
import Providers
public import RunnerProtocol

/// What a person types during a run, evaluated in a process of its own: it can neither harm the app nor this process.
public final class RunConsole: Sendable {
  private let provider: LocalProvider
  private let link: ConsoleLink

  private init(provider: LocalProvider, link: ConsoleLink) {
    self.provider = provider
    self.link = link
  }

  /// What a console may hold in memory: it serves one person.
  private static let machine = Machine(type: "console", cpu: 1, memory: .gigabytes(1))

  /// Starts the console's process. `answer` is asked for what only the host knows: `call`, `runners`, `logs`, `reload`.
  static func open(
    runner executable: String, gateway: Gateway, bundle: String, script: String, app: String,
    logs: @escaping @Sendable (LogRecord) -> Void, answer: @escaping @Sendable (HostCall) async -> HostAnswer
  ) async throws -> RunConsole {
    // It is outside of what apps share, and needs no GPU.
    var settings = LocalNodeSettings()
    settings.gpus = []
    let provider = try LocalProvider(executable: executable, settings: settings)
    do {
      let socket = try await start(on: provider)
      var launch = LaunchSpec(role: .console, bundle: bundle, script: script, app: app, runnerID: "console")
      launch.memoryMax = machine.memory.bytes
      launch.ephemeral = true
      let link = try await gateway.openConsole(
        socket: socket, launch: launch,
        events: { event in if case .log(let record) = event { logs(record) } }, handler: answer)
      return RunConsole(provider: provider, link: link)
    } catch {
      await provider.close()
      throw error
    }
  }

  /// The socket on which the console's process listens.
  private static func start(on provider: LocalProvider) async throws -> String {
    let instance = RunnerInstance(id: "console", generation: 1)
    let (answers, continuation) = AsyncStream<Result<String, ProviderFailure>>.makeStream()
    provider.begin { event in
      switch event {
      case .started(_, let socket, _): continuation.yield(.success(socket))
      case .notStarted(_, let failure): continuation.yield(.failure(failure))
      case .nodes, .inventory, .exited, .output: break
      }
    }
    provider.start(RunnerStart(instance, on: NodeID("console"), machine: machine))
    for await answer in answers { return try answer.get() }
    throw CancellationError()
  }

  /// Evaluates one piece of source. Cancelling the task interrupts it.
  public func evaluate(_ source: String) async throws -> Evaluation { try await link.evaluate(source) }

  /// Stops what is being evaluated.
  public func interrupt() { link.interrupt() }

  public func close() async {
    link.close()
    await provider.close()
  }
}
