import EngineCore
import RunnerProtocol
import Synchronization

/// What runners write: passed on to everybody who listens, and the last lines of each kept to explain with.
final class OutputLog: Sendable {
  /// Lines kept of one runner.
  static let linesMax = 50
  /// Runners whose lines are kept; those that began first go first.
  static let runnersMax = 512

  private struct Tail {
    var app: AppID
    var lines: [LogRecord] = []
  }

  private struct State {
    var tails: [RunnerID: Tail] = [:]
    var order: [RunnerID] = []
  }

  private let hub: EventHub
  private let clock: any EngineClock
  private let state = Mutex(State())

  init(hub: EventHub, clock: any EngineClock) {
    self.hub = hub
    self.clock = clock
  }

  /// From now on the runner's lines are known to be of `app`.
  func open(_ runner: RunnerID, of app: AppID) {
    state.withLock { state in
      guard state.tails.updateValue(Tail(app: app, lines: state.tails[runner]?.lines ?? []), forKey: runner) == nil
      else { return }
      state.order.append(runner)
      guard state.order.count > Self.runnersMax else { return }
      for old in state.order.prefix(Self.runnersMax / 4) { state.tails[old] = nil }
      state.order.removeFirst(Self.runnersMax / 4)
    }
  }

  func append(_ record: LogRecord, of runner: RunnerID) {
    let app: AppID? = state.withLock { state in
      guard var tail = state.tails.removeValue(forKey: runner) else { return nil }
      tail.lines.append(record)
      if tail.lines.count > Self.linesMax { tail.lines.removeFirst() }
      state.tails[runner] = tail
      return tail.app
    }
    // Of a runner that is long over, nobody waits for the lines.
    if let app { hub.send(.log(app, runner, record)) }
  }

  /// A line that the runner's process wrote past its connection.
  func write(_ line: String, of runner: RunnerID) {
    let nanoseconds = UInt64(max(0, clock.now.nanoseconds))
    append(LogRecord(nanoseconds: nanoseconds, level: .info, source: .runner, message: line), of: runner)
  }

  func lines(of runner: RunnerID) -> [LogRecord] { state.withLock { $0.tails[runner]?.lines ?? [] } }
}
