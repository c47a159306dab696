import EngineCore
import RunnerProtocol
import Synchronization

/// What runners write: passed on to everybody who listens, and the last lines of each kept to explain with.
final class OutputLog: Sendable {
  /// Lines kept of one runner.
  static let linesMax = 50
  /// Bytes of those lines, so that a thousand talkative runners do not fill memory.
  static let bytesMax = 64 * 1024
  /// Ended runners whose lines are kept; those that ended first go first.
  static let endedMax = 512

  fileprivate struct Tail {
    var app: AppID
    var lines: [LogRecord] = []
    var bytes = 0
  }

  private struct State {
    var tails: [RunnerID: Tail] = [:]
    var ended: [RunnerID] = []
  }

  private let hub: EventHub
  private let sink: any LogSink
  private let clock: any EngineClock
  private let state = Mutex(State())

  init(hub: EventHub, sink: any LogSink = NoLogs(), clock: any EngineClock) {
    self.hub = hub
    self.sink = sink
    self.clock = clock
  }

  /// From now on the runner's lines are known to be of `app`.
  func open(_ runner: RunnerID, of app: AppID) {
    state.withLock { state in
      if state.tails[runner] == nil { state.tails[runner] = Tail(app: app) }
    }
  }

  /// The runner is over; what it wrote last stays for a while.
  func end(_ runner: RunnerID) {
    state.withLock { state in
      guard state.tails[runner] != nil else { return }
      state.ended.append(runner)
      guard state.ended.count > Self.endedMax else { return }
      // Dropping in large steps keeps ending cheap.
      for old in state.ended.prefix(Self.endedMax / 4) { state.tails[old] = nil }
      state.ended.removeFirst(Self.endedMax / 4)
    }
  }

  func append(_ record: LogRecord, of runner: RunnerID) {
    let app: AppID? = state.withLock { state in
      guard var tail = state.tails.removeValue(forKey: runner) else { return nil }
      tail.append(record)
      state.tails[runner] = tail
      return tail.app
    }
    // Of a runner that is long over, nobody waits for the lines.
    guard let app else { return }
    sink.append(record, app: app, runner: runner)
    hub.send(.log(app, runner, record))
  }

  /// A line that the runner's process wrote past its connection.
  func write(_ line: String, of runner: RunnerID) {
    let nanoseconds = UInt64(max(0, clock.now.nanoseconds))
    append(LogRecord(nanoseconds: nanoseconds, level: .info, source: .runner, message: line), of: runner)
  }

  func lines(of runner: RunnerID) -> [LogRecord] { state.withLock { $0.tails[runner]?.lines ?? [] } }
}

extension OutputLog.Tail {
  fileprivate mutating func append(_ record: LogRecord) {
    lines.append(record)
    bytes += record.message.utf8.count
    while lines.count > OutputLog.linesMax || (bytes > OutputLog.bytesMax && lines.count > 1) {
      bytes -= lines.removeFirst().message.utf8.count
    }
  }
}
