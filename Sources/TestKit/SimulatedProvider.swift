public import AppModel
public import Providers
import Synchronization

/// A provider without processes: its runners start at once, and end when a test says so or the engine does.
///
/// Keeps the same contract as every provider. Events are sent within the call that causes them.
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
    var nextPID: Int32 = 1000
    var pids: [RunnerInstance: Int32] = [:]
    var ignoresStop = false
    var startOutcome = StartOutcome.starts
    var isClosed = false
  }

  private let state = Mutex(State())

  public init() {}

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

  public func begin(events: @escaping @Sendable (ProviderEvent) -> Void) {
    state.withLock { $0.events = events }
  }

  public func start(_ start: RunnerStart) {
    emit { state in
      let instance = start.instance
      if let end = state.ended[instance] { return [.exited(instance, end)] }
      if let known = state.running[instance.id], known.instance != instance {
        return [.notStarted(instance, ProviderFailure(code: "still-running", message: "an older generation still runs"))]
      }
      if state.isClosed { return [.notStarted(instance, ProviderFailure(code: "closing", message: "closed"))] }
      if state.running[instance.id] == nil {
        if case .refuses(let failure) = state.startOutcome { return [.notStarted(instance, failure)] }
        state.running[instance.id] = start
        state.pids[instance] = state.nextPID
        state.nextPID += 1
      }
      return [.started(instance, socket: "/simulated/\(instance.id)", pid: state.pids[instance] ?? 0)]
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
