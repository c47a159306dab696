import Engine
import EngineCore
import RunnerProtocol
import Store

/// What runners write goes into the store's log files.
struct StoredLogs: LogSink {
  var files: LogFiles

  func append(_ record: LogRecord, app: AppID, runner: RunnerID) { files.append(runner, record) }
}
