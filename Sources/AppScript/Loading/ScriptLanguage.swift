import AppModel
import Lua

/// Puts `app`, `machine`, `server` and `node` into a state. What a script says with them goes to the recorder, which is gone once the script has loaded:
/// from then on `app.x` is plain state, and endpoints are refused.
struct ScriptLanguage {
  let state: LuaState
  let recorder: ScriptRecorder

  func install() throws(LuaError) {
    for kind in [SourceCall.Kind.app, .machine, .node] { try state.globals.rawSet(kind.word, starter(kind)) }
    try state.globals.rawSet(SourceCall.Kind.server.word, server())
  }

  /// From now on the apps' tables keep whatever is assigned to them.
  func seal() throws(LuaError) {
    for app in recorder.apps {
      let metatable = try state.table()
      try metatable.set("__index", try methods(of: app))
      try metatable.set("__metatable", false)
      try app.table.setMetatable(metatable)
    }
  }

  /// `app.setup` can be read by other hooks; a field of the same name hides it.
  private func methods(of app: LoadedScript.App) throws(LuaError) -> LuaTable {
    let methods = try state.table()
    for (name, function) in app.hooks { try methods.set(name, function) }
    let endpoint = try state.function("endpoint") { _ in
      throw ScriptMistake("endpoint-too-late", "endpoints are defined while the script loads, not while it runs")
    }
    try methods.set("endpoint", endpoint)
    return methods
  }

  /// The global `server`, which takes its options at once.
  private func server() throws(LuaError) -> LuaTable {
    let call = try state.function("server") { [weak recorder] call in
      guard let recorder else { throw ScriptMistake("server-too-late", "server is for the time while the script loads") }
      let options = try call.value(2)
      guard case .table = options, call.count < 3 else {
        throw ScriptMistake(
          "server-call", "server takes its table of options, and nothing else",
          fix: "write server { listen = \"\(ListenAddress.standard)\" }")
      }
      guard let position = call.position() else {
        throw ScriptMistake("server-call", "server must be called by the script itself")
      }
      try recorder.addServer(options, at: position)
      return call.returns()
    }
    return try callable("server", call, fix: "write server { … }")
  }

  /// The global `app`, `machine` or `node`.
  private func starter(_ kind: SourceCall.Kind) throws(LuaError) -> LuaTable {
    let word = kind.word
    let call = try state.function(word) { [weak recorder] call in
      guard let recorder else { throw ScriptMistake("\(word)-too-late", "\(word) is for the time while the script loads") }
      guard let name = try call.value(2).text else {
        throw ScriptMistake("\(word)-without-name", "\(word) needs a name", fix: "write \(word) \"name\" { … }")
      }
      guard call.count < 3 else {
        throw ScriptMistake(
          "\(word)-call", "\(word) takes its name and its options one after the other", fix: "write \(word) \"\(name)\" { … }")
      }
      guard let position = call.position() else {
        throw ScriptMistake("\(word)-call", "\(word) must be called by the script itself")
      }
      let number = try recorder.begin(kind, name: name, at: position)
      return try call.returns(try Self.builder(call.state, recorder, number, word, name))
    }
    return try callable(
      word, call,
      fix: kind == .app ? "keep what it returns: local app = app \"name\" { … }" : "write \(word) \"name\" { … }")
  }

  /// A table that can be called, so that `app.setup` on it can say what is wrong.
  private func callable(_ word: String, _ call: LuaFunction, fix: String) throws(LuaError) -> LuaTable {
    let metatable = try state.table()
    try metatable.set("__call", call)
    try metatable.set("__metatable", false)
    let refuse = try state.function(word) { _ in
      throw ScriptMistake("\(word)-not-kept", "'\(word)' itself is the function that makes one", fix: fix)
    }
    try metatable.set("__index", refuse)
    try metatable.set("__newindex", refuse)
    let table = try state.table()
    try table.setMetatable(metatable)
    return table
  }

  /// What `app "name"` returns: it waits for its table.
  private static func builder(
    _ state: LuaState, _ recorder: ScriptRecorder, _ number: Int, _ word: String, _ name: String
  ) throws(LuaError) -> LuaTable {
    let builder = try state.table()
    let metatable = try state.table()
    let finish = try state.function(word) { [weak recorder] call in
      guard let recorder else { throw ScriptMistake("\(word)-too-late", "\(word) is for the time while the script loads") }
      let options = try call.value(2)
      guard let (index, kind) = try recorder.finish(number, options: options) else {
        throw ScriptMistake("\(word)-call", "\(word) \"\(name)\" has its options already")
      }
      guard kind == .app else { return call.returns() }
      let table = try appTable(call.state, recorder, index)
      recorder.apps.append(LoadedScript.App(name: name, table: table))
      if case .table(let given) = options { try recorder.keepFunctions(app: index, options: given) }
      return try call.returns(table)
    }
    let refuse = try state.function(word) { _ in
      throw ScriptMistake(
        "\(word)-without-options", "\(word) \(DraftValue.quoted(name)) has no table of options",
        fix: "write \(word) \"\(name)\" { … }")
    }
    try metatable.set("__call", finish)
    try metatable.set("__index", refuse)
    try metatable.set("__newindex", refuse)
    try metatable.set("__metatable", false)
    try builder.setMetatable(metatable)
    return builder
  }

  /// The table of an app while its script loads: every assignment is looked at.
  private static func appTable(_ state: LuaState, _ recorder: ScriptRecorder, _ index: Int) throws(LuaError) -> LuaTable {
    let table = try state.table()
    let metatable = try state.table()
    let endpoint = try state.function("endpoint") { [weak recorder] call in
      guard let recorder, let position = call.position() else {
        throw ScriptMistake("endpoint-too-late", "endpoints are defined while the script loads, not while it runs")
      }
      guard case .table = try call.value(1) else {
        throw ScriptMistake("endpoint-call", "'endpoint' is a method", fix: "write app:endpoint(…) with a colon")
      }
      let third = try call.value(3)
      if case .function = third {
        try recorder.addEndpoint(app: index, path: call.value(2), options: .nilValue, handler: third, at: position)
      } else {
        let handler = call.count >= 4 ? try call.value(4) : call.count == 3 && isTable(third) ? .nilValue : third
        try recorder.addEndpoint(app: index, path: call.value(2), options: third, handler: handler, at: position)
      }
      return call.returns()
    }
    let methods = try state.table()
    try methods.set("endpoint", endpoint)
    let assign = try state.function("app") { [weak recorder] call in
      guard let name = try call.value(2).text else {
        throw ScriptMistake("bad-field", "fields of an app have names", fix: "write app.name = value")
      }
      let value = try call.value(3)
      guard let recorder, let position = call.position() else { return call.returns() }
      let isState = recorder.assign(app: index, name: name, value: value, at: position)
      if isState { try call.table(1).set(name, value) }
      return call.returns()
    }
    try metatable.set("__index", methods)
    try metatable.set("__newindex", assign)
    try metatable.set("__metatable", false)
    try table.setMetatable(metatable)
    return table
  }

  private static func isTable(_ value: LuaValue) -> Bool { if case .table = value { true } else { false } }
}
