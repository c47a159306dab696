import AppModel
public import Lua

/// Runs a script in a Lua state and writes down what it says: `apolune-runner` does so to evaluate a script, and to serve it.
///
/// The state's limits of time and memory hold; the host has added what else the script may use to the state's globals.
public struct ScriptLoader {
  /// How much a load finds out.
  public enum Detail: Sendable {
    /// The places of all names and values, and every file that the script may want: to evaluate it.
    case full
    /// Lines only, and the modules that were loaded: to serve it, as its start must not be slow.
    case lines
  }

  /// Full, unless set otherwise.
  public var detail = Detail.full
  private let state: LuaState
  private let read: (String) throws -> [UInt8]?

  /// Modules are found below the folder.
  public init(state: LuaState, folder: BundleFolder) {
    self.init(state: state) { path throws in try folder.source(path) }
  }

  /// `read` gives the source of a module by its path beside the script; nil where there is none.
  public init(state: LuaState, read: @escaping (String) throws -> [UInt8]?) {
    self.state = state
    self.read = read
  }

  /// Runs the script. `name` is the path that people know it by; diagnostics use it.
  ///
  /// Throws `ScriptFailure` where the script cannot be parsed or does not run to its end. Mistakes that it survives are in the
  /// diagnostics of the result.
  public func load(source: [UInt8], name: String) throws(ScriptFailure) -> LoadedScript {
    let text = SourceText.prepared(try ScriptFile.checked(source, name))
    let files = SourceFiles(script: name, detail: detail)
    let finder = ModuleFinder(files: files, read: read)
    let chunk = files.add(text, path: String(name.dropFirst(files.folder.count)))
    let recorder = ScriptRecorder(files: files, script: name)
    let language = ScriptLanguage(state: state, recorder: recorder)
    state.modules = { module in
      try finder.find(module).map { LuaModule(source: $0.source, name: $0.chunk) }
    }
    do throws(LuaError) {
      try language.install()
      try state.load(text, name: chunk).call()
      try language.seal()
    } catch {
      recorder.draft.isComplete = false
      finish(recorder, finder)
      let last = LoadFailure(state: state, files: files, script: name).diagnostic(of: error)
      // Where the use of an unfinished app stopped the script, the app's own line says it better.
      if last.code.hasSuffix("-without-options") { recorder.reportUnfinished() }
      let isKnown = recorder.findings.diagnostics.contains { $0.code == last.code }
      throw ScriptFailure(recorder.findings.diagnostics + (isKnown ? [] : [last]), draft: recorder.draft)
    }
    recorder.reportUnfinished()
    finish(recorder, finder)
    return LoadedScript(draft: recorder.draft, diagnostics: recorder.findings.diagnostics, apps: recorder.apps)
  }

  private func finish(_ recorder: ScriptRecorder, _ finder: ModuleFinder) {
    recorder.draft.modules = finder.allModules()
    recorder.draft.literals = Set(recorder.files.files.values.flatMap(\.scanner.files)).sorted()
  }
}
