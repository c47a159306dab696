import AppModel
import ArgumentParser
import ControlAPI

/// Which runners a listing shows.
struct RunnerFilter: ParsableArguments {
  /// Older ones are in `apps history`.
  static let sinceMax: Duration = .seconds(86_400)

  enum State: String, Sendable, CaseIterable, ExpressibleByArgument {
    case all, idle, running, pending, setup, draining, terminating, terminated
    case crashBackoff = "crash_backoff"
  }

  @Option(help: "Also those that ended since then: \(Moment.help), at most 24h ago.") var since: Moment?

  @Option(parsing: .upToNextOption, help: "Only those in these states.") var state: [State] = []

  func validate() throws {
    if case .ago(let duration)? = since, duration > Self.sinceMax {
      throw ValidationError("--since reaches back 24h at most; 'apolune apps history' reaches further.")
    }
  }

  func query(now: Double) -> [ControlQuery: String] {
    var query: [ControlQuery: String] = [:]
    if let since { query[.since] = "\(since.seconds(now: now))" }
    if !state.isEmpty { query[.state] = state.map(\.rawValue).joined(separator: ",") }
    return query
  }
}
