public import Engine
public import EngineCore
public import RunnerProtocol
import Synchronization

/// A data plane without requests: remembers what it was told, and says what a test wants it to.
public final class SimulatedDataPlane: DataPlane {
  /// What it was told, in order.
  public enum Call: Sendable, Hashable {
    case attach(RunnerID, socket: String, LaunchSpec, slots: Int)
    case route(AppID, RevisionID?)
    case drain(RunnerID)
    case detach(RunnerID)
  }

  private struct State {
    var calls: [Call] = []
    var links: [RunnerID: @Sendable (RunnerLinkEvent) -> Void] = [:]
    var onDrain: (@Sendable (RunnerID) -> Void)?
    var answer: (@Sendable (RunnerID, LaunchSpec) -> [RunnerLinkEvent])?
  }

  private let state = Mutex(State())

  public init() {}

  public var calls: [Call] { state.withLock { $0.calls } }

  /// What a runner says as soon as it is attached.
  public func setAnswer(_ answer: @escaping @Sendable (RunnerID, LaunchSpec) -> [RunnerLinkEvent]) {
    state.withLock { $0.answer = answer }
  }

  /// What comes of `drain`: usually the runner's end.
  public func setOnDrain(_ body: @escaping @Sendable (RunnerID) -> Void) { state.withLock { $0.onDrain = body } }

  /// Something that the link of an attached runner reports.
  public func say(_ event: RunnerLinkEvent, of runner: RunnerID) {
    state.withLock { $0.links[runner] }?(event)
  }

  public func attach(
    _ runner: RunnerID, app: AppID, revision: RevisionID, socket: String, launch: LaunchSpec, slots: Int,
    events: @escaping @Sendable (RunnerLinkEvent) -> Void
  ) {
    let answer = state.withLock { state in
      state.calls.append(.attach(runner, socket: socket, launch, slots: slots))
      state.links[runner] = events
      return state.answer?(runner, launch) ?? []
    }
    for event in answer { events(event) }
  }

  public func route(_ app: AppID, to route: AppRoute?) {
    state.withLock { $0.calls.append(.route(app, route?.revision)) }
  }

  public func drain(_ runner: RunnerID) {
    let onDrain = state.withLock { state in
      state.calls.append(.drain(runner))
      return state.onDrain
    }
    onDrain?(runner)
  }

  public func detach(_ runner: RunnerID) {
    let link = state.withLock { state in
      state.calls.append(.detach(runner))
      return state.links.removeValue(forKey: runner)
    }
    link?(.closed)
  }
}
