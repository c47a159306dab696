import AppModel
import AppScript
import Lua
import RunnerProtocol

/// What a host is told of a runner whose script does not start.
enum StartFailure {
  static func report(of error: any Error, spec: LaunchSpec) -> FailureReport {
    switch error {
    case let failure as ScriptFailure: FailureReport(code: "script-error", message: text(of: failure, spec))
    case let error as LuaError: FailureReport(code: "script-error", message: EndpointRole.text(of: error))
    default: FailureReport(code: "start-failed", message: "\(error)")
    }
  }

  private static func text(of failure: ScriptFailure, _ spec: LaunchSpec) -> String {
    failure.diagnostics.map { diagnostic in
      let place = diagnostic.position.map { "\($0.file):\($0.line):\($0.column): " } ?? "\(spec.script): "
      return place + diagnostic.message + (diagnostic.fix.map { " (\($0))" } ?? "")
    }.joined(separator: "\n")
  }
}
