import ControlAPI

/// What the events of a rollout come to: lines for a person as they happen, and how it ended.
struct RolloutReport: Sendable, Hashable {
  /// One thing that happened.
  struct Line: Sendable, Hashable {
    var label: String
    var text: String
    /// Time since what happened before; nil where it says nothing.
    var milliseconds: Int?
  }

  struct Failure: Sendable, Hashable {
    var app: String
    var problem: APIProblem
  }

  private(set) var results: [DeployResult] = []
  private(set) var failures: [Failure] = []
  /// What is compared, by app.
  private(set) var differences: [String: [SettingDifference]] = [:]
  /// The revision that is on its way, by app.
  private(set) var revisions: [String: String] = [:]
  /// What is going on now, in words; nil: nothing any more.
  private(set) var phase: String?
  /// Time of the last event, in seconds: apps of one script follow each other.
  private var seconds = 0.0
  /// What runners wrote last, by app: the cause of a failure is often there.
  private var logs: [String: [String]] = [:]
  /// Warnings that the person has seen already.
  private let warningsSeen: Set<String>

  /// Lines of a log that are kept.
  private static let logLinesMax = 40

  init(warningsSeen: Set<String> = []) { self.warningsSeen = warningsSeen }
  /// Apps that have begun and not ended.
  private var pending: Set<String> = []

  /// Settings that were kept although the script says otherwise, by app.
  var inherited: [String: [SettingDifference]] {
    differences.mapValues { $0.filter { $0.code != nil && $0.code != $0.after } }
  }

  /// Takes in what happened; nil where there is nothing to show.
  mutating func take(_ event: DeployEvent) -> Line? {
    let passed = event.seconds - seconds
    seconds = event.seconds
    pending.insert(event.app)
    if let revision = event.revision { revisions[event.app] = revision }
    let isTimed = passed.isFinite && passed >= 0 && passed < 1e9
    guard let (label, text) = shown(event) else { return nil }
    return Line(label: label, text: text, milliseconds: isTimed ? Int((passed * 1000).rounded()) : nil)
  }

  private mutating func shown(_ event: DeployEvent) -> (String, String)? {
    let app = event.app
    let runner = event.runner.map { "runner \($0)" } ?? "a runner"
    let detail = event.message.map { ": \($0)" } ?? ""
    switch event.kind {
    case .validated:
      phase = "register"
      let fresh = (event.warnings ?? []).filter { !warningsSeen.contains($0) }
      return ("validate", (["\(app) is right"] + fresh).joined(separator: "; "))
    case .compared:
      differences[app] = event.settings ?? []
      return nil
    case .registered:
      phase = "start"
      return ("register", event.revision ?? event.message ?? app)
    case .waiting:
      guard let reason = event.message else { return nil }
      phase = "wait: \(reason)"
      return ("wait", reason)
    case .starting:
      phase = "get ready"
      return ("start", runner + detail)
    case .ready:
      phase = "switch"
      return ("ready", runner + detail)
    // The whole of it comes with the failure.
    case .runnerFailed: return ("failed", runner + (PlainText.lines(detail).first.map { String($0) } ?? ""))
    case .log:
      if logs[app, default: []].count < Self.logLinesMax { logs[app, default: []].append(event.message ?? "") }
      return nil
    case .switched:
      phase = "finish"
      return ("switch", "\(revisions[app] ?? app) takes the traffic")
    case .finished:
      if let result = event.result { results.append(result) }
      end(app)
      return nil
    case .failed:
      let problem = event.problem ?? APIProblem(code: "rollout-failed", message: event.message ?? "the rollout failed")
      failures.append(Failure(app: app, problem: withLog(problem, of: app)))
      end(app)
      return nil
    }
  }

  private func withLog(_ problem: APIProblem, of app: String) -> APIProblem {
    var problem = problem
    problem.message += (logs[app] ?? []).flatMap(PlainText.lines).map { "\n| \($0)" }.joined()
    return problem
  }

  private mutating func end(_ app: String) {
    pending.remove(app)
    if pending.isEmpty { phase = nil }
  }

  /// Throws why an app did not get its revision: the cause first, what to do last.
  func throwFailure() throws(CommandError) {
    if let failure = failures.first {
      var error = CommandError(failure.problem)
      error.fix = error.fix ?? "see what is in force with 'apolune apps list'"
      if failures.count > 1 || !results.isEmpty { error.message = "\(failure.app): \(error.message)" }
      throw error
    }
    if !pending.isEmpty || results.isEmpty {
      throw CommandError(
        ClientFailure.broken, "the server ended its answer before the rollout was over",
        fix: "see what became of it with 'apolune apps list'")
    }
  }

  /// What to say when the person stopped watching.
  var interruption: CommandError {
    guard let (app, revision) = revisions.filter({ pending.contains($0.key) }).min(by: { $0.key < $1.key }) else {
      return CommandError(
        "interrupted", "interrupted before a revision was registered", fix: "see with 'apolune apps list' that nothing changed")
    }
    return CommandError(
      "interrupted", "you stopped watching; the rollout of \(revision) goes on",
      fix:
        "follow it with 'apolune apps list'; go back with 'apolune apps set-rev \(app) REVISION', one of 'apolune apps list-rev \(app)'"
    )
  }
}
