import AppModel
import Lua

/// Makes a diagnostic of an error that Lua reports while a script loads.
struct LoadFailure {
  let state: LuaState
  let files: SourceFiles
  /// The script's path.
  let script: String

  func diagnostic(of error: LuaError) -> Diagnostic {
    var (position, text) = split(error.message)
    if case .runtime = error.kind, let parsing = syntaxError(in: position?.chunk) { return diagnostic(of: parsing) }
    position = position ?? error.traceback.flatMap(firstPosition)
    if let mistake = error.underlying as? ScriptMistake {
      return make(mistake.code, mistake.message, position.map { mark($0.line, $0.chunk, near: nil) }, fix: mistake.fix)
    }
    if let failure = error.underlying as? ScriptFailure, let first = failure.diagnostics.first {
      return make(first.code, first.message, position.map { mark($0.line, $0.chunk, near: nil) }, fix: first.fix)
    }
    switch error.kind {
    case .syntax: return syntax(text, position)
    case .timeLimit:
      return make(
        "script-timeout", "the script took too long to load", position.map { mark($0.line, $0.chunk, near: nil) },
        fix: "look for a loop without end; work that takes long belongs into function app.setup(ctx)")
    case .memoryLimit:
      return make(
        "script-memory", "\(script) needs more memory than it may have",
        position.map { mark($0.line, $0.chunk, near: nil) },
        fix: "look for a table or a text that grows without end; load data in function app.setup(ctx)")
    case .interrupted, .cancelled: return make("script-interrupted", "the script was stopped while it loaded", nil, fix: nil)
    case .runtime, .host, .data: return runtime(text, position)
    }
  }

  /// `require` reports a module that does not parse like any other error of the module.
  private func syntaxError(in chunk: String?) -> LuaError? {
    guard let chunk, let source = files.files[chunk]?.source else { return nil }
    do throws(LuaError) {
      _ = try state.load(source, name: chunk)
      return nil
    } catch {
      guard case .syntax = error.kind else { return nil }
      return error
    }
  }

  /// The innermost line of the script in a traceback: some errors have no place of their own.
  private func firstPosition(_ traceback: String) -> (chunk: String, line: Int)? {
    for line in traceback.split(separator: "\n") {
      if let position = split(String(line.drop { $0 == "\t" || $0 == " " })).position { return position }
    }
    return nil
  }

  private func make(_ code: String, _ message: String, _ mark: SourceMark?, fix: String?) -> Diagnostic {
    Diagnostic(.error, code, message, at: mark?.position, length: mark?.length ?? 0, fix: fix)
  }

  /// Takes `chunk:line: ` off a message. The chunk must be one of the script's own: a message may hold anything.
  private func split(_ message: String) -> (position: (chunk: String, line: Int)?, text: String) {
    for chunk in files.files.keys where message.hasPrefix(chunk + ":") {
      let rest = message.dropFirst(chunk.count + 1)
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let line = Int(digits), rest.dropFirst(digits.count).hasPrefix(":") else { continue }
      return ((chunk, line), String(rest.dropFirst(digits.count + 1).drop { $0 == " " }))
    }
    return (nil, message)
  }

  private func runtime(_ text: String, _ position: (chunk: String, line: Int)?) -> Diagnostic {
    let name = text.firstQuoted
    let place = position.map { mark($0.line, $0.chunk, near: name) }
    if text.hasPrefix("undefined name"), let name {
      let globals = (try? state.globals.pairs()) ?? []
      let near = Suggestion.nearest(to: name, among: globals.compactMap(\.0.text))
      return make(
        "undefined-name", "nothing is called '\(name)'", place, fix: Suggestion.fix(near) ?? "define it above: local \(name) = …")
    }
    if text.hasPrefix("assignment to undeclared global"), let name {
      let hook = Schema.hook(name).map { "hooks belong to the app: function app.\(name)(\($0.parameters))" }
      return make("global-assignment", "'\(name)' would be a global name", place, fix: hook ?? "write local before it")
    }
    if text.hasPrefix("module '"), let name {
      let path = name.split(separator: ".").joined(separator: "/")
      if text.hasSuffix("not found") {
        return make(
          "missing-module", "there is no module '\(name)' beside the script", place,
          fix: "it would be \(path).lua or \(path)/init.lua")
      }
      if text.contains("requires itself") {
        return make(
          "module-cycle", "the module '\(name)' requires itself", place, fix: "move what both need into a module of its own")
      }
    }
    if text.hasPrefix("cannot wait here") {
      return make(
        "wait-while-loading", "nothing can be waited for while the script loads", place, fix: "do it in function app.setup(ctx)")
    }
    return make("script-error", text.isEmpty ? "the script raised an error without a text" : text, place, fix: nil)
  }

  private func syntax(_ text: String, _ position: (chunk: String, line: Int)?) -> Diagnostic {
    let near = text.range(ofLast: " near ").map { String(text[$0...]) }
    let token = near.map { $0.hasPrefix("'") && $0.hasSuffix("'") && $0.count > 2 ? String($0.dropFirst().dropLast()) : $0 }
    let place = position.map { mark($0.line, $0.chunk, near: token, isToken: true) }
    return make("syntax-error", text, place, fix: SyntaxAdvice.find(text, near: token, rest: place.map { rest(after: $0) } ?? ""))
  }

  /// The mark of `near` on its line, or of the whole line.
  private func mark(_ line: Int, _ chunk: String, near: String?, isToken: Bool = false) -> SourceMark {
    let whole = files.mark(line: line, in: chunk)
    guard let near, let file = files.files[chunk], let text = file.lines.line(line, of: file.shown) else { return whole }
    if near == "<eof>" {
      return files.mark(SourceSpan(line: line, column: text.count + 1, length: 0), in: chunk)
    }
    let wanted = Array(near.utf8)
    guard let column = SourceText.find(wanted, in: text, last: isToken) else { return whole }
    return files.mark(SourceSpan(line: line, column: column, length: wanted.count), in: chunk)
  }

  private func rest(after mark: SourceMark) -> String {
    guard let file = files.files.values.first(where: { $0.shown == mark.position.file }),
      let text = file.lines.line(mark.position.line, of: file.shown)
    else { return "" }
    return String(decoding: text.dropFirst(mark.position.column - 1 + mark.length), as: UTF8.self)
  }
}

extension String {
  /// The text between the first two single quotes.
  fileprivate var firstQuoted: String? {
    let parts = split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count == 3 ? String(parts[1]) : nil
  }

  /// The index after the last occurrence of `word`.
  fileprivate func range(ofLast word: String) -> String.Index? {
    var index = endIndex
    while index > startIndex {
      index = self.index(before: index)
      if self[index...].hasPrefix(word) { return self.index(index, offsetBy: word.count) }
    }
    return nil
  }
}
