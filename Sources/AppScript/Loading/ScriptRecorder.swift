import AppModel
import Lua

/// Writes down what a script says while it loads. Lua's functions hold it weakly: it holds functions of the script, and so the state.
final class ScriptRecorder {
  /// More apps or machines than this are surely a loop that went wrong.
  static let countMax = 1000

  let files: SourceFiles
  var findings = Findings()
  var draft: Draft
  var apps: [LoadedScript.App] = []
  /// `app "name"` and `machine "name"` that have not got their table yet, by number.
  var unfinished: [Int: Unfinished] = [:]
  private var count = 0

  struct Unfinished {
    var kind: SourceCall.Kind
    var name: String
    var mark: SourceMark
    var call: SourceCall?
    var chunk: String
  }

  init(files: SourceFiles, script: String) {
    self.files = files
    draft = Draft(file: script)
  }

  /// Takes the first half of `app "name" { … }` and answers its number.
  func begin(_ kind: SourceCall.Kind, name: String, at position: (source: String, line: Int)) throws -> Int {
    try countOneMore()
    let call = files.take(kind, name: name, line: position.line, in: position.source)
    let isLiteral = call?.name == name
    let mark = call.flatMap { isLiteral ? files.mark($0.nameSpan, in: position.source) : nil }
    unfinished[count] = Unfinished(
      kind: kind, name: name, mark: mark ?? files.mark(line: position.line, in: position.source), call: call,
      chunk: position.source)
    return count
  }

  private func countOneMore() throws {
    guard count < Self.countMax else {
      throw ScriptMistake("too-many-apps", "the script makes more than \(Self.countMax) apps, machine types and nodes")
    }
    count += 1
  }

  /// Takes `server { … }`.
  func addServer(_ options: LuaValue, at position: (source: String, line: Int)) throws {
    try countOneMore()
    let call = files.take(.server, name: "", line: position.line, in: position.source)
    let mark = call.map { files.mark($0.nameSpan, in: position.source) } ?? files.mark(line: position.line, in: position.source)
    var reader = DraftReader(files: files, chunk: position.source)
    let tableMark = call?.table.map { files.mark($0.span, in: position.source) } ?? mark
    draft.servers.append(
      DraftServer(mark: mark, options: try reader.read(options, source: call?.table, mark: tableMark)))
    if let table = call?.table { reportRepeated(table, in: position.source) }
  }

  /// Takes the second half; for an app, the index among the apps.
  func finish(_ number: Int, options: LuaValue) throws -> (index: Int, kind: SourceCall.Kind)? {
    guard let begun = unfinished.removeValue(forKey: number) else { return nil }
    var reader = DraftReader(files: files, chunk: begun.chunk)
    let table = begun.call?.table
    let mark = table.map { files.mark($0.span, in: begun.chunk) } ?? begun.mark
    let value = try reader.read(options, source: table, mark: mark)
    if let table { reportRepeated(table, in: begun.chunk) }
    switch begun.kind {
    case .machine:
      draft.machines.append(DraftMachine(name: begun.name, nameMark: begun.mark, options: value))
      return (draft.machines.count - 1, .machine)
    case .node:
      draft.nodes.append(DraftNode(name: begun.name, nameMark: begun.mark, options: value))
      return (draft.nodes.count - 1, .node)
    case .app, .endpoint, .server:
      var app = DraftApp(name: begun.name, nameMark: begun.mark, options: value)
      app.summary = begun.call?.doc
      draft.apps.append(app)
      return (draft.apps.count - 1, .app)
    }
  }

  func reportRepeated(_ table: SourceTable, in chunk: String) {
    for field in table.repeated {
      findings.warning(
        "duplicate-key", "'\(field.key)' is set twice in this table, and only the last one counts",
        at: files.mark(field.keySpan, in: chunk), fix: "leave one of them out")
    }
    for inner in (table.fields.map(\.value) + table.items).flatMap(\.table) { reportRepeated(inner, in: chunk) }
  }

  /// The script is over: what was begun will never be finished.
  func reportUnfinished() {
    for (_, begun) in unfinished.sorted(by: { $0.key < $1.key }) {
      let word = begun.kind.word
      // The app would be there, had it got its table: that there is none is no mistake of its own.
      draft.isComplete = false
      findings.error(
        "\(word)-without-options", "\(word) \(DraftValue.quoted(begun.name)) has no table of options", at: begun.mark,
        fix: "write \(word) \"\(begun.name)\" { \(begun.kind == .machine ? "cpu = 4, memory = \"16GB\" " : "")}")
    }
    unfinished = [:]
  }
}
