import ArgumentParser
import ControlAPI

/// Follows a rollout on a server until it ends, or until the person stops watching.
struct RolloutRun: Sendable {
  typealias Take = @Sendable (DeployEvent) async throws -> Bool

  let context: ServerContext
  let display: RolloutDisplay

  init(context: ServerContext) {
    self.init(context: context, display: RolloutDisplay(context.console, isSilent: context.format == .json))
  }

  init(context: ServerContext, display: RolloutDisplay) {
    self.context = context
    self.display = display
  }

  /// `call` asks the server and hands every event on. Ctrl-C ends only the watching.
  func follow(_ call: @escaping @Sendable (@escaping Take) async throws -> Void) async throws -> RolloutReport {
    display.restart()
    let watching = Task { [display] in
      try await call { event in
        display.take(event)
        return true
      }
    }
    let clock = Task { [display] in await display.runClock() }
    let signals = EndSignals()
    signals.onSignal { watching.cancel() }
    let outcome = await watching.result
    clock.cancel()
    display.clear()
    do {
      try outcome.get()
    } catch is CancellationError {
      let error = display.report.interruption
      context.format == .json
        ? context.console.complain(try Console.json(error.problem)) : context.console.fail(error)
      throw ExitCode(ExitCodes.interrupted)
    }
    return display.report
  }
}
