import AsyncHTTPClient
import FoundationEssentials

/// Follows a request through the queue to its result.
struct QueueRun: Sendable {
  /// A server that says nothing for so long does not come back. A restart takes a second, an upgrade some more; the request
  /// lives on through both.
  private static let silenceMax = Duration.seconds(60)
  /// Time between two tries to reach a server that went away, and between two looks where it does not tell changes itself:
  /// fal's clients look as often.
  private static let lookEvery = Duration.milliseconds(500)

  let client: AppClient
  let display: CallDisplay
  let printer: LogPrinter

  /// The answer of the app, once the request has ended.
  func result(of id: String) async throws -> HTTPClientResponse {
    var progress = QueueProgress(app: client.app)
    var heard = ContinuousClock.now
    var isTold = true
    while progress.status?.phase != .completed {
      do {
        progress.restart()
        if isTold {
          isTold = try await client.follow(id) { status in
            heard = .now
            show(&progress, status)
          }
          if isTold, progress.status?.phase != .completed { try await Task.sleep(for: Self.lookEvery) }
        } else {
          show(&progress, try await client.status(of: id))
          heard = .now
          if progress.status?.phase != .completed { try await Task.sleep(for: Self.lookEvery) }
        }
      } catch let error as CommandError where Self.isOfConnection(error) && .now - heard < Self.silenceMax {
        display.show("\(client.app): the connection is lost; looking for the server again", isWorthALine: true)
        try await Task.sleep(for: Self.lookEvery)
      }
    }
    return try await client.result(of: id)
  }

  private func show(_ progress: inout QueueProgress, _ status: QueueStatus) {
    let logs = progress.take(status)
    // What it logged belongs between the beginning and the end.
    if status.phase != .completed { display.show(progress.phase, isWorthALine: true) }
    for log in logs { display.say(printer.format(log, runner: "")) }
    if status.phase == .completed { display.show(progress.phase, isWorthALine: true) }
  }

  private static func isOfConnection(_ error: CommandError) -> Bool {
    [ClientFailure.noServer, ClientFailure.broken, "server-unreachable"].contains(error.code)
  }
}
