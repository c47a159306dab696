import Host
import RunnerProtocol

/// A run from its banner to its end: events are shown, lines are evaluated, until a signal or the end of the input.
struct RunLoop: Sendable {
  let session: RunSession
  let view: RunView
  let input: RunInput
  let signals: EndSignals

  /// The exit code.
  func run() async throws -> Int32 {
    view.ready(await session.apps)
    let shower = Task { for await event in session.events { view.show(event) } }
    do {
      let code = try await untilEnd()
      await end(shower)
      return code
    } catch {
      await end(shower)
      throw error
    }
  }

  private func end(_ shower: Task<Void, Never>) async {
    view.stopping()
    await session.stop()
    await shower.value
    await view.close()
  }

  private func untilEnd() async throws -> Int32 {
    let main = Task { try await work() }
    signals.onSignal { main.cancel() }
    return try await main.value
  }

  private func work() async throws -> Int32 {
    switch input {
    case .none:
      await untilCancelled()
      return 0
    case .prompt:
      guard let terminal = view.terminal else { return 0 }
      return try await repl(source: terminal, output: terminal)
    case .script: return try await repl(source: try PipedLineSource(), output: PlainOutput())
    }
  }

  private func repl(source: any LineSource, output: any ReplOutput) async throws -> Int32 {
    let console = try await session.openConsole()
    let repl = Repl(
      source: source, output: output,
      evaluate: { text in
        do {
          return try await console.evaluate(text)
        } catch {
          return Evaluation(.error, text: "the console is gone: \(error)")
        }
      },
      interrupt: { console.interrupt() })
    let code = await repl.run()
    await console.close()
    return code
  }

  private func untilCancelled() async {
    let (never, continuation) = AsyncStream<Never>.makeStream()
    for await _ in never {}
    continuation.finish()
  }
}
