public import AppModel
public import Planning
public import Providers
import Synchronization

/// A provider without processes: its runners start at once, and end when a test says so or the engine does.
///
/// Keeps the same contract as every provider. Events are sent within the call that causes them. It outlives the servers of a
/// simulation: after `crashHost` or `leave` the next server calls `begin` on the same provider, and finds its runners.
public final class SimulatedProvider: Provider {
  /// What becomes of a start.
  public enum StartOutcome: Sendable {
    case starts
    case refuses(ProviderFailure)
  }

  private struct State {
    var events: (@Sendable (ProviderEvent) -> Void)?
    var running: [String: RunnerStart] = [:]
    var ended: [RunnerInstance: RunnerEnd] = [:]
    var nodes: [Node]
    var nextPID: Int32 = 1000
    var pids: [RunnerInstance: Int32] = [:]
    var ignoresStop = false
    var startOutcome = StartOutcome.starts
    var isClosed = false
    /// Nodes that a test spoke of; others are not checked.
    var everKnown: Set<NodeID>

    init(nodes: [Node]) {
      self.nodes = nodes
      everKnown = Set(nodes.map(\.id))
    }

    func isGone(_ node: NodeID) -> Bool { everKnown.contains(node) && !nodes.contains { $0.id == node } }

    static func socket(_ instance: RunnerInstance) -> String { "/simulated/\(instance.id)" }
  }

  private let state: Mutex<State>

  /// A node on which every test's runners have room.
  public static let roomyNode = Node(id: NodeID("simulated"), cpu: 1_000_000, memory: .gigabytes(1_000_000))

  public init(nodes: [Node] = [SimulatedProvider.roomyNode]) { state = Mutex(State(nodes: nodes)) }

  /// Runners that live, oldest first.
  public var running: [RunnerStart] {
    state.withLock { state in
      state.running.values.sorted { (state.pids[$0.instance] ?? 0) < (state.pids[$1.instance] ?? 0) }
    }
  }

  /// What becomes of starts from now on.
  public func setStartOutcome(_ outcome: StartOutcome) { state.withLock { $0.startOutcome = outcome } }

  /// Whether runners ignore `stop`, so that only `kill` ends them.
  public func setIgnoresStop(_ ignores: Bool) { state.withLock { $0.ignoresStop = ignores } }

  /// Ends a runner from the outside: a crash.
  public func end(_ id: String, _ end: RunnerEnd) {
    emit { state in
      guard let start = state.running.removeValue(forKey: id) else { return [] }
      state.ended[start.instance] = end
      return [.exited(start.instance, end)]
    }
  }

  /// Something that a runner wrote.
  public func write(_ id: String, line: String) {
    emit { state in state.running[id].map { [.output($0.instance, line)] } ?? [] }
  }

  /// The machines that there are.
  public var nodes: [Node] { state.withLock { $0.nodes } }

  /// Machines come, change and vanish. The runners of one that vanishes end without a word, as those of a machine that lost
  /// its power do.
  public func setNodes(_ nodes: [Node]) {
    emit { state in
      state.nodes = nodes
      state.everKnown.formUnion(nodes.map(\.id))
      for (id, start) in state.running where state.isGone(start.node) {
        state.running[id] = nil
        state.ended[start.instance] = .unknown
      }
      return [.nodes(nodes)]
    }
  }

  /// The server dies: nobody hears of events until the next one calls `begin`. Runners go on.
  public func crashHost() { state.withLock { $0.events = nil } }

  public func begin(events: @escaping @Sendable (ProviderEvent) -> Void) {
    emit { state in
      state.events = events
      let found = state.running.values.sorted { (state.pids[$0.instance] ?? 0) < (state.pids[$1.instance] ?? 0) }
        .map { FoundRunner(instance: $0.instance, socket: State.socket($0.instance), pid: state.pids[$0.instance] ?? 0) }
      return [.nodes(state.nodes), .inventory(found)]
    }
  }

  public func start(_ start: RunnerStart) {
    emit { state in
      let instance = start.instance
      if let end = state.ended[instance] { return [.exited(instance, end)] }
      if let known = state.running[instance.id], known.instance != instance {
        return [.notStarted(instance, ProviderFailure(code: "still-running", message: "an older generation still runs"))]
      }
      if state.isGone(start.node) {
        return [.notStarted(instance, ProviderFailure(code: "node-gone", message: "\(start.node) is not there"))]
      }
      if state.isClosed { return [.notStarted(instance, ProviderFailure(code: "closing", message: "closed"))] }
      if state.running[instance.id] == nil {
        if case .refuses(let failure) = state.startOutcome { return [.notStarted(instance, failure)] }
        state.running[instance.id] = start
        state.pids[instance] = state.nextPID
        state.nextPID += 1
      }
      return [.started(instance, socket: State.socket(instance), pid: state.pids[instance] ?? 0)]
    }
  }

  public func stop(_ instance: RunnerInstance) {
    signal(instance, .exited(status: 0), isIgnored: state.withLock { $0.ignoresStop })
  }

  public func kill(_ instance: RunnerInstance) { signal(instance, .signalled(9), isIgnored: false) }

  public func enforcement(for machine: Machine) -> Enforcement {
    let explanation = "simulated runners use nothing"
    return Enforcement(lines: [
      .init(resource: "CPU", amount: "\(machine.cpu)", isEnforced: true, explanation: explanation),
      .init(resource: "memory", amount: machine.memory.description, isEnforced: true, explanation: explanation),
    ])
  }

  public func leave() async { crashHost() }

  public func close() async {
    emit { state in
      state.isClosed = true
      let events = state.running.values.map { ProviderEvent.exited($0.instance, .signalled(9)) }
      for start in state.running.values { state.ended[start.instance] = .signalled(9) }
      state.running = [:]
      return events
    }
  }

  private func signal(_ instance: RunnerInstance, _ end: RunnerEnd, isIgnored: Bool) {
    emit { state in
      guard state.running[instance.id]?.instance == instance else {
        let known = state.ended[instance] ?? .unknown
        state.ended[instance] = known
        return [.exited(instance, known)]
      }
      if isIgnored { return [] }
      state.running[instance.id] = nil
      state.ended[instance] = end
      return [.exited(instance, end)]
    }
  }

  private func emit(_ change: (inout State) -> [ProviderEvent]) {
    let (events, handler) = state.withLock { state in (change(&state), state.events) }
    for event in events { handler?(event) }
  }
}
