import AppModel
import Planning
import Testing

@testable import EngineCore

/// People and the gateway.
extension SimulatedWorld {
  mutating func actAsPerson() throws {
    guard faults else { return }
    schedule(.person, in: random.duration(10...20_000))
    guard !isDown else { return }
    let app = Self.apps[Int.random(in: 0..<Self.apps.count, using: &random)]
    do {
      try give(randomCommand(for: app))
    } catch let rejection as EngineRejection {
      // People may ask for anything; they never speak of what cannot have happened.
      if case .impossible = rejection { throw rejection }
    }
  }

  private mutating func randomCommand(for app: AppID) -> Input.Event {
    guard let known = state.apps[app] else { return deploy(app) }
    let revision = known.revisions.randomElement(using: &random)?.id ?? RevisionID("none")
    switch Int.random(in: 0..<100, using: &random) {
    case ..<40: return deploy(app)
    case ..<52: return .change(app, randomChange())
    case ..<60: return .remove(app, grace: random.duration(0...20_000))
    case ..<68:
      let auth: Auth? = random.chance(50) ? nil : .shared
      return .setRevision(app, revision, randomStrategy(), auth: auth, warm: random.chance(50))
    case ..<74: return .deleteRevision(app, revision)
    case ..<82: return .replaceRunners(app, forces: random.chance(20))
    default:
      let runner = known.runners.randomElement(using: &random)?.id ?? RunnerID("nobody")
      let modes: [Input.StopMode] = [.drain, .terminate, .kill]
      return .stopRunner(runner, modes[Int.random(in: 0..<3, using: &random)], replaces: random.chance(40))
    }
  }

  private mutating func randomStrategy() -> Strategy { random.chance(50) ? .rolling : .recreate }

  private mutating func deploy(_ app: AppID) -> Input.Event {
    deploys += 1
    var definition = AppDefinition(name: app.name, program: .endpoints([]), machines: randomMachines())
    definition.scaling = randomScaling()
    definition.regions = random.chance(80) ? [] : [random.chance(50) ? "lab" : "home"]
    definition.timeouts.startup = .seconds(20)
    definition.timeouts.request = .seconds(30)
    definition.timeouts.terminationGrace = random.quarters(upTo: 5)
    let revision = NewRevision(
      definition: definition, auth: .public, bundle: BundleReference(hash: "r\(deploys)", script: "app.lua"),
      restart: random.chance(70) ? .persistent : .ephemeral)
    let options = DeployOptions(
      strategy: randomStrategy(), warm: random.chance(50), resetsScaling: random.chance(50))
    return .deploy(app, revision, options)
  }

  private mutating func randomMachines() -> [Machine] {
    let small = Machine(type: "S", cpu: 1, memory: .gigabytes(1))
    let half = Machine(type: "XS", cpu: 0.5, memory: .megabytes(512))
    let h100 = MachineType.GPU(model: "H100", memory: .gigabytes(80))
    let single = Machine(type: "GPU-H100", cpu: 6, memory: .gigabytes(24), gpu: h100, gpuCount: 1)
    let double = Machine(type: "GPU-H100", cpu: 12, memory: .gigabytes(48), gpu: h100, gpuCount: 2)
    let lists = [[small], [half], [single], [double], [double, single], [single, small]]
    return lists[Int.random(in: 0..<lists.count, using: &random)]
  }

  private mutating func randomScaling() -> Scaling {
    var scaling = Scaling()
    scaling.maxConcurrency = Int.random(in: 0...5, using: &random)
    scaling.minConcurrency = random.chance(60) ? 0 : Int.random(in: 0...5, using: &random)
    scaling.concurrencyBuffer = random.chance(70) ? 0 : Int.random(in: 0...3, using: &random)
    scaling.concurrencyBufferPercentage = random.chance(70) ? 0 : Int.random(in: 0...100, using: &random)
    scaling.maxMultiplexing = Int.random(in: 1...4, using: &random)
    scaling.scalingDelay = random.chance(50) ? .zero : random.quarters(upTo: 3)
    scaling.keepAlive = random.quarters(upTo: 60)
    return scaling
  }

  private mutating func randomChange() -> SettingsChange {
    let scaling = randomScaling()
    var change = SettingsChange()
    if random.chance(50) { change.minConcurrency = scaling.minConcurrency }
    if random.chance(50) { change.maxConcurrency = scaling.maxConcurrency }
    if random.chance(30) { change.concurrencyBuffer = scaling.concurrencyBuffer }
    if random.chance(30) { change.maxMultiplexing = scaling.maxMultiplexing }
    if random.chance(30) { change.keepAlive = InSeconds(wrappedValue: scaling.keepAlive) }
    if random.chance(20) { change.regions = random.chance(50) ? [] : ["lab"] }
    if random.chance(20) { change.machines = randomMachines() }
    return change
  }

  mutating func reportDemand(of app: AppID) throws {
    schedule(.gateway(app), in: random.duration(faults ? 10...5_000 : 15_000...30_000))
    guard let known = state.apps[app] else { return }
    if random.chance(30) { load[app] = faults ? Int.random(in: 0...12, using: &random) : 0 }
    var waiting = load[app] ?? 0
    var inFlight: [RunnerID: Int] = [:]
    for runner in known.runners where runner.state.isReady && waiting > 0 {
      let taken = Int.random(in: 0...min(waiting, 4), using: &random)
      waiting -= taken
      if taken > 0 { inFlight[runner.id] = taken }
    }
    let waited = waiting > 0 ? Double.random(in: 0...5, using: &random) : nil
    try give(.demand(app, Demand(queued: waiting, oldestQueuedSeconds: waited, inFlight: inFlight)))
  }
}
