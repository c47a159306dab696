import EngineCore
import FoundationEssentials
import RunnerProtocol

extension RunSession {
  /// A prompt for the run's first app. `stop` closes it.
  public func openConsole() async throws -> RunConsole {
    let bundle = try bundles.store([])
    let console = try await RunConsole.open(
      runner: runnerExecutable, gateway: gateway, bundle: bundle.folder.path, script: "console",
      app: apps.first?.id.name ?? "console",
      logs: { [report] record in report.yield(.console(record)) },
      answer: { [weak self] call in await self?.answer(call) ?? .refused("the run is over") })
    self.console = console
    return console
  }

  /// Answers what the console asks.
  private func answer(_ call: HostCall) async -> HostAnswer {
    guard let arguments = try? JSONDecoder().decode([JSONValue].self, from: Data(call.arguments)) else {
      return .refused("\(call.name) was called with something that is no JSON")
    }
    switch call.name {
    case "call": return await callApp(arguments)
    case "runners": return await .json(runners().map(RunnerLine.init))
    case "logs": return logLines(arguments)
    case "reload": return await reloadByHand()
    default: return .refused("the host knows no '\(call.name)'")
    }
  }

  /// `call(path, input)`, or `call("app", path, input)` where the script has several apps.
  private func callApp(_ arguments: [JSONValue]) async -> HostAnswer {
    var rest = arguments[...]
    guard var path = rest.popFirst()?.text else { return .refused("call takes a path: call(\"/\", { … })") }
    guard var app = apps.first else { return .refused("there is no app") }
    if !path.hasPrefix("/") {
      guard let named = apps.first(where: { $0.id.name == path }), let next = rest.popFirst()?.text else {
        return .refused("a path begins with '/': call(\"/\(path)\", { … })")
      }
      (app, path) = (named, next)
    }
    let input = HostAnswer.json(rest.first ?? .object([:])).payload
    let answer = await gateway.call(app.id, path: path, body: input, headers: [.init("content-type", "application/json")])
    return HostAnswer(answer)
  }

  private func logLines(_ arguments: [JSONValue]) -> HostAnswer {
    guard case .integer(let count) = arguments.first ?? .integer(20) else { return .refused("logs takes a number of lines") }
    return .json(logs.last(count).map(LogLine.init))
  }

  private func reloadByHand() async -> HostAnswer {
    switch await reload(because: Self.reloadByHand) {
    case .reloaded(let apps): .json(apps.map(\.revision.text))
    case .refused: .refused("the script is wrong; what ran before goes on")
    case .failed(_, let reason), .impossible(let reason): .refused(reason)
    }
  }
}

/// A runner as the console shows it.
private struct RunnerLine: Encodable {
  var id: String
  var state: String
  var revision: String
  var pid: Int32?
  var inFlight: Int
  var reason: String?

  init(_ status: RunnerStatus) {
    id = status.id.text
    state = status.state
    revision = status.revision.text
    pid = status.pid
    inFlight = status.inFlight
    reason = status.reason
  }

  enum CodingKeys: String, CodingKey {
    case id, state, revision, pid, reason
    case inFlight = "in_flight"
  }
}

/// A log record as the console shows it.
private struct LogLine: Encodable {
  var time: Double
  var level: String
  var runner: String
  var request: String?
  var message: String

  init(_ entry: LogTail.Entry) {
    time = Double(entry.record.nanoseconds) / 1e9
    level = "\(entry.record.level)"
    runner = entry.runner.text
    request = entry.record.requestID.isEmpty ? nil : entry.record.requestID
    message = entry.record.message
  }
}
