public import AppModel
public import AppScript
import FoundationEssentials
import Glibc

/// Evaluates scripts: each in an `apolune-runner` of its own, so that nothing a script does reaches this process.
public struct ScriptEvaluator: Sendable {
  /// The longest that a script may take from start to end; the runner's own limits are below it.
  public static let timeMax = Duration.seconds(15)
  /// Bytes of a report. More is no script but an attack.
  public static let reportMax = 16 * 1_048_576

  private let runner: String
  private let validator: Validator
  private let timeMax: Duration

  /// `runner` is the path of `apolune-runner`; see `RunnerExecutable`.
  public init(runner: String, catalogue: [MachineType] = MachineType.builtIn, timeMax: Duration = ScriptEvaluator.timeMax) {
    self.runner = runner
    self.timeMax = timeMax
    validator = Validator(catalogue: catalogue)
  }

  /// Every fault of the script is a diagnostic of the answer. Throws `EvaluationFailure` for faults of this machine.
  public func evaluate(
    _ path: String, overrides: DefinitionOverrides = DefinitionOverrides()
  ) async throws(EvaluationFailure) -> EvaluatedScript {
    script(try await loaded(path), overrides)
  }

  /// The same for a server's configuration. A file that defines apps is none, which is a diagnostic too.
  public func evaluateConfiguration(_ path: String) async throws(EvaluationFailure) -> EvaluatedConfiguration {
    configuration(try await loaded(path))
  }

  /// Evaluates a file as what it is: a server's configuration where it speaks as one and defines no app, else a script.
  public func check(_ path: String) async throws(EvaluationFailure) -> CheckedFile {
    let file = try await loaded(path)
    return file.report.draft?.isConfiguration == true
      ? .configuration(configuration(file)) : .script(script(file, DefinitionOverrides()))
  }

  /// A file that ran in a process of its own, or could not even be read.
  private struct LoadedFile {
    var place: ScriptPlace
    var report: ScriptReport
    var sources: [String: [UInt8]] = [:]
    var log = ""
  }

  private func loaded(_ path: String) async throws(EvaluationFailure) -> LoadedFile {
    let place = ScriptPlace(path)
    let source: [UInt8]
    do {
      source = try ScriptFile.read(path)
    } catch {
      return LoadedFile(place: place, report: error.report)
    }
    let (report, log) = try await report(on: place)
    return LoadedFile(place: place, report: report, sources: [place.shown(place.name): source], log: log)
  }

  private func script(_ file: LoadedFile, _ overrides: DefinitionOverrides) -> EvaluatedScript {
    var evaluated = EvaluatedScript(folder: file.place.folder, script: file.place.name)
    evaluated.sources = file.sources
    evaluated.log = file.log
    let validation = validator.validate(file.report, overrides: overrides)
    evaluated.definitions = validation.definitions
    evaluated.machines = validation.machines
    evaluated.diagnostics = validation.diagnostics
    if let draft = file.report.draft { evaluated.collectFiles(draft, file.place) }
    evaluated.diagnostics.showPlaces(file.place)
    return evaluated
  }

  private func configuration(_ file: LoadedFile) -> EvaluatedConfiguration {
    let validation = ConfigurationValidator().validate(file.report)
    var evaluated = EvaluatedConfiguration(folder: file.place.folder)
    evaluated.configuration = validation.configuration
    evaluated.diagnostics = validation.diagnostics
    evaluated.diagnostics.showPlaces(file.place)
    evaluated.sources = file.sources
    // A module that cannot be read is a diagnostic already; here only its excerpt is missing.
    for module in file.report.draft?.modules ?? [] {
      if let source = try? ScriptFile.read(file.place.folder + "/" + module) {
        evaluated.sources[file.place.shown(module)] = source
      }
    }
    evaluated.log = file.log
    return evaluated
  }

  /// The report, and what the script logged.
  private func report(on place: ScriptPlace) async throws(EvaluationFailure) -> (ScriptReport, log: String) {
    let process = BoundedProcess(
      executable: runner, arguments: ["evaluate", place.path, "--folder", place.folder], timeMax: timeMax,
      outputMax: Self.reportMax)
    let result: BoundedProcess.Result
    do { result = try await process.run() } catch { throw .runnerNotStarted(path: runner, error) }
    return (try read(result), String(decoding: result.errors, as: UTF8.self))
  }

  private func read(_ result: BoundedProcess.Result) throws(EvaluationFailure) -> ScriptReport {
    switch result.ending {
    case .exit: return try decode(result)
    case .signal(let number): return .failed("script-crashed", Self.crash(number), fix: Self.crashFix(number))
    case .timeOver:
      return .failed(
        "script-timeout", "the script did not end within \(Int(timeMax.inSeconds)) s", fix: "do the work in setup or in a handler"
      )
    case .tooMuchOutput:
      return .failed(
        "script-too-much", "the script describes more than \(Self.reportMax / 1_048_576) MB of apps",
        fix: "keep data in files beside the script")
    case .cancelled: throw .cancelled
    }
  }

  private func decode(_ result: BoundedProcess.Result) throws(EvaluationFailure) -> ScriptReport {
    do {
      return try JSONDecoder().decode(ScriptReport.self, from: Data(result.output))
    } catch {
      let said = String(decoding: result.errors, as: UTF8.self).split(separator: "\n").last.map { "it says: \($0)" }
      throw .notAReport(path: runner, reason: said ?? "\(error)")
    }
  }

  private static func crash(_ signal: Int32) -> String {
    "the process that ran the script was ended by \(SignalName.of(signal))"
  }

  private static func crashFix(_ signal: Int32) -> String {
    signal == SIGKILL
      ? "it was killed from outside: perhaps this machine ran out of memory" : "simplify what the script does while it loads"
  }
}

extension ScriptReport {
  fileprivate static func failed(_ code: String, _ message: String, fix: String) -> ScriptReport {
    ScriptReport(draft: nil, diagnostics: [Diagnostic(.error, code, message, fix: fix)])
  }
}

extension EvaluatedScript {
  /// Reads the modules for the excerpts of diagnostics, and chooses what travels.
  fileprivate mutating func collectFiles(_ draft: Draft, _ place: ScriptPlace) {
    for module in draft.modules {
      watchedFiles.insert(folder + "/" + module)
      // A module that cannot be read is a diagnostic of the report already; here only its excerpt is missing.
      if let source = try? ScriptFile.read(folder + "/" + module) { sources[place.shown(module)] = source }
    }
    for literal in draft.literals where !literal.hasPrefix("/") { watchedFiles.insert(folder + "/" + literal) }
    do {
      let reader = try BundleFolder(root: folder)
      for definition in definitions {
        let request = BundleRequest(script: script, draft: draft, definition: definition)
        let manifest = BundleManifest(request, listing: try reader.listing(request))
        bundles[definition.name] = manifest
        watchedFiles.formUnion(manifest.files.map { folder + "/" + $0.path })
        diagnostics += manifest.diagnostics
      }
    } catch {
      diagnostics += error.diagnostics
    }
    if hasErrors { definitions = [] }
  }
}

extension [Diagnostic] {
  /// Names files as the person did, so that places can be clicked on and opened.
  fileprivate mutating func showPlaces(_ place: ScriptPlace) {
    for index in indices {
      if let file = self[index].position?.file { self[index].position?.file = place.shown(file) }
    }
  }
}
