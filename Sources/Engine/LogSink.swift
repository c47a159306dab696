public import EngineCore
public import RunnerProtocol

/// Keeps what runners write, beside the last lines that the engine itself has in memory.
public protocol LogSink: Sendable {
  /// Takes a record and returns at once, on whatever thread it came: a slow disk must not hold up requests.
  func append(_ record: LogRecord, app: AppID, runner: RunnerID)
}

/// Keeps nothing.
public struct NoLogs: LogSink {
  public init() {}

  public func append(_ record: LogRecord, app: AppID, runner: RunnerID) {}
}
