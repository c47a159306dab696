import AppModel
import ControlAPI
import EngineCore
import Store

extension HistoryPage.Entry {
  init(_ recorded: RecordedFact) {
    let fact = recorded.fact
    let (message, revision, runner) = fact.change.story
    self.init(
      sequence: recorded.sequence, at: fact.at.secondsSince1970, kind: fact.kind, revision: revision?.text, runner: runner?.text,
      message: message)
  }
}

extension Fact.Change {
  /// What happened, in words, and to what.
  fileprivate var story: (message: String, revision: RevisionID?, runner: RunnerID?) {
    switch self {
    case .revisionAdded(let revision): ("deployed" + (revision.message.map { ": \($0)" } ?? ""), revision.id, nil)
    case .revisionDeleted(let revision): ("the revision was deleted", revision, nil)
    case .rolloutStarted(let revision, let options, _): ("a \(options.strategy.rawValue) rollout began", revision, nil)
    case .aliasMoved(let revision): ("it takes the traffic", revision, nil)
    case .rolloutEnded(let revision, let end): (end.words, revision, nil)
    case .settingsChanged(let change): (change.words, nil, nil)
    case .authChanged(let auth): ("who may call: \(auth?.rawValue ?? "as the revision says")", nil, nil)
    case .appRemoved: ("the app was deleted", nil, nil)
    case .appForgotten: ("nothing is left of the app", nil, nil)
    case .runnerRequested(let runner, let revision, let cause): ("asked for: \(cause.words)", revision, runner)
    case .runnerPlaced(let runner, let placement): ("has a place on \(placement.node) as \(placement.machine.type)", nil, runner)
    case .runnerWaits(let runner, let reason): ("waits: \(reason)", nil, runner)
    case .runnerReplacing(let runner): ("is to be replaced", nil, runner)
    case .runnerStarted(let runner, let place): ("started as process \(place.pid)", nil, runner)
    case .runnerAdopted(let runner): ("taken over from the server before", nil, runner)
    case .runnerReady(let runner): ("ready", nil, runner)
    case .runnerLinkLost(let runner): ("its connection was lost", nil, runner)
    case .runnerProcessEnded(let runner, let exit): ("its process \(exit)", nil, runner)
    case .runnerStartFailed(let runner, let failure, let failures, _):
      ("did not start\(failures > 1 ? ", \(failures) times in a row" : ""): \(failure.message)", nil, runner)
    case .runnerNotPlaced(let runner, let failure, _): ("could not be started there: \(failure.message)", nil, runner)
    case .runnerBackedOff(let runner, _): ("waits before it starts again", nil, runner)
    case .runnerRetried(let runner): ("starts again", nil, runner)
    case .runnerCrashed(let runner, let failure, _, _): ("crashed: \(failure.message)", nil, runner)
    case .runnerDraining(let runner, _): ("gets no new requests, and finishes those it has", nil, runner)
    case .runnerTerminating(let runner, _, _): ("told to end", nil, runner)
    case .runnerEnded(let runner, let exit): ("ended: \(exit)", nil, runner)
    case .demandObserved: ("requests were counted", nil, nil)
    case .nodesSeen(let nodes): ("\(nodes.count) nodes were seen", nil, nil)
    case .strayFound(let runner, _): ("an unknown runner was found", nil, runner)
    case .strayEnded(let runner): ("an unknown runner ended", nil, runner)
    case .inputIgnored: ("something came too late to matter", nil, nil)
    }
  }
}

extension RolloutEnd {
  fileprivate var words: String {
    switch self {
    case .promoted: "the rollout succeeded"
    case .failed(let failure): "the rollout failed: \(failure.message)"
    case .superseded(let newer): "the rollout ended: \(newer) took its place"
    case .removed: "the rollout ended: the app was deleted"
    }
  }
}

extension Runner.Cause {
  fileprivate var words: String {
    switch self {
    case .demand: "requests need it"
    case .minimum: "min_concurrency"
    case .buffer: "concurrency_buffer"
    case .rollout: "first runner of its revision"
    case .replacement: "takes the place of another"
    }
  }
}

extension SettingsChange {
  fileprivate var words: String {
    let parts = changed
    return parts.isEmpty ? "the settings are those of the code" : "settings: \(parts.joined(separator: ", "))"
  }

  /// `keep_alive 5m`, `max_concurrency 4`, ….
  private var changed: [String] {
    var parts: [String] = []
    func add(_ name: String, _ value: String?) { if let value { parts.append("\(name) \(value)") } }
    add("keep_alive", keepAlive?.wrappedValue.text)
    add("min_concurrency", minConcurrency.map(String.init))
    add("max_concurrency", maxConcurrency.map(String.init))
    add("concurrency_buffer", concurrencyBuffer.map(String.init))
    add("concurrency_buffer_perc", concurrencyBufferPercentage.map(String.init))
    add("scaling_delay", scalingDelay?.wrappedValue.text)
    add("max_multiplexing", maxMultiplexing.map(String.init))
    add("request_timeout", requestTimeout?.wrappedValue.text)
    add("request_start_timeout", requestStartTimeout?.wrappedValue.text)
    add("startup_timeout", startupTimeout?.wrappedValue.text)
    add("machine_type", machines?.map(\.type).joined(separator: ", "))
    add("regions", regions.map { $0.isEmpty ? "any" : $0.joined(separator: ", ") })
    return parts
  }
}
