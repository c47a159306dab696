import EngineCore

extension Input.Event {
  /// The app that the input names itself; nil where it names a runner.
  var app: AppID? {
    switch self {
    case .deploy(let app, _, _), .setRevision(let app, _, _, _, _), .deleteRevision(let app, _), .change(let app, _),
      .replaceRunners(let app, _), .remove(let app, _), .demand(let app, _), .time(let app):
      app
    case .stopRunner, .runner, .nodes, .inventory: nil
    }
  }

  /// For the diary.
  var words: String {
    switch self {
    case .deploy(let app, let revision, let options):
      "deploy \(app) \(options.strategy) warm=\(options.warm) on \(revision.definition.machines.map(\.type))"
    case .setRevision(let app, let revision, let strategy, _, _): "set-rev \(app) \(revision) \(strategy)"
    case .deleteRevision(let app, let revision): "delete-rev \(app) \(revision)"
    case .change(let app, let change): "change \(app) min=\(change.minConcurrency ?? -1) max=\(change.maxConcurrency ?? -1)"
    case .replaceRunners(let app, let forces): "replace \(app) forces=\(forces)"
    case .remove(let app, let grace): "remove \(app) within \(grace)"
    case .stopRunner(let runner, let mode, let replaces): "stop \(runner) \(mode) replaces=\(replaces)"
    case .demand(let app, let demand): "demand \(app) queued=\(demand.queued) inFlight=\(demand.inFlight.values.reduce(0, +))"
    case .time(let app): "time \(app)"
    case .runner(let runner, let generation, let report): "\(runner) of generation \(generation): \(report.words)"
    case .nodes(let nodes): "nodes \(nodes.map(\.id.text))"
    case .inventory(let found): "inventory \(found.map { "\($0.id)-\($0.generation)" })"
    }
  }
}

extension Input.RunnerReport {
  fileprivate var words: String {
    switch self {
    case .started(let place): "started as \(place.pid)"
    case .notPlaced: "not placed"
    case .ready: "ready"
    case .failed: "failed"
    case .unhealthy: "unhealthy"
    case .stopWanted: "wants to stop"
    case .linkClosed: "link closed"
    case .exited(let exit): "\(exit)"
    }
  }
}

extension Fact {
  /// For the diary.
  var words: String {
    let about = runner.map { " \($0)" } ?? revision.map { " \($0)" } ?? " \(app)"
    return kind + about
  }
}

extension Action {
  /// For the diary.
  var words: String {
    switch self {
    case .route(let app, let revision, _): "route \(app) to \(revision?.text ?? "nothing")"
    case .start(let runner, let generation, _, let placement):
      "start \(runner)-\(generation) on \(placement.node) \(placement.machine.type) \(placement.gpus)"
    case .attach(let runner, let generation, _, _): "attach \(runner)-\(generation)"
    case .drain(let runner, let generation): "drain \(runner)-\(generation)"
    case .detach(let runner, let generation): "detach \(runner)-\(generation)"
    case .stop(let runner, let generation): "stop \(runner)-\(generation)"
    case .kill(let runner, let generation): "kill \(runner)-\(generation)"
    }
  }
}

extension LifeReport {
  mutating func count(_ durable: [Fact]) {
    facts += durable.count
    for fact in durable { if case .aliasMoved = fact.change { promotions += 1 } }
  }
}
