import AppModel
import Lua

@testable import AppScript

/// Loads a script in a state of its own, with stand-ins for the libraries that the runner installs.
func newState(memory: Int = 16 << 20, time: Duration = .milliseconds(300)) throws -> LuaState {
  let state = try LuaState(limits: LuaLimits(memory: memory, time: time))
  for name in ["json", "log", "http", "time", "files", "crypto", "base64", "env"] {
    try state.globals.rawSet(name, state.table())
  }
  for name in ["fail", "secret", "sleep", "proceed", "abort"] {
    try state.globals.rawSet(name, state.function(name) { call in call.returns() })
  }
  return state
}

func load(
  _ source: String, name: String = "app.lua", modules: [String: String] = [:], state: LuaState? = nil
) throws -> LoadedScript {
  let state = try state ?? newState()
  let loader = ScriptLoader(state: state) { path in modules[path].map { Array($0.utf8) } }
  return try loader.load(source: Array(source.utf8), name: name)
}

/// What `apolune check` would do: load, validate.
func check(_ source: [UInt8], name: String = "app.lua", read: @escaping (String) throws -> [UInt8]?) throws -> Validation {
  let loader = ScriptLoader(state: try newState(), read: read)
  do throws(ScriptFailure) {
    return Validator().validate(try loader.load(source: source, name: name).report)
  } catch { return Validator().validate(error.report) }
}

func check(_ source: String, modules: [String: String] = [:]) throws -> Validation {
  try check(Array(source.utf8)) { path in modules[path].map { Array($0.utf8) } }
}

extension Validation {
  /// `code line:column+length`, a line each.
  var places: [String] {
    diagnostics.map { "\($0.code) \($0.position.map { "\($0.line):\($0.column)" } ?? "-")+\($0.length)" }
  }
}
