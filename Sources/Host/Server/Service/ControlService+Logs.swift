import ControlAPI
import EngineCore
import RunnerProtocol
import Store

extension ControlService {
  func runnerLogs(_ request: APIRequest) async throws -> APIAnswer {
    let id = RunnerID(request.parameter("runner"))
    var query = LogQuery()
    query.since = try request.seconds(.since).flatMap(Moment.init(secondsSince1970:))
    query.until = try request.seconds(.until).flatMap(Moment.init(secondsSince1970:))
    query.search = request.text(.search)
    let last = try request.count(.last, max: LogQuery.lastMax)
    let first = try request.count(.first, max: LogQuery.lastMax)
    query.last = last ?? LogQuery.lastMax
    let isKnown = await engine.view.runner(id) != nil
    guard try request.flag(.follow), isKnown else { return try await written(id, query, first: first, isKnown: isKnown) }
    let records = try await disk.run { [logs, query] in try logs.follow(id, query) }
    let body = request.body
    return .lines { lines in
      // A client that went away while nothing was written would never be noticed otherwise.
      try await body.consumeWithCancellationOnInboundClose { _ in
        var rest = first ?? .max
        for await record in records {
          guard rest > 0 else { return }
          rest -= 1
          try await lines.send(LogLine(record, runner: id))
        }
      }
    }
  }

  /// What there is now. A runner that nobody knows has lines as long as its files are kept.
  private func written(_ id: RunnerID, _ query: LogQuery, first: Int?, isKnown: Bool) async throws -> APIAnswer {
    let records = try await disk.run { [logs] in try logs.read(id, query) }
    guard isKnown || !records.isEmpty else {
      throw APIFailure(404, "runner-not-found", "there is no runner '\(id)'")
    }
    let shown = first.map { records.prefix($0) } ?? records[...]
    return .lines { lines in for record in shown { try await lines.send(LogLine(record, runner: id)) } }
  }
}

extension ControlAPI.LogLine {
  init(_ record: LogRecord, runner: RunnerID) {
    self.init(
      at: Double(record.nanoseconds) / 1e9, runner: runner.text, level: record.level.name, source: record.source.name,
      requestID: record.requestID.isEmpty ? nil : record.requestID, message: record.message)
  }
}

extension LogRecord.Level {
  fileprivate var name: String {
    switch self {
    case .debug: "debug"
    case .info: "info"
    case .warning: "warning"
    case .error: "error"
    }
  }
}

extension LogRecord.Source {
  fileprivate var name: String {
    switch self {
    case .script: "app"
    case .output, .errors: "program"
    case .runner: "runner"
    }
  }
}
