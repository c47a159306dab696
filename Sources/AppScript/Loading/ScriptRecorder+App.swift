import AppModel
import Lua

extension ScriptRecorder {
  /// `app:endpoint(path, [options,] handler)`.
  func addEndpoint(
    app index: Int, path: LuaValue, options: LuaValue, handler: LuaValue, at position: (source: String, line: Int)
  ) throws {
    guard let text = path.text else {
      findings.error(
        "wrong-type", "endpoint: expected a path such as \"/\", got \(try describe(path))", at: mark(position),
        fix: "write app:endpoint(\"/\", function(input) … end)")
      return
    }
    let call = files.take(.endpoint, name: text, line: position.line, in: position.source)
    let pathMark = call.map { files.mark($0.nameSpan, in: position.source) } ?? mark(position)
    guard case .function(let function) = handler else {
      findings.error(
        "no-handler", "the endpoint \(DraftValue.quoted(text)) has no handler: expected a function, got \(try describe(handler))",
        at: pathMark, fix: "write app:endpoint(\"\(text)\", function(input, request) … end)")
      return
    }
    var optionsRead: DraftValue?
    if case .nilValue = options {
    } else {
      var reader = DraftReader(files: files, chunk: position.source)
      let optionsMark = call?.table.map { files.mark($0.span, in: position.source) } ?? mark(position)
      optionsRead = try reader.read(options, source: call?.table, mark: optionsMark)
      if let table = call?.table { reportRepeated(table, in: position.source) }
    }
    guard draft.apps[index].endpoints.count < Self.countMax else {
      throw ScriptMistake("too-many-endpoints", "the app has more than \(Self.countMax) endpoints")
    }
    draft.apps[index].endpoints.append(
      DraftEndpoint(path: text, pathMark: pathMark, options: optionsRead, line: function.position?.line ?? position.line))
    apps[index].handlers[text] = function
  }

  /// `app.name = value` while the script loads; true where the value is plain state, to be kept in the table.
  func assign(app index: Int, name: String, value: LuaValue, at position: (source: String, line: Int)) -> Bool {
    guard case .function(let function) = value else {
      let place = files.mark(member: name, line: position.line, in: position.source)
      if let hook = Schema.hook(name) {
        findings.error(
          "hook-not-function", "the hook '\(name)' must be a function", at: place,
          fix: "write function app.\(name)(\(hook.parameters)) … end")
        return false
      }
      if Schema.app.contains(where: { $0.name == name }) {
        findings.warning(
          "option-as-state", "'\(name)' is an option, and has no effect outside the table of options", at: place,
          fix: "write it in app \"\(draft.apps[index].name)\" { \(name) = … }")
      }
      return true
    }
    let defined = function.position ?? position
    let place = files.mark(member: name, line: defined.line, in: defined.source)
    guard Schema.hook(name) != nil else {
      reportUnknownHook(name, at: place)
      return false
    }
    if let first = draft.apps[index].hooks.first(where: { $0.name == name }) {
      findings.warning(
        "duplicate-hook", "the hook '\(name)' is defined on line \(first.mark.position.line) already; only this one counts",
        at: place, fix: "leave one of them out")
      draft.apps[index].hooks.removeAll { $0.name == name }
    }
    draft.apps[index].hooks.append(DraftHook(name: name, mark: place))
    apps[index].hooks[name] = function
    return false
  }

  private func reportUnknownHook(_ name: String, at place: SourceMark) {
    let near = Suggestion.nearest(to: name, among: Schema.hooks.lazy.map(\.name))
    let fix = Suggestion.fix(near) ?? "if it is a function of your own, write local function \(name)(…)"
    findings.error("unknown-hook", "'\(name)' is no hook, so nobody would call it", at: place, fix: fix)
  }

  /// Keeps the functions in the options: the predicates of the analysis are called like hooks.
  func keepFunctions(app index: Int, options: LuaTable) throws(LuaError) {
    guard case .table(let analysis) = try options.get("analyse") else { return }
    for name in ["success", "failure"] {
      if case .function(let function) = try analysis.get(name) { apps[index].hooks["analyse.\(name)"] = function }
    }
  }

  func mark(_ position: (source: String, line: Int)) -> SourceMark { files.mark(line: position.line, in: position.source) }

  private func describe(_ value: LuaValue) throws -> String {
    if case .nilValue = value { return "nothing" }
    var reader = DraftReader(files: files, chunk: "")
    return try reader.read(value, source: nil, mark: SourceMark(SourcePosition(file: "", line: 1, column: 1), length: 0))
      .description
  }
}
