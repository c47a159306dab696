import AppModel
import FoundationEssentials
import Host
import RunnerProtocol

/// One event of a run as `--json` prints it: one object a line.
struct RunRecord: Encodable, Sendable {
  var event: String
  var app: String?
  var owner: String?
  var url: String?
  var auth: Auth?
  var key: String?
  var machineType: String?
  var revision: String?
  /// What the machine type is held to here, and what not.
  var enforcement: [String]?
  var runner: String?
  var state: String?
  /// What happened, in words.
  var message: String?
  /// The file whose change was the cause.
  var trigger: String?
  var milliseconds: Int?
  var diagnostics: [Diagnostic]?
  var level: String?
  var requestID: String?
  /// Seconds since 1970.
  var time: Double?

  init(_ event: String) { self.event = event }

  enum CodingKeys: String, CodingKey {
    case event, app, owner, url, auth, key, revision, enforcement, runner, state, message, trigger, milliseconds, diagnostics
    case level, time
    case machineType = "machine_type"
    case requestID = "request_id"
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Plain strings and numbers always encode.
    guard let data = try? encoder.encode(self) else { return #"{"event":"unprintable"}"# }
    return String(decoding: data, as: UTF8.self)
  }
}

extension RunRecord {
  static func ready(_ app: ServedApp) -> RunRecord {
    var record = RunRecord("ready")
    record.app = app.id.name
    record.owner = app.id.owner
    record.url = app.url
    record.auth = app.auth
    record.key = app.key
    record.machineType = app.definition.machines[0].type
    record.revision = app.revision.text
    record.enforcement = app.enforcement.lines.map(\.description)
    return record
  }

  static func refused(_ script: EvaluatedScript) -> RunRecord {
    var record = RunRecord("refused")
    record.diagnostics = script.diagnostics
    return record
  }

  init(_ event: RunEvent) {
    switch event {
    case .log(let runner, let log):
      self.init("log")
      self.runner = runner.text
      level = "\(log.level)"
      message = log.message
      requestID = log.requestID.isEmpty ? nil : log.requestID
      time = Double(log.nanoseconds) / 1e9
    case .console(let log):
      self.init("console")
      message = log.message
    case .problem(let text):
      self.init("problem")
      message = text
    case .runner(let runner, let app, let state, let detail):
      self.init("runner")
      self.runner = runner.text
      self.app = app.name
      self.state = state
      message = detail.isEmpty ? nil : detail
    case .reloading(let trigger):
      self.init("reloading")
      self.trigger = trigger
    case .reloaded(let trigger, let apps, let duration):
      self.init("reloaded")
      self.trigger = trigger
      revision = apps.map(\.revision.text).joined(separator: ",")
      milliseconds = Int(duration.inSeconds * 1000)
    case .reloadRefused(let trigger, let script):
      self.init("reload_failed")
      self.trigger = trigger
      diagnostics = script.diagnostics
    case .reloadFailed(let trigger, let app, let reason):
      self.init("reload_failed")
      self.trigger = trigger
      self.app = app.name
      message = reason
    }
  }
}
