import AppModel
import ControlAPI
import Engine
import EngineCore
import RunnerProtocol

extension DeployService {
  /// Events that wait for a client that is slow; the oldest go, since the last ones say how it ended.
  private static let eventsMax = 1024
  /// Lines of a runner that are told when it has failed.
  private static let lastLinesMax = 20

  /// Carries out a deploy that was prepared. The rollouts go on whether or not anybody takes the events.
  func run(_ prepared: Prepared) -> AsyncStream<DeployEvent> {
    stream { report in
      for (index, app) in prepared.apps.enumerated() {
        var teller = DeployTeller(app: app.id, begin: prepared.begin, clock: clock, report: report)
        teller.tell(.validated) { $0.warnings = index > 0 || prepared.warnings.isEmpty ? nil : prepared.warnings }
        if !app.differences.isEmpty || prepared.request.isCheck {
          teller.tell(.compared) { $0.settings = app.differences }
        }
        if prepared.request.isCheck {
          teller.finish(result(of: app, app.active ?? RevisionID(""), .unchanged))
        } else {
          await deploy(app, prepared.request, &teller)
        }
      }
    }
  }

  private func deploy(_ app: PreparedApp, _ request: DeployRequest, _ teller: inout DeployTeller) async {
    // Before the command, so that nothing is missed.
    let events = engine.events(of: app.id)
    do {
      let made = NewRevision(
        definition: app.definition, auth: app.auth, bundle: app.bundle, message: request.message,
        annotations: request.annotations)
      let options = DeployOptions(
        strategy: app.definition.strategy, warm: !request.detaches, resetsScaling: request.resetsScaling)
      let revision = try await engine.deploy(app.id, made, options)
      teller.revision = revision
      teller.tell(.registered)
      if request.detaches { return teller.finish(result(of: app, revision, .rollingOut)) }
      let outcome = try await follow(revision, of: app.id, events, &teller)
      conclude(outcome, result(of: app, revision, .deployed), app.definition.strategy, &teller)
    } catch {
      teller.fail(problem(error))
    }
  }

  /// Moves the alias to a revision that exists.
  func setRevision(_ app: AppID, to revision: RevisionID, _ change: AliasChange, of known: Revision) -> AsyncStream<DeployEvent> {
    let strategy = change.strategy ?? known.definition.strategy
    let begin = clock.now
    return stream { report in
      var teller = DeployTeller(app: app, begin: begin, clock: clock, report: report)
      teller.revision = revision
      let events = engine.events(of: app)
      do {
        try await engine.setRevision(app, revision, strategy: strategy, auth: change.auth, warm: true)
        teller.tell(.registered)
        let outcome = try await follow(revision, of: app, events, &teller)
        let auth = change.auth ?? known.auth
        let result = DeployResult(
          owner: app.owner, app: app.name, environment: app.environment, revision: revision.text, url: url(of: app),
          auth: auth.rawValue, status: .deployed)
        conclude(outcome, result, strategy, &teller)
      } catch {
        teller.fail(problem(error))
      }
    }
  }

  /// Tells what happens to the revision's runners until its rollout has ended.
  private func follow(
    _ revision: RevisionID, of app: AppID, _ events: AsyncStream<EngineEvent>, _ teller: inout DeployTeller
  ) async throws -> RolloutOutcome {
    var runners: Set<RunnerID> = []
    watching: for await event in events {
      switch event {
      case .runnerRequested(_, revision, let runner, _):
        runners.insert(runner)
        teller.tell(.waiting, runner)
      case .runnerWaits(_, let runner, let reason) where runners.contains(runner): teller.tell(.waiting, runner, reason)
      case .runnerStarted(_, let runner, _) where runners.contains(runner): teller.tell(.starting, runner)
      case .runnerReady(_, let runner, let milliseconds) where runners.contains(runner):
        teller.tell(.ready, runner, "after \(Int(milliseconds.rounded())) ms")
      case .runnerFailed(_, let runner, let failure, _) where runners.contains(runner):
        teller.tell(.runnerFailed, runner, failure.message)
      case .runnerCrashed(_, let runner, let failure) where runners.contains(runner):
        teller.tell(.runnerFailed, runner, failure.message)
      case .aliasMoved(_, to: revision): teller.tell(.switched)
      case .rolloutEnded(_, revision, _), .appRemoved: break watching
      default: continue
      }
    }
    return try await engine.outcome(of: app, revision)
  }

  private func conclude(
    _ outcome: RolloutOutcome, _ result: DeployResult, _ strategy: Strategy, _ teller: inout DeployTeller
  ) {
    switch outcome {
    case .promoted: teller.finish(result)
    case .failed(let failure, let lines):
      for line in lines.suffix(Self.lastLinesMax) { teller.tell(.log, nil, line.message) }
      teller.fail(
        APIProblem(
          code: failure.code, message: failure.message,
          fix: strategy == .rolling
            ? "the app goes on as it was; mend the script and deploy again"
            : "the app takes requests by \(result.revision) all the same; mend the script and deploy again"))
    case .superseded(let newer):
      teller.fail(APIProblem(code: "superseded", message: "a newer deploy took its place: \(newer)"))
    case .removed: teller.fail(APIProblem(code: "app-removed", message: "the app was deleted meanwhile"))
    case .unfinished:
      teller.fail(
        APIProblem(
          code: "server-stopped", message: "the server stopped; the rollout goes on when it is back",
          fix: "apolune apps list shows what became of it"))
    case .unknown:
      teller.fail(APIProblem(code: "outcome-unknown", message: "nobody knows how the rollout of \(result.revision) ended"))
    }
  }

  private func result(of app: PreparedApp, _ revision: RevisionID, _ status: DeployResult.Status) -> DeployResult {
    DeployResult(
      owner: app.id.owner, app: app.id.name, environment: app.id.environment, revision: revision.text, url: url(of: app.id),
      auth: app.auth.rawValue, status: status)
  }

  func url(of app: AppID) -> String { "\(base ?? server.address.url)/\(app)" }

  private func problem(_ error: any Error) -> APIProblem {
    APIFailure(error)?.problem ?? APIProblem(code: "internal-error", message: "the server failed: \(error)")
  }

  private func stream(
    _ body: @escaping @Sendable (AsyncStream<DeployEvent>.Continuation) async -> Void
  ) -> AsyncStream<DeployEvent> {
    let (events, report) = AsyncStream<DeployEvent>.makeStream(bufferingPolicy: .bufferingNewest(Self.eventsMax))
    // On its own: the client may go away, and the deploy must not.
    Task {
      await body(report)
      report.finish()
    }
    return events
  }
}
