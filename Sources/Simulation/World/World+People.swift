import AppModel
import EngineCore

/// People who deploy, change their minds, and remove.
extension World {
  mutating func actAsPerson() throws {
    guard hasFaults else { return }
    schedule(.person, in: random.duration(10...15_000))
    guard let server, server.isServing, let app = random.pick(apps) else { return }
    guard let known = server.state.apps[app], known.removal == nil || random.chance(50) else { return try command(deploy(app)) }
    switch random.number(0...99) {
    case ..<35: try command(deploy(app))
    case ..<50: try command(setRevision(known))
    case ..<56: try command(.deleteRevision(app, random.pick(known.revisions)?.id ?? RevisionID("none")))
    case ..<70: try command(.change(app, randomChange()))
    case ..<76: try command(.replaceRunners(app, forces: random.chance(30)))
    case ..<82: try command(.remove(app, grace: random.duration(0...20_000)))
    default:
      guard let runner = random.pick(known.runners) else { return }
      let mode = random.pick([Input.StopMode.drain, .terminate, .kill]) ?? .drain
      try command(.stopRunner(runner.id, mode, replaces: random.chance(40)))
    }
  }

  mutating func command(_ event: Input.Event) throws {
    report.commands += 1
    server?.letters.append(.command(event))
    try turnSoon()
  }

  private mutating func deploy(_ app: AppID) -> Input.Event {
    var definition = AppDefinition(
      name: app.name, program: .endpoints([]), machines: random.pick(Cast.machines) ?? Cast.machines[0])
    definition.scaling = randomScaling()
    definition.timeouts.startup = .seconds(20)
    definition.timeouts.request = .seconds(30)
    definition.timeouts.terminationGrace = random.quarters(upTo: 5)
    if random.chance(10) { definition.regions = [random.chance(50) ? "cellar" : "small"] }
    let revision = NewRevision(
      definition: definition, auth: random.pick(Auth.allCases) ?? .public, bundle: .init(hash: "b", script: "app.lua"),
      restart: random.chance(50) ? .persistent : .ephemeral)
    let options = DeployOptions(
      strategy: random.chance(60) ? .rolling : .recreate, warm: random.chance(50), resetsScaling: random.chance(30))
    return .deploy(app, revision, options)
  }

  private mutating func setRevision(_ app: AppState) -> Input.Event {
    let revision = random.pick(app.revisions)?.id ?? RevisionID("none")
    let auth = random.chance(30) ? random.pick(Auth.allCases) : nil
    return .setRevision(app.id, revision, random.chance(50) ? .rolling : .recreate, auth: auth, warm: random.chance(50))
  }

  private mutating func randomScaling() -> Scaling {
    var scaling = Scaling()
    scaling.maxConcurrency = random.number(0...5)
    scaling.minConcurrency = random.chance(60) ? 0 : random.number(0...5)
    scaling.concurrencyBuffer = random.chance(70) ? 0 : random.number(0...3)
    scaling.concurrencyBufferPercentage = random.chance(70) ? 0 : random.number(0...100)
    scaling.maxMultiplexing = random.number(1...4)
    scaling.scalingDelay = random.chance(50) ? .zero : random.quarters(upTo: 3)
    scaling.keepAlive = random.quarters(upTo: 60)
    return scaling
  }

  private mutating func randomChange() -> SettingsChange {
    let scaling = randomScaling()
    var change = SettingsChange()
    if random.chance(40) { change.maxConcurrency = scaling.maxConcurrency }
    if random.chance(40) { change.minConcurrency = scaling.minConcurrency }
    if random.chance(20) { change.concurrencyBuffer = scaling.concurrencyBuffer }
    if random.chance(20) { change.maxMultiplexing = scaling.maxMultiplexing }
    if random.chance(20) { change.keepAlive = InSeconds(wrappedValue: scaling.keepAlive) }
    if random.chance(20) { change.scalingDelay = InSeconds(wrappedValue: scaling.scalingDelay) }
    if random.chance(20) { change.requestTimeout = InSeconds(wrappedValue: random.quarters(upTo: 60)) }
    if random.chance(20) { change.machines = random.pick(Cast.machines) }
    if random.chance(10) { change.regions = random.chance(50) ? [] : ["cellar"] }
    return change
  }
}
