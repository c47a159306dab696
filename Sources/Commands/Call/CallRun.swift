import ArgumentParser
import AsyncHTTPClient
import FoundationEssentials
import Glibc

/// A call from its sending to its answer, with Ctrl-C at any time between.
struct CallRun: Sendable {
  /// What is sent.
  struct Call: Sendable {
    /// Begins with a slash.
    var path: String
    var headers: [(String, String)]
    /// For the queue; with its question mark.
    var query: String
    var input: String
  }

  let context: ServerContext
  let client: AppClient
  private let display: CallDisplay
  private let signals = EndSignals()

  init(context: ServerContext, client: AppClient) {
    self.context = context
    self.client = client
    display = CallDisplay(context.console, isSilent: context.format == .json)
  }

  func call(_ call: Call) async throws {
    display.show("calling \(client.app)", isWorthALine: false)
    do {
      try await interruptible {
        try await output.show(try await client.call(call.path, headers: call.headers, input: call.input))
      }
    } catch is CancellationError {
      throw try interrupted("the call of \(client.app) was ended by you")
    }
  }

  func submit(_ call: Call, isDetached: Bool) async throws {
    display.show("submitting to \(client.app)", isWorthALine: false)
    let status = try await interruptible(isPatient: true) {
      try await client.submit(call.path, query: call.query, headers: call.headers, input: call.input)
    }
    guard let id = status.requestID else {
      throw ClientFailure.notAnAnswer(client.control.location, "it gave no request_id").error
    }
    if isDetached { return try context.show(APIAnswer(status) { QueueText.submitted($0, id, client.app, $1) }) }
    display.say(context.console.errors.paint("request \(PlainText.escaped(id))", .dim))
    try await follow(id, cancels: true)
  }

  func result(of id: String) async throws { try await follow(id, cancels: false) }

  func status(of id: String) async throws {
    try context.show(APIAnswer(try await client.status(of: id)) { status, _ in QueueText.status(status, id) })
  }

  func cancel(_ id: String) async throws {
    guard try await client.cancel(id) else {
      throw CommandError(
        "already-completed", "request \(id) has ended before", fix: "see it with 'apolune call \(client.app) --result \(id)'")
    }
    context.confirm("request \(PlainText.escaped(id)) will be cancelled")
  }

  /// Ctrl-C cancels a request that this command submitted, and leaves alone one that it only looks at.
  private func follow(_ id: String, cancels: Bool) async throws {
    let printer = LogPrinter(style: context.console.errors, secondsFromGMT: TimeZone.current.secondsFromGMT())
    let run = QueueRun(client: client, display: display, printer: printer)
    do {
      try await interruptible { try await output.show(try await run.result(of: id)) }
    } catch is CancellationError where cancels {
      let didCancel = try await client.cancel(id)
      throw try interrupted(didCancel ? "request \(id) is cancelled" : "request \(id) had ended before it could be cancelled")
    } catch is CancellationError {
      throw try interrupted("request \(id) goes on; you stopped watching")
    }
  }

  private var output: CallOutput {
    CallOutput(
      client: client, display: display, isForReading: context.format == .text && isatty(STDOUT_FILENO) == 1)
  }

  /// Says what became of it, in the form that was asked for.
  private func interrupted(_ text: String) throws -> ExitCode {
    let error = CommandError("interrupted", text)
    context.format == .json ? context.console.complain(try Console.json(error.problem)) : context.console.fail(error)
    return ExitCode(ExitCodes.interrupted)
  }

  /// Runs `work` with a clock until it ends, or until Ctrl-C.
  ///
  /// - Parameter isPatient: an interrupt waits for the end: what was sent must not be lost from sight.
  /// - Throws: `CancellationError` when it was interrupted.
  private func interruptible<Value: Sendable>(
    isPatient: Bool = false, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let working = Task { try await work() }
    let clock = Task { [display] in await display.runClock() }
    if !isPatient { signals.onSignal { working.cancel() } }
    defer { display.clear() }
    let outcome = await working.result
    clock.cancel()
    return try outcome.get()
  }
}
