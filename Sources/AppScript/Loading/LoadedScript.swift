public import AppModel
public import Lua

/// A script that ran to its end in a Lua state: what it said, and its functions.
public final class LoadedScript {
  /// The functions of one app.
  struct App {
    var name: String
    var table: LuaTable
    var handlers: [String: LuaFunction] = [:]
    var hooks: [String: LuaFunction] = [:]
  }

  public let draft: Draft
  /// Mistakes that the loader found and that the script survived; the validator finds others.
  public let diagnostics: [Diagnostic]
  private let apps: [App]

  init(draft: Draft, diagnostics: [Diagnostic], apps: [App]) {
    self.draft = draft
    self.diagnostics = diagnostics
    self.apps = apps
  }

  /// As `apolune-runner evaluate` prints it.
  public var report: ScriptReport { ScriptReport(draft: draft, diagnostics: diagnostics) }

  /// The table that the script knows as `app`: the runner's own state. nil for an app that the script does not have.
  public func table(app: String) -> LuaTable? { find(app)?.table }

  /// The handler of an endpoint.
  public func handler(app: String, path: String) -> LuaFunction? { find(app)?.handlers[path] }

  /// A hook by its name in the schema; `analyse.success` and `analyse.failure` are the predicates of the analysis.
  public func hook(app: String, name: String) -> LuaFunction? { find(app)?.hooks[name] }

  private func find(_ name: String) -> App? { apps.first { $0.name == name } }
}
